import * as z from "zod";
import {
  jobMessage,
  runMessage,
  sliceMessage,
  tagsMessage,
} from "../../../shared/core/run/message.ts";

/** The forms of messages to the function `retag`, as they are published for those who send them. */
export const FORMS = {
  run: {
    schema: runMessage,
    title: "Tagwarden run",
    description: "Applies a plan that is in the run store.",
  },
  slice: {
    schema: sliceMessage,
    title: "Tagwarden slice",
    description:
      "Applies a part of a plan, which comes along; at most 128 KiB as JSON. Made by tagwarden, hardly ever by hand.",
  },
  job: {
    schema: jobMessage,
    title: "Tagwarden job",
    description:
      "Selects resources, plans by the policy or by edits, and applies the plan unless a guard stops it.",
  },
  tags: {
    schema: tagsMessage,
    title: "Tagwarden tags",
    description:
      "Writes or deletes tags of one resource, within the limits of its kind; the policy is not asked.",
  },
} as const;
export type Form = keyof typeof FORMS;
export const FORM_NAMES: readonly Form[] = ["run", "slice", "job", "tags"];

/** Fields of which the schemas that messages share with plans say nothing themselves. */
const FIELDS: { readonly [field: string]: string } = {
  resource: "The resource.",
  type: "What it is.",
  id: "Its id.",
  name: "Its name, for reports only.",
  key: "Key of the tag.",
  op: "What happens to the tag; keep and refuse only say why nothing does.",
  changes: "A row for each key that the plan is about.",
  passed: "Sources that yielded no value that can be used.",
  source: "The source.",
  reason: "Why it was passed over.",
};

/** The JSON Schema (2020-12) of a form of message. */
export function messageJsonSchema(form: Form): object {
  const { schema, title, description } = FORMS[form];
  const { $schema, ...made } = z.toJSONSchema(schema, { io: "input" });
  const text = JSON.stringify({ $schema, title, description, ...made });
  return JSON.parse(text, (key, value) => (key === "properties" ? describeFields(value) : value));
}

function describeFields(properties: object): object {
  const described = Object.entries(properties).map(([field, node]: [string, object]) => {
    const description = FIELDS[field];
    return [field, description === undefined ? node : { description, ...node }];
  });
  return Object.fromEntries(described);
}
