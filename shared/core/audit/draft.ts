import type { Policy, Severity, TagRule } from "../policy/policy.ts";
import { isWrite } from "../run/step.ts";
import type { Subject, Verdict } from "../selector.ts";
import type { TagSet } from "../tag.ts";
import type { Finding, FindingReason } from "./finding.ts";
import type { Outlook } from "./outlook.ts";
import type { RuleWords } from "./rule-words.ts";

/** What is wrong, before anybody asked whether it may be shown or is excused. Keys and values are raw. */
export type DraftFinding = {
  readonly rule: string;
  readonly severity: Severity;
  readonly status: Finding["status"];
  readonly reason: FindingReason;
  readonly key: string | null;
  readonly actual: string | null;
  readonly expected: string | null;
  readonly suggestion: string | null;
  readonly fix: Fix | null;
};

/** What a plan does about it. */
export type Fix =
  | { readonly do: "create" | "overwrite" | "delete"; readonly key: string }
  | { readonly do: "rename"; readonly key: string; readonly to: string };

/** One resource as its judges see it: as it is, and what the bulk plan would do to it. */
export type Look = {
  readonly policy: Policy;
  readonly tags: TagSet;
  /** Selectors of `required`, of conditional rules and of exemptions see the tags as they are. */
  readonly subject: Subject;
  /** The tag rules that are judged, and planned; all others find nothing wrong at a glance (`Glance`). */
  readonly unsettled: readonly TagRule[];
  /** What the bulk plan would do; made once somebody asks. */
  readonly outlook: () => Outlook;
  /** The keys of the resource that no rule knows and that have a value, each with its skeleton. */
  readonly strangers: () => readonly Stranger[];
  readonly words: (rule: TagRule) => RuleWords;
};

/** A key that no rule knows. */
export type Stranger = { readonly key: string; readonly skeleton: string };

/** Findings, and whether something could not be told for want of a field. */
export type Opinion = { readonly findings: readonly DraftFinding[]; readonly unsure: boolean };

export const NO_OPINION: Opinion = { findings: [], unsure: false };
export const UNSURE: Opinion = { findings: [], unsure: true };

/** What a draft says beside its rule; the rest is `null`. */
type Said = Pick<DraftFinding, "rule" | "severity" | "reason"> & Partial<DraftFinding>;

/** A finding that fails, unless it says otherwise. */
export function draft(said: Said): DraftFinding {
  // Field by field: there are as many of these as findings, and all have one shape.
  return {
    rule: said.rule,
    severity: said.severity,
    status: said.status ?? "fail",
    reason: said.reason,
    key: said.key ?? null,
    actual: said.actual ?? null,
    expected: said.expected ?? null,
    suggestion: said.suggestion ?? null,
    fix: said.fix ?? null,
  };
}

/** What the plan does about a key: nothing, unless it writes the key and is final. */
export function fixOf(key: string, { outlook }: Pick<Look, "outlook">): Fix | null {
  const { rows, final } = outlook();
  const row = rows.get(key);
  if (!final || row === undefined || !isWrite(row)) return null;
  return row.op === "create" || row.op === "overwrite" || row.op === "delete"
    ? { do: row.op, key }
    : null;
}

/** Has the resource a value for the tag, under its key or under an alias? */
export function isHeld({ key, aliases }: Pick<TagRule, "key" | "aliases">, tags: TagSet): boolean {
  if ((tags.get(key) ?? "") !== "") return true;
  for (const alias of aliases) if ((tags.get(alias) ?? "") !== "") return true;
  return false;
}

/** Turns a verdict into an opinion. */
export function judgeIf({ holds }: Verdict, findings: () => readonly DraftFinding[]): Opinion {
  if (holds === "unknown") return UNSURE;
  return holds ? { findings: findings(), unsure: false } : NO_OPINION;
}
