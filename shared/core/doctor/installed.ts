import type { ResourceType } from "../resource.ts";
import type { FunctionName } from "./check.ts";
import { type Diagnosis, ok, problem, together, unknown } from "./diagnosis.ts";
import type { AsyncConfig, FunctionConfig, Trigger } from "./function-answer.ts";
import { compareSubscriptions, subscriptionFor, type TraceOperations } from "./trace-operation.ts";

/** What a function needs where it is deployed. */
type Installed = {
  readonly memoryMinMb: number;
  readonly timeoutMinSeconds: number;
  /** Whether it waits out the policy's grace. */
  readonly waits: boolean;
  readonly settings: readonly string[];
  /** Kind of the resources whose creation invokes it. */
  readonly creations: ResourceType | null;
};

const created = (type: ResourceType): Installed => ({
  memoryMinMb: 128,
  timeoutMinSeconds: 3,
  waits: true,
  settings: [],
  creations: type,
});
const long = { memoryMinMb: 256, timeoutMinSeconds: 300, waits: false, creations: null } as const;

/** One row a function. */
export const INSTALLED: { readonly [Name in FunctionName]: Installed } = {
  "secret-created": created("secret"),
  "key-created": created("key"),
  retag: { ...long, settings: ["TAGWARDEN_STORE", "TAGWARDEN_QUEUE"] },
  audit: { ...long, settings: ["TAGWARDEN_STORE"] },
};

const RUNTIME = "Node.js20.15";
const HANDLER = "index.handler";
/** KMS allows 20 calls a second and user (dew-api.md 5). */
const CALLS_PER_SECOND_MAX = 20;

/** What a function's configuration is compared with. */
export type Expected = {
  readonly region: string | null;
  /** Of the policy, at its longest; `null` where no policy is at hand. */
  readonly graceMs: number | null;
  /** `TAGWARDEN_STORE` of the command line, where it is set. */
  readonly store: string | null;
  /** What our own reading of the function's settings found wrong, in names only. */
  readonly settingProblems: readonly string[];
  /** The settings as they were understood. */
  readonly rps: number | null;
  readonly ownGraceMs: number | null;
};

type Finding = { readonly found: string; readonly advice: string };

/** Whether a function is set up so that it can work. Values of settings are compared and never told. */
export function judgeFunction(
  name: FunctionName,
  config: FunctionConfig,
  expected: Expected,
): Diagnosis {
  const wrong: Finding[] = [];
  const check = (holds: boolean, found: string, advice: string) => {
    if (!holds) wrong.push({ found, advice });
  };
  const { memoryMinMb, timeoutMinSeconds, waits, settings } = INSTALLED[name];
  const { runtime, handler, memoryMb, timeoutSeconds, userData } = config;

  check(runtime === null || runtime === RUNTIME, `runtime ${runtime}`, `deploy for ${RUNTIME}`);
  check(handler === null || handler === HANDLER, `handler ${handler}`, `set ${HANDLER}`);
  check(
    memoryMb === null || memoryMb >= memoryMinMb,
    `${memoryMb} MB`,
    `give it ${memoryMinMb} MB or more`,
  );
  const graceMs = waits ? (expected.ownGraceMs ?? expected.graceMs ?? 0) : 0;
  const leastSeconds = Math.max(timeoutMinSeconds, Math.ceil(graceMs / 1_000) + 1);
  check(
    timeoutSeconds === null || timeoutSeconds >= leastSeconds,
    `timeout ${timeoutSeconds} s${graceMs > 0 ? `, grace ${graceMs / 1_000} s` : ""}`,
    `set a timeout of ${leastSeconds} s or more`,
  );
  check(config.hasAgency, "no agency", "give it an agency: without one it has no credentials");
  if (config.allReadable)
    for (const setting of settings)
      check(userData.has(setting), `${setting} is not set`, `set ${setting} in its user data`);
  for (const text of expected.settingProblems)
    if (config.allReadable) check(false, text, "correct its user data");
  wrong.push(...comparedSettings(userData, expected), ...unknownSettings(userData));
  wrong.push(...tooMany(name, config, expected));
  return together(wrong, [], `${runtime ?? "deployed"}, ${memoryMb} MB, ${timeoutSeconds} s`);
}

function comparedSettings(
  userData: FunctionConfig["userData"],
  { region, store }: Expected,
): readonly Finding[] {
  const rows = [
    ["HUAWEICLOUD_REGION", region],
    ["TAGWARDEN_STORE", store],
  ] as const;
  return rows.flatMap(([name, ours]) => {
    const theirs = userData.get(name);
    const same = ours === null || theirs === undefined || theirs.trim() === ours;
    return same ? [] : [{ found: `${name} is another than here`, advice: `make ${name} the same` }];
  });
}

/** Settings that a function of ours may have. */
const SETTINGS =
  /^(HUAWEICLOUD_(REGION|(KMS|SMN|OBS|FGS|CTS)_ENDPOINT)|TAGWARDEN_(STORE|QUEUE(_USER|_PASSWORD|_CA)?|TOPIC|RPS|GRACE|REMEDIATE))$/;

