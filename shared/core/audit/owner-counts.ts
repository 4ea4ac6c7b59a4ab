import type { InventoryItem } from "../inventory/item.ts";
import type { Policy, Severity } from "../policy/policy.ts";
import { creatorKeyOf } from "./declared.ts";
import type { Judgement } from "./judge.ts";
import { compareTexts, SEVERITIES } from "./order.ts";
import { REDACTED } from "./sighting.ts";

/** The resources of one owner. */
export type OwnerCount = {
  /** `null`: they name none. `<redacted>`: those whose owner may not be shown, together. */
  readonly owner: string | null;
  /** Judged ones. */
  readonly resources: number;
  /** Those with a finding that fails. */
  readonly failing: number;
  /** Findings that fail, and those of them that a plan puts right. */
  readonly findings: number;
  readonly fixable: number;
  /** The gravest that fails; `null`: none does. */
  readonly worst: Severity | null;
};

/** Who has what to do. */
export type OwnerCounts = {
  /** The tag whose value is the owner; `null`: the policy declares none, the enterprise project stands in. */
  readonly tag: string | null;
  /** Most failing resources first. */
  readonly list: readonly OwnerCount[];
  /** Resources of owners beyond those that can be told apart. */
  readonly others: number;
};

/** Owners that are told apart. */
const OWNERS_MAX = 2_000;

/** Counts resources by owner, in bounded memory. */
export type OwnerCounter = {
  take(item: InventoryItem, judgement: Judgement): void;
  end(): OwnerCounts;
};

type Tally = { -readonly [Field in keyof Omit<OwnerCount, "owner">]: OwnerCount[Field] };

/**
 * Starts to count. The owner is the value of the tag `Owner` where the policy declares one in any case or
 * as the end of a key (`DataOwner`), else of the tag that it fills with the creator's name, else the
 * enterprise project. A declared alias of that tag counts as the tag.
 */
export function createOwnerCounts(policy: Policy): OwnerCounter {
  const tag = ownerKeyOf(policy);
  const rule = policy.tags.find(({ key }) => key === tag);
  const names = rule === undefined ? null : [rule.key, ...rule.aliases];
  const tallies = new Map<string | null, Tally>();
  let others = 0;
  const ownerOf = (item: InventoryItem, { tags }: Judgement): string | null => {
    if (names === null) return item.facts.fields.get("resource.enterpriseProject") ?? null;
    for (const name of names)
      for (const { key, value } of tags) if (key === name && value !== "") return value ?? REDACTED;
    return null;
  };
  /** `undefined`: there are too many others. */
  const tallyOf = (owner: string | null): Tally | undefined => {
    const known = tallies.get(owner);
    if (known !== undefined || tallies.size === OWNERS_MAX) return known;
    const tally = newTally();
    tallies.set(owner, tally);
    return tally;
  };
  return {
    take(item, judgement) {
      if (item.skip !== null || item.tags === null) return;
      const tally = tallyOf(ownerOf(item, judgement));
      if (tally === undefined) others += 1;
      else enter(judgement, tally);
    },
    end: () => ({
      tag,
      list: [...tallies].map(([owner, tally]) => ({ owner, ...tally })).sort(compareOwners),
      others,
    }),
  };
}

/** The key of the tag that names an owner. */
function ownerKeyOf(policy: Policy): string | null {
  const keys = policy.tags.filter(({ prohibited }) => !prohibited).map(({ key }) => key);
  return (
    keys.find((key) => key.toLowerCase() === "owner") ??
    keys.find((key) => /owner$/i.test(key)) ??
    creatorKeyOf(policy)
  );
}

function newTally(): Tally {
  return { resources: 0, failing: 0, findings: 0, fixable: 0, worst: null };
}

function enter({ findings }: Judgement, tally: Tally): void {
  tally.resources += 1;
  const before = tally.findings;
  for (const { status, severity, fixable } of findings) {
    if (status !== "fail") continue;
    tally.findings += 1;
    if (fixable) tally.fixable += 1;
    if (isGraver(severity, tally.worst)) tally.worst = severity;
  }
  if (tally.findings > before) tally.failing += 1;
}

function isGraver(severity: Severity, than: Severity | null): boolean {
  return than === null || SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(than);
}

function compareOwners(one: OwnerCount, other: OwnerCount): number {
  return (
    other.failing - one.failing ||
    other.findings - one.findings ||
    other.resources - one.resources ||
    compareTexts(one.owner ?? "", other.owner ?? "")
  );
}
