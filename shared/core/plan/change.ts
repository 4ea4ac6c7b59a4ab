import type { PassedOver, Tag, TagChange, TagOp } from "../tag.ts";
import type { PlanReason } from "./reason.ts";

type ChangeFields = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly source?: string | undefined;
  readonly reason?: PlanReason | undefined;
  readonly adjustedFrom?: string | undefined;
  readonly passed?: readonly PassedOver[] | undefined;
};

/** A row of a plan; what is undefined, or an empty list, is left out. */
export function change(key: string, op: TagOp, fields: ChangeFields): TagChange {
  const { from, to, source, reason, adjustedFrom, passed } = fields;
  // Field by field: an audit makes some for every tag of every resource.
  const row: Writable<TagChange> = { key, op };
  if (from !== undefined) row.from = from;
  if (to !== undefined) row.to = to;
  if (source !== undefined) row.source = source;
  if (reason !== undefined) row.reason = reason;
  if (adjustedFrom !== undefined) row.adjustedFrom = adjustedFrom;
  if (passed !== undefined && passed.length > 0) row.passed = passed;
  return row;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** One row for each tag that stays as it is. */
export function keepAll(tags: readonly Tag[], reason: PlanReason): readonly TagChange[] {
  return tags.map(({ key, value }) => change(key, "keep", { from: value, reason }));
}