function unknownSettings(userData: FunctionConfig["userData"]): readonly Finding[] {
  return [...userData.keys()]
    .filter((name) => /^(HUAWEICLOUD|TAGWARDEN)_/.test(name) && !SETTINGS.test(name))
    .map((name) => ({
      found: `${name} is no setting`,
      advice: "the README lists the settings; is it misspelt?",
    }));
}

/** Instances share one user's permitted rate. */
function tooMany(
  name: FunctionName,
  { instancesMax }: FunctionConfig,
  { rps }: Expected,
): readonly Finding[] {
  if (name !== "retag" || instancesMax === null || instancesMax === 0 || rps === null) return [];
  const most = Math.max(1, Math.floor(CALLS_PER_SECOND_MAX / rps));
  if (instancesMax !== -1 && instancesMax <= most) return [];
  const found = instancesMax === -1 ? "instances without a limit" : `${instancesMax} instances`;
  return [{ found, advice: `limit it to ${most}: all share 20 calls a second` }];
}

/** Whether a function is invoked by what it should be. `queue`: `TAGWARDEN_QUEUE` of its settings, where known. */
export function judgeTriggers(
  name: FunctionName,
  triggers: readonly Trigger[],
  known: readonly TraceOperations[] | null,
  queue: string | null,
): Diagnosis {
  const { creations } = INSTALLED[name];
  if (creations !== null) return judgeCreationTriggers(creations, triggers, known);
  return name === "audit" ? judgeTimer(triggers) : judgeFeeding(triggers, queue);
}

/** What else may bring traces; what such a trigger lets through is configured elsewhere. */
const INDIRECT: readonly string[] = ["EVENTGRID", "SMN"];

function judgeCreationTriggers(
  type: ResourceType,
  triggers: readonly Trigger[],
  known: readonly TraceOperations[] | null,
): Diagnosis {
  const item = subscriptionFor(type, known);
  const add = `add a CTS trigger${item === "" ? "" : ` for ${item}`}`;
  const direct = triggers.filter((one) => one.type === "CTS");
  const indirect = triggers.find((one) => INDIRECT.includes(one.type));
  if (direct.length === 0 && indirect !== undefined)
    return indirect.active
      ? unknown(
          `invoked through ${indirect.type}`,
          "compare what it lets through with the README; or ask for a canary: --canary",
        )
      : problem(`its ${indirect.type} trigger is disabled`, "enable it");
  if (direct.length === 0) return problem("no trigger: nothing is tagged on creation", add);

  const { missing, foreign } = compareSubscriptions(
    type,
    direct.flatMap(({ operations }) => operations),
    known,
  );
  const wrong: Finding[] = [];
  if (missing.length > 0)
    wrong.push({ found: `not subscribed to ${missing.join(", ")}`, advice: add });
  if (foreign.length > 0)
    wrong.push({
      found: `CTS does not know ${foreign.join(", ")}`,
      advice: "case and spelling count; see the check traces",
    });
  const doubt = {
    found: "subscribed, but CTS' names could not be compared",
    advice: "see the check traces",
  };
  return together(wrong, known === null ? [doubt] : [], "CTS, all creation traces");
}

function judgeTimer(triggers: readonly Trigger[]): Diagnosis {
  const timers = triggers.filter(({ type }) => type === "TIMER");
  if (timers.length === 0)
    return problem("no timer: nothing is audited", "add a TIMER trigger, such as one a day");
  const active = timers.find((timer) => timer.active);
  if (active === undefined) return problem("its timer is disabled", "enable the trigger");
  return ok(`TIMER${active.schedule === null ? "" : ` ${active.schedule}`}`);
}

/** Types of triggers that feed a queue's messages to a function, by the scheme of its URL. */
const FEEDS: { readonly [scheme: string]: readonly string[] } = {
  kafka: ["KAFKA", "OPENSOURCEKAFKA", "EVENTGRID"],
  smn: ["SMN"],
};

function judgeFeeding(triggers: readonly Trigger[], queue: string | null): Diagnosis {
  const disabled = triggers.filter(({ active }) => !active).map(({ type }) => type);
  if (disabled.length > 0)
    return problem(`disabled: ${disabled.join(", ")}`, "enable it (Kafka's is made disabled)");
  const types = triggers.map(({ type }) => type);
  const wanted = FEEDS[queue?.split(":")[0] ?? ""];
  if (wanted !== undefined && !wanted.some((type) => types.includes(type)))
    return problem(
      "nothing takes from its queue",
      `add a trigger (${wanted[0]}) for the queue that TAGWARDEN_QUEUE names`,
    );
  return ok(types.length === 0 ? "none; it is invoked directly" : types.join(", "));
}

/** Whether what a function fails at is tried again, and kept in the end. `null`: nothing is configured. */
export function judgeAsync(config: AsyncConfig | null): Diagnosis {
  const advice = "set asynchronous retries and a failure destination (failures/ in the bucket)";
  if (config === null || config.onFailure === null)
    return problem("no failure destination: what fails for good is lost", advice);
  if (config.retries === 0) return problem("no retries", advice);
  return ok(`${config.retries ?? "default"} retries, then to ${config.onFailure}`);
}
