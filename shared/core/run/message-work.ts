import { exceeds, fitsKey, fitsValue, type TagLimits } from "../limits.ts";
import { refuseWrites } from "../outcome.ts";
import type { KeyProfile } from "../policy/policy.ts";
import { RESOURCE_KINDS, type ResourceRef, type ResourceType } from "../resource.ts";
import type { TagChange, TagOp, TagSet } from "../tag.ts";
import type { TagsMessage } from "./message.ts";
import { isWrite } from "./step.ts";
import type { Work, WorkDecision } from "./work.ts";

/**
 * What a message of the plain form has to do to its resource: all of it, or nothing. A key with another
 * value is kept unless the message says `overwrite`; a deletion that names another value than there is
 * keeps the tag. What does not fit the limits of the kind fails for good.
 */
export function messageWork(message: TagsMessage, profile: KeyProfile): Work {
  const { type, id, name } = message.resource;
  const resource: ResourceRef = name === undefined ? { type, id } : { type, id, name };
  const decide = (current: TagSet): WorkDecision => {
    const { limits, shown } = limitsOf(type, profile, current);
    const changes = message.tags.map((tag) =>
      message.action === "delete"
        ? deletion(tag.key, tag.value, current)
        : creation(tag.key, tag.value ?? "", message.overwrite ?? false, current, limits),
    );
    const refusal = refusalOf(changes, current, limits);
    const tags = refuseWrites(changes);
    if (refusal !== null)
      return { do: "end", ending: { kind: "failed", reason: refusal, tags }, wrote: false };
    const left = changes.filter(isWrite);
    if (left.length === 0) return { do: "end", ending: { kind: "unchanged", tags }, wrote: false };
    return { do: "write", changes, left, profile: shown };
  };
  return { resource, wanted: [], decide };
}

/** A resource that carries more than its profile allows shows that the profile is too strict. */
function limitsOf(type: ResourceType, profile: KeyProfile, current: TagSet) {
  const { limits } = RESOURCE_KINDS[type];
  const shown = exceeds(limits(profile), current) ? "extended" : profile;
  return { limits: limits(shown), shown } as const;
}

/**
 * Why a key that a message speaks of is kept, refused or deleted.
 *
 * - `valid` (keep): it has the value already.
 * - `present` (keep): it has another value, and the message does not say `overwrite`, or names another
 *   one than there is to delete.
 * - `absent` (keep): there is nothing to delete.
 * - `message` (delete): the message says so.
 * - `key-does-not-fit`, `value-does-not-fit` (refuse): the kind does not accept it.
 */
export type MessageReason =
  | "valid"
  | "present"
  | "absent"
  | "message"
  | "key-does-not-fit"
  | "value-does-not-fit";

function creation(
  key: string,
  to: string,
  overwrite: boolean,
  current: TagSet,
  limits: TagLimits,
): TagChange {
  const from = current.get(key);
  if (from === undefined) {
    if (!fitsKey(key, limits)) return row(key, "refuse", "key-does-not-fit", { to });
    if (!fitsValue(to, limits)) return row(key, "refuse", "value-does-not-fit", { to });
    return { key, op: "create", to, source: "message" };
  }
  if (from === to) return row(key, "keep", "valid", { from });
  if (!overwrite) return row(key, "keep", "present", { from, to });
  if (!fitsValue(to, limits)) return row(key, "refuse", "value-does-not-fit", { from, to });
  return { key, op: "overwrite", from, to, source: "message" };
}

function deletion(key: string, named: string | undefined, current: TagSet): TagChange {
  const from = current.get(key);
  if (from === undefined) return row(key, "keep", "absent", {});
  if (named !== undefined && named !== from) return row(key, "keep", "present", { from });
  return row(key, "delete", "message", { from });
}

function row(
  key: string,
  op: TagOp,
  reason: MessageReason,
  values: Pick<TagChange, "from" | "to">,
): TagChange {
  return { key, op, ...values, reason };
}

/** Why nothing of the message may be written; `null` where it may. */
function refusalOf(
  changes: readonly TagChange[],
  current: TagSet,
  { tagsMax }: TagLimits,
): string | null {
  const refused = changes.find(({ op }) => op === "refuse");
  if (refused !== undefined) return refused.reason ?? null;
  const created = changes.filter(({ op }) => op === "create").length;
  return created > 0 && current.size + created > tagsMax ? "no-room" : null;
}
