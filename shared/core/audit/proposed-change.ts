import type { InventoryItem } from "../inventory/item.ts";
import type { ResourceType } from "../resource.ts";
import type { Curtain } from "./curtain.ts";
import type { Look } from "./draft.ts";
import { compareTexts } from "./order.ts";
import { REDACTED } from "./sighting.ts";

/** One key of one resource as a bulk plan by the policy would change it, fit to be shown. */
export type ProposedChange = {
  readonly resource_type: ResourceType;
  readonly resource_id: string;
  readonly resource_name: string | null;
  readonly region: string | null;
  readonly project_id: string | null;
  readonly tag_key: string;
  readonly op: "create" | "overwrite" | "delete";
  /** What is there; `null`: no such tag. `<redacted>` where it looks secret, and of a prohibited tag. */
  readonly from: string | null;
  /** What would be written; `null`: the tag goes. */
  readonly to: string | null;
  /** Where the new value comes from, or why the tag goes: `const`, `alias owner`, `canonical`, `prohibited`. */
  readonly why: string;
};

/** What a plan by the policy would do, up to a limit; `total` and `resources` count all of it. */
export type ProposedChanges = {
  readonly total: number;
  readonly resources: number;
  readonly list: readonly ProposedChange[];
};

/** Changes that are told one by one; the plan itself has all. */
const CHANGES_MAX = 10_000;
/** Of these it is never needed to know what they held: they go, and what nobody may write is often secret. */
const PROHIBITED = "prohibited";

/**
 * What a bulk plan would write, with nothing in it that may not be shown; nothing where the plan would have to
 * read more first.
 */
export function proposeChanges(
  { outlook }: Pick<Look, "outlook">,
  { resource, facts }: Pick<InventoryItem, "resource" | "facts">,
  curtain: Curtain,
): readonly ProposedChange[] {
  if (!outlook().final) return [];
  const shown = (text: string | undefined) => (text === undefined ? null : curtain.text(text));
  const changes: ProposedChange[] = [];
  for (const { key, op, from, to, source, reason } of outlook().rows.values()) {
    if (op === "keep" || op === "refuse") continue;
    changes.push({
      resource_type: resource.type,
      resource_id: resource.id,
      resource_name: resource.name ?? null,
      region: facts.fields.get("region") ?? null,
      project_id: facts.fields.get("project") ?? null,
      tag_key: curtain.key(key),
      op,
      from: reason === PROHIBITED ? REDACTED : shown(from),
      to: shown(to),
      why: source ?? reason ?? "",
    });
  }
  return changes;
}

/** Collects what is proposed for each resource, in bounded memory. */
export type Proposals = {
  take(changes: readonly ProposedChange[]): void;
  /** By place and resource, each resource's changes in the policy's order. */
  end(): ProposedChanges;
};

/** Starts a collection. */
export function createProposals(): Proposals {
  const list: ProposedChange[] = [];
  let total = 0;
  let resources = 0;
  return {
    take(changes) {
      if (changes.length === 0) return;
      resources += 1;
      total += changes.length;
      for (const change of changes) if (list.length < CHANGES_MAX) list.push(change);
    },
    end: () => ({ total, resources, list: list.sort(compareChanges) }),
  };
}

const COLUMNS = [
  "region",
  "project_id",
  "resource_type",
  "resource_name",
  "resource_id",
] as const satisfies readonly (keyof ProposedChange)[];

function compareChanges(one: ProposedChange, other: ProposedChange): number {
  for (const column of COLUMNS) {
    const order = compareTexts(one[column] ?? "", other[column] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}
