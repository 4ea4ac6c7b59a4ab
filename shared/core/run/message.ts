import * as z from "zod/mini";
import { RESOURCE_ID, RESOURCE_TYPES } from "../resource.ts";
import { editsSchema } from "./edits.ts";
import { plannedResourceSchema, runName } from "./run-plan.ts";
import { selectionSchema } from "./selection.ts";

/** Most attempts at a message that fails for a passing reason, the first included. */
export const ATTEMPTS_MAX = 5;

const version = z.literal(1);

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
  kind: z.literal("run"),
  version,
  run: runName,
  ...delivery,
});

/** Apply a part of a plan, which comes along; what it changes is journalled under the run. */
export const sliceMessage = z.strictObject({
  kind: z.literal("slice"),
  version,
  run: runName,
  project: z.string(),
  policy: z.strictObject({ hash: z.string() }),
  resources: z.array(plannedResourceSchema).check(z.minLength(1)),
  ...delivery,
});

/** Select resources, plan by the policy or by edits, and apply the plan unless a guard stops it. */
export const jobMessage = z.strictObject({
  kind: z.literal("job"),
  version,
  selection: z.exactOptional(selectionSchema),
  edits: z.exactOptional(editsSchema),
  ...delivery,
});

/** The plain form: what the batch action itself would be asked, within the limits, without the policy. */
export const tagsMessage = z.strictObject({
  kind: z.exactOptional(z.literal("tags")),
  version: z.exactOptional(version),
  resource: z.strictObject({
    type: z.enum(RESOURCE_TYPES),
    id: z.string().check(z.regex(RESOURCE_ID)),
    name: z.exactOptional(z.string()),
    project: z.exactOptional(
      z.string().check(z.describe("Another project's resource is refused.")),
    ),
  }),
  action: z.enum(["create", "delete"]),
  tags: z
    .array(z.strictObject({ key: z.string(), value: z.exactOptional(z.string()) }))
    .check(z.minLength(1)),
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
