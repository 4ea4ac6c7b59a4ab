import { OUTCOME_KINDS, type Outcome, type OutcomeKind, type Report } from "../core/outcome.ts";
import type { RunEnding } from "../io/run/run.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Session } from "./verb.ts";

/** Outcomes after which a resource is not as the plan wanted it. */
const UNDONE: readonly OutcomeKind[] = ["failed", "deferred", "stale", "skipped", "malformed"];
const SHOWN_MAX = 20;

/** How a command ends that worked on a run: by all of it, what was done at earlier times included. */
export function exitOfEnding({ outcomes }: Report, ending: RunEnding): ExitCode {
  if (ending.kind === "guarded") return EXIT.guard;
  if (outcomes.some(({ code }) => code === "denied")) return EXIT.denied;
  if (ending.kind !== "finished") return EXIT.incomplete;
  return UNDONE.some((kind) => (ending.whole[kind] ?? 0) > 0) ? EXIT.incomplete : EXIT.clean;
}

/** Shows what a run came to: counts, what is not as planned, and what to do next. */
export function showApplied(
  report: Report,
  ending: RunEnding,
  { terminal, options }: Session,
): void {
  const { run = "", outcomes } = report;
  const left = "left" in ending ? ending.left.length : 0;
  const whole = ending.kind === "finished" ? ending.whole : null;
  if (options.format === "json") terminal.json({ run, state: ending.kind, left, whole, ...report });
  else {
    terminal.data(`run ${run}: ${countsText(report, left)}`);
    const earlier = whole !== null && totalOf(whole) > outcomes.length;
    if (earlier) terminal.data(`  with what was done before: ${kindsText(whole).join(", ")}`);
    const undone = outcomes.filter(({ kind }) => UNDONE.includes(kind));
    for (const outcome of undone.slice(0, SHOWN_MAX)) terminal.data(`  ${outcomeText(outcome)}`);
    if (undone.length > SHOWN_MAX) terminal.data(`  and ${undone.length - SHOWN_MAX} more`);
  }
  if (ending.kind === "taken")
    terminal.fail(`another worker has the run ${run}; see tagwarden status ${run}`);
  if (ending.kind === "unfinished") terminal.note(`go on with: tagwarden apply --resume ${run}`);
  if (((whole ?? report.summary).tagged ?? 0) > 0)
    terminal.note(`take it back with: tagwarden undo ${run} -o undo.json`);
}

function countsText({ summary, calls }: Report, left: number): string {
  const rest = left > 0 ? [`${left} left`] : [];
  return [...kindsText(summary), ...rest, `${calls} calls`].join(", ");
}

type Counts = { readonly [kind: string]: number | undefined };

function kindsText(counts: Counts): readonly string[] {
  return OUTCOME_KINDS.flatMap((kind) => {
    const count = counts[kind] ?? 0;
    return count > 0 ? [`${count} ${kind}`] : [];
  });
}

function totalOf(counts: Counts): number {
  return OUTCOME_KINDS.reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);
}

function outcomeText({ kind, resource, reason }: Outcome): string {
  const name = resource?.name ?? resource?.id ?? "";
  return `${kind} ${resource?.type ?? ""} ${name}${reason === undefined ? "" : `: ${reason}`}`;
}
