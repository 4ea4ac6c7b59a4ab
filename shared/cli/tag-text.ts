import type { PlanReason } from "../core/plan/reason.ts";
import type { EditReason } from "../core/run/edit.ts";
import type { UndoReason } from "../core/run/undo.ts";
import type { PassedOver, TagChange, TagOp } from "../core/tag.ts";
import type { Cell, Paint } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Why a key is kept, refused or deleted, in words (core/plan/reason.ts, edits, and what a failed write adds). */
const REASONS: { readonly [reason: string]: string } = {
  valid: "is as the policy wants it",
  variant: "another spelling of an allowed value, kept",
  invalid: "not a value that the policy allows, kept",
  "alias-present": "missing, but an alias is there",
  alias: "an alias; only bulk retagging merges it",
  conflict: "the keys that are to be one have different values; none is touched",
  "no-event": "valid, and a better source needs the creation event",
  "no-value": "no source yields a value",
  "no-source": "missing, and the policy has no source for it",
  "no-room": "the resource has no room for another tag",
  "key-does-not-fit": "the service does not accept this key",
  "value-does-not-fit": "the service does not accept this value",
  prohibited: "prohibited; bulk retagging removes it",
  merged: "its value is now under its key",
  renamed: "its value is now under the new key",
  unset: "to be removed",
  unread: "depends on what was not read",
  undo: "the run had added it",
  "changed-since": "somebody changed it after the run",
  "not-written": "was to be written, but the call failed",
} satisfies { readonly [Reason in PlanReason | EditReason | UndoReason | "not-written"]: string };

/** Why a source was passed over, in words (core/tag.ts). */
const PASSED: { readonly [Reason in PassedOver["reason"]]: string } = {
  absent: "yields nothing",
  empty: "is empty",
  unmapped: "is not in its map",
  invalid: "yields a value that the policy does not allow",
  "no-event": "needs the creation event",
  unread: "was not read",
};

const OPS: { readonly [Op in TagOp]: keyof Terminal["paint"] } = {
  create: "green",
  overwrite: "yellow",
  delete: "red",
  keep: "dim",
  refuse: "red",
};

/** The colour of an operation. */
export function paintOf(op: TagOp, { paint }: Terminal): Paint {
  return paint[OPS[op]];
}

/** What happens to a key, and to which value: `create dev`, `overwrite old -> new`, `keep prod`. */
export function changeText({ op, from, to }: TagChange): string {
  const values = [from, to].flatMap((value) => (value === undefined ? [] : [valueText(value)]));
  return [op, values.join(" -> ")].filter((part) => part !== "").join(" ");
}

/** A tag's value; in quotes where one would not see all of it. */
export function valueText(value: string): string {
  return value === "" || value.trim() !== value ? JSON.stringify(value) : value;
}

/** Where the value comes from, why nothing is written, and why the sources before were passed over. */
export function whyLines({ source, reason, adjustedFrom, passed }: TagChange): readonly string[] {
  return [
    ...(source === undefined ? [] : [`from ${source}`]),
    ...(reason === undefined ? [] : [REASONS[reason] ?? reason]),
    ...(adjustedFrom === undefined
      ? []
      : [`made to fit the limits, from ${valueText(adjustedFrom)}`]),
    ...(passed ?? []).map((over) => `not ${over.source}: ${PASSED[over.reason]}`),
  ];
}

/** The two cells of a change: what, and why. */
export function changeCells(change: TagChange, terminal: Terminal): readonly [Cell, Cell] {
  return [
    { lines: [changeText(change)], paint: paintOf(change.op, terminal) },
    { lines: whyLines(change) },
  ];
}
