import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { FUNCTION_NAMES, type FunctionName } from "../../shared/core/permission/demand.ts";
import { CREATION_TRACES } from "../../shared/core/trace/creation-trace.ts";
import { type Clock, wallClock } from "../../shared/io/clock.ts";
import type { FunctionSetup } from "../cloud/contract.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import { type Ended, environmentOf, ROOT, tagwarden, type WorldChange } from "./fixture.ts";

/** Built before the first test, by the example policy. */
export const DIST = join(ROOT, ".local");
const BUCKET = "tagwarden";
const TOPIC = "tagwarden-audits";
const AGENCY = "tagwarden";

/** The checks that are not all right. */
export const problemsOf = (rows: readonly Row[]): readonly string[] =>
  rows.filter(({ verdict }) => verdict === "problem" || verdict === "unknown").map(({ id }) => id);

export type Row = {
  readonly id: string;
  readonly proves: string;
  readonly verdict: string;
  readonly found: string;
  readonly advice: string | null;
};

export type Installation = {
  readonly cloud: LocalCloud;
  readonly env: NonNullable<WorldChange["env"]>;
  /** Deploys one of the functions again, set up otherwise. */
  deploy(name: FunctionName, change?: Partial<FunctionSetup>): void;
  run(argv?: readonly string[], change?: WorldChange): Promise<Ended>;
  /** The same as JSON; `row` finds a check by its id. */
  check(
    argv?: readonly string[],
    change?: WorldChange,
  ): Promise<{ readonly exit: number; readonly rows: readonly Row[]; row(id: string): Row }>;
};

/** An installation as the README tells one to make it, for each test of a file. */
export function useInstallation(): () => Installation {
  let installation: Installation | undefined;
  beforeEach(async () => {
    installation = await install();
  });
  afterEach(() => installation?.cloud.stop());
  return () => {
    if (installation === undefined) throw new Error("no test is running");
    return installation;
  };
}

/** Starts a cloud on this clock and installs everything in it. */
export async function install(clock: Clock = wallClock): Promise<Installation> {
  const cloud = await startCloud({ settings: { ratePerSecond: null }, clock });
  cloud.agency(AGENCY);
  cloud.objects.createBucket(BUCKET);
  const topic = cloud.topics.create(TOPIC);
  const store = `obs://${BUCKET}/runs`;
  const queue = `functiongraph:${cloud.functions.urnOf("retag")}`;
  for (const name of FUNCTION_NAMES) cloud.functions.deploy(setUp(cloud, name, store, queue));
  cloud.timers.create("audit", { name: "daily", scheduleType: "Rate", schedule: "1d" });
  cloud.addSecret({ name: "prod-db", tags: { Owner: "ann@example.com" } });
  cloud.addKey({ name: "prod-key" });
  const env = {
    ...environmentOf(cloud, cloud.user("ops")),
    TAGWARDEN_RPS: "1000",
    TAGWARDEN_STORE: store,
    TAGWARDEN_QUEUE: queue,
    TAGWARDEN_TOPIC: topic,
  };
  const run: Installation["run"] = (argv = [], change = {}) =>
    tagwarden(["doctor", ...argv], {
      home: DIST,
      ...change,
      env: { ...env, ...change.env },
    });
  return {
    cloud,
    env,
    deploy: (name, change = {}) =>
      cloud.functions.deploy({ ...setUp(cloud, name, store, queue), ...change }),
    run,
    async check(argv = [], change = {}) {
      const { exit, out, err } = await run(["--format", "json", ...argv], change);
      if (out === "") throw new Error(err);
      const { checks: rows } = JSON.parse(out);
      const row = (id: string) => {
        const found = rows.find((one: Row) => one.id === id);
        if (found === undefined) throw new Error(`no check ${id}`);
        return found;
      };
      return { exit, rows, row };
    },
  };
}

function setUp(cloud: LocalCloud, name: FunctionName, store: string, queue: string): FunctionSetup {
  const traces = CREATION_TRACES.filter(({ type }) => name === `${type}-created`);
  const isLong = traces.length === 0;
  return {
    name,
    agency: AGENCY,
    code: join(DIST, name),
    userData: {
      HUAWEICLOUD_REGION: cloud.region,
      HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
      ...(isLong ? { TAGWARDEN_STORE: store } : {}),
      ...(name === "retag" ? { TAGWARDEN_QUEUE: queue } : {}),
    },
    timeoutMs: isLong ? 300_000 : 60_000,
    memoryMb: isLong ? 256 : 128,
    maxInstances: name === "retag" ? 1 : 4,
    async: {
      maxRetries: 2,
      maxAgeSeconds: 3600,
      retryDelayMs: 100,
      onFailure: { obs: { bucket: BUCKET, prefix: "failures/" } },
    },
    traces: traces.map((row) => row.name),
  };
}
