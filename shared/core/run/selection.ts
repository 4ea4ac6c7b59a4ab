import * as z from "zod/mini";
import { atLeast } from "../length.ts";
import type { Policy } from "../policy/policy.ts";
import { RESOURCE_ID, RESOURCE_TYPES, type ResourceRef, type ResourceType } from "../resource.ts";
import { anyHolds, type Subject, selects, type Verdict } from "../selector.ts";

const some = <Item extends z.ZodMiniType>(item: Item) => z.array(item).check(atLeast(1));

/**
 * Which resources a bulk run looks at: parts are ANDed, the entries of a part ORed, and an absent part
 * matches everything. Selectors are those of the policy, by name: their regexes were checked with it.
 */
export const selectionSchema = z.strictObject({
  types: z.exactOptional(some(z.enum(RESOURCE_TYPES)).check(z.describe("Kinds of resources."))),
  selectors: z.exactOptional(
    some(z.string()).check(z.describe("Names of selectors that the policy declares.")),
  ),
  ids: z.exactOptional(
    some(z.string().check(z.regex(RESOURCE_ID))).check(z.describe("Ids of resources.")),
  ),
});
export type Selection = z.infer<typeof selectionSchema>;

/** The kinds that a selection can pick: nothing else needs to be listed. */
export function selectedTypes({ types }: Selection): readonly ResourceType[] {
  return types ?? RESOURCE_TYPES;
}

/** The selectors that the policy does not declare. */
export function unknownSelectors({ selectors = [] }: Selection, policy: Policy): readonly string[] {
  return selectors.filter((name) => !Object.hasOwn(policy.selectors, name));
}

/** Does the selection pick this resource? Asks selectors only about what it picks by kind and id. */
export function picks(selection: Selection, { id, type }: ResourceRef, subject: Subject): Verdict {
  const { ids, selectors } = selection;
  const named = ids === undefined || ids.includes(id);
  if (!named || !selectedTypes(selection).includes(type)) return { holds: false, needs: [] };
  if (selectors === undefined) return { holds: true, needs: [] };
  return anyHolds(selectors.map((name) => selects({ selector: [name] }, subject)));
}
