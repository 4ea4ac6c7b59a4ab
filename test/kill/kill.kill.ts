/**
 * Goal: the command line may be killed at any moment; resumed, it finishes, and what it did can be undone.
 * Method: real processes against a local cloud in this one, each killed (SIGKILL) at a moment by chance: when
 * the server has seen the n-th request, or when the run store has its n-th file. `TAGWARDEN_SEED` repeats.
 */
import { expect, test } from "vitest";
import type { SettingsChange } from "../cloud/settings.ts";
import { type Moment, problemsOf } from "./trial.ts";

const TRIALS = 100;
const COPIES = 3;
/** A run over three of each sort makes about this many requests, and files. */
const REQUESTS = 100;
const FILES = 12;

const SETTINGS: readonly SettingsChange[] = [
  { createOnExisting: "overwrite", deleteMissing: "ignore" },
  { createOnExisting: "reject", deleteMissing: "reject" },
];

const seed = Number(process.env.TAGWARDEN_SEED ?? Date.now() % 1_000_000);

test(`${TRIALS} kills lose nothing (TAGWARDEN_SEED=${seed})`, async () => {
  const random = chance(seed);
  const trials = Array.from({ length: TRIALS }, (_, index) => {
    const what: Moment["what"] = index % 4 === 0 ? "files" : "requests";
    const count = 1 + Math.floor(random() * (what === "files" ? FILES : REQUESTS));
    return { settings: SETTINGS[index % 2] ?? {}, moment: { what, count } };
  });
  const problems: string[] = [];
  for (const { settings, moment } of trials) {
    const found = await problemsOf(COPIES, settings, moment);
    const where = `${moment.count} ${moment.what}, ${settings.createOnExisting}`;
    problems.push(...found.map((problem) => `${where}: ${problem}`));
  }
  expect(problems).toEqual([]);
});

/** Numbers in [0, 1) that a seed repeats (a linear congruential generator). */
function chance(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
