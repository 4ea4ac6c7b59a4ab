import { own } from "../json-value.ts";
import { exceeds, fitsKey, fitsValue, type TagLimits } from "../limits.ts";
import type { KeyProfile } from "../policy/policy.ts";
import { RESOURCE_KINDS, type ResourceType } from "../resource.ts";
import type { TagChange, TagOp, TagSet } from "../tag.ts";
import type { Edits } from "./edits.ts";

/**
 * Why a key that edits speak of is deleted, kept or refused.
 *
 * - `renamed` (delete): its value is now under the new key, or was there already.
 * - `unset` (delete): it was to be removed.
 * - `conflict` (keep; on both keys of a rename): they have different values; neither is touched.
 * - `key-does-not-fit` (refuse; keep on the key that was to be renamed or removed): the kind does not
 *   accept the key, or it is the service's own.
 * - `value-does-not-fit` (refuse): the kind does not accept the value; nothing is encoded, since
 *   somebody typed it.
 * - `no-room` (refuse): the resource would have more tags than its kind allows.
 */
export type EditReason =
  | "renamed"
  | "unset"
  | "conflict"
  | "key-does-not-fit"
  | "value-does-not-fit"
  | "no-room";

/** What edits do to one resource. */
export type EditPlan = {
  /** One row for each key that is written or cannot be; keys that stay as wanted have none. */
  readonly changes: readonly TagChange[];
  /** Whose limits hold, as in a plan by the policy. */
  readonly profile: KeyProfile;
};

/**
 * Works out what edits change on one resource: rename, map, set, unset, each on what the one before left.
 *
 * They are carried out until they find nothing more to do (a rename that conflicts may not any more once a
 * value was mapped), so planning again with the tags that the plan leaves writes nothing. That needs
 * edits that do not contradict each other (core/run/contradiction.ts); others come to an end, too.
 */
export function planEdits(
  edits: Edits,
  type: ResourceType,
  current: TagSet,
  keyProfile: KeyProfile,
): EditPlan {
  const { limits: limitsOf } = RESOURCE_KINDS[type];
  const tooStrict = exceeds(limitsOf(keyProfile), current);
  const profile = tooStrict ? "extended" : keyProfile;
  const limits = limitsOf(profile);
  const passesMax = 2 + Object.keys(edits.rename ?? {}).length;

  let draft = createDraft(current, limits);
  for (let pass = 0; pass < passesMax; pass++) {
    const next = carryOut(edits, { ...draft, told: new Map() });
    const stable = sameTags(draft.tags, next.tags);
    draft = next;
    if (stable) break;
  }
  leaveOutSurplus(draft, limits.tagsMax);
  return { changes: rowsOf(draft, current), profile };
}

/** A resource on its way, and what there is to say about its keys. */
type Draft = {
  readonly limits: TagLimits;
  readonly tags: Map<string, string>;
  readonly sources: Map<string, string>;
  readonly removals: Map<string, EditReason>;
  /** Keys that need room: a rename has that of the old key. */
  readonly additions: Set<string>;
  /** Rows of keys that are left as they are although they were to change. */
  readonly told: Map<string, TagChange>;
};

function createDraft(current: TagSet, limits: TagLimits): Draft {
  return {
    limits,
    tags: new Map(current),
    sources: new Map(),
    removals: new Map(),
    additions: new Set(),
    told: new Map(),
  };
}

function carryOut({ rename, map, set, unset }: Edits, before: Draft): Draft {
  const draft = { ...before, tags: new Map(before.tags) };
  for (const [from, to] of Object.entries(rename ?? {})) renameKey(draft, from, to);
  for (const [key, table] of Object.entries(map ?? {})) mapValue(draft, key, table);
  for (const [key, value] of Object.entries(set ?? {})) setValue(draft, key, value);
  for (const key of unset ?? []) remove(draft, key, "unset");
  return draft;
}

function renameKey(draft: Draft, from: string, to: string): void {
  const { tags } = draft;
  const value = tags.get(from);
  if (value === undefined || from === to) return;
  const there = tags.get(to);
  if (there !== undefined && there !== value) {
    tell(draft, from, "keep", "conflict");
    tell(draft, to, "keep", "conflict");
    return;
  }
  const refused = isReserved(from) ? "key-does-not-fit" : write(draft, to, value, `rename ${from}`);
  if (refused === null) remove(draft, from, "renamed");
  else tell(draft, from, "keep", refused);
}

function mapValue(draft: Draft, key: string, table: { readonly [from: string]: string }): void {
  const value = draft.tags.get(key);
  const to = value === undefined ? undefined : own(table, value);
  if (to !== undefined) write(draft, key, to, "map");
}

function setValue(draft: Draft, key: string, value: string): void {
  const isNew = !draft.tags.has(key);
  if (write(draft, key, value, "set") === null && isNew) draft.additions.add(key);
}

/** Gives a key a value; where the kind does not accept one of them, says so and answers why. */
function write(draft: Draft, key: string, value: string, source: string): EditReason | null {
  const { tags, limits, sources } = draft;
  if (tags.get(key) === value) return null;
  const refused = isReserved(key) || (!tags.has(key) && !fitsKey(key, limits));
  if (refused || !fitsValue(value, limits)) {
    const reason = refused ? "key-does-not-fit" : "value-does-not-fit";
    tell(draft, key, "refuse", reason, value);
    return reason;
  }
  tags.set(key, value);
  sources.set(key, source);
  return null;
}

function remove(draft: Draft, key: string, reason: EditReason): void {
  if (!draft.tags.has(key)) return;
  if (isReserved(key)) {
    tell(draft, key, "keep", "key-does-not-fit");
    return;
  }
  draft.tags.delete(key);
  draft.additions.delete(key);
  draft.removals.set(key, reason);
}

/** Tags of the service itself (dew-api.md 3). */
function isReserved(key: string): boolean {
  return key.startsWith("_sys_");
}

function tell(draft: Draft, key: string, op: TagOp, reason: EditReason, to?: string): void {
  const from = draft.tags.get(key);
  draft.told.set(key, {
    key,
    op,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    reason,
  });
}

/** New keys for which there is no room are left out, the last first; what was there is never trimmed. */
function leaveOutSurplus({ tags, told, additions }: Draft, tagsMax: number): void {
  for (const key of [...additions].reverse()) {
    if (tags.size <= tagsMax) return;
    const reason: EditReason = "no-room";
    told.set(key, { key, op: "refuse", to: tags.get(key) ?? "", reason });
    tags.delete(key);
  }
}

function rowsOf({ tags, sources, removals, told }: Draft, current: TagSet): readonly TagChange[] {
  const keys = new Set([...current.keys(), ...tags.keys(), ...told.keys()]);
  return [...keys].flatMap((key): readonly TagChange[] => {
    const from = current.get(key);
    const to = tags.get(key);
    if (from === to) return [told.get(key)].filter((row) => row !== undefined);
    if (to === undefined) {
      const reason = removals.get(key) ?? "unset";
      return [{ key, op: "delete", ...(from !== undefined && { from }), reason }];
    }
    const source = sources.get(key) ?? "set";
    return [
      from === undefined
        ? { key, op: "create", to, source }
        : { key, op: "overwrite", from, to, source },
    ];
  });
}

function sameTags(one: TagSet, other: TagSet): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}
