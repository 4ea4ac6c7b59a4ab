import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { REMEDIATIONS, type Remediation } from "../../shared/core/audit/remediation.ts";
import { parseDuration } from "../../shared/core/time.ts";
import { startConsole } from "./console/index.ts";
import type { Credentials } from "./contract.ts";
import {
  type DeployedAudit,
  type DeployedRetag,
  deployAuditFunction,
  deployCreationFunctions,
  deployRetagFunction,
} from "./deployment.ts";
import { type LocalCloud, startCloud } from "./index.ts";
import { ORDERS, takeOrders } from "./orders.ts";
import { nextMomentOf, type Schedule, scheduleOf } from "./schedule.ts";
import { readSettings, settingLines } from "./setting-text.ts";
import type { SettingsChange } from "./settings.ts";
import { watch } from "./watch.ts";

/** All that a running local cloud touches. */
export type DevWorld = {
  /** Folder of the built functions. */
  readonly bundles: string;
  readonly write: (line: string) => void;
  readonly complain: (line: string) => void;
  /** What is typed, line by line; its end changes nothing. */
  readonly typed: AsyncIterable<string>;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
};

// Those of the command line (shared/cli/exit-code.ts).
const EXIT = { clean: 0, usage: 3, interrupted: 130 } as const;

/** A policy's own grace is made for Terraform; nobody at a keyboard wants to wait for that. */
const GRACE_DEFAULT = "2s";
const TIMER_DEFAULT = "1h";
const PORT_MAX = 65_535;
const PERSON = "alice";
const AGENCY = "visitor";

/** Runs the local cloud with the built functions until Ctrl-C; answers with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  const typed = createInterface({ input: process.stdin });
  try {
    return await runLocalCloud(argv, {
      // The build puts this file beside the functions' folders.
      bundles: __dirname,
      write: (line) => process.stdout.write(`${line}\n`),
      complain: (line) => process.stderr.write(`${line}\n`),
      typed,
      signal: interruption.signal,
    });
  } finally {
    typed.close();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupt);
  }
}

/** The same in a world of the caller's. */
export async function runLocalCloud(argv: readonly string[], world: DevWorld): Promise<number> {
  const { bundles, write, complain, signal } = world;
  const asked = readArguments(argv);
  if (asked.problems.length > 0) {
    for (const problem of asked.problems) complain(`error: ${problem}`);
    complain("(--help lists what may be set)");
    return EXIT.usage;
  }
  if (asked.help) {
    for (const line of HELP) write(line);
    return EXIT.clean;
  }
  const { grace, port, timer, remediate } = asked;
  const cloud = await startCloud({ settings: asked.settings });
  const names = deployCreationFunctions(cloud, { bundles, grace });
  const retag = deployRetagFunction(cloud, { bundles });
  const audit = deployAuditFunction(cloud, { bundles, queue: retag.queue, remediate, timer });
  let page: Awaited<ReturnType<typeof startConsole>>;
  try {
    page = await startConsole({ cloud, bundles, retag, audit, grace }, port);
  } catch (error) {
    await cloud.stop();
    if (!isTaken(error)) throw error;
    complain(`error: --port ${port}: something else uses this port`);
    return EXIT.usage;
  }
  for (const line of welcome(cloud, page.url, { names, retag, audit, asked })) write(line);
  const watching = watch(cloud, write);
  void takeOrders(cloud, world.typed, write).catch((error) => complain(String(error)));
  await untilAborted(signal);
  watching.stop();
  await page.stop();
  await cloud.stop();
  write("Stopped. Everything was in memory only and is gone.");
  return EXIT.interrupted;
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

type Asked = {
  readonly help: boolean;
  readonly grace: string;
  /** Of the page; 0 is any. */
  readonly port: number;
  /** Of the audit. */
  readonly timer: Schedule;
  readonly remediate: Remediation;
  readonly settings: SettingsChange;
  readonly problems: readonly string[];
};

const DEFAULTS: Asked = {
  help: false,
  grace: GRACE_DEFAULT,
  port: 0,
  timer: scheduleOf(TIMER_DEFAULT),
  remediate: "off",
  settings: {},
  problems: [],
};

function readArguments(argv: readonly string[]): Asked {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        help: { type: "boolean", default: false },
        grace: { type: "string", default: GRACE_DEFAULT },
        port: { type: "string", default: "0" },
        timer: { type: "string", default: TIMER_DEFAULT },
        remediate: { type: "string", default: DEFAULTS.remediate },
        settings: { type: "string", multiple: true, default: [] },
      },
    });
    const { help, grace, port } = values;
    const { change, problems } = readSettings(values.settings);
    const timer = scheduleOf(values.timer);
    const remediate = REMEDIATIONS.find((one) => one === values.remediate);
    return {
      help,
      grace,
      port: Number(port),
      timer,
      remediate: remediate ?? DEFAULTS.remediate,
      settings: change,
      problems: [
        ...(parseDuration(grace) === null
          ? [`--grace ${grace}: must be a duration such as 2s`]
          : []),
        ...(/^\d{1,5}$/.test(port) && Number(port) <= PORT_MAX
          ? []
          : [`--port ${port}: must be a number from 0 to ${PORT_MAX}`]),
        ...timerProblems(timer),
        ...(remediate === undefined
          ? [`--remediate ${values.remediate}: must be ${REMEDIATIONS.join(", ")}`]
          : []),
        ...problems,
      ],
    };
  } catch (error) {
    return { ...DEFAULTS, problems: [error instanceof Error ? error.message : String(error)] };
  }
}

