import { createLimiter, type Limiter } from "../../shared/core/limiter.ts";
import { delayBeforeRetry } from "../../shared/core/retry.ts";

/** How a server counts: windows of a second that begin anywhere, or a bucket of a second's worth. */
export type Counting = "window" | "bucket" | "strict-bucket";

export type Scenario = {
  readonly seed: number;
  readonly rps: number;
  /** Requests a second that the server accepts. */
  readonly limit: number;
  readonly counting: Counting;
  readonly untilMs: number;
  /** Another caller of the same user: so many requests at once, every so often. */
  readonly other?: { readonly everyMs: number; readonly calls: number };
  /** When the limit becomes what. */
  readonly changes?: readonly (readonly [atMs: number, limit: number])[];
  /** One way, from and to; each way takes half of a round trip. */
  readonly latencyMs?: readonly [number, number];
  /** How late a timer may be. */
  readonly lateMs?: number;
  readonly workers?: number;
};

type Served = { readonly atMs: number; readonly ours: boolean; readonly accepted: boolean };

export type Simulated = {
  readonly served: readonly Served[];
  /** When our requests started. */
  readonly startsMs: readonly number[];
  readonly limiter: Limiter;
};

/** Numbers from 0 up to 1 that depend on the seed alone. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whether the server accepts a request that arrives now. A strict bucket lets refused requests cost, too. */
function createServer(counting: Counting, limit: number, offsetMs: number) {
  let window = -1;
  let used = 0;
  let tokens = limit;
  let filledAtMs = 0;
  const server = {
    limit,
    admit(nowMs: number): boolean {
      return counting === "window" ? admitToWindow(nowMs) : admitToBucket(nowMs);
    },
  };
  function admitToWindow(nowMs: number): boolean {
    const current = Math.floor((nowMs + offsetMs) / 1_000);
    if (current !== window) used = 0;
    window = current;
    if (used >= server.limit) return false;
    used += 1;
    return true;
  }
  function admitToBucket(nowMs: number): boolean {
    tokens = Math.min(server.limit, tokens + ((nowMs - filledAtMs) * server.limit) / 1_000);
    filledAtMs = nowMs;
    const accepted = tokens >= 1;
    if (accepted) tokens -= 1;
    else if (counting === "strict-bucket") tokens = 0;
    return accepted;
  }
  return server;
}

type Happening = { readonly atMs: number; readonly happen: () => void };

/** Time that passes from one happening to the next. */
function createTime() {
  const happenings: Happening[] = [];
  const time = {
    nowMs: 0,
    after(delayMs: number, happen: () => void): void {
      const atMs = time.nowMs + delayMs;
      const behind = happenings.findIndex((other) => other.atMs > atMs);
      happenings.splice(behind === -1 ? happenings.length : behind, 0, { atMs, happen });
    },
    passUntil(endMs: number): void {
      for (let next = happenings.shift(); next !== undefined; next = happenings.shift()) {
        if (next.atMs > endMs) return;
        time.nowMs = next.atMs;
        next.happen();
      }
    },
  };
  return time;
}

/** Workers that call one after the other, with the limiter between them and a server. */
export function simulate(scenario: Scenario): Simulated {
  const { rps, latencyMs = [2.5, 40], lateMs = 2, workers = 8 } = scenario;
  const random = seeded(scenario.seed);
  const time = createTime();
  const offsetMs = Math.floor(random() * 1_000);
  const server = createServer(scenario.counting, scenario.limit, offsetMs);
  const limiter = createLimiter({ rps, nowMs: 0 });
  const served: Served[] = [];
  const startsMs: number[] = [];
  const waiting: { retry: number }[] = [];
  let timed = false;
  const clockMs = () => Math.floor(time.nowMs);
  const travelMs = () => latencyMs[0] + random() * (latencyMs[1] - latencyMs[0]);

  function serveWaiting(): void {
    while (waiting.length > 0) {
      const waitMs = limiter.waitMs(clockMs());
      if (waitMs > 0) {
        wakeAfter(waitMs);
        return;
      }
      const worker = waiting.shift();
      if (worker !== undefined) send(worker);
    }
  }

  function wakeAfter(waitMs: number): void {
    if (timed) return;
    timed = true;
    time.after(waitMs + random() * lateMs, () => {
      timed = false;
      serveWaiting();
    });
  }

  function send(worker: { retry: number }): void {
    const sentMs = clockMs();
    limiter.take(sentMs);
    startsMs.push(sentMs);
    time.after(travelMs(), () => {
      const accepted = server.admit(time.nowMs);
      served.push({ atMs: time.nowMs, ours: true, accepted });
      time.after(travelMs(), () => receive(worker, sentMs, accepted));
    });
  }

  function receive(worker: { retry: number }, sentMs: number, accepted: boolean): void {
    const note = { sentMs, nowMs: clockMs(), throttled: !accepted, retryAfterMs: null };
    limiter.note({ ...note, random: random() });
    worker.retry = accepted ? 0 : worker.retry + 1;
    const { retry } = worker;
    const delayMs = delayBeforeRetry({ retry, retryAfterMs: null, random: random() });
    time.after(accepted ? 0 : (delayMs ?? 0), () => {
      waiting.push(worker);
      serveWaiting();
    });
  }

  function sendOthers(everyMs: number, calls: number): void {
    for (let call = 0; call < calls; call++)
      time.after(travelMs() + random() * 5, () => {
        served.push({ atMs: time.nowMs, ours: false, accepted: server.admit(time.nowMs) });
      });
    time.after(everyMs + random() * lateMs, () => sendOthers(everyMs, calls));
  }

  for (let worker = 0; worker < workers; worker++) waiting.push({ retry: 0 });
  time.after(0, serveWaiting);
  const { other } = scenario;
  if (other !== undefined)
    time.after(random() * other.everyMs, () => sendOthers(other.everyMs, other.calls));
  for (const [atMs, limit] of scenario.changes ?? [])
    time.after(atMs, () => {
      server.limit = limit;
    });
  time.passUntil(scenario.untilMs);
  return { served, startsMs, limiter };
}

/** What of a stretch of time matters: our accepted requests a second, others', and our refused share. */
export function figures({ served }: Simulated, fromMs: number, toMs: number) {
  const within = served.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const ours = within.filter((one) => one.ours);
  const accepted = ours.filter((one) => one.accepted).length;
  const others = within.filter((one) => !one.ours && one.accepted).length;
  const perSecond = (requests: number) => (requests * 1_000) / (toMs - fromMs);
  return {
    perSecond: perSecond(accepted),
    othersPerSecond: perSecond(others),
    refusedPart: ours.length === 0 ? 0 : (ours.length - accepted) / ours.length,
  };
}
