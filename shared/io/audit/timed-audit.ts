import { createArrivals } from "../../core/audit/arrivals.ts";
import {
  type AuditOptions,
  AuditOptionsError,
  readAuditOptions,
} from "../../core/audit/audit-options.ts";
import type { AuditReport } from "../../core/audit/audit-report.ts";
import type { Remediation } from "../../core/audit/remediation.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Severity } from "../../core/policy/policy.ts";
import { FORMAT_NAMES } from "../../core/report/formats.ts";
import type { Budget } from "../cloud.ts";
import { ConfigError } from "../config.ts";
import type { Came, Deps } from "../function.ts";
import { type Queue, QueueError } from "../queue/queue.ts";
import type { ApplyDeps } from "../run/apply.ts";
import type { ChangeDeps } from "../run/change.ts";
import { unfinishedRuns } from "../run/lease.ts";
import { workOnRun } from "../run/run.ts";
import { RunError } from "../run/run-store.ts";
import { type Store, StoreError } from "../store/store.ts";
import { type AuditPlace, runAudit } from "./audit.ts";
import { previousAuditMs, storeAudit } from "./audit-store.ts";
import { noticeOf } from "./notice.ts";
import { type Remedied, remedy } from "./remediation.ts";

/** What the function `audit` works with beside what every function has. */
export type AuditFunctionDeps = Deps & {
  readonly store: Store;
  readonly places: readonly AuditPlace[];
  /** Where summaries go; `null` where no topic is set. */
  readonly topic: Queue | null;
  readonly remediate: Remediation;
  readonly version: string;
  readonly random: () => number;
  readonly worker: string;
  /** Time for the work itself: what follows must still be stored. */
  readonly work: Omit<ChangeDeps, "tags"> & Pick<ApplyDeps, "stop" | "lastStartMs">;
};

/**
 * Takes up runs that were not finished, audits every place, stores the report with its history, puts right
 * what is fixable where that is wanted, and publishes a summary. Its outcomes are those of the runs, and
 * one more for each thing that could not be finished: the audit, the store, the summary.
 */
export async function auditByTimer(event: unknown, deps: AuditFunctionDeps): Promise<Came> {
  const options = readOptions(event);
  const outcomes: Outcome[] = [];
  let sharedCalls = 0;
  const budget: Budget = {
    signal: deps.work.signal,
    deadlineMs: deps.work.deadlineMs,
    countCall: () => {
      sharedCalls += 1;
    },
  };
  const noteOutcome = (outcome: Outcome) => void outcomes.push(outcome);
  let told: Told = {};
  try {
    told = await auditAndRemedy(options, { ...deps, budget, noteOutcome });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    noteOutcome(unfinished(`the run store: ${error.message}`));
  } finally {
    await deps.topic?.close();
  }
  return { outcomes, sharedCalls, ...told };
}

function readOptions(event: unknown): AuditOptions {
  try {
    return readAuditOptions(event);
  } catch (error) {
    // The text is configured with the trigger: a setting like any other, to be put right by a person.
    throw error instanceof AuditOptionsError ? new ConfigError([error.message]) : error;
  }
}

type Told = Pick<Came, "audit" | "guarded" | "run">;
type Work = AuditFunctionDeps & {
  readonly budget: Budget;
  readonly noteOutcome: (outcome: Outcome) => void;
};

async function auditAndRemedy(options: AuditOptions, deps: Work): Promise<Told> {
  const { store, noteOutcome } = deps;
  const remediate = options.remediate ?? deps.remediate;
  await takeUpRuns(deps);
  const nowMs = deps.clock.now();
  const sinceMs = await previousAuditMs(store, nowMs);
  const arrivals = sinceMs === null ? null : createArrivals(deps.policy, { sinceMs, nowMs });
  const audited = await runAudit({
    ...deps,
    plans: remediate !== "off",
    watch: (item) => arrivals?.take(item),
  });
  const arrived = arrivals?.count() ?? null;
  const { path, report } = await storeAudit(
    store,
    audited.report,
    options.formats ?? FORMAT_NAMES,
    deps.random,
  );
  const remedied = await remedy(audited.plans, {
    ...deps,
    apply: remediate === "apply",
    workIn: (_project, tags) => ({ ...deps.work, tags }),
  });
  for (const { outcomes } of remedied) outcomes.forEach(noteOutcome);
  const unsent = await publish(noticeOf(report, path, remedied, arrived), deps.topic);
  if (unsent !== null) noteOutcome(unfinished(`TAGWARDEN_TOPIC: ${unsent.message}`));
  if (!report.complete) {
    const problems = report.scopes.flatMap(({ problem }) => problem ?? []);
    noteOutcome(unfinished(`audit incomplete: ${problems.join(" | ") || WITHOUT_PROBLEM}`));
  }
  const guarded = remedied.flatMap(({ run, broken }) =>
    broken.length > 0 ? [`${run}: ${broken.join("; ")}`] : [],
  );
  return {
    audit: {
      path,
      complete: report.complete,
      summary: report.summary,
      findings: countBySeverity(report),
      ...arrived,
    },
    ...(guarded.length > 0 ? { guarded } : {}),
    ...onlyRun(remedied),
  };
}

/** Findings that fail, by severity. */
function countBySeverity({ rules }: AuditReport): { readonly [Name in Severity]: number } {
  const count = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const { severity, fail } of rules) count[severity] += fail;
  return count;
}

const WITHOUT_PROBLEM = "not everything that is counted could be read or judged";

function onlyRun(remedied: readonly Remedied[]): { readonly run?: string } {
  const [one] = remedied;
  return one !== undefined && remedied.length === 1 ? { run: one.run } : {};
}

/** Goes on with runs that nobody works on any more. One that cannot be worked on here is left alone. */
async function takeUpRuns(deps: Work): Promise<void> {
  for await (const run of unfinishedRuns(deps.store))
    for (const { project, tags } of deps.places)
      try {
        await workOnRun(run, null, { ...deps, ...deps.work, tags, project });
        break;
      } catch (error) {
        if (!(error instanceof RunError)) throw error;
      }
}

/**
 * Answers with why the summary could not be sent, `null` where it was. That does not undo the audit: whoever
 * reads the store finds it there.
 */
async function publish(text: string, topic: Queue | null): Promise<QueueError | null> {
  try {
    await topic?.publish([text]);
    return null;
  } catch (error) {
    if (error instanceof QueueError) return error;
    throw error;
  }
}

/** What the whole audit could not do, of no single resource. */
function unfinished(reason: string): Outcome {
  return { kind: "failed", reason, tags: [], calls: 0 };
}

/** Is the audit not finished? Then the platform must try again; runs are taken up by the next one. */
export function isUnfinished({ kind, resource }: Outcome): boolean {
  return kind === "failed" && resource === undefined;
}