function timerProblems(timer: Schedule): readonly string[] {
  try {
    nextMomentOf(timer, 0);
    return [];
  } catch (error) {
    return [`--timer: ${error instanceof Error ? error.message : String(error)}`];
  }
}

const HELP = [
  "Options of the local cloud:",
  "  --port <number>        port of the page (default: any that is free)",
  `  --grace <duration>     how long the functions wait for the creator (default ${GRACE_DEFAULT})`,
  `  --timer <schedule>     when the audit runs by itself: 30m, 1d, or Cron (default ${TIMER_DEFAULT})`,
  `  --remediate <what>     what the audit does with fixable findings: ${REMEDIATIONS.join(", ")} (default ${DEFAULTS.remediate})`,
  "  --settings name=value  how the services behave, repeatable:",
  ...settingLines().map((line) => `      ${line}`),
];

type Deployed = {
  readonly names: readonly string[];
  readonly retag: DeployedRetag;
  readonly audit: DeployedAudit;
  readonly asked: Asked;
};

function welcome(cloud: LocalCloud, page: string, deployed: Deployed): readonly string[] {
  const { names, retag, audit, asked } = deployed;
  const { grace, timer } = asked;
  return [
    `Open ${page} in a browser: create secrets and keys, watch their tags, retag, audit.`,
    "",
    "A local cloud is running on this machine, in memory only: KMS, CSMS, CTS, OBS, SMN and FunctionGraph.",
    "",
    `  page       ${page}`,
    `  endpoint   ${cloud.endpoint}`,
    `  project    ${cloud.project}`,
    `  region     ${cloud.region}`,
    `  functions  ${names.join(", ")}; grace ${grace}`,
    `             ${retag.name}, which takes runs and single messages from the queue ${retag.queue}`,
    `             ${audit.name}, by its timer (${timer.schedule}), by the page, or by its URN`,
    "",
    `Where and who you are, as the user ${PERSON}, for tagwarden and whatever signs its calls:`,
    "",
    ...exports({
      HUAWEICLOUD_REGION: cloud.region,
      HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
      HUAWEICLOUD_OBS_ENDPOINT: cloud.endpoint,
      HUAWEICLOUD_SDK_PROJECT_ID: cloud.project,
      TAGWARDEN_STORE: retag.store,
      TAGWARDEN_QUEUE: retag.queue,
      ...keysOf(cloud.user(PERSON)),
    }),
    "",
    "The same with temporary keys, for 24 hours:",
    "",
    ...exports(keysOf(cloud.agency(AGENCY))),
    "",
    "Type, and see what comes of it (times are UTC). Ctrl-C stops.",
    "",
    ...ORDERS.map((order) => `  ${order}`),
    "",
  ];
}

function keysOf({ ak, sk, token }: Credentials): { readonly [name: string]: string } {
  return {
    HUAWEICLOUD_SDK_AK: ak,
    HUAWEICLOUD_SDK_SK: sk,
    ...(token === undefined ? {} : { HUAWEICLOUD_SDK_SECURITY_TOKEN: token }),
  };
}

function exports(variables: { readonly [name: string]: string }): readonly string[] {
  return Object.entries(variables).map(([name, value]) => `  export ${name}=${value}`);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
