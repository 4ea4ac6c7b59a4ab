import { Option } from "commander";
import { RESOURCE_TYPES, type ResourceType } from "../core/resource.ts";
import { parseEvent } from "../core/trace/envelope.ts";
import { type CloudAccess, withCloud } from "./cloud-access.ts";
import { hasCredentials, placeOf } from "./environment.ts";
import { readEvent } from "./event-file.ts";
import { type ExitCode, gravestExit } from "./exit-code.ts";
import { ENTRY_EXIT, type Entry, explainExisting, explainInput } from "./explain-entry.ts";
import { parseTarget } from "./explain-target.ts";
import { showEntry } from "./explanation-text.ts";
import { requirePolicy } from "./policy-choice.ts";
import { examples, type Session, type Verb } from "./verb.ts";

type Options = { readonly type?: ResourceType; readonly offline?: true };

/** Says which tag comes from which source and why the others did not, for a resource or an event. */
export const explain: Verb = {
  name: "explain",
  define: (command, act) =>
    command
      .description("Say which tag comes from which source, and why not from another.")
      .argument("<what>", "secret:<name or id>, key:<id>, or an event's file (- for stdin)")
      .addOption(new Option("--type <type>", "what a bare id or name is").choices(RESOURCE_TYPES))
      .option("--offline", "do not read an event's resource, even with credentials")
      .addHelpText(
        "after",
        examples([
          ["explain secret:prod-db-password", "a secret as it is now; needs credentials"],
          ["explain key:0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "the same for a key"],
          ["explain event.json", "what a creation event leads to; credentials are optional"],
        ]),
      )
      .action((what: string, options: Options) => act((session) => run(session, what, options))),
};

async function run(session: Session, what: string, options: Options): Promise<ExitCode> {
  const { world, terminal } = session;
  const target = parseTarget(what, options.type);
  const event = target.is === "event" ? await readEvent(target.path, world) : undefined;
  const { file, policy } = await requirePolicy(session);
  const setting = { policy, nowMs: world.now(), place: placeOf(world.env), cloud: null };

  const explainEvent = (cloud: CloudAccess | null): Promise<readonly Entry[]> =>
    Promise.all(parseEvent(event).map((input) => explainInput(input, { ...setting, cloud })));
  const offline = target.is === "event" && (options.offline || !hasCredentials(world.env));
  const entries = offline
    ? await explainEvent(null)
    : await withCloud(world, (cloud) =>
        target.is === "event"
          ? explainEvent(cloud)
          : Promise.all([explainExisting(target, cloud, setting)]),
      );

  terminal.note(`by ${file}, hash ${policy.hash.slice(0, 12)}`);
  const explained = entries.some(({ status }) => status === "explained");
  if (offline && explained) terminal.warn(NOT_READ[options.offline ? "asked" : "no-credentials"]);
  show(entries, { file, hash: policy.hash }, session);
  return gravestExit(entries.map(({ status }) => ENTRY_EXIT[status]));
}

const NOT_READ = {
  asked: "the current tags were not read; shown is what a resource without tags would get",
  "no-credentials":
    "no credentials, so the current tags were not read; shown is what a resource without tags would get",
} as const;

function show(
  entries: readonly Entry[],
  policy: { readonly file: string; readonly hash: string },
  { terminal, options: { format } }: Session,
): void {
  if (format === "json") terminal.json({ policy, entries });
  for (const [index, entry] of entries.entries()) {
    if (index > 0 && format === "text") terminal.data("");
    showEntry(entry, format, terminal);
  }
}
