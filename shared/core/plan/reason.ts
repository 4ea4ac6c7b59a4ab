/**
 * Why a key that a plan speaks of is kept, refused or deleted. Keys that are created or overwritten
 * have a `source` instead. Each line says with which operation a reason comes.
 *
 * - `valid` (keep): the value is what the policy wants.
 * - `variant` (keep): another spelling of an allowed value, and `whenPresent` says to keep it.
 * - `invalid` (keep): the rule does not accept the value, but `whenPresent` says to keep it or no source
 *   is declared.
 * - `alias-present` (keep): the key is missing but an alias has a value; on creation that is enough.
 * - `alias` (keep; on the alias): an alias that only bulk retagging may merge.
 * - `conflict` (keep, in bulk only): the key and its aliases, or the aliases, have different values; none
 *   is touched. Creation merges nothing, so nothing can conflict there.
 * - `no-event` (keep): a valid value stays, because a source that ranks higher than the one that
 *   yields needs the creation event.
 * - `no-value` (keep, refuse): every source was passed over; `passed` says why.
 * - `no-source` (refuse): the tag is missing and the policy declares no source for it.
 * - `no-room` (refuse): the resource has as many tags as its kind allows.
 * - `key-does-not-fit` (refuse; keep on its aliases): the kind does not accept the key.
 * - `prohibited` (keep on creation, delete in bulk): nobody may have the tag.
 * - `merged` (delete): an alias whose value is now under its key, or that had none.
 * - `unread` (keep, refuse): provisional, until the plan's needs have been read.
 */
export type PlanReason =
  | "valid"
  | "variant"
  | "invalid"
  | "alias-present"
  | "alias"
  | "conflict"
  | "no-event"
  | "no-value"
  | "no-source"
  | "no-room"
  | "key-does-not-fit"
  | "prohibited"
  | "merged"
  | "unread";
