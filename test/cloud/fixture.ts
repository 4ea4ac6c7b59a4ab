import { afterEach, beforeEach } from "vitest";
import { type CloudClient, createClient } from "./client.ts";
import { createManualClock, type ManualClock } from "./clock.ts";
import { type CloudOptions, type LocalCloud, startCloud } from "./index.ts";

/** 2026-11-21T10:45:00Z: where the manual clock of a test stands. */
export const START_MS = Date.UTC(2026, 10, 21, 10, 45);

export type Fixture = {
  readonly cloud: LocalCloud;
  readonly clock: ManualClock;
  /** Calls as the person `alice`. */
  readonly alice: CloudClient;
};

/** A fresh cloud for each test of a file, on a manual clock and without a rate limit unless one is asked for. */
export function useCloud(options: CloudOptions = {}): () => Fixture {
  let fixture: Fixture | undefined;
  beforeEach(async () => {
    const clock = createManualClock(START_MS);
    const settings = { ratePerSecond: null, ...options.settings };
    const cloud = await startCloud({ clock, ...options, settings });
    fixture = { cloud, clock, alice: createClient(cloud, cloud.user("alice"), "vitest") };
  });
  afterEach(async () => {
    await fixture?.cloud.stop();
    await fixture?.alice.close();
    fixture = undefined;
  });
  return () => {
    if (fixture === undefined) throw new Error("there is no cloud outside of a test");
    return fixture;
  };
}

/** A field of an answer, by its path; `undefined` where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined,
    value,
  );
}
