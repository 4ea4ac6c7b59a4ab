import type { Policy } from "../../shared/core/policy/policy.ts";
import { parseEvent } from "../../shared/core/trace/envelope.ts";
import { createMemoryStore } from "../run/memory-store.ts";
import { createChance } from "./chance.ts";
import { createSimulatedCloud } from "./cloud.ts";
import { type Breakage, type FunctionParts, runFunction } from "./functions.ts";
import { createHistory, type Violation } from "./history.ts";
import { judgeEntries, judgeJournals, judgeTags } from "./judge.ts";
import { seatOperator } from "./operator.ts";
import { gatherPeople } from "./people.ts";
import { createPlatform } from "./platform.ts";
import { createScheduler, type Scheduler } from "./scheduler.ts";
import { createWatch } from "./watch.ts";
import { CALM, drawClimate, drawWeather } from "./weather.ts";

/** What became of a seed. */
export type Simulated = {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly lines: readonly string[];
  readonly hash: string;
};

const START_MS = Date.UTC(2026, 10, 21, 12, 0, 0);
const MINUTE_MS = 60_000;
/** Longer than any lease, so that nobody waits for a worker that was killed. */
const PAUSE_MS = 3 * MINUTE_MS;

/** Lives through one seed: a time in which everything happens at once, then calm, then judgement. */
export async function simulateSeed(
  seed: number,
  policy: Policy,
  breakage: Breakage = {},
): Promise<Simulated> {
  const time = createScheduler(START_MS);
  const history = createHistory(time);
  try {
    await live(seed, { time, history, policy, breakage });
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    history.violate("one-outcome", `the seed does not come to its end: ${what}`);
  }
  return { seed, violations: history.violations, lines: history.lines, hash: history.hash() };
}

type Life = Pick<FunctionParts, "time" | "history" | "policy" | "breakage">;

async function live(seed: number, { time, history, policy, breakage }: Life): Promise<void> {
  const chance = createChance(seed);
  const weather = drawWeather(chance);
  const climate = drawClimate(chance);
  history.note("seed", JSON.stringify({ seed, weather, climate }));
  const objects = createMemoryStore();
  const platform = createPlatform({
    ...{ time, chance: chance.fork(), weather, climate, history, objects },
    watch: () => watch,
    place: () => cloud.world,
    run: (...asked) => runFunction(parts, ...asked),
  });
  /** By trace: copies need not come again. */
  const delivered = new Map<string, { readonly name: string; readonly event: unknown }>();
  const cloud = createSimulatedCloud({
    ...{ time, chance: chance.fork(), settings: climate.settings },
    functions: platform,
    enqueue: platform.enqueue,
    deliver(name, event) {
      if (chance.happens(weather.dropPart)) return;
      delivered.set(JSON.stringify([name, traceIn(event)]), { name, event });
      platform.invoke(name, event);
    },
  });
  const watch = createWatch({ time, history, policy, find: cloud.any });
  const queueUrl =
    climate.transport === "memory" ? "memory:retag" : `functiongraph:${platform.urnOf("retag")}`;
  const parts: FunctionParts = {
    ...{ cloud, time, chance: chance.fork(), weather, watch, history, objects, policy },
    ...{ rps: climate.rps, queueUrl, breakage },
  };
  const people = gatherPeople({ ...parts, chance: chance.fork() });
  const operator = seatOperator({ ...parts, chance: chance.fork() });
  const audit = (remediate: string) => platform.invoke("audit", { formats: ["json"], remediate });

  // Much at once, or one thing after the other: both find what the other one does not.
  const badMs = chance.pick([MINUTE_MS, 3 * MINUTE_MS, 8 * MINUTE_MS]);
  people.settle();
  const happen = (count: number, what: () => void) => {
    for (let left = count; left > 0; left--) time.after(chance.whole(0, badMs), what);
  };
  happen(chance.whole(1, 6), people.create);
  happen(chance.whole(0, 12), people.drift);
  happen(chance.whole(0, 2), people.remove);
  happen(chance.whole(0, 4), operator.order);
  happen(chance.whole(0, 3), () => audit(chance.pick(["off", "plan", "apply", "apply"])));
  happen(chance.whole(0, 2), () => {
    cloud.settings.ratePerSecond = chance.pick([3, 8, 20]);
  });
  happen(chance.happens(0.3) ? 1 : 0, () => {
    cloud.settings.keyLimits = "documented";
  });
  await time.passUntil(START_MS + badMs);

  Object.assign(weather, CALM);
  cloud.settings.ratePerSecond = 20;
  history.note("calm", "it calms down");
  await time.passAll();
  judgeEntries(platform.entries, watch, history);
  await pause(time);
  await waitFor(time, operator.redriveAll());
  const round = async () => {
    for (const { name, event } of delivered.values()) platform.invoke(name, event);
    await time.passAll();
    await pause(time);
    audit("apply");
    await time.passAll();
  };
  await round();
  await round();
  judgeEntries(platform.entries, watch, history);
  judgeTags(cloud, policy, history);
  await judgeJournals(objects, watch, history);
  const writes = watch.writes();
  await round();
  if (watch.writes() > writes)
    history.violate("quiet", `another round writes ${watch.writes() - writes} times`);
}

async function pause(time: Scheduler): Promise<void> {
  await time.passUntil(time.now() + PAUSE_MS);
}

/** Passes time until something is done that needs time. */
async function waitFor(time: Scheduler, work: Promise<void>): Promise<void> {
  await Promise.all([work, time.passAll()]);
}

function traceIn(event: unknown): string {
  return parseEvent(event)
    .map((input) => (input.ok ? input.trace.id : ""))
    .join();
}
