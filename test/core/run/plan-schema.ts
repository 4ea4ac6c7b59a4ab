import * as z from "zod";
import { runPlanSchema } from "../../../shared/core/run/run-plan.ts";

/** Fields of which the schemas that plans share with journals and messages say nothing themselves. */
const FIELDS: { readonly [field: string]: string } = {
  kind: "What the file is.",
  version: "Of this format.",
  policy: "The policy that was in force.",
  hash: "SHA-256 of the compiled policy.",
  region: "Where the resources are; null: only an endpoint was given.",
  project: "Id of the project.",
  origin: "What the plan was made from.",
  by: "The policy, edits, or a run that is taken back.",
  selection: "Which resources were looked at.",
  edits: "What was to be changed.",
  inventory: "How many resources there are, by kind.",
  secret: "Of the secrets.",
  key: "Of the keys, or the key of a tag.",
  examined: "How many could be read.",
  digest: "SHA-256 of everything else in the plan.",
  resource: "The resource.",
  type: "What it is.",
  id: "Its id.",
  name: "Its name, for reports only.",
  op: "What happens to the tag; keep and refuse only say why nothing does.",
  changes: "A row for each key that the plan is about.",
  passed: "Sources that yielded no value that can be used.",
  source: "The source.",
  reason: "Why it was passed over.",
};

/** The JSON Schema (2020-12) of a plan, as it is published for those who read or make plans. */
export function planJsonSchema(): object {
  const { $schema, ...made } = z.toJSONSchema(runPlanSchema, { io: "input" });
  const title = "Tagwarden plan";
  const description = "All that a bulk run changes: written by tagwarden plan, read by apply.";
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
