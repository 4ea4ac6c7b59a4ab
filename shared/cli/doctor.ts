import { setMaxListeners } from "node:events";
import { Option } from "commander";
import { checkNames, selectChecks } from "../core/doctor/check.ts";
import { PERMISSIONS } from "../core/doctor/permission.ts";
import { longestGrace } from "../core/grace.ts";
import {
  ANY_DEPLOYMENT,
  demandsOf,
  FUNCTION_NAMES,
  type FunctionName,
} from "../core/permission/demand.ts";
import type { Policy } from "../core/policy/policy.ts";
import { wallClock } from "../io/clock.ts";
import type { Budget } from "../io/cloud.ts";
import { ConfigError } from "../io/config.ts";
import { cloudAt, disconnect, random } from "../io/connect.ts";
import { flyCanary } from "../io/doctor/canary.ts";
import { type DoctorDeps, examine } from "../io/doctor/doctor.ts";
import { type DoctorSettings, readDoctorSettings } from "../io/doctor/settings.ts";
import { requireConsent } from "./confirmation.ts";
import { examinePolicy, readBuilt } from "./doctor-home.ts";
import { exitOfExamined, showExamined } from "./doctor-text.ts";
import { readEnvironment, settingsOf } from "./environment.ts";
import { EXIT, type ExitCode, Stop } from "./exit-code.ts";
import { withOptions } from "./run-access.ts";
import { type RunOptions, withStoreOption } from "./run-options.ts";
import { examples, type Session, type Verb } from "./verb.ts";

type Options = Pick<RunOptions, "store"> & {
  readonly queue?: string;
  readonly only?: readonly string[];
  readonly prefix?: string;
  readonly for?: FunctionName;
  readonly canary?: boolean;
  readonly yes?: boolean;
};

/** A check of everything: of it all, without a canary. */
const BUDGET_MS = 180_000;
/** A key that permissions are asked with where no policy is at hand. */
const ANY_KEY = "tagwarden";

/** Says what of an installation works, what does not, and what to do. */
export const doctor: Verb = {
  name: "doctor",
  define: (command, act) =>
    withStoreOption(command)
      .description("Check an installation: what works, what does not, and what to do.")
      .option("--queue <url>", "queue to look at (default: TAGWARDEN_QUEUE)")
      .option("--only <check>", "only these checks, such as permission or trigger.audit", collect)
      .option("--prefix <text>", "what the names of the deployed functions begin with")
      .addOption(
        new Option("--for <function>", "of the permissions, only those that it needs").choices(
          FUNCTION_NAMES,
        ),
      )
      .option("--canary", "create a secret, wait for its tags, and delete it again")
      .option("--yes", "do not ask before the canary")
      .addHelpText(
        "after",
        examples([
          ["doctor", "nothing is changed but an object in the run store, which is removed"],
          ["doctor --only permission --for retag", "with the keys of that function's agency"],
          ["doctor --only credentials --canary", "from a secret's creation to its tags"],
        ]),
      )
      .action((options: Options) => act((session) => run(session, options))),
};

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

async function run(session: Session, options: Options): Promise<ExitCode> {
  const { world } = session;
  const { only = [], canary } = options;
  const selected = selectChecks(canary && only.length > 0 ? [...only, "canary"] : only);
  const strange = only.filter((name) => selectChecks([name]).length === 0);
  if (strange.length > 0)
    throw new Stop(
      EXIT.usage,
      `no check is called ${strange.join(" or ")}; there are ${checkNames().join(", ")}`,
    );
  const settings = readSettings(session, options);
  const { policy, diagnosis } = await examinePolicy(session);
  const wanted = selected.filter(({ id }) => isNeeded(id, options.for, policy));
  const budget: Budget = {
    signal: AbortSignal.any([world.signal, AbortSignal.timeout(BUDGET_MS)]),
    deadlineMs: wallClock.now() + BUDGET_MS,
    countCall: () => {},
  };
  setMaxListeners(0, budget.signal);
  const deps: DoctorDeps = {
    settings,
    policy: diagnosis,
    policyHash: policy?.hash ?? null,
    home: {
      version: world.version,
      graceMs: policy === null ? null : longestGrace(policy),
      built: await readBuilt(world.home),
    },
    canary: await prepareCanary(session, options, settings, policy),
    clock: wallClock,
    random,
    budget,
    tagKey: policy?.tags[0]?.key ?? ANY_KEY,
    prefix: options.prefix ?? null,
    stop: world.signal,
  };
  try {
    const examined = await examine(wanted, deps);
    showExamined(examined, session);
    return exitOfExamined(examined);
  } finally {
    await disconnect();
  }
}

/** Of the permissions, those of one function; all of them where no policy says what it needs. */
function isNeeded(id: string, name: FunctionName | undefined, policy: Policy | null): boolean {
  const permission = PERMISSIONS.find((one) => id === `permission.${one.id}`);
  if (permission === undefined || name === undefined || policy === null) return true;
  const { demands } = demandsOf(name, policy, ANY_DEPLOYMENT);
  return demands.some(({ operation }) => operation === permission.operation);
}

/** All that is wrong comes at once; a store is looked at where one is named only. */
function readSettings(
  { world: { env, cwd } }: Session,
  { store, queue }: Options,
): DoctorSettings | readonly string[] {
  const read = settingsOf(env);
  const options = {
    ...(store === undefined ? {} : { store }),
    ...(queue === undefined ? {} : { queue }),
  };
  const named = store !== undefined || (read("TAGWARDEN_STORE")?.trim() ?? "") !== "";
  const given = withOptions(read, options, cwd);
  try {
    return readDoctorSettings(
      (name) => (name === "TAGWARDEN_STORE" && !named ? undefined : given(name)),
      readEnvironment(env),
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

async function prepareCanary(
  { world, options: { quiet } }: Session,
  { canary, yes }: Options,
  settings: DoctorSettings | readonly string[],
  policy: Policy | null,
): Promise<DoctorDeps["canary"]> {
  if (!canary || !("hosts" in settings)) return null;
  const name = `tagwarden-canary-${Math.floor(random() * 0xffff_ffff).toString(16)}`;
  const waitMs = policy === null ? 0 : longestGrace(policy) + policy.guards.visibleMs;
  const longest = `waits up to ${Math.ceil(waitMs / 60_000)} min`;
  const question = `This creates the secret ${name}, ${longest} for its tags, and deletes it for good. A project without csms/default gets that key, and keeps it. Go on?`;
  if (!yes) await requireConsent(question, world);
  else if (!quiet) world.stderr.write(`canary: the secret ${name}, ${longest}\n`);
  const { config, project, credentials } = settings;
  const cloud = cloudAt(config.endpoint, config, project, credentials);
  return () => flyCanary({ cloud, clock: wallClock, name, waitMs, stop: world.signal });
}
