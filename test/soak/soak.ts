import type { SeenRequest } from "../cloud/contract.ts";
import { createChance } from "../simulation/chance.ts";
import { type Account, openAccount } from "./account.ts";
import { findIncompleteAudits, findUnaccounted, findUntagged } from "./correctness.ts";
import { DEFECTS, type DefectName } from "./defects.ts";
import type { Amount, Bounds, HourSample } from "./judge.ts";
import { createLookout } from "./processes.ts";
import { PASSING, RETAINED } from "./retention.ts";
import { openStage, type Stage } from "./stage.ts";
import { breakDown, fillStore, letItRain } from "./weather.ts";

export type SoakOptions = {
  readonly hours: number;
  readonly seed: number;
  /** Folder of the built functions. */
  readonly bundles: string;
  /** Folder with the example traces. */
  readonly events: string;
  readonly defect: DefectName | null;
  readonly onHour: (sample: HourSample) => void;
};

/** What came of a soak. */
export type Soaked = {
  readonly samples: readonly HourSample[];
  readonly bounds: Bounds;
  readonly resources: number;
  /** What is not right at the end, one line each. */
  readonly problems: readonly string[];
};

const HOUR_MS = 60 * 60 * 1000;
const MINUTE_MS = 60 * 1000;
const BUCKET = "tagwarden";
const HISTORY = "audits/history.jsonl";
/** As shared/io/audit/audit-store.ts keeps it. */
const HISTORY_LINES_MAX = 3_650;
/** So many audits before the history is full. */
const HISTORY_ROOM = 5;
/** Of the functions' pool (shared/io/connect.ts). */
const SOCKETS_MAX = 8;
const GLANCE_MS = 150;
const STALE_MAX = 5;
/** Traces that come once more after the end. */
const REPEATED = 50;
const TROUBLE_EVERY_HOURS = 8;

/** A deed at a minute of an hour. */
type Deed = { readonly minute: number; readonly act: () => unknown };

/** Lives through so many hours and looks at each; then judges what is there. */
export async function soak(options: SoakOptions): Promise<Soaked> {
  const { hours, seed, bundles, events, defect, onHour } = options;
  const chance = createChance(seed);
  const stage = await openStage({ bundles, chance, defect });
  const { cloud, clock } = stage;
  const lookout = createLookout(stage.folder, () => cloud.functions.processes());
  const glances = setInterval(lookout.glance, GLANCE_MS);
  try {
    const account = openAccount(cloud, chance.fork(), events);
    fillHistory(stage);
    const retentionHours = Math.max(1, Math.floor(hours / 4));
    const samples: HourSample[] = [];
    const startMs = clock.now();
    for (let hour = 1; hour <= hours; hour += 1) {
      const before = { seen: cloud.seen.length, events: cloud.functions.invocations.length };
      letItRain(cloud, chance);
      const beginMs = startMs + (hour - 1) * HOUR_MS;
      for (const { minute, act } of deedsOf(hour, account, stage, () => chance.next())) {
        await stage.runUntil(beginMs + minute * MINUTE_MS);
        await act();
      }
      await stage.runUntil(beginMs + HOUR_MS);
      await stage.settle();
      if (defect === null || DEFECTS[defect].keepsAll !== true)
        for (const kind of RETAINED)
          cloud.objects.expire(BUCKET, `${kind}/`, clock.now() - retentionHours * HOUR_MS);
      const sample: HourSample = {
        hour,
        ...counted(stage, before),
        connections: await cloud.connections.open(),
        processes: await lookout.ask(),
        ...stored(stage),
      };
      samples.push(sample);
      onHour(sample);
    }
    const bounds: Bounds = {
      retentionHours,
      retained: RETAINED,
      passing: PASSING,
      socketsMax: SOCKETS_MAX,
      historyLinesMax: HISTORY_LINES_MAX,
    };
    const problems = await findProblems(stage, account);
    const resources = cloud.resources().length;
    await account.person.close();
    return { samples, bounds, resources, problems };
  } finally {
    clearInterval(glances);
    await stage.stop();
  }
}

