import type { Facts } from "../../core/facts.ts";
import type { InventoryItem, InventoryPlace, SkipReason } from "../../core/inventory/item.ts";
import { createKeyTags } from "../../core/inventory/key-tags.ts";
import type { Policy } from "../../core/policy/policy.ts";
import {
  RESOURCE_KINDS,
  RESOURCE_TYPES,
  type ResourceRef,
  type ResourceType,
} from "../../core/resource.ts";
import { planResource, type ResourcePlan, type Wanted } from "../../core/run/resource-plan.ts";
import type { InventoryCount, PlannedResource, RunPlan } from "../../core/run/run-plan.ts";
import { picks, type Selection, selectedTypes } from "../../core/run/selection.ts";
import { type TagLookup, UNREAD } from "../../core/selector.ts";
import type { TagChange, TagSet } from "../../core/tag.ts";
import { toIsoTime } from "../../core/time.ts";
import type { Clock } from "../clock.ts";
import { digestOfTags, sealPlan } from "../digest.ts";
import { type InventoryDeps, readInventory } from "../inventory.ts";

export type PlanningDeps = InventoryDeps & {
  readonly policy: Policy;
  readonly clock: Pick<Clock, "now">;
};

/** What to plan: by the policy, or by edits where there are some. */
export type PlanRequest = { readonly selection: Selection; readonly edits?: Wanted["edits"] };

/** A plan, and what could not be planned. */
export type MadePlan = {
  readonly plan: RunPlan;
  /** Ids of the selection that no resource of its kinds has. */
  readonly missing: readonly string[];
  /** Resources that are there, and of which too little could be read to plan for them. */
  readonly unreadable: readonly ResourceRef[];
  /** Resources that the selection names by id and that are never tagged, with the reason. */
  readonly skipped: readonly { readonly resource: ResourceRef; readonly reason: SkipReason }[];
};

/**
 * Plans a bulk run over the inventory; `tagwarden apply` and the function carry it out. Costs what the
 * inventory costs and nothing for each resource. The policy's selectors see tags as they are; the
 * selection's must be declared there. Throws `CloudError`.
 */
export async function makePlan(request: PlanRequest, deps: PlanningDeps): Promise<MadePlan> {
  const planner = createPlanner(request, deps);
  const types = typesToRead(request, deps.policy);
  for await (const page of readInventory(types, deps, planner.note))
    for (const item of page) planner.take(item);
  return planner.end();
}

/** Plans while somebody else reads the inventory: keys first, where secrets inherit their tags. */
export type Planner = {
  take(item: InventoryItem): void;
  note(type: ResourceType, count: InventoryCount): void;
  end(): MadePlan;
};

/** Starts a plan; `makePlan` is this and the inventory. */
export function createPlanner(
  request: PlanRequest,
  deps: InventoryPlace & Pick<PlanningDeps, "policy" | "clock">,
): Planner {
  const { selection, edits } = request;
  const { policy, region, project, clock } = deps;
  const createdAt = toIsoTime(clock.now());
  const draft = createDraft(request, policy);
  const counts = new Map<ResourceType, InventoryCount>();
  return {
    take: draft.take,
    note: (type, count) => void counts.set(type, count),
    end() {
      const { missing, unreadable, skipped, ...made } = draft.end();
      const counted = selectedTypes(selection).flatMap((type) => {
        const count = counts.get(type);
        return count === undefined ? [] : [[type, count] as const];
      });
      const plan = sealPlan({
        kind: "plan",
        version: 1,
        createdAt,
        policy: { hash: policy.hash },
        region,
        project,
        origin:
          edits === undefined ? { by: "policy", selection } : { by: "edits", selection, edits },
        inventory: Object.fromEntries(counted),
        ...made,
      });
      return { plan, missing, unreadable, skipped };
    },
  };
}

/** Keys come before the secrets that inherit their tags, and are read for that alone where need be. */
function typesToRead({ selection, edits }: PlanRequest, policy: Policy): readonly ResourceType[] {
  const selected = selectedTypes(selection);
  const inherits =
    needsKeyTags(edits, policy) && selected.some((type) => RESOURCE_KINDS[type].hasEncryptingKey);
  const [encrypted, encrypting] = [true, false].map((has) =>
    RESOURCE_TYPES.filter((type) => RESOURCE_KINDS[type].hasEncryptingKey === has),
  );
  return [
    ...(encrypting ?? []).filter((type) => inherits || selected.includes(type)),
    ...(encrypted ?? []).filter((type) => selected.includes(type)),
  ];
}

function needsKeyTags(edits: Wanted["edits"], { tags }: Policy): boolean {
  return (
    edits === undefined &&
    tags.some(({ sources }) => sources.some(({ kind }) => kind === "inherit"))
  );
}

/** Takes the resources of an inventory one by one, keys first, and keeps what there is to say of them. */
function createDraft({ selection, edits }: PlanRequest, policy: Policy) {
  const { ids, ...selected } = selection;
  const named = ids === undefined ? null : new Set(ids);
  const missing = new Set(ids);
  const inherits = needsKeyTags(edits, policy);
  const keyTags = createKeyTags();
  const resources: PlannedResource[] = [];
  const unresolved: PlannedResource[] = [];
  const unreadable: ResourceRef[] = [];
  const skipped: { resource: ResourceRef; reason: SkipReason }[] = [];
  let picked = 0;

  function plan(resource: ResourceRef, facts: Facts, tags: TagSet): void {
    picked += 1;
    const planned = planResource({ policy, edits }, keyTags.addTo(facts), tags);
    const { standing } = planned;
    if (standing === "unread") unreadable.push(resource);
    if (standing === "changes") resources.push(rowsOf(resource, planned, tags));
    if (standing === "unresolved" || standing === "unread")
      unresolved.push(rowsOf(resource, planned, tags));
  }

  return {
    take(item: InventoryItem): void {
      if (inherits) keyTags.note(item);
      const { resource, facts, tags, skip } = item;
      if (named !== null && !named.has(resource.id)) return;
      if (!selectedTypes(selected).includes(resource.type)) return;
      missing.delete(resource.id);
      if (skip !== null) {
        if (named !== null) skipped.push({ resource, reason: skip });
        return;
      }
      const tagValue: TagLookup = (key) => (tags === null ? UNREAD : tags.get(key));
      const { holds } = picks(selected, resource, { facts, selectors: policy.selectors, tagValue });
      if (holds === false) return;
      if (holds === "unknown" || tags === null) unreadable.push(resource);
      else plan(resource, facts, tags);
    },
    end: () => ({
      resources,
      unresolved,
      selected: picked,
      missing: [...missing],
      unreadable,
      skipped,
    }),
  };
}

function rowsOf(
  resource: ResourceRef,
  { changes, profile }: ResourcePlan,
  tags: TagSet,
): PlannedResource {
  return { resource, digest: digestOfTags(tags), profile, changes: changes.map(writable) };
}

/** A row as the schema of a plan has it: its own list where the row has one that nobody may change. */
function writable({ passed, ...row }: TagChange): PlannedResource["changes"][number] {
  return passed === undefined ? row : { ...row, passed: [...passed] };
}
