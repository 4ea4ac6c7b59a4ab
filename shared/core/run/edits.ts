import * as z from "zod/mini";

const table = z.record(z.string(), z.string());

/**
 * Changes asked for directly instead of by the policy (`--set --unset --rename --map`). They take effect
 * in this order, each on what the one before left: rename, map, set, unset.
 */
export const editsSchema = z.strictObject({
  rename: z.exactOptional(
    table.check(z.describe("Old key to new key; a value moves with its key.")),
  ),
  map: z.exactOptional(
    z
      .record(z.string(), table)
      .check(z.describe("By key: old value to new value; other values stay.")),
  ),
  set: z.exactOptional(table.check(z.describe("Key to value, whatever there was."))),
  unset: z.exactOptional(z.array(z.string()).check(z.describe("Keys to remove."))),
});
export type Edits = z.infer<typeof editsSchema>;
