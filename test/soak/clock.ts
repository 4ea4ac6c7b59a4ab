import { renameSync, writeFileSync } from "node:fs";
import type { Clock } from "../cloud/clock.ts";

/** Where simulated time stands, as other processes read it: time `simulatedMs` was at `atNs` of the machine's clock. */
export type ClockFace = {
  readonly simulatedMs: number;
  /** Of the machine's monotonic clock, which all processes share; as text, for JSON. */
  readonly atNs: string;
  /** Simulated milliseconds in one that passes. */
  readonly speed: number;
};

/** Simulated time: it runs fast while something happens, and leaps over the time in which nothing does. */
export type SoakClock = Clock & {
  /** Moves on to a time, which may not lie in the past. Whoever sleeps until then wakes. */
  leapTo(ms: number): void;
  /** When the next sleeper wakes; `null` where nobody sleeps. */
  nextMs(): number | null;
};

type Sleeper = { readonly dueMs: number; readonly wake: () => void };

/** What time it is by a clock's face. */
export function readFace({ simulatedMs, atNs, speed }: ClockFace): number {
  const passedNs = Number(process.hrtime.bigint() - BigInt(atNs));
  return Math.floor(simulatedMs + (passedNs / 1e6) * speed);
}

/** Starts a clock at `startMs` (milliseconds since 1970) whose face is kept in a file. */
export function createSoakClock(startMs: number, speed: number, file: string): SoakClock {
  let sleepers: Sleeper[] = [];
  let timer: NodeJS.Timeout | undefined;
  let face = show(startMs);

  function show(simulatedMs: number): ClockFace {
    const shown = { simulatedMs, atNs: String(process.hrtime.bigint()), speed };
    // Never half of it: instances read it whenever they are asked something.
    writeFileSync(`${file}.new`, JSON.stringify(shown));
    renameSync(`${file}.new`, file);
    return shown;
  }

  const now = () => readFace(face);
  const nextMs = () =>
    sleepers.length === 0 ? null : Math.min(...sleepers.map(({ dueMs }) => dueMs));

  function wakeDue(): void {
    const nowMs = now();
    const due = sleepers.filter(({ dueMs }) => dueMs <= nowMs);
    sleepers = sleepers.filter(({ dueMs }) => dueMs > nowMs);
    for (const { wake } of due.sort((one, other) => one.dueMs - other.dueMs)) wake();
    arm();
  }

  function arm(): void {
    clearTimeout(timer);
    const next = nextMs();
    if (next === null) return;
    timer = setTimeout(wakeDue, Math.max(1, Math.ceil((next - now()) / speed)));
  }

  function add(ms: number, wake: () => void): () => void {
    const sleeper = { dueMs: now() + ms, wake };
    sleepers.push(sleeper);
    arm();
    return () => {
      sleepers = sleepers.filter((one) => one !== sleeper);
      arm();
    };
  }

  return {
    now,
    nextMs,
    after: add,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (ms <= 0) return resolve();
        const abort = () => {
          cancel();
          reject(signal?.reason);
        };
        const cancel = add(ms, () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        });
        signal?.addEventListener("abort", abort, { once: true });
      }),
    leapTo(ms) {
      if (ms > now()) face = show(ms);
      wakeDue();
    },
  };
}
