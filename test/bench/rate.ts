import { Pool } from "undici";
import { createLimiter } from "../../shared/core/limiter.ts";
import { RESOURCE_KINDS } from "../../shared/core/resource.ts";
import { wallClock } from "../../shared/io/clock.ts";
import { call } from "../../shared/io/cloud.ts";
import { createPacer } from "../../shared/io/pacer.ts";
import { createClient } from "../cloud/client.ts";
import type { CloudSettings } from "../cloud/contract.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import type { Row } from "./table.ts";

const LIMIT = 20;
const WORKERS = 8;
const WARM_UP_MS = 15_000;
const MEASURED_MS = 60_000;

type Company = "alone" | "steady" | "bursts";
type Scenario = {
  readonly algorithm: CloudSettings["rateAlgorithm"];
  readonly rps: number;
  readonly company: Company;
};

/** Every so often so many calls at once: half of what the server permits. */
const OTHERS: { readonly [C in Company]: { readonly everyMs: number; readonly calls: number } } = {
  alone: { everyMs: 1_000, calls: 0 },
  steady: { everyMs: 2_000 / LIMIT, calls: 1 },
  bursts: { everyMs: 1_000, calls: LIMIT / 2 },
};

const SCENARIOS: readonly Scenario[] = (["window", "bucket"] as const).flatMap((algorithm) => [
  { algorithm, rps: 18, company: "alone" as const },
  { algorithm, rps: 20, company: "alone" as const },
  { algorithm, rps: 30, company: "alone" as const },
  { algorithm, rps: 100, company: "alone" as const },
  { algorithm, rps: 18, company: "steady" as const },
  { algorithm, rps: 18, company: "bursts" as const },
]);

/** How much of the permitted rate a bulk run uses, and what share of it is refused; all side by side. */
export async function measureRate(): Promise<readonly Row[]> {
  // Each local cloud listens for the end of its process.
  process.setMaxListeners(process.getMaxListeners() + SCENARIOS.length);
  return (await Promise.all(SCENARIOS.map(measure))).flat();
}

async function measure(scenario: Scenario): Promise<readonly Row[]> {
  const { algorithm, rps, company } = scenario;
  const cloud = await startCloud({ settings: { ratePerSecond: LIMIT, rateAlgorithm: algorithm } });
  const stopping = new AbortController();
  // Two sets of keys of one agency are one user to the server.
  const credentials = cloud.agency("tagger");
  const other = cloud.agency("tagger");
  const running = [
    runOurs(cloud, credentials, rps, stopping.signal),
    runOther(cloud, other, OTHERS[company], stopping.signal),
  ];
  const fromMs = Date.now() + WARM_UP_MS;
  await wallClock.sleep(WARM_UP_MS + MEASURED_MS);
  const counted = (ak: string) => {
    const seen = cloud.seen.filter(
      (one) => one.ak === ak && one.at >= fromMs && one.at < fromMs + MEASURED_MS,
    );
    const refused = seen.filter(({ status }) => status === 429).length;
    return { refusedPart: refused / seen.length, perSecond: rateOf(seen.length - refused) };
  };
  stopping.abort();
  await Promise.all(running);
  await cloud.stop();
  const left = LIMIT - (company === "alone" ? 0 : counted(other.ak).perSecond);
  return rowsOf(scenario, Math.min(rps, left), counted(credentials.ak));
}

const rateOf = (requests: number): number => (requests * 1_000) / MEASURED_MS;

function rowsOf(
  { algorithm, rps, company }: Scenario,
  permitted: number,
  { perSecond, refusedPart }: { readonly perSecond: number; readonly refusedPart: number },
): readonly Row[] {
  const [least, most] = company === "alone" ? [0.97, 0.005] : [0.9, 0.03];
  const name = `${algorithm} of ${LIMIT}, rps ${rps}, ${company}`;
  const ratio = perSecond / permitted;
  return [
    {
      what: `Rate used: ${name}`,
      ours: `${perSecond.toFixed(2)}/s`,
      floor: `${permitted.toFixed(2)}/s`,
      ratio,
      reach: `≥ ${least}`,
      holds: ratio >= least,
    },
    {
      what: `  answered 429: ${name}`,
      ours: `${(100 * refusedPart).toFixed(2)} %`,
      floor: "",
      ratio: null,
      reach: `< ${100 * most} %`,
      holds: refusedPart < most,
    },
  ];
}

type Keys = ReturnType<LocalCloud["agency"]>;

async function runOurs(cloud: LocalCloud, credentials: Keys, rps: number, signal: AbortSignal) {
  const { endpoint, project } = cloud;
  const clock = wallClock;
  const pool = new Pool(endpoint, { connections: WORKERS });
  const ours = {
    ...{ endpoint, project, credentials, pool, clock, random: Math.random },
    pacer: createPacer(createLimiter({ rps, nowMs: clock.now() }), clock, Math.random),
    tryTimeoutMs: 8_000,
  };
  const kind = RESOURCE_KINDS.secret;
  const path = `/v1/${project}/csms/tags`;
  const request = { kind, operation: "ListProjectTags", method: "GET", path, body: undefined };
  const budget = { signal, deadlineMs: Number.POSITIVE_INFINITY, countCall: () => {} };
  const worker = async () => {
    // A call that used up its retries, or was stopped, is not what is measured here.
    while (!signal.aborted) await call(ours, request, budget).catch(() => {});
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  await pool.close();
}

async function runOther(
  cloud: LocalCloud,
  credentials: Keys,
  { everyMs, calls }: { readonly everyMs: number; readonly calls: number },
  signal: AbortSignal,
) {
  const client = createClient(cloud, credentials);
  const path = `/v1/${cloud.project}/csms/tags`;
  const startMs = Date.now();
  const sent: Promise<unknown>[] = [];
  for (let turn = 1; !signal.aborted; turn++) {
    for (let index = 0; index < calls; index++) sent.push(client.call("GET", path));
    await wallClock
      .sleep(Math.max(0, startMs + turn * everyMs - Date.now()), signal)
      .catch(() => {});
  }
  await Promise.all(sent);
  await client.close();
}
