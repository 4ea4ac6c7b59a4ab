import { join } from "node:path";
import { Option } from "commander";
import { type Report, summarise } from "../core/outcome.ts";
import { RESOURCE_TYPES, type ResourceType } from "../core/resource.ts";
import { creationOf } from "../core/trace/creation-trace.ts";
import { concerns } from "../core/trace/decision.ts";
import { parseEvent } from "../core/trace/envelope.ts";
import { ConfigError } from "../io/config.ts";
import { tagCreated } from "../io/creation.ts";
import { loadHandler, readBuiltPolicy } from "./built.ts";
import { withCloud } from "./cloud-access.ts";
import { readEvent } from "./event-file.ts";
import { EXIT, type ExitCode, gravestExit, Stop } from "./exit-code.ts";
import { untilInterrupted } from "./interruption.ts";
import { requirePolicy } from "./policy-choice.ts";
import { createContext } from "./replay-context.ts";
import { exitOfReport, isReport, showReport } from "./replay-report.ts";
import { examples, type Session, type Verb } from "./verb.ts";

type Options = { readonly function?: string; readonly dryRun?: true };

/** The creation function of each type of resource. */
const FUNCTIONS: { readonly [Type in ResourceType]: string } = {
  secret: "secret-created",
  key: "key-created",
};

/** Hands an event to the built function that it is for, as the platform would. */
export const replay: Verb = {
  name: "replay",
  define: (command, act) =>
    command
      .description("Hand an event to the built creation function, as the platform would.")
      .argument("<event>", "the event's file (- for stdin); a lost event is taken as it is")
      .addOption(
        new Option("--function <name>", "which function (default: by the event)").choices(
          Object.values(FUNCTIONS),
        ),
      )
      .option("--dry-run", "write nothing; say what would be written (exit code 1)")
      .addHelpText(
        "after",
        examples([
          ["replay event.json --dry-run", "what would be written, by the built policy"],
          ["replay event.json", "run the function and write"],
          ["replay - < lost.json", "what a failure destination received"],
        ]),
      )
      .action((path: string, options: Options) => act((session) => run(session, path, options))),
};

async function run(session: Session, path: string, options: Options): Promise<ExitCode> {
  const event = await readEvent(path, session.world);
  const type = RESOURCE_TYPES.find((it) => FUNCTIONS[it] === options.function) ?? typeOf(event);
  return options.dryRun ? planOnly(type, event, session) : invoke(type, event, session);
}

/** The type whose function an event is for. */
function typeOf(event: unknown): ResourceType {
  const traces = parseEvent(event).flatMap((input) => (input.ok ? [input.trace] : []));
  const created = new Set(traces.flatMap(({ name }) => creationOf(name)?.type ?? []));
  if (created.size > 1)
    throw new Stop(
      EXIT.usage,
      `the event has traces for ${Object.values(FUNCTIONS).join(" and ")}; say which with --function`,
    );
  // What no function acts on is ignored by both.
  const [type = RESOURCE_TYPES.find((it) => traces.some((trace) => concerns(trace, it)))] = created;
  return type ?? "secret";
}

async function invoke(type: ResourceType, event: unknown, session: Session): Promise<ExitCode> {
  const { world, terminal, options } = session;
  if (options.policy !== undefined)
    throw new Stop(
      EXIT.usage,
      `replay works by the policy that was built in: npm run build -- --policy ${options.policy}`,
    );
  const name = FUNCTIONS[type];
  const handler = loadHandler(join(world.home, name), terminal.trace);
  const context = createContext(name, world);
  let answer: unknown;
  try {
    // The handler has a deadline but no other way to be stopped; repeating an event is safe.
    answer = await untilInterrupted(handler(event, context), world.signal);
  } catch (error) {
    return showFailure(error, session);
  }
  if (!isReport(answer)) throw new Error(`${name} did not answer with a report`);
  show(answer, false, session);
  return exitOfReport(answer);
}

/**
 * What a handler throws about unfinished inputs has the whole report with it. It comes from the bundle's
 * own copy of the classes, so names and fields tell what it is.
 */
function showFailure(error: unknown, session: Session): ExitCode {
  if (!(error instanceof Error)) throw error;
  if (error.name === "ConfigError")
    throw new ConfigError([error.message.replace(/^settings: /, "")]);
  const report = "report" in error ? error.report : undefined;
  if (!isReport(report)) throw error;
  show(report, false, session);
  session.terminal.fail("the function did not finish, so the platform would try again");
  return exitOfReport(report);
}

/** The same work with the calls that write left out. */
async function planOnly(type: ResourceType, event: unknown, session: Session): Promise<ExitCode> {
  const { world, options } = session;
  const policy =
    options.policy === undefined
      ? readBuiltPolicy(join(world.home, FUNCTIONS[type]))
      : (await requirePolicy(session)).policy;
  const report = await withCloud(world, async ({ tags, budget, ...access }) => {
    const unwritten = { ...tags, createTags: async () => {}, deleteTags: async () => {} };
    const { signal, deadlineMs } = budget;
    // Nobody is overtaken by a write that does not happen, so there is nobody to wait for.
    const deps = { ...access, policy, tags: unwritten, signal, deadlineMs, graceMs: 0 };
    const { outcomes } = await tagCreated(type, event, deps);
    return summarise(outcomes, policy.hash);
  });
  show(report, true, session);
  const planned = report.outcomes.some(({ kind }) => kind === "tagged");
  return gravestExit([exitOfReport(report), planned ? EXIT.violations : EXIT.clean]);
}

function show(report: Report, dryRun: boolean, { terminal, options }: Session): void {
  if (options.format === "json") terminal.json(dryRun ? { dryRun, ...report } : report);
  else showReport(report, dryRun, terminal);
}
