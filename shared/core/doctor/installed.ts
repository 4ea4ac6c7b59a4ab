import type { FunctionName } from "../permission/demand.ts";
import type { ResourceType } from "../resource.ts";
import { type Diagnosis, together } from "./diagnosis.ts";
import type { FunctionConfig } from "./function-answer.ts";

/** What a function needs where it is deployed. */
type Installed = {
  readonly memoryMinMb: number;
  readonly timeoutMinSeconds: number;
  /** Whether it waits out the policy's grace. */
  readonly waits: boolean;
  readonly settings: readonly string[];
  readonly invokedBy: Invoker;
  /** Whether its instances share the permitted rate for long. */
  readonly sharesRate: boolean;
};

/** What invokes a function: the creation of a kind of resource, a timer, or a queue if any. */
export type Invoker = ResourceType | "timer" | "queue";

const created = (type: ResourceType): Installed => ({
  memoryMinMb: 128,
  timeoutMinSeconds: 3,
  waits: true,
  settings: [],
  invokedBy: type,
  sharesRate: false,
});
/** 100,000 resources are audited in some ten seconds of calls, and a run that is not done goes on in the next. */
const long = { memoryMinMb: 256, timeoutMinSeconds: 60, waits: false } as const;

/** One row a function. */
export const INSTALLED: { readonly [Name in FunctionName]: Installed } = {
  "secret-created": created("secret"),
  "key-created": created("key"),
  retag: {
    ...long,
    settings: ["TAGWARDEN_STORE", "TAGWARDEN_QUEUE"],
    invokedBy: "queue",
    sharesRate: true,
  },
  audit: { ...long, settings: ["TAGWARDEN_STORE"], invokedBy: "timer", sharesRate: false },
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
    const same = ours === null || theirs === undefined || bare(theirs) === bare(ours);
    return same ? [] : [{ found: `${name} is another than here`, advice: `make ${name} the same` }];
  });
}

/** A slash at the end of an URL changes nothing. */
function bare(text: string): string {
  return text.trim().replace(/\/$/, "");
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
  const { sharesRate } = INSTALLED[name];
  if (!sharesRate || instancesMax === null || rps === null) return [];
  const most = Math.max(1, Math.floor(CALLS_PER_SECOND_MAX / rps));
  if (instancesMax !== -1 && instancesMax <= most) return [];
  const found = instancesMax === -1 ? "instances without a limit" : `${instancesMax} instances`;
  return [{ found, advice: `limit it to ${most}: all share 20 calls a second` }];
}
