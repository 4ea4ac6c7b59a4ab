import { readAuditOptions } from "../../core/audit/audit-options.ts";
import type { Remediation } from "../../core/audit/remediation.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { FormatName } from "../../core/report/formats.ts";
import type { Budget } from "../cloud.ts";
import { ConfigError } from "../config.ts";
import type { Came, Deps } from "../function.ts";
import { type Queue, QueueError } from "../queue/queue.ts";
import type { ApplyDeps } from "../run/apply.ts";
import type { ChangeDeps } from "../run/change.ts";
import { unfinishedRuns } from "../run/lease.ts";
import { workOnRun } from "../run/run.ts";
import { RunError } from "../run/run-store.ts";
import type { Store } from "../store/store.ts";
import { type AuditPlace, runAudit } from "./audit.ts";
import { storeAudit } from "./audit-store.ts";
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

const FORMATS_DEFAULT: readonly FormatName[] = ["json", "csv", "html", "md"];

/**
 * Takes up runs that were not finished, audits every place, stores the report with its history, puts right
 * what is fixable where that is wanted, and publishes a summary. Its outcomes are those of the runs, and
 * one more that says why where the audit is not complete.
 */
export async function auditByTimer(event: unknown, deps: AuditFunctionDeps): Promise<Came> {
  const { store, policy, places, clock, version } = deps;
  const options = readAuditOptions(event);
  const remediate = options.remediate ?? deps.remediate;
  let sharedCalls = 0;
  const budget: Budget = {
    signal: deps.work.signal,
    deadlineMs: deps.work.deadlineMs,
    countCall: () => {
      sharedCalls += 1;
    },
  };
  const outcomes = [...(await takeUpRuns(deps))];
  const plans = remediate !== "off";
  const audited = await runAudit({ policy, places, clock, budget, version, plans });
  const { path, report } = await storeAudit(
    store,
    audited.report,
    options.formats ?? FORMATS_DEFAULT,
  );
  const remedied = await remedy(audited.plans, {
    ...deps,
    apply: remediate === "apply",
    workIn: (_project, tags) => ({ ...deps.work, tags }),
  });
  outcomes.push(...remedied.flatMap((one) => one.outcomes));
  await publish(noticeOf(report, path, remedied), deps.topic);
  if (!report.complete) outcomes.push(incomplete(report.scopes.map(({ problem }) => problem)));
  const guarded = remedied.flatMap(({ run, broken }) =>
    broken.length > 0 ? [`${run}: ${broken.join("; ")}`] : [],
  );
  return {
    outcomes,
    sharedCalls,
    audit: { path, complete: report.complete, summary: report.summary },
    ...(guarded.length > 0 ? { guarded } : {}),
    ...onlyRun(remedied),
  };
}

function onlyRun(remedied: readonly Remedied[]): { readonly run?: string } {
  const [one] = remedied;
  return one !== undefined && remedied.length === 1 ? { run: one.run } : {};
}

/** Goes on with runs that nobody works on any more. One that cannot be worked on here is left alone. */
async function takeUpRuns(deps: AuditFunctionDeps): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const noteOutcome = (outcome: Outcome) => void outcomes.push(outcome);
  for await (const run of unfinishedRuns(deps.store))
    for (const { project, tags } of deps.places)
      try {
        const work = { ...deps, ...deps.work, tags, project, noteOutcome };
        await workOnRun(run, null, work);
        break;
      } catch (error) {
        if (!(error instanceof RunError)) throw error;
      }
  return outcomes;
}

/** A summary that cannot be sent does not undo the audit; whoever reads the store finds it there. */
async function publish(text: string, topic: Queue | null): Promise<void> {
  if (topic === null) return;
  try {
    await topic.publish([text]);
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    throw new ConfigError([`TAGWARDEN_TOPIC: ${error.message}`]);
  } finally {
    await topic.close();
  }
}

function incomplete(problems: readonly (string | null)[]): Outcome {
  const reason = problems.filter((problem) => problem !== null).join(" | ");
  return {
    kind: "failed",
    reason: `audit incomplete: ${reason || "the counts differ"}`,
    tags: [],
    calls: 0,
  };
}

/** Is the audit not finished? Then the platform must try again; runs are taken up by the next one. */
export function isUnfinished({ kind, resource }: Outcome): boolean {
  return kind === "failed" && resource === undefined;
}