/** Ten years of daily audits, less a few. */
function fillHistory({ cloud, clock }: Stage): void {
  const lines = Array.from({ length: HISTORY_LINES_MAX - HISTORY_ROOM }, (_, index) => {
    const at = new Date(clock.now() - (HISTORY_LINES_MAX - index) * 24 * HOUR_MS).toISOString();
    return JSON.stringify({ at, complete: true, score: 97.5, fail: 100, resources: 4_000 });
  });
  cloud.objects.put(BUCKET, HISTORY, `${lines.join("\n")}\n`);
}

function deedsOf(
  hour: number,
  account: Account,
  { cloud }: Stage,
  random: () => number,
): readonly Deed[] {
  const often = (times: number, act: () => unknown): readonly Deed[] =>
    Array.from({ length: times }, () => ({ minute: 1 + random() * 57, act }));
  const trouble = hour % TROUBLE_EVERY_HOURS;
  return [
    // All at once in the beginning, so that every instance is there from then on.
    ...(hour === 1 ? often(3, account.createSome).map(({ act }) => ({ minute: 0.5, act })) : []),
    ...often(13, account.createSome),
    ...often(10, account.publish),
    ...often(6, account.drift),
    ...often(2, account.deliverOthers),
    ...often(1, () => account.orderJob(hour)),
    // Connections are closed also while somebody is about to use them.
    ...often(4, () => cloud.connections.closeIdle()),
    ...(trouble === 4 ? often(1, account.orderTooMuch) : []),
    ...(trouble === 3 ? often(1, () => breakDown(cloud)) : []),
    // Just before an audit.
    ...(trouble === 5 ? [{ minute: 29.9, act: () => fillStore(cloud) }] : []),
    ...(trouble === 1 ? [{ minute: 20, act: account.flood }] : []),
    ...(trouble === 2 ? [{ minute: 40, act: account.unflood }] : []),
  ].toSorted((one, other) => one.minute - other.minute);
}

function counted({ cloud }: Stage, before: { readonly seen: number; readonly events: number }) {
  const seen = cloud.seen.slice(before.seen);
  const invocations = cloud.functions.invocations.slice(before.events);
  return {
    calls: seen.length,
    faults: seen.filter(isFault).length,
    invocations: invocations.length,
    failed: invocations.filter(({ state }) => state === "failed").length,
  };
}

/** A request without an answer has no status. */
function isFault({ status }: SeenRequest): boolean {
  return status === 0 || status === 429 || status >= 500;
}

function stored({ cloud }: Stage) {
  const store: Record<string, Amount> = {};
  for (const { key, bytes } of cloud.objects.entries(BUCKET)) {
    const [kind = ""] = key.split("/");
    const before = store[kind] ?? { files: 0, bytes: 0 };
    store[kind] = { files: before.files + 1, bytes: before.bytes + bytes };
  }
  const history = cloud.objects.read(BUCKET, HISTORY) ?? "";
  return { store, historyLines: history.split("\n").length - 1 };
}

/** The weather clears up; after two hours everything must be right, and one more round must write nothing. */
async function findProblems(stage: Stage, account: Account): Promise<readonly string[]> {
  const { cloud, clock } = stage;
  cloud.clearFaults();
  account.unflood();
  await stage.runUntil(clock.now() + 2 * HOUR_MS);
  await stage.settle();
  const calmFrom = cloud.seen.length;
  const isCreation = (name: string) => name.endsWith("-created");
  const creations = cloud.functions.invocations.filter(
    ({ function: name, state }) => isCreation(name) && state === "succeeded",
  );
  for (const { function: name, event } of creations.slice(-REPEATED))
    cloud.functions.invokeAsync(name, event);
  await stage.runUntil(clock.now() + HOUR_MS);
  await stage.settle();
  const writes = cloud.seen.slice(calmFrom).filter(({ path }) => path.endsWith("/tags/action"));
  // A few may have changed between the plan and their turn: those are left alone.
  const behind = account.behind().length;
  return [
    ...(behind > STALE_MAX ? [`bulk: ${behind} are not as the last run wanted them`] : []),
    ...findUntagged(account, cloud).map((one) => `policy: ${one}`),
    ...findUnaccounted(cloud.functions.invocations, cloud.functions.failures, account).map(
      (one) => `outcome: ${one}`,
    ),
    ...findIncompleteAudits(cloud.functions.invocations).map((one) => `audit: ${one}`),
    ...account.touched().map(({ name }) => `foreign: ${name} lost a tag of somebody else`),
    ...writes.map(({ path }) => `round: one more write, ${path}`),
  ];
}
