import { describe, expect, test } from "vitest";
import { createClient } from "./client.ts";
import { createManualClock } from "./clock.ts";
import type { CloudSettings } from "./contract.ts";
import { at, useCloud } from "./fixture.ts";
import { settingsWith } from "./settings.ts";
import { createThrottle } from "./throttle.ts";

/** How many of `calls` are admitted right now. */
function admitted(throttle: { admit(user: string): boolean }, user: string, calls: number): number {
  return Array.from({ length: calls }, () => throttle.admit(user)).filter(Boolean).length;
}

function throttleWith(change: Partial<CloudSettings>) {
  const clock = createManualClock(10_000);
  const settings = settingsWith({ ratePerSecond: 20, ...change });
  return { clock, settings, throttle: createThrottle(settings, clock) };
}

describe("fixed windows", () => {
  test("let the rate through in each whole second, and twice the rate around its end", async () => {
    const { clock, throttle } = throttleWith({ rateAlgorithm: "window" });
    await clock.advance(999);
    expect(admitted(throttle, "a", 30)).toBe(20);
    await clock.advance(1);
    expect(admitted(throttle, "a", 30)).toBe(20);
    await clock.advance(999);
    expect(admitted(throttle, "a", 30)).toBe(0);
  });
});

describe("a token bucket", () => {
  test("holds one second's worth and refills evenly", async () => {
    const { clock, throttle } = throttleWith({ rateAlgorithm: "bucket" });
    expect(admitted(throttle, "a", 30)).toBe(20);
    await clock.advance(49);
    expect(admitted(throttle, "a", 1)).toBe(0);
    await clock.advance(1);
    expect(admitted(throttle, "a", 2)).toBe(1);
    await clock.advance(500);
    expect(admitted(throttle, "a", 30)).toBe(10);
    await clock.advance(60_000);
    expect(admitted(throttle, "a", 30)).toBe(20);
  });

  test("loses nothing to rounding in a minute of single milliseconds", () => {
    let nowMs = 0;
    const settings = settingsWith({ ratePerSecond: 18, rateAlgorithm: "bucket" });
    const throttle = createThrottle(settings, { now: () => nowMs });
    expect(admitted(throttle, "a", 18)).toBe(18);
    let calls = 0;
    for (nowMs = 1; nowMs <= 60_000; nowMs += 1) calls += admitted(throttle, "a", 1);
    expect(calls).toBe(18 * 60);
  });
});

test.each(["window", "bucket"] as const)(
  "%s: each user has an allowance of its own",
  (rateAlgorithm) => {
    const { throttle } = throttleWith({ rateAlgorithm });
    expect(admitted(throttle, "a", 30)).toBe(20);
    expect(admitted(throttle, "b", 30)).toBe(20);
  },
);

test.each(["window", "bucket"] as const)(
  "%s: no limit lets everything through",
  (rateAlgorithm) => {
    const { throttle } = throttleWith({ rateAlgorithm, ratePerSecond: null });
    expect(admitted(throttle, "a", 1000)).toBe(1000);
  },
);

describe("behind the gateway", () => {
  const fixture = useCloud({ settings: { ratePerSecond: 2 } });

  test("KMS and CSMS share the count, all keys of an agency share it, CTS has none", async () => {
    const { cloud, clock } = fixture();
    const first = createClient(cloud, cloud.agency("tagger"));
    const second = createClient(cloud, cloud.agency("tagger"));
    const status = async (client: typeof first, path: string) =>
      (await client.call("GET", path.replace("{project}", cloud.project))).status;

    expect(await status(first, "/v1/{project}/csms/tags")).toBe(200);
    expect(await status(second, "/v1.0/{project}/kms/tags")).toBe(200);
    expect(await status(first, "/v1.0/{project}/kms/tags")).toBe(429);
    expect(await status(first, "/v3/{project}/traces")).toBe(200);
    await clock.advance(1000);
    expect(await status(second, "/v1.0/{project}/kms/tags")).toBe(200);
    await Promise.all([first.close(), second.close()]);
  });

  test("a refused call changes nothing, leaves no trace and has the gateway's body", async () => {
    const { cloud, alice } = fixture();
    await alice.createKey("a");
    await alice.createKey("b");
    const answer = await alice.call("POST", `/v1.0/${cloud.project}/kms/create-key`, {
      key_alias: "c",
    });
    expect(answer.status).toBe(429);
    expect(answer.body).toEqual({
      error_code: "APIGW.0308",
      error_msg: expect.stringContaining("ratelimit,limit:2,time:1 second"),
      request_id: answer.headers["x-request-id"],
    });
    expect(answer.headers["retry-after"]).toBeUndefined();
    expect(cloud.resources().map(({ name }) => name)).toEqual(["a", "b"]);
    expect(cloud.traces).toHaveLength(2);
    expect(at(cloud.seen, 2, "status")).toBe(429);
  });
});
