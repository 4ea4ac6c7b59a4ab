import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  deployAuditFunction,
  deployCreationFunctions,
  deployRetagFunction,
  RETAG,
} from "../cloud/deployment.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import type { Chance } from "../simulation/chance.ts";
import { createSoakClock, type SoakClock } from "./clock.ts";
import type { DefectName } from "./defects.ts";
import type { InstanceSetup } from "./instance.ts";
import { ageConnections } from "./weather.ts";

export type { LocalCloud } from "../cloud/index.ts";
export const RETAG_QUEUE = RETAG;

/** Simulated milliseconds in one: the services' 20 calls a second are 400, and a stall of the machine is no timeout. */
const SPEED = 20;
const START_MS = Date.UTC(2027, 0, 4);
/** Traces take about as long as the grace, and come twice, in any order. */
const SETTINGS = { traceDelayMs: 28_000, trace: { copies: 2, jitterMs: 20_000 } } as const;
const TIMER = { scheduleType: "Rate", schedule: "30m" } as const;
const TURNS = 4;
/** Young objects are collected as Node does where the machine is as small as an instance. */
const YOUNG = ["--max-semi-space-size=1"];

/** The local cloud with the functions as an owner deploys them, in simulated time. */
export type Stage = {
  readonly cloud: LocalCloud;
  readonly clock: SoakClock;
  /** Where instances say what they hold. */
  readonly folder: string;
  /** Lets everything happen that happens until then, and skips the time in which nothing does. */
  runUntil(ms: number): Promise<void>;
  /** Resolves when no function works and no message waits. */
  settle(): Promise<void>;
  stop(): Promise<void>;
};

export type StageOptions = {
  /** Folder of the built functions, and of the program of an instance. */
  readonly bundles: string;
  readonly chance: Chance;
  readonly defect: DefectName | null;
};

/** Sets the stage. */
export async function openStage({ bundles, chance, defect }: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "soak-"));
  const clockFile = join(folder, "clock.json");
  const endpointFile = join(folder, "endpoint");
  const clock = createSoakClock(START_MS, SPEED, clockFile);
  const setup: InstanceSetup = { clock: clockFile, folder, defect, endpointFile };
  const first = join(folder, "first.cjs");
  const program = JSON.stringify(join(bundles, "soak-instance.cjs"));
  writeFileSync(first, `require(${program}).live(${JSON.stringify(setup)});\n`);
  const cloud = await startCloud({
    clock,
    random: chance.fork().next,
    settings: SETTINGS,
    nodeArguments: [...YOUNG, "--expose-gc", "--require", first],
  });
  writeFileSync(endpointFile, cloud.endpoint);
  deployCreationFunctions(cloud, { bundles, grace: "30s" });
  const { queue } = deployRetagFunction(cloud, { bundles });
  deployAuditFunction(cloud, { bundles, queue, remediate: "apply", timer: TIMER });

  const quiet = () => cloud.queues.idle().then(() => true);
  async function isQuiet(): Promise<boolean> {
    // What was just woken has to reach the functions first.
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((done) => setImmediate(done));
    const busy = new Promise<boolean>((done) => setImmediate(done, false));
    return Promise.race([quiet(), busy]);
  }
  return {
    cloud,
    clock,
    folder,
    async runUntil(ms) {
      while (clock.now() < ms) {
        if (!(await isQuiet())) {
          let timer: NodeJS.Timeout | undefined;
          const late = new Promise((done) => {
            timer = setTimeout(done, Math.max(1, (ms - clock.now()) / SPEED));
          });
          await Promise.race([quiet(), late]);
          clearTimeout(timer);
          continue;
        }
        const target = Math.min(clock.nextMs() ?? ms, ms);
        ageConnections(cloud, target - clock.now());
        clock.leapTo(target);
      }
    },
    async settle() {
      while (!(await isQuiet())) await quiet();
    },
    async stop() {
      await cloud.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
