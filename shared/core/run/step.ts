import type { TagChange, TagOp, TagSet } from "../tag.ts";
import type { Step } from "./journal.ts";

const WRITES: readonly TagOp[] = ["create", "overwrite", "delete"];

/** Does the row change the resource? */
export function isWrite({ op }: TagChange): boolean {
  return WRITES.includes(op);
}

/** What a plan's rows write, as a journal holds it. */
export function stepsOf(changes: readonly TagChange[]): readonly Step[] {
  return changes.filter(isWrite).map(({ key, op, from, to }) => ({
    key,
    before: op === "create" ? null : (from ?? null),
    after: op === "delete" ? null : (to ?? ""),
  }));
}

/**
 * The rows that are still to be written, given what is there now; `null` when somebody else changed one
 * of their keys. A key that is being replaced may be missing on the way: it is then created.
 */
export function changesLeft(
  changes: readonly TagChange[],
  current: TagSet,
): readonly TagChange[] | null {
  const left: TagChange[] = [];
  for (const change of changes) {
    const [step] = stepsOf([change]);
    const now = current.get(change.key) ?? null;
    if (step === undefined || now === step.after) continue;
    if (now !== step.before && now !== null) return null;
    left.push(now === null ? { ...change, op: "create" } : change);
  }
  return left;
}
