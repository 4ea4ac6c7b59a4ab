import type { Diagnosis, Verdict } from "../core/doctor/diagnosis.ts";
import type { Examined } from "../io/doctor/doctor.ts";
import { EXIT, type ExitCode, gravestExit } from "./exit-code.ts";
import type { Paint } from "./table.ts";
import type { Session } from "./verb.ts";

const VERDICTS: readonly Verdict[] = ["ok", "problem", "unknown", "skipped"];

/** Shows each check: its verdict, its name, what was found and, where something is wrong, what to do. */
export function showExamined(examined: readonly Examined[], { terminal, options }: Session): void {
  const counts = VERDICTS.map((verdict) => {
    const count = examined.filter(({ diagnosis }) => diagnosis.verdict === verdict).length;
    return [verdict, count] as const;
  });
  if (options.format === "json") {
    terminal.json({
      checks: examined.map(({ check: { id, proves }, diagnosis }) => ({
        id,
        proves,
        verdict: diagnosis.verdict,
        found: diagnosis.found,
        advice: adviceOf(diagnosis),
      })),
      summary: Object.fromEntries(counts),
    });
    return;
  }
  const { green, red, yellow, dim } = terminal.paint;
  const paints: { readonly [Name in Verdict]: Paint } = {
    ok: green,
    problem: red,
    unknown: yellow,
    skipped: dim,
  };
  terminal.table({
    head: ["Verdict", "Check", "Found, and what to do"],
    rows: examined.map(({ check: { id }, diagnosis }) => {
      const advice = adviceOf(diagnosis);
      return [
        { lines: [diagnosis.verdict], paint: paints[diagnosis.verdict] },
        id,
        { lines: [diagnosis.found, ...(advice === null ? [] : [`-> ${advice}`])] },
      ];
    }),
  });
  terminal.note(
    counts
      .filter(([, count]) => count > 0)
      .map(([verdict, count]) => `${count} ${verdict}`)
      .join(", "),
  );
}

function adviceOf(diagnosis: Diagnosis): string | null {
  return "advice" in diagnosis ? diagnosis.advice : null;
}

const EXITS = { settings: EXIT.usage, access: EXIT.denied, other: EXIT.violations } as const;

/** What a pipeline goes by; what could not be checked counts more than what is wrong, as everywhere here. */
export function exitOfExamined(examined: readonly Examined[]): ExitCode {
  return gravestExit(
    examined.map(({ diagnosis }) => {
      if (diagnosis.verdict === "unknown") return EXIT.incomplete;
      return diagnosis.verdict === "problem" ? EXITS[diagnosis.blame] : EXIT.clean;
    }),
  );
}
