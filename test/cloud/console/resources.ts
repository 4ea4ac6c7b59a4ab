import type { InventoryItem, SkipReason } from "../../../shared/core/inventory/item.ts";
import type { ResourceType } from "../../../shared/core/resource.ts";
import { isWrite } from "../../../shared/core/run/step.ts";
import { readInventory } from "../../../shared/io/inventory.ts";
import { createPlanner } from "../../../shared/io/run/planning.ts";
import { changeView, nameOf } from "./change-view.ts";
import type { Desk } from "./desk.ts";
import type { ResourceView } from "./view.ts";

/** More would make the page slow, and nobody reads them. */
const SENT_MAX = 1_000;
/** Keys first: secrets may inherit their tags. */
const TYPES: readonly ResourceType[] = ["key", "secret"];

const SKIPPED: { readonly [Reason in SkipReason]: string } = {
  "default-key": "the service's own key: never tagged",
  "pending-deletion": "pending deletion: never tagged",
};

/** States of keys (dew-api.md 2.2); those of secrets are words already. */
const STATES: { readonly [state: string]: string } = {
  "1": "to be activated",
  "2": "enabled",
  "3": "disabled",
  "4": "pending deletion",
  "5": "pending import",
};

/**
 * Every secret and key with its tags, newest first, and what a retag by the policy would change: the pages of the
 * inventory, nothing for each resource. Throws `CloudError`.
 */
export async function readResources(
  desk: Desk,
): Promise<{ readonly resources: readonly ResourceView[]; readonly total: number }> {
  const { runs, policy } = desk;
  const planner = createPlanner({ selection: {} }, { ...runs, policy });
  const items: InventoryItem[] = [];
  for await (const page of readInventory(TYPES, runs, planner.note)) items.push(...page);
  for (const item of items) planner.take(item);
  const { plan } = planner.end();
  const planned = new Map(
    [...plan.resources, ...plan.unresolved].map((one) => [idOf(one.resource), one.changes]),
  );
  const names = new Map(items.map(({ resource }) => [resource.id, nameOf(resource)]));
  const newest = items.toSorted((one, other) => createdAt(other).localeCompare(createdAt(one)));
  const resources = newest.slice(0, SENT_MAX).map((item): ResourceView => {
    const { resource, facts, tags, skip } = item;
    const state = facts.fields.get("resource.state") ?? "";
    const keyId = facts.fields.get("resource.kmsKeyId") ?? null;
    const changes = planned.get(idOf(resource)) ?? [];
    return {
      type: resource.type,
      id: resource.id,
      name: nameOf(resource),
      state: STATES[state] ?? state.toLowerCase().replaceAll("_", " "),
      encryptedBy: keyId === null ? null : (names.get(keyId) ?? keyId),
      tags: tags === null ? null : [...tags].map(([key, value]) => ({ key, value })),
      skipped: skip === null ? null : SKIPPED[skip],
      pending: changes.filter(isWrite).map(changeView),
      problems: changes.some(isWrite) ? [] : changes.map(changeView),
    };
  });
  return { resources, total: items.length };
}

function idOf({ type, id }: InventoryItem["resource"]): string {
  return `${type} ${id}`;
}

function createdAt({ facts }: InventoryItem): string {
  return facts.fields.get("resource.createdAt") ?? "";
}
