import { isJsonObject } from "../core/json-value.ts";
import type { Outcome, OutcomeKind, Report } from "../core/outcome.ts";
import { EXIT, type ExitCode, gravestExit } from "./exit-code.ts";
import type { Cell } from "./table.ts";
import { changeCells } from "./tag-text.ts";
import type { Terminal } from "./terminal.ts";

/** Is it what the creation functions answer with? */
export function isReport(value: unknown): value is Report {
  return isJsonObject(value) && Array.isArray(value.outcomes) && isJsonObject(value.summary);
}

const OUTCOME_EXIT: { readonly [Kind in OutcomeKind]: ExitCode } = {
  tagged: EXIT.clean,
  unchanged: EXIT.clean,
  ignored: EXIT.clean,
  gone: EXIT.clean,
  skipped: EXIT.clean,
  stale: EXIT.incomplete,
  malformed: EXIT.incomplete,
  deferred: EXIT.incomplete,
  failed: EXIT.incomplete,
};

/** How a replay ends: by its gravest outcome. */
export function exitOfReport({ outcomes }: Report): ExitCode {
  return gravestExit(
    outcomes.map(({ kind, code }) => (code === "denied" ? EXIT.denied : OUTCOME_EXIT[kind])),
  );
}

/** Shows each outcome, and below it what happened to each of its keys and why. */
export function showReport({ outcomes, calls }: Report, dryRun: boolean, terminal: Terminal): void {
  const { dim } = terminal.paint;
  const rows = outcomes.flatMap((outcome): (readonly (string | Cell)[])[] => [
    [
      { lines: [subjectOf(outcome)], paint: terminal.paint.bold },
      kindCell(outcome, dryRun, terminal),
      { lines: outcome.reason === undefined ? [] : [outcome.reason] },
    ],
    ...outcome.tags.map((tag) => [
      { lines: [`  ${tag.key}`], paint: dim },
      ...changeCells(tag, terminal),
    ]),
  ]);
  terminal.table({ head: ["RESOURCE AND KEY", "WHAT", "WHY"], rows });
  terminal.note(
    `${outcomes.length} ${outcomes.length === 1 ? "outcome" : "outcomes"}, ${calls} calls`,
  );
}

function subjectOf({ resource, event }: Outcome): string {
  if (resource === undefined) return event ? `event ${event}` : "event";
  return `${resource.type} ${resource.name ?? resource.id}`;
}

function kindCell({ kind }: Outcome, dryRun: boolean, { paint }: Terminal): Cell {
  const word = dryRun && kind === "tagged" ? "would be tagged" : kind;
  if (OUTCOME_EXIT[kind] !== EXIT.clean) return { lines: [word], paint: paint.red };
  return { lines: [word], paint: kind === "tagged" ? paint.green : paint.dim };
}
