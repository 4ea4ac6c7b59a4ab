import { InvalidArgumentError, Option } from "commander";
import {
  ANY_DEPLOYMENT,
  type Deployment,
  demandsOf,
  FUNCTION_NAMES,
  type FunctionName,
} from "../core/permission/demand.ts";
import { documentsOf, type Generation } from "../core/permission/document.ts";
import { OPERATIONS, type Operation } from "../core/permission/operation.ts";
import type { Policy } from "../core/policy/policy.ts";
import { parseQueueUrl } from "../io/queue/address.ts";
import { parseStoreUrl } from "../io/store/store-url.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { requirePolicy } from "./policy-choice.ts";
import type { Terminal } from "./terminal.ts";
import { examples, type Session, type Verb } from "./verb.ts";

type Options = {
  readonly function?: FunctionName;
  readonly generation?: keyof typeof GENERATIONS;
  readonly store: Deployment["store"];
  readonly queue: Deployment["queue"];
  readonly topic: Deployment["topic"];
  readonly anyKey?: true;
};

/** Generations of IAM as people call them, and where their documents stand. */
const GENERATIONS: { readonly [name in "roles" | "identity-policy"]: Generation } = {
  roles: "role",
  "identity-policy": "policy",
};

/** Says what the agency of each function must be allowed, from the policy and the code's own table. */
export const permissions: Verb = {
  name: "permissions",
  define: (command, act) =>
    command
      .description("Say what each function's agency must be allowed under the policy, and why.")
      .addOption(new Option("--function <name>", "only this function").choices(FUNCTION_NAMES))
      .addOption(
        new Option("--generation <which>", "only actions of this generation of IAM").choices(
          Object.keys(GENERATIONS),
        ),
      )
      .option("--store <url>", "limit to this run store: obs://bucket/prefix", storeOf, "any")
      .option("--queue <url>", "limit to this queue (functiongraph: smn: kafka: none)", queueOf)
      .option("--topic <urn>", "SMN topic for summaries, or none", topicOf)
      .option("--any-key", "let tags be written that the policy does not name")
      .addHelpText(
        "after",
        examples([
          ["permissions", "each action, and when it is needed"],
          [
            "permissions --function retag --store obs://acme-tags/runs",
            "only this bucket's prefix",
          ],
          ["permissions --generation identity-policy --format json", "documents for IAM 5"],
        ]),
      )
      .action((options: Options) => act((session) => run(session, options))),
};

function storeOf(text: string): Deployment["store"] {
  if (text === "any" || text === "none") return text;
  const parsed = parseStoreUrl(text, { allowFile: false });
  if (!parsed.ok) throw new InvalidArgumentError(`It ${parsed.problem}.`);
  const { place } = parsed;
  return place.at === "bucket" ? place : "none";
}

function queueOf(text: string): Deployment["queue"] {
  if (text === "any" || text === "none") return text;
  const parsed = parseQueueUrl(text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.problem}.`);
  const { address } = parsed;
  switch (address.transport) {
    case "smn":
      return "topic";
    // A broker knows nothing of IAM.
    case "kafka":
    case "memory":
      return "none";
    case "functiongraph": {
      const [folder = "", name = ""] = address.urn.split(":").slice(5);
      return { package: folder, function: name };
    }
  }
}

function topicOf(text: string): Deployment["topic"] {
  if (text === "any" || text === "none") return text;
  const parsed = parseQueueUrl(`smn:${text.replace(/^smn:/, "")}`);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.problem}.`);
  return "any";
}

async function run(session: Session, options: Options): Promise<ExitCode> {
  const { terminal, options: global } = session;
  const { policy } = await requirePolicy(session);
  const deployment: Deployment = {
    store: options.store,
    queue: options.queue ?? ANY_DEPLOYMENT.queue,
    topic: options.topic ?? ANY_DEPLOYMENT.topic,
    anyKey: options.anyKey ?? false,
  };
  const names = FUNCTION_NAMES.filter((name) => (options.function ?? name) === name);
  const generations =
    options.generation === undefined
      ? Object.values(GENERATIONS)
      : [GENERATIONS[options.generation]];
  if (global.format === "json") {
    const functions = names.map((name) => [name, dataOf(name, policy, deployment, generations)]);
    terminal.json({ policy: { hash: policy.hash }, functions: Object.fromEntries(functions) });
    return EXIT.clean;
  }
  for (const name of names) show(name, policy, deployment, generations, terminal);
  terminal.note("? the documents at hand do not name this action: check it before you rely on it");
  terminal.note("the documents themselves: --format json");
  return EXIT.clean;
}

/** The documents of a function, and what each of their actions is for. */
function dataOf(
  name: FunctionName,
  policy: Policy,
  deployment: Deployment,
  generations: readonly Generation[],
): object {
  const demands = demandsOf(name, policy, deployment);
  const documents = documentsOf(demands, deployment);
  const actions = demands.demands.map(({ operation, when }) => {
    const { does, source, ...row }: Operation = OPERATIONS[operation];
    const of = generations.map((generation) => [generation, row[generation]]);
    return { operation, ...Object.fromEntries(of), does, when, source };
  });
  const of = generations.map((generation) => [generation, documents[generation]]);
  return { ...Object.fromEntries(of), keys: demands.keys, actions };
}

const HEADS: { readonly [generation in Generation]: string } = {
  role: "ROLE ACTION",
  policy: "IDENTITY POLICY ACTION",
};

/** One action below the other: side by side they would leave no room for what they are for. */
function show(
  name: FunctionName,
  policy: Policy,
  deployment: Deployment,
  generations: readonly Generation[],
  terminal: Terminal,
): void {
  const { demands, keys } = demandsOf(name, policy, deployment);
  const rows = demands.map(({ operation, when }) => {
    const row: Operation = OPERATIONS[operation];
    const actions = generations.map((generation) => {
      const { name: action, established } = row[generation];
      return established ? action : `${action} ?`;
    });
    return [{ lines: [...new Set(actions)] }, `${row.does}, ${when}`];
  });
  const head = generations.map((generation) => HEADS[generation]).join(", ");
  terminal.data(terminal.paint.bold(name));
  terminal.table({ head: [head, "NEEDED TO"], rows });
  const written = keys === null ? "any" : [...new Set(keys)].sort().join(", ") || "none";
  terminal.list([["tag keys that it writes", written]]);
  terminal.data("");
}
