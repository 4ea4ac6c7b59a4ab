/**
 * Goal: a process that is ended at any moment leaves what the next one can finish.
 * Method: the command line that the build made; `npm run test:kill` does it a hundred times.
 */
import { expect, test } from "vitest";
import { type Moment, openTrial, problemsOf } from "../kill/trial.ts";
import { tagsOf } from "../run/resources.ts";

test.each<Moment>([
  { what: "requests", count: 16 },
  { what: "files", count: 4 },
])("killed at $count $what, it is resumed to its end, and undone", async (moment) => {
  expect(await problemsOf(1, { createOnExisting: "reject" }, moment)).toEqual([]);
});

test("interrupted half way, it finishes what it began, says how to go on, and goes on", async () => {
  const trial = await openTrial(4, {}, 200);
  try {
    const { code, err } = await trial.applyUntil({ what: "requests", count: 20 }, "SIGINT");
    expect(code).toBe(130);
    expect(err).toMatch(/go on with: tagwarden apply --resume/);
    expect(tagsOf(trial.cloud)).not.toEqual(trial.after);
    const [run = ""] = await trial.runs();
    const status = JSON.parse(await trial.command([0], "--format", "json", "status", run));
    expect(status).toMatchObject({ state: "waiting", failedSoFar: 0 });
    await trial.command([0], "apply", "--resume", run);
    expect(tagsOf(trial.cloud)).toEqual(trial.after);
  } finally {
    await trial.close();
  }
});
