import { getEventListeners } from "node:events";
import { Pool } from "undici";
import { afterEach, describe, expect, test } from "vitest";
import { CloudError } from "../../shared/core/error.ts";
import { createLimiter } from "../../shared/core/limiter.ts";
import { RESOURCE_KINDS } from "../../shared/core/resource.ts";
import { type Budget, type Cloud, call } from "../../shared/io/cloud.ts";
import { createPacer } from "../../shared/io/pacer.ts";
import { createManualClock, type LocalCloud, startCloud } from "../cloud/index.ts";
import { createQuickClock } from "../functions/stage.ts";

const START_MS = 1_000_000;
const request = { operation: "ListTags", kind: RESOURCE_KINDS.secret };

function budgetUntil(deadlineMs: number, signal = new AbortController().signal) {
  let calls = 0;
  const countCall = () => {
    calls += 1;
  };
  return { signal, deadlineMs, countCall, calls: () => calls };
}

function stage(rps = 5) {
  const clock = createManualClock(START_MS);
  const limiter = createLimiter({ rps, nowMs: START_MS });
  const pacer = createPacer(limiter, clock, () => 0.5);
  const served: string[] = [];
  const ask = async (name: string, budget: Budget = budgetUntil(Number.POSITIVE_INFINITY)) => {
    await pacer.turn(request, budget);
    served.push(name);
  };
  return { clock, limiter, pacer, served, ask };
}

/** How it ended: `undefined` where it did not fail. */
const failureOf = (promise: Promise<void>) => promise.then(() => undefined).catch((error) => error);

describe("a turn", () => {
  test("costs no waiting while there is room", () => {
    const { pacer, clock } = stage();
    for (let one = 0; one < 5; one++)
      expect(pacer.turn(request, budgetUntil(Number.POSITIVE_INFINITY))).toBeUndefined();
    expect(clock.sleepers).toBe(0);
  });

  test("comes to those who wait in the order in which they came, as fast as the rate allows", async () => {
    const { clock, served, ask } = stage();
    const names = Array.from({ length: 12 }, (_, index) => `${index}`);
    const all = Promise.all(names.map((name) => ask(name)));
    await clock.advance(0);
    expect(served).toHaveLength(5);
    await clock.advance(1_001);
    expect(served.length).toBeLessThanOrEqual(10);
    await clock.advance(2_000);
    await all;
    expect(served).toEqual(names);
    expect(clock.sleepers).toBe(0);
  });

  test("is not taken by who comes later, although there is room again", async () => {
    const { clock, served, ask } = stage(1);
    const all = [ask("first"), ask("second"), ask("third")];
    await clock.advance(1_001);
    all.push(ask("late"));
    await clock.advance(5_000);
    await Promise.all(all);
    expect(served).toEqual(["first", "second", "third", "late"]);
  });

  test("that cannot come before the deadline fails at once, and nobody waits for it", async () => {
    const { clock, served, ask } = stage(1);
    await ask("first");
    const late = failureOf(ask("late", budgetUntil(START_MS + 1_000)));
    await clock.advance(0);
    expect(await late).toBeInstanceOf(CloudError);
    expect(await late).toMatchObject({ code: "deadline", operation: "ListTags" });
    expect(clock.sleepers).toBe(0);
    expect(served).toEqual(["first"]);
  });

  test("that a refusal puts beyond the deadline fails when that is known", async () => {
    const { clock, pacer, ask } = stage(1);
    await ask("first");
    const second = failureOf(ask("second", budgetUntil(START_MS + 20_000)));
    pacer.note(START_MS, true, 30_000);
    await clock.advance(1_001);
    expect(await second).toMatchObject({ code: "deadline" });
    expect(clock.sleepers).toBe(0);
  });

  test("is given up when the signal aborts, and goes to the next", async () => {
    const { clock, served, ask } = stage(1);
    const control = new AbortController();
    await ask("first");
    const gone = failureOf(ask("gone", budgetUntil(Number.POSITIVE_INFINITY, control.signal)));
    const next = ask("next");
    control.abort();
    expect(await gone).toMatchObject({ code: "deadline" });
    await clock.advance(1_001);
    await next;
    expect(served).toEqual(["first", "next"]);
    expect(getEventListeners(control.signal, "abort")).toHaveLength(0);
  });

  test("that nobody waits for any more leaves no timer, and the next one is still served", async () => {
    const { clock, served, ask } = stage(1);
    const control = new AbortController();
    await ask("first");
    const gone = failureOf(ask("gone", budgetUntil(Number.POSITIVE_INFINITY, control.signal)));
    await clock.advance(0);
    control.abort();
    await gone;
    expect(clock.sleepers).toBe(0);
    const next = ask("next");
    await clock.advance(0);
    expect(clock.sleepers).toBe(1);
    await clock.advance(1_001);
    await next;
    expect(served).toEqual(["first", "next"]);
  });

  test("is refused to a signal that has aborted already", async () => {
    const { ask } = stage(1);
    await ask("first");
    const ended = failureOf(
      ask("late", budgetUntil(Number.POSITIVE_INFINITY, AbortSignal.abort())),
    );
    expect(await ended).toMatchObject({ code: "deadline" });
  });
});

