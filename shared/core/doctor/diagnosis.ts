/**
 * What a check came to.
 *
 * - `ok`: proved, as far as the documents say what the answer means.
 * - `problem`: something is wrong, and `advice` says what to do.
 * - `unknown`: could not be told; never a quiet `ok`.
 * - `skipped`: does not apply here, or would mean nothing while something else is wrong.
 */
export type Verdict = "ok" | "problem" | "unknown" | "skipped";

/** Who has to act on a problem: whoever sets the settings, whoever gives permissions, or anybody else. */
export type Blame = "settings" | "access" | "other";

/** The verdict of one check, in words: names, codes and numbers, never a value of a setting that is secret. */
export type Diagnosis =
  | { readonly verdict: "ok" | "skipped"; readonly found: string }
  | { readonly verdict: "unknown"; readonly found: string; readonly advice: string }
  | {
      readonly verdict: "problem";
      readonly found: string;
      readonly advice: string;
      readonly blame: Blame;
    };

/** It is as it should be. */
export function ok(found: string): Diagnosis {
  return { verdict: "ok", found };
}

/** Something is wrong. */
export function problem(found: string, advice: string, blame: Blame = "other"): Diagnosis {
  return { verdict: "problem", found, advice, blame };
}

/** It could not be told. */
export function unknown(found: string, advice: string): Diagnosis {
  return { verdict: "unknown", found, advice };
}

/** It does not apply here. */
export function skipped(found: string): Diagnosis {
  return { verdict: "skipped", found };
}

/** Does this verdict make what is built on it meaningless? What could not be told does not. */
export function isBlocking({ verdict }: Diagnosis): boolean {
  return verdict === "problem" || verdict === "skipped";
}

/** One verdict of several findings: the problems together, else what could not be told, else `fine`. */
export function together(
  problems: readonly { readonly found: string; readonly advice: string }[],
  doubts: readonly { readonly found: string; readonly advice: string }[],
  fine: string,
): Diagnosis {
  const [rows, make] = problems.length > 0 ? [problems, problem] : [doubts, unknown];
  if (rows.length === 0) return ok(fine);
  const joined = (part: "found" | "advice") =>
    [...new Set(rows.map((row) => row[part]))].join("; ");
  return make(joined("found"), joined("advice"));
}
