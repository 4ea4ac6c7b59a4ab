import * as z from "zod/mini";
import { atLeast, atMost } from "../length.ts";
import { RESOURCE_ID, RESOURCE_TYPES } from "../resource.ts";
import { editsSchema } from "./edits.ts";
import { plannedResourceSchema, runName } from "./run-plan.ts";
import { selectionSchema } from "./selection.ts";

/** Most attempts at a message that fails for a passing reason, the first included. */
export const ATTEMPTS_MAX = 5;

/** Most tags in one batch action, and so in the plain form (CSMS; KMS does not say; dew-api.md 3). */
export const MESSAGE_TAGS_MAX = 20;

const text = z.string();
const version = z.literal(1).check(z.describe("Version of this form."));

/** What every message may say about when and how often it was tried. */
const delivery = {
  notBefore: z.exactOptional(
    z.iso.datetime().check(z.describe("Not to be handled before this time (ISO 8601, UTC).")),
  ),
  attempt: z.exactOptional(
    z.int().check(z.gte(1), z.lte(ATTEMPTS_MAX), z.describe("1, the default, for the first.")),
  ),
};

/** Apply a plan that is in the run store. */
export const runMessage = z.strictObject({
  kind: z.literal("run").check(z.describe("Apply a plan that is in the run store.")),
  version,
  run: runName,
  ...delivery,
});

/** Apply a part of a plan, which comes along; what it changes is journalled under the run. */
export const sliceMessage = z.strictObject({
  kind: z.literal("slice").check(z.describe("Apply a part of a plan, which comes along.")),
  version,
  run: runName,
  project: text.check(z.describe("Id of the project that the plan was made for.")),
  policy: z
    .strictObject({ hash: text.check(z.describe("Hash of the policy.")) })
    .check(z.describe("What the plan was made by.")),
  resources: z
    .array(plannedResourceSchema)
    .check(atLeast(1), z.describe("Those that change, in the order in which they are written.")),
  ...delivery,
});

/** Select resources, plan by the policy or by edits, and apply the plan unless a guard stops it. */
export const jobMessage = z.strictObject({
  kind: z.literal("job").check(z.describe("Select resources, plan, and apply under the guards.")),
  version,
  selection: z.exactOptional(
    selectionSchema.check(z.describe("Which resources; absent: all of them.")),
  ),
  edits: z.exactOptional(
    editsSchema.check(z.describe("What to change; absent: what the policy says.")),
  ),
  ...delivery,
});

const tag = z.strictObject({
  key: text.check(atLeast(1), z.describe("Key of the tag.")),
  value: z.exactOptional(text.check(z.describe("Absent: empty. A deletion does not look at it."))),
});

/** The plain form: what the batch action itself would be asked, within the limits, without the policy. */
export const tagsMessage = z.strictObject({
  kind: z.exactOptional(z.literal("tags").check(z.describe("May be left out."))),
  version: z.exactOptional(version),
  resource: z
    .strictObject({
      type: z.enum(RESOURCE_TYPES).check(z.describe("What it is.")),
      id: text.check(z.regex(RESOURCE_ID), z.describe("Its id, never its name.")),
      name: z.exactOptional(text.check(z.describe("For reports only."))),
      project: z.exactOptional(text.check(z.describe("Another project's resource is refused."))),
    })
    .check(z.describe("The resource that is tagged.")),
  action: z.enum(["create", "delete"]).check(z.describe("What happens to the tags.")),
  tags: z
    .array(tag)
    .check(
      atLeast(1),
      atMost(MESSAGE_TAGS_MAX),
      z.refine(hasEachKeyOnce, { error: "each key once" }),
      z.describe("Tags that are written or deleted; each key stands once."),
    ),
  overwrite: z.exactOptional(
    z.boolean().check(z.describe("Replace another value of a key that exists; default: keep it.")),
  ),
  ...delivery,
});

export type RunMessage = z.infer<typeof runMessage>;
export type SliceMessage = z.infer<typeof sliceMessage>;
export type JobMessage = z.infer<typeof jobMessage>;
export type TagsMessage = z.infer<typeof tagsMessage>;
export type Message = RunMessage | SliceMessage | JobMessage | TagsMessage;

function hasEachKeyOnce(tags: readonly { readonly key: string }[]): boolean {
  return new Set(tags.map(({ key }) => key)).size === tags.length;
}