describe("a call", () => {
  let closings: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(closings.map((close) => close()));
    closings = [];
  });

  async function connected(rps: number) {
    const clock = createQuickClock();
    const local = await startCloud({ clock, settings: { ratePerSecond: null } });
    const pool = new Pool(local.endpoint);
    closings.push(() => pool.close().then(() => local.stop()));
    const cloud: Cloud = {
      endpoint: local.endpoint,
      project: local.project,
      credentials: local.agency("tagger"),
      ...{ pool, clock, random: () => 0.5, tryTimeoutMs: 8_000 },
      pacer: createPacer(createLimiter({ rps, nowMs: clock.now() }), clock, () => 0.5),
    };
    const path = `/v1/${local.project}/csms/tags`;
    const list = {
      ...request,
      operation: "ListProjectSecretsTags",
      method: "GET",
      path,
      body: undefined,
    };
    return { local, clock, make: (budget: Budget) => call(cloud, list, budget) };
  }

  const startsOf = (local: LocalCloud) => local.seen.map(({ at }) => at);

  test("waits for its turn, and so do its retries", async () => {
    const { local, clock, make } = await connected(2);
    const budget = budgetUntil(Number.POSITIVE_INFINITY);
    local.addFault({ operation: "ListProjectSecretsTags", times: 3, fault: { kind: "throttle" } });
    await make(budget);
    await make(budget);
    expect(budget.calls()).toBe(5);
    const starts = startsOf(local);
    for (const [index, at] of starts.entries())
      expect((starts[index + 2] ?? Number.POSITIVE_INFINITY) - at).toBeGreaterThan(1_000);
    expect(clock.now()).toBeGreaterThan(starts[0] ?? 0);
  });

  test("that was refused waits once for what the server asked", async () => {
    const { local, make } = await connected(10);
    const budget = budgetUntil(Number.POSITIVE_INFINITY);
    local.addFault({
      operation: "ListProjectSecretsTags",
      times: 1,
      fault: { kind: "throttle", retryAfterSeconds: 9 },
    });
    await make(budget);
    const [first = 0, second = 0] = startsOf(local);
    expect(second - first).toBeGreaterThanOrEqual(9_000);
    // Neither of the two waits is added to the other.
    expect(second - first).toBeLessThan(9_300);
  });

  test("whose turn cannot come in time is over its deadline, and is not counted", async () => {
    const { local, clock, make } = await connected(1);
    await make(budgetUntil(Number.POSITIVE_INFINITY));
    const budget = budgetUntil(clock.now() + 500);
    const ended = await make(budget).catch((error: unknown) => error);
    expect(ended).toMatchObject({ code: "deadline" });
    expect(budget.calls()).toBe(0);
    expect(local.seen).toHaveLength(1);
  });
});
