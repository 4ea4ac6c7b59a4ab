import type { Diagnostics } from "recheck";
import { type Mistake, quote } from "../../core/policy/problem.ts";
import type { RegexUse } from "../../core/policy/regexes.ts";
import { type Clock, wallClock } from "../clock.ts";
import { isPlainRegex } from "./plain-regex.ts";

/** Longest check of one regex, and of all regexes of a policy together. */
const REGEX_CHECK_MS_MAX = 10_000;
const POLICY_CHECK_MS_MAX = 30_000;

// Tag values and names have at most 255 characters, so attacks are searched among short texts. The
// searches are bounded by steps, not by time: the same regex gets the same answer on any machine.
const SEARCH = {
  maxAttackStringSize: 5_000,
  maxGeneStringSize: 600,
  attackLimit: 50_000_000,
  attackTimeout: null,
  incubationTimeout: null,
} as const;

export type RegexSafety = {
  readonly mistakes: readonly Mistake[];
  /** Regexes that must not be run. */
  readonly unsafe: ReadonlySet<string>;
};

/**
 * Finds regexes that can backtrack exponentially: each is an error. Where the check takes too long
 * it is a warning. What is only polynomial is fast enough for values of 255 characters.
 */
export async function checkRegexSafety(
  uses: readonly RegexUse[],
  clock: Pick<Clock, "now"> = wallClock,
): Promise<RegexSafety> {
  const mistakes: Mistake[] = [];
  const unsafe = new Set<string>();
  // Most regexes of most policies are plain: for those nobody has to load the checker, and to wait for it.
  const all = new Set(uses.map(({ source }) => source));
  const sources = [...all].filter((source) => !isPlainRegex(source));
  if (sources.length === 0) return { mistakes, unsafe };

  const check = await loadChecker();
  const endMs = clock.now() + POLICY_CHECK_MS_MAX;
  for (const source of sources) {
    const leftMs = Math.max(1, Math.floor(endMs - clock.now()));
    const timeout = Math.min(REGEX_CHECK_MS_MAX, leftMs);
    const verdict = judge(source, check(source, "u", { ...SEARCH, timeout }));
    if (verdict === null) continue;
    unsafe.add(source);
    const places = uses.filter((use) => use.source === source);
    mistakes.push(...places.map(({ path }): Mistake => ({ ...verdict, path, at: "value" })));
  }
  return { mistakes, unsafe };
}

type Verdict = Pick<Mistake, "level" | "message" | "expected">;

const EXPECTED = "a regular expression without repetitions that overlap or nest";

function judge(source: string, found: Diagnostics): Verdict | null {
  if (found.status === "safe") return null;
  if (found.status === "vulnerable") {
    if (found.complexity.type !== "exponential") return null;
    const message = `${quote(source)} can take exponentially long, for instance on ${found.attack.pattern}`;
    return { level: "error", message, expected: EXPECTED };
  }
  if (found.error.kind === "invalid") {
    // It compiles here, but may be too new for the runtime of the functions as well.
    const message = `${quote(source)} uses syntax that cannot be checked`;
    return { level: "error", message, expected: "a regular expression of ECMAScript 2023" };
  }
  const message = `it could not be told whether ${quote(source)} can take exponentially long`;
  return { level: "warning", message, expected: EXPECTED };
}

/** Loaded only where a policy has regexes: the checker is a large module. */
async function loadChecker() {
  const loaded = await import("recheck/lib/browser.js");
  const check = loaded.checkSync ?? loaded.default?.checkSync;
  if (check === undefined) throw new Error("recheck: checkSync is not exported");
  return check;
}
