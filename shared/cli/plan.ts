import { Option } from "commander";
import type { Policy } from "../core/policy/policy.ts";
import { quote } from "../core/policy/problem.ts";
import { expectName } from "../core/policy/suggest.ts";
import { RESOURCE_TYPES, type ResourceType } from "../core/resource.ts";
import { type Selection, unknownSelectors } from "../core/run/selection.ts";
import { type MadePlan, makePlan } from "../io/run/planning.ts";
import { withCloud } from "./cloud-access.ts";
import { type EditTexts, ESCAPE_HELP, parseEdits } from "./edit-text.ts";
import { EXIT, type ExitCode, gravestExit, Stop } from "./exit-code.ts";
import { requireOutput, writeOutput } from "./output-file.ts";
import { isComplete, showPlan, tellGaps, tellNext } from "./plan-text.ts";
import { requirePolicy } from "./policy-choice.ts";
import { readResourceList } from "./resource-list.ts";
import { withRateOption } from "./run-options.ts";
import { examples, type Session, type Verb } from "./verb.ts";

type Options = EditTexts & {
  readonly type?: readonly ResourceType[];
  readonly select?: readonly string[];
  readonly ids?: string;
  readonly out?: string;
  readonly rps?: number;
};

/** Works out and shows all that a bulk run would change; writes no tag. */
export const plan: Verb = {
  name: "plan",
  define: (command, act) =>
    withRateOption(command)
      .description("Say what bulk retagging would change, by the policy or by edits.")
      .addOption(
        new Option("--type <type...>", "only resources of this type").choices(RESOURCE_TYPES),
      )
      .option("--select <selector>", "only what a selector of the policy picks", collect)
      .option("--ids <file.csv>", "only those that a file lists (column id or resource_id)")
      .option("--rename <old=new>", "move a value to another key", collect)
      .option("--map <key:from=to>", "replace a value of a key", collect)
      .option("--set <key=value>", "give a key a value", collect)
      .option("--unset <key>", "remove a key", collect)
      .option("-o, --out <file>", "write the plan to a file, for apply")
      .addHelpText("after", HELP)
      .action((options: Options) => act((session) => run(session, options))),
};

const HELP = [
  "",
  "--type, --select, --rename, --map, --set and --unset may be repeated. With edits",
  "the policy changes nothing; they take effect in the order rename, map, set,",
  "unset.",
  ESCAPE_HELP,
  examples([
    ["plan -o plan.json", "what the policy changes anywhere"],
    ["plan --type secret --select prod", "in the secrets that prod picks"],
    ["plan --ids list.csv --set Owner=ann@example.com", "one tag of some resources"],
    ["plan --rename owner=Owner --map Env:prd=prod", "another key; another spelling"],
  ]),
].join("\n");

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

async function run(session: Session, options: Options): Promise<ExitCode> {
  const { world, terminal } = session;
  const { out, rps } = options;
  const edits = parseEdits(options);
  const chosen = await readSelection(options, session);
  if (out !== undefined) await requireOutput(out, world);
  const { file, policy } = await requirePolicy(session);
  requireSelectors(chosen, policy);

  const env = { ...world.env, ...(rps !== undefined && { TAGWARDEN_RPS: `${rps}` }) };
  const made = await withCloud({ env, signal: world.signal }, (cloud) => {
    const deps = { ...cloud, policy, clock: { now: world.now } };
    return makePlan({ selection: chosen, ...(edits !== undefined && { edits }) }, deps);
  });
  if (out !== undefined) await writeOutput(out, `${JSON.stringify(made.plan, null, 2)}\n`, world);
  if (session.options.format === "json") terminal.json(made.plan);
  else showPlan(made.plan, terminal);
  terminal.note(`by ${file}, hash ${policy.hash.slice(0, 12)}`);
  tellGaps(made, policy.guards, terminal);
  tellNext(made.plan, out, terminal);
  return exitOf(made);
}

async function readSelection(
  { type, select, ids }: Options,
  { world }: Session,
): Promise<Selection> {
  const types = type === undefined ? undefined : [...new Set(type)];
  const list =
    ids === undefined ? null : await readResourceList(ids, types ?? RESOURCE_TYPES, world);
  const wanted = types ?? list?.types ?? undefined;
  return {
    ...(wanted !== undefined && { types: [...wanted] }),
    ...(select !== undefined && { selectors: [...new Set(select)] }),
    ...(list !== null && { ids: [...list.ids] }),
  };
}

function requireSelectors(selection: Selection, policy: Policy): void {
  const [unknown] = unknownSelectors(selection, policy);
  if (unknown === undefined) return;
  const expected = expectName(unknown, Object.keys(policy.selectors), "a policy with selectors");
  throw new Stop(EXIT.usage, `unknown selector ${quote(unknown)}; expected ${expected}`);
}

function exitOf(made: MadePlan): ExitCode {
  const { origin, unresolved } = made.plan;
  // Edits were asked for one by one: what cannot be done of them is no success.
  const undone = origin.by === "edits" && unresolved.length > 0;
  return gravestExit([
    isComplete(made) && !undone ? EXIT.clean : EXIT.incomplete,
    made.plan.resources.length > 0 ? EXIT.violations : EXIT.clean,
  ]);
}
