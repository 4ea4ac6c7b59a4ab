import { CHECKS, type Check } from "../../core/doctor/check.ts";
import { judgeBuild } from "../../core/doctor/deployed-code.ts";
import {
  type Diagnosis,
  isBlocking,
  ok,
  problem,
  skipped,
  unknown,
} from "../../core/doctor/diagnosis.ts";
import { judgePermission, PERMISSIONS } from "../../core/doctor/permission.ts";
import { judgeTraces } from "../../core/doctor/trace-operation.ts";
import { CloudError } from "../../core/error.ts";
import { FUNCTION_NAMES } from "../../core/permission/demand.ts";
import type { Clock } from "../clock.ts";
import { accessExaminations, blockedQueue, blockedStore } from "./access.ts";
import { collectEvidence, type EvidenceDeps } from "./evidence.ts";
import { type AtHome, FUNCTION_CHECKS } from "./functions.ts";
import { examineQueue, examineStore, examineTopic } from "./places.ts";
import type { DoctorSettings } from "./settings.ts";

/** Everything that doctor works with. */
export type DoctorDeps = Omit<EvidenceDeps, "settings"> & {
  /** Or what is wrong with them, in names only. */
  readonly settings: DoctorSettings | readonly string[];
  readonly policy: Diagnosis;
  readonly policyHash: string | null;
  readonly home: Pick<AtHome, "version" | "graceMs" | "built">;
  /** `null`: not asked for. */
  readonly canary: (() => Promise<Diagnosis>) | null;
  readonly clock: Clock;
  /** Aborts when the user interrupts; then no further check is begun. */
  readonly stop: AbortSignal;
};

export type Examined = { readonly check: Check; readonly diagnosis: Diagnosis };

/** Makes one check. */
export type Examine = () => Promise<Diagnosis>;

/**
 * Makes the wanted checks, and those that they need, in the order of the table; answers with the wanted ones.
 * Nothing in the cloud is changed, but for the store's own object, which is removed, and a canary.
 */
export async function examine(
  wanted: readonly Check[],
  deps: DoctorDeps,
): Promise<readonly Examined[]> {
  const needed = withNeeds(wanted);
  const examinations = examinationsOf(deps);
  const found = new Map<string, Diagnosis>();
  for (const { id, needs } of CHECKS.filter((check) => needed.has(check.id))) {
    if (deps.stop.aborted) break;
    const blocking = needs.find((need) => {
      const diagnosis = found.get(need);
      return diagnosis !== undefined && isBlocking(diagnosis);
    });
    const task = examinations.get(id);
    found.set(
      id,
      blocking !== undefined || task === undefined
        ? skipped(`means nothing without ${blocking ?? "settings"}`)
        : await attempt(task),
    );
  }
  return wanted.flatMap((check) => {
    const diagnosis = found.get(check.id);
    return diagnosis === undefined ? [] : [{ check, diagnosis }];
  });
}

function withNeeds(wanted: readonly Check[]): ReadonlySet<string> {
  const ids = new Set(wanted.map(({ id }) => id));
  for (const { id, needs } of CHECKS.toReversed())
    if (ids.has(id)) for (const need of needs) ids.add(need);
  return ids;
}

/** One check that cannot be made does not keep the others from being made. */
async function attempt(task: Examine): Promise<Diagnosis> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof CloudError) return unknown(error.message, "run doctor again");
    if (error instanceof DOMException) return unknown("the time was over", "run doctor again");
    throw error;
  }
}

function examinationsOf(deps: DoctorDeps): ReadonlyMap<string, Examine> {
  const { settings, policy, policyHash, home, canary } = deps;
  const local: [string, Examine][] = [
    ["policy", async () => policy],
    ["build", async () => judgeBuild(home.built, policyHash ?? "")],
  ];
  if (!("hosts" in settings)) {
    const advice = "set them as the README says; see tagwarden doctor --help";
    const diagnosis = problem(settings.join("; "), advice, "settings");
    return new Map<string, Examine>([["settings", async () => diagnosis], ...local]);
  }
  const evidence = collectEvidence({ ...deps, settings });
  const { config, runs } = settings;
  const here: AtHome = { ...home, region: config.region, store: runs.storeUrl };
  const region = config.region ?? config.endpoint;
  return new Map<string, Examine>([
    ["settings", async () => ok(`${region}, project ${settings.project.slice(0, 8)}…`)],
    ...local,
    ...accessExaminations(settings, evidence),
    ...PERMISSIONS.map((permission): [string, Examine] => [
      `permission.${permission.id}`,
      async () => {
        const answer = (await evidence.permissions()).get(permission.id);
        return answer === undefined ? skipped("not asked") : judgePermission(permission, answer);
      },
    ]),
    [
      "store",
      async () =>
        (await blockedStore(settings, evidence)) ?? examineStore(settings, deps.clock, deps.random),
    ],
    [
      "queue",
      async () => (await blockedQueue(settings, evidence)) ?? examineQueue(settings, evidence),
    ],
    ["topic", () => examineTopic(settings, evidence)],
    ["traces", async () => judgeTraces(await evidence.operations())],
    ...FUNCTION_NAMES.flatMap((name) =>
      Object.entries(FUNCTION_CHECKS).map(([kind, task]): [string, Examine] => [
        `${kind}.${name}`,
        () => task(name, evidence, here),
      ]),
    ),
    ["canary", canary ?? (async () => skipped("not asked for: --canary"))],
  ]);
}
