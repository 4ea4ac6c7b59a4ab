import { isJsonObject, objectOf, own, parseJson } from "../../shared/core/json-value.ts";
import { exceeds } from "../../shared/core/limits.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { RESOURCE_KINDS } from "../../shared/core/resource.ts";
import { resourceKey } from "../../shared/core/run/journal.ts";
import { parseQueueEvent } from "../../shared/core/run/queue-event.ts";
import { parseEvent } from "../../shared/core/trace/envelope.ts";
import { readJournal } from "../../shared/io/run/journal.ts";
import { unfinishedRuns } from "../../shared/io/run/lease.ts";
import type { MemoryStore } from "../run/memory-store.ts";
import type { Resource, SimulatedCloud } from "./cloud.ts";
import type { History } from "./history.ts";
import type { Entry } from "./platform.ts";
import type { Watch } from "./watch.ts";

const UNDONE: readonly string[] = ["failed", "deferred", "malformed"];

/** Every event that was taken has one outcome for each of its inputs, or is where it will be found. */
export function judgeEntries(
  entries: readonly Entry[],
  watch: Watch,
  { violate }: Pick<History, "violate">,
): void {
  for (const entry of entries) {
    const say = (what: string) => violate("one-outcome", `${entry.id}: ${what}`);
    if (entry.state === "waiting" || entry.state === "running") say(`still ${entry.state}`);
    if (entry.state !== "succeeded") continue;
    for (const problem of JUDGES[entry.function](entry, watch)) say(problem);
  }
}

type JudgeEntry = (entry: Entry, watch: Watch) => readonly string[];

const JUDGES: { readonly [Name in Entry["function"]]: JudgeEntry } = {
  "secret-created": judgeCreation,
  "key-created": judgeCreation,
  retag: judgeMessages,
  audit: () => [],
};

function judgeCreation({ event, outcomes }: Entry): readonly string[] {
  const inputs = parseEvent(parseJson(event)).length;
  const undone = outcomes.filter(({ kind }) => UNDONE.includes(kind));
  return [
    ...(inputs === outcomes.length ? [] : [`${inputs} traces, ${outcomes.length} outcomes`]),
    ...undone.map(({ kind }) => `${kind}, and nobody tries again`),
  ];
}

/** Labels are what tells a message from others, in it and in what became of it. */
function judgeMessages({ event, outcomes, by }: Entry, watch: Watch): readonly string[] {
  const published = watch.publishedBy(by).map((text) => labelOf(parseJson(text)));
  const buried = watch.buriedBy(by).map((text) => labelOf(own(record(parseJson(text)), "message")));
  const problems: string[] = [];
  const inputs = parseQueueEvent(parseJson(event));
  const plain = new Map<string, string[]>();
  for (const { at, raw } of inputs) {
    const label = labelOf(raw);
    if (label.startsWith("message-")) plain.set(label, [...(plain.get(label) ?? []), at]);
  }
  for (const [label, places] of plain) {
    // One that is put off is told by its place in the event.
    const told = outcomes.filter(
      ({ resource, reason = "" }) =>
        resource?.name === label ||
        (resource === undefined && places.some((at) => reason.startsWith(`${at}: `))),
    );
    if (told.length !== places.length)
      problems.push(`${label}: ${places.length} inputs, ${told.length} outcomes`);
  }
  if (inputs.length > 0 && outcomes.length === 0) problems.push("no outcome at all");
  const takenBy = { queue: published, "dead-letter": buried };
  for (const { kind, handed, resource } of outcomes) {
    if (handed === undefined) {
      if (UNDONE.includes(kind)) problems.push(`${kind}, and in nobody's hands`);
      continue;
    }
    const label = plain.has(resource?.name ?? "") ? (resource?.name ?? null) : null;
    const there = takenBy[handed];
    if (label === null ? there.length === 0 : !there.includes(label))
      problems.push(`${label ?? kind} was handed to the ${handed}, and is not there`);
  }
  return problems;
}

function record(value: unknown) {
  return isJsonObject(value) ? value : undefined;
}

function labelOf(value: unknown): string {
  const message = objectOf(value) ?? undefined;
  const name = own(record(own(message, "resource")), "name");
  const run = own(message, "run");
  return typeof name === "string" ? name : typeof run === "string" ? run : "";
}

/** Every resource that can be tagged is as the policy wants it; nobody asks the policy's own code. */
export function judgeTags(
  cloud: SimulatedCloud,
  policy: Policy,
  { violate }: Pick<History, "violate">,
): void {
  for (const resource of cloud.resources())
    for (const problem of isTaggable(resource) ? problemsOf(resource, policy, cloud) : [])
      violate("policy", `${resource.type} ${resource.name}: ${problem}`);
}

function isTaggable({ name, state, scheduledDeletionMs }: Resource): boolean {
  return !name.endsWith("/default") && scheduledDeletionMs === null && state !== "FROZEN";
}

const ALIASES = ["owner", "OwnerEmail"];

function problemsOf(
  { type, tags, ...resource }: Resource,
  policy: Policy,
  cloud: SimulatedCloud,
): readonly string[] {
  const { limits } = RESOURCE_KINDS[type];
  const { keyProfile } = policy.limits;
  const documented = limits(exceeds(limits(keyProfile), tags) ? "extended" : keyProfile).tagsMax;
  const real = type === "key" && cloud.settings.keyLimits === "documented" ? 10 : 20;
  // A limit that was lowered below what is there: the service refuses whatever adds a tag beside other changes,
  // and each audit tells so as failed.
  if (tags.size > real) return [];
  const hasRoom = tags.size < Math.min(documented, real);
  const owners = ["Owner", ...ALIASES].flatMap((key) => tags.get(key) || []);
  const problems: string[] = [];
  if (tags.has("Password")) problems.push("Password is prohibited");
  if (owners.length === 0 && hasRoom) problems.push("Owner is missing");
  if (new Set(owners).size === 1 && !tags.get("Owner")) problems.push("an alias is not merged");
  const environment = tags.get("Environment") || undefined;
  if (environment === undefined && hasRoom) problems.push("Environment is missing");
  if (environment !== undefined && !["prod", "dev"].includes(environment))
    problems.push("Environment is not canonical");
  const key = "kmsKeyId" in resource ? cloud.any(resource.kmsKeyId) : undefined;
  if (hasRoom && key?.tags.get("CostCenter") && !tags.get("CostCenter"))
    problems.push("CostCenter is not inherited");
  return problems;
}

/** What journals say is what is there, as far as we were the last to write it; and no run is left half done. */
export async function judgeJournals(
  objects: MemoryStore,
  { lastWrites }: Watch,
  { violate }: Pick<History, "violate">,
): Promise<void> {
  for await (const run of unfinishedRuns(objects)) violate("journal", `${run} is not finished`);
  for (const { by, run, key, resource, value } of lastWrites.values()) {
    const { state } = await readJournal(objects, run);
    const known = state.get(resourceKey(resource));
    const step = known?.steps.get(key);
    const about = `${run} of ${by}: ${key} of ${resource.name}`;
    if (known === undefined || step === undefined) violate("journal", `${about} is not told`);
    else if (!known.touched && known.open === null)
      violate("journal", `${about} is told to be untouched`);
    else if (known.done?.final && known.done.kind === "tagged" && value !== step.after)
      violate("journal", `${about} is not as told`);
  }
}
