import type { CloudErrorCode } from "./error.ts";
import type { ResourceRef } from "./resource.ts";
import type { TagChange } from "./tag.ts";

/** How one input (a trace, a message, a resource) ended. Every input ends in exactly one. */
export const OUTCOME_KINDS = [
  "tagged",
  "unchanged",
  "ignored",
  "gone",
  "skipped",
  "stale",
  "malformed",
  "deferred",
  "failed",
] as const;
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

export type Outcome = {
  readonly kind: OutcomeKind;
  readonly resource?: ResourceRef;
  /** Why, in one of the README's words; for `failed` and `deferred` the error as one line. */
  readonly reason?: string;
  /** What kind of error the reason tells of. */
  readonly code?: CloudErrorCode;
  readonly tags: readonly TagChange[];
  /** Requests to the KMS/CSMS host for this input, retries included. */
  readonly calls: number;
  /** The trace id or message id, where there is one. */
  readonly event?: string;
  /** What became of a message that is not done: it is in the queue again, or a dead letter. */
  readonly handed?: "queue" | "dead-letter";
};

export type Report = {
  readonly outcomes: readonly Outcome[];
  /** How many outcomes there are of each kind. */
  readonly summary: { readonly [Kind in OutcomeKind]: number } & {
    /** Runs that a guard stopped before their first write. */
    readonly guarded?: number;
  };
  /** Requests to the KMS/CSMS host, those of the outcomes and those that serve several. */
  readonly calls: number;
  readonly policy: { readonly hash: string };
  /** The run that was worked on, where it was one. */
  readonly run?: string;
  /** Present where a guard stopped a run: one sentence for each. */
  readonly guarded?: readonly string[];
  /** Present where an audit ran: where its report is in the store, and what it came to. */
  readonly audit?: {
    readonly path: string;
    readonly complete: boolean;
    readonly summary: { readonly [name: string]: number | null };
    /** Findings that fail, by severity. */
    readonly findings: { readonly [severity: string]: number };
    /** Resources created since the audit before this one, where there was one; and those nobody tagged. */
    readonly created?: number;
    readonly missed?: number;
  };
  /** Present where messages became dead letters: how many. */
  readonly deadLetters?: number;
  /** Present where outcomes were left out because the report was over `REPORT_BYTES_MAX`. */
  readonly leftOut?: number;
};

/** A larger report keeps only the outcomes that somebody may have to act on. */
export const REPORT_BYTES_MAX = 1_000_000;

/** What a use case came to beside its outcomes. */
export type ReportParts = Pick<Report, "run" | "guarded" | "audit" | "deadLetters"> & {
  /** Requests that served several outcomes. */
  readonly sharedCalls?: number;
};

/** Folds outcomes into a report. */
export function summarise(
  outcomes: readonly Outcome[],
  policyHash: string,
  { sharedCalls = 0, ...parts }: ReportParts = {},
): Report {
  const count = (kind: OutcomeKind) => outcomes.filter((outcome) => outcome.kind === kind).length;
  return {
    outcomes,
    summary: {
      tagged: count("tagged"),
      unchanged: count("unchanged"),
      ignored: count("ignored"),
      gone: count("gone"),
      skipped: count("skipped"),
      stale: count("stale"),
      malformed: count("malformed"),
      deferred: count("deferred"),
      failed: count("failed"),
      ...(parts.guarded === undefined ? {} : { guarded: parts.guarded.length }),
    },
    calls: outcomes.reduce((sum, outcome) => sum + outcome.calls, sharedCalls),
    policy: { hash: policyHash },
    ...parts,
  };
}

/** The rows of a plan that was not carried out: what was to be written is refused, what was lost is told. */
export function refuseWrites(
  changes: readonly TagChange[],
  lost: readonly TagChange[] = [],
): readonly TagChange[] {
  return changes.map((change) => {
    const gone = lost.find(({ key }) => key === change.key);
    if (gone !== undefined) return gone;
    return change.op === "keep" || change.op === "refuse"
      ? change
      : { ...change, op: "refuse", reason: "not-written" };
  });
}

/** From the one that needs a person most to the one that needs nobody. */
const GRAVITY: readonly OutcomeKind[] = [
  "failed",
  "malformed",
  "deferred",
  "stale",
  "gone",
  "skipped",
  "tagged",
  "unchanged",
  "ignored",
];

/** The outcome that one would want to see first; `undefined` where there is none. */
export function gravest(outcomes: readonly Outcome[]): Outcome | undefined {
  return GRAVITY.map((kind) => outcomes.find((outcome) => outcome.kind === kind)).find(
    (outcome) => outcome !== undefined,
  );
}

/** Below what a function may answer: a larger answer fails an invocation that was done (functiongraph.md 6). */
const ANSWER_BYTES_MAX = 5_000_000;

/**
 * Keeps a report under the platform's limits: the summary stays, finished outcomes go first, and where that is
 * not enough those that wait in the queue or among the dead letters.
 */
export function capReport(report: Report): Report {
  if (bytesOf(report) <= REPORT_BYTES_MAX) return report;
  const open = without(report, ({ kind }) => kind === "tagged" || kind === "unchanged");
  return bytesOf(open) <= ANSWER_BYTES_MAX
    ? open
    : without(open, ({ handed }) => handed !== undefined);
}

function without(report: Report, isDropped: (outcome: Outcome) => boolean): Report {
  const outcomes = report.outcomes.filter((outcome) => !isDropped(outcome));
  const leftOut = (report.leftOut ?? 0) + report.outcomes.length - outcomes.length;
  return { ...report, outcomes, leftOut };
}

function bytesOf(report: Report): number {
  return new TextEncoder().encode(JSON.stringify(report)).length;
}
