/** The tags of one resource: key to value. Order is that of the answer or of the policy. */
export type TagSet = ReadonlyMap<string, string>;

/** One tag as the services' batch actions carry it. */
export type Tag = { readonly key: string; readonly value: string };

/** What happens, or would happen, to one key. `refuse` is a wanted tag that is not written. */
export type TagOp = "create" | "overwrite" | "delete" | "keep" | "refuse";

/** A source that yielded no value that can be used, and why. */
export type PassedOver = { readonly source: string; readonly reason: PassReason };

/**
 * Why a source was passed over.
 *
 * - `absent`: it yields nothing: the field is known to be empty, no row matches, no name matches.
 * - `empty`: it yields an empty string.
 * - `unmapped`: the `map` or `date` transform does not know the value.
 * - `invalid`: the value fails the tag's `match` or `values` after transforms and encoding.
 * - `no-event`: it needs a creation event, and bulk retagging and audits have none.
 * - `unread`: the field has not been read yet (only in a plan that is about to be worked out again).
 */
export type PassReason = "absent" | "empty" | "unmapped" | "invalid" | "no-event" | "unread";

/** What a plan says about one key; also one row of an outcome's `tags`. */
export type TagChange = {
  readonly key: string;
  readonly op: TagOp;
  /** The value that was read. Missing where the key was absent. */
  readonly from?: string;
  /** The value that is written, or that would have been. */
  readonly to?: string;
  /** Where `to` comes from: `const`, `creator.name`, `lookup owners.csv`, `alias owner`, … */
  readonly source?: string;
  /** Why the key is kept, refused or deleted. */
  readonly reason?: string;
  /** The derived value before it was encoded to fit the limits of its kind. */
  readonly adjustedFrom?: string;
  /** The sources before `source` (all of them where there is no value), with their reasons. */
  readonly passed?: readonly PassedOver[];
};
