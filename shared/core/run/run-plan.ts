import * as z from "zod/mini";
import { RESOURCE_ID, RESOURCE_TYPES } from "../resource.ts";
import { editsSchema } from "./edits.ts";
import { selectionSchema } from "./selection.ts";

const HEX_64 = /^[0-9a-f]{64}$/;
const text = z.string();
const count = z.int().check(z.nonnegative());

/** Names of runs: a time and some chance, or `adhoc-` and the request that brought single messages. */
export const RUN_NAME = /^(?!\.)[A-Za-z0-9._-]{1,128}$/;
export const runName = text.check(z.regex(RUN_NAME), z.describe("Name of a run."));

/** A resource as plans, journals and messages name it. */
export const resourceSchema = z.strictObject({
  type: z.enum(RESOURCE_TYPES),
  id: text.check(z.regex(RESOURCE_ID)),
  name: z.exactOptional(text),
});

/** A row of a plan: `TagChange` (core/tag.ts) as it stands in a file. */
const change = z.strictObject({
  key: text,
  op: z.enum(["create", "overwrite", "delete", "keep", "refuse"]),
  from: z.exactOptional(
    text.check(z.describe("The value that was read; absent: there was no such tag.")),
  ),
  to: z.exactOptional(text.check(z.describe("The value that is written."))),
  source: z.exactOptional(text.check(z.describe("Where the new value comes from."))),
  reason: z.exactOptional(text.check(z.describe("Why the key is deleted, kept or refused."))),
  adjustedFrom: z.exactOptional(text.check(z.describe("The value before it was encoded to fit."))),
  passed: z.exactOptional(
    z.array(
      z.strictObject({
        source: text,
        reason: z.enum(["absent", "empty", "unmapped", "invalid", "no-event", "unread"]),
      }),
    ),
  ),
});

/** What a plan does to one resource, and what it leaves there, each key with its reason. */
export const plannedResourceSchema = z.strictObject({
  resource: resourceSchema,
  digest: text.check(
    z.regex(HEX_64),
    z.describe("SHA-256 of all tags that were read; with others, the resource is left alone."),
  ),
  profile: z
    .enum(["documented", "extended"])
    .check(z.describe("Whose limits hold for this resource.")),
  changes: z.array(change),
});
export type PlannedResource = z.infer<typeof plannedResourceSchema>;

/** How many resources of a kind the service counts, and how many could be read. */
const inventoryCount = z.strictObject({
  counted: z.nullable(count).check(z.describe("By the service's own count; null: it gave none.")),
  examined: count,
  skipped: count.check(z.describe("Never to be tagged: default keys, pending deletion.")),
  unreadable: count.check(z.describe("There, but their tags or ids could not be read.")),
});
export type InventoryCount = z.infer<typeof inventoryCount>;

/** What a plan was made from. */
const origin = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("policy"), selection: selectionSchema }),
  z.strictObject({ by: z.literal("edits"), selection: selectionSchema, edits: editsSchema }),
  z.strictObject({ by: z.literal("undo"), run: runName }),
]);

/**
 * A plan as a file: all that a bulk run will change, verified when it is applied. `digest` is over
 * everything else in it, so that a plan that was edited by hand is noticed.
 */
export const runPlanSchema = z.strictObject({
  kind: z.literal("plan"),
  version: z.literal(1),
  createdAt: text.check(z.describe("ISO 8601, UTC.")),
  policy: z.strictObject({ hash: text.check(z.regex(HEX_64)) }),
  region: z.nullable(text),
  project: text,
  origin,
  inventory: z.strictObject({
    secret: z.exactOptional(inventoryCount),
    key: z.exactOptional(inventoryCount),
  }),
  selected: count.check(
    z.describe("Resources that the selection picked; percentages are of these."),
  ),
  resources: z
    .array(plannedResourceSchema)
    .check(z.describe("Those that change, in the order in which they are written.")),
  unresolved: z
    .array(plannedResourceSchema)
    .check(z.describe("Those that do not change although something is wrong: conflicts, no room.")),
  digest: text.check(z.regex(HEX_64)),
});
export type RunPlan = z.infer<typeof runPlanSchema>;
