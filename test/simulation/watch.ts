import { isJsonObject, own, parseJson } from "../../shared/core/json-value.ts";
import { exceeds } from "../../shared/core/limits.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { RESOURCE_KINDS } from "../../shared/core/resource.ts";
import { parseJournalLine, type Step } from "../../shared/core/run/journal.ts";
import type { Answer } from "../cloud/pipeline.ts";
import type { Resource, SimulatedCloud } from "./cloud.ts";
import type { History } from "./history.ts";
import type { Scheduler } from "./scheduler.ts";

type Tags = ReadonlyMap<string, string>;

/** A request that the cloud serves. */
export type ServedCall = {
  /** The instance that sent it. */
  readonly by: string;
  /** Whoever sent it does not wait for it any more. */
  readonly isGhost: boolean;
  readonly path: string;
  readonly asked: unknown;
};

/** What a request did to a resource's tags. */
export type Touch = ServedCall & {
  readonly resource: Resource;
  readonly before: Tags;
  readonly after: Tags;
};

/** The last change of a key of a resource that was ours; `null` where the last one was somebody else's. */
export type LastWrite = {
  readonly by: string;
  readonly run: string;
  readonly key: string;
  readonly resource: Resource;
  readonly value: string | null;
};

/** Sees everything that goes by, and says at once when something must not be. */
export type Watch = {
  /** An instance begins, with the most requests that it may start in a second. */
  begin(by: string, rps: number, journals: boolean): void;
  asked(by: string, path: string, body: unknown): void;
  /** How many requests were served so far. */
  count(): number;
  served(call: ServedCall, answered: Promise<Answer>): void;
  read(by: string, resource: Pick<Resource, "id" | "type">, tags: Tags): void;
  touched(touch: Touch): void;
  /** Something else than we changed the tags. */
  drifted(id: string): void;
  /** An object of the store was written. */
  stored(by: string, name: string, text: string): void;
  /** Texts that the queue took from this instance, and dead letters that it left. */
  publishedBy(by: string): readonly string[];
  buriedBy(by: string): readonly string[];
  /** Tag writes of ours that succeeded. */
  readonly writes: () => number;
  readonly lastWrites: ReadonlyMap<string, LastWrite>;
};

/** What an intent says of one key. */
type Intended = { readonly run: string; readonly step: Step };

/** What is known of an instance. */
type Known = {
  readonly rps: number;
  readonly journals: boolean;
  readonly startsMs: number[];
  /** By resource: what it read, and what it then wrote. */
  readonly beliefs: Map<string, Map<string, string>>;
  /** By resource: how many tags it may have, as far as what was read of it shows. */
  readonly rooms: Map<string, number>;
  /** Keys that it set out to take away, by resource. */
  readonly taken: Set<string>;
  readonly intents: Map<string, Intended[]>;
  readonly published: string[];
  readonly buried: string[];
};

export type WatchParts = {
  readonly time: Scheduler;
  readonly history: History;
  readonly policy: Policy;
  readonly find: SimulatedCloud["any"];
};

/** Keys that edits and single messages name; the policy knows none of them. */
export const EDIT_KEY = /^Edit/;
const WINDOW_MS = 1_000;

/** Starts to watch. */
export function createWatch({ time, history, policy, find }: WatchParts): Watch {
  const instances = new Map<string, Known>();
  const lastWrites = new Map<string, LastWrite>();
  const ours = new Set(policy.tags.flatMap(({ key, aliases }) => [key, ...aliases]));
  /** The most tags that a resource was seen with: a plan that saw them knows that so many fit. */
  const largest = new Map<string, number>();
  const measure = (id: string, size = 0) => largest.set(id, Math.max(largest.get(id) ?? 0, size));
  /** Runs that take another one back. */
  const undos = new Set<string>();
  let writes = 0;
  let requests = 0;

  const known = (by: string): Known => {
    const one = instances.get(by);
    if (one === undefined) throw new Error(`nobody began as ${by}`);
    return one;
  };

  function judgeRate(by: string, { rps, startsMs }: Known): void {
    const nowMs = time.now();
    startsMs.push(nowMs);
    const within = startsMs.filter((ms) => ms >= nowMs - WINDOW_MS).length;
    if (within > rps) history.violate("rate", `${by} started ${within} requests within a second`);
  }

  /**
   * Nobody asks for more tags than what they have read leaves room for. What was there before may come back
   * all the same, put back or by an undo: then the service decides.
   */
  function judgeRoom(by: string, one: Known, id: string, body: unknown): void {
    const { beliefs, rooms, taken, intents } = one;
    const resource = find(id);
    const belief = beliefs.get(id);
    if (resource === undefined || belief === undefined) return;
    const asked = tagsIn(body).map(([key]) => key);
    const [last] = (intents.get(id) ?? []).slice(-1);
    if (undos.has(last?.run ?? "") || asked.every((key) => taken.has(`${id} ${key}`))) return;
    const all = new Set([...belief.keys(), ...asked]);
    const { limits } = RESOURCE_KINDS[resource.type];
    const isWide = (largest.get(id) ?? 0) > limits(policy.limits.keyProfile).tagsMax;
    const max = isWide ? limits("extended").tagsMax : 0;
    if (all.size > Math.max(rooms.get(id) ?? 0, max))
      history.violate("tag-limit", `${by} asks for ${all.size} tags on ${resource.name}`);
  }

  function judgeKey(touch: Touch, key: string): void {
    const { by, resource, before, after } = touch;
    const { journals, beliefs } = known(by);
    const from = before.get(key) ?? null;
    const to = after.get(key) ?? null;
    const about = `${by}: ${key} of ${resource.name}`;
    const isOurs = ours.has(key) || (journals && EDIT_KEY.test(key));
    if (!isOurs) history.violate("foreign-tags", `${about} is not ours`);
    if (from !== null && !beliefs.has(resource.id))
      history.violate("read-first", `${about} had a value that nobody had read`);
    if (journals) judgeJournal(touch, key, to);
  }

  /** Whatever a run does to a key is what a durable intent says, or takes it back. */
  function judgeJournal({ by, resource, isGhost }: Touch, key: string, to: string | null): void {
    const steps = known(by).intents.get(resource.id) ?? [];
    const intended = steps.findLast(({ step }) => step.key === key);
    const place = `${resource.id} ${key}`;
    if (intended === undefined || ![null, intended.step.before, intended.step.after].includes(to))
      history.violate("journal", `${by}: ${key} of ${resource.name}: no intent says so`);
    else if (isGhost) lastWrites.delete(place);
    else lastWrites.set(place, { by, run: intended.run, key, resource, value: to });
  }

  function noteBelief({ by, resource, asked, after }: Touch): void {
    const belief = known(by).beliefs.get(resource.id);
    if (belief === undefined) return;
    for (const [key, value] of tagsIn(asked))
      if (!after.has(key)) belief.delete(key);
      else if (after.get(key) === value) belief.set(key, value);
  }

  return {
    begin(by, rps, journals) {
      instances.set(by, {
        ...{ rps, journals, startsMs: [], beliefs: new Map(), rooms: new Map() },
        taken: new Set(),
        ...{ intents: new Map(), published: [], buried: [] },
      });
    },
    asked(by, path, body) {
      if (!/\/(kms|csms|secrets)\//.test(path)) return;
      judgeRate(by, known(by));
      const [, id = ""] = /\/([^/]+)\/tags\/action$/.exec(path) ?? [];
      for (const [key] of field(body, "action") === "delete" ? tagsIn(body) : [])
        known(by).taken.add(`${id} ${key}`);
      if (field(body, "action") === "create") judgeRoom(by, known(by), id, body);
    },
    count: () => requests,
    served({ by, path, asked }, answered) {
      requests += 1;
      const texts = textsOf(path, asked);
      void answered.then((answer) => {
        if (answer.kind === "reset" || answer.status >= 300) return;
        known(by).published.push(...texts);
        if (path.endsWith("/tags/action")) writes += 1;
      });
    },
    read(by, { id, type }, tags) {
      const { limits } = RESOURCE_KINDS[type];
      const { keyProfile } = policy.limits;
      const profile = exceeds(limits(keyProfile), tags) ? "extended" : keyProfile;
      const { beliefs, rooms } = known(by);
      measure(id, tags.size);
      beliefs.set(id, new Map(tags));
      // What was taken away to be replaced may come back, whatever the rest shows by itself.
      rooms.set(id, Math.max(rooms.get(id) ?? 0, tags.size, limits(profile).tagsMax));
    },
    touched(touch) {
      const { before, after } = touch;
      for (const key of new Set([...before.keys(), ...after.keys()]))
        if (before.get(key) !== after.get(key)) judgeKey(touch, key);
      noteBelief(touch);
    },
    drifted(id) {
      measure(id, find(id)?.tags.size);
      for (const place of lastWrites.keys())
        if (place.startsWith(`${id} `)) lastWrites.delete(place);
    },
    stored(by, name, text) {
      if (name.startsWith("dead-letters/")) known(by).buried.push(text);
      if (name.endsWith("/plan.json") && text.includes('"by":"undo"'))
        undos.add(name.split("/")[1] ?? "");
      if (name.includes("/journal/")) noteIntents(known(by), name, text);
    },
    publishedBy: (by) => known(by).published,
    buriedBy: (by) => known(by).buried,
    writes: () => writes,
    lastWrites,
  };
}

function noteIntents({ intents }: Known, name: string, text: string): void {
  const [, run = ""] = name.split("/");
  for (const line of text.split("\n")) {
    const entry = line === "" ? null : parseJournalLine(parseJson(line));
    if (entry?.entry !== "intent") continue;
    const { id } = entry.resource;
    const steps = entry.steps.map((step) => ({ run, step }));
    intents.set(id, [...(intents.get(id) ?? []), ...steps]);
  }
}

/** Texts that a request leaves in a queue. */
function textsOf(path: string, asked: unknown): readonly string[] {
  if (path.endsWith("/invocations-async")) return [JSON.stringify(asked)];
  return path.startsWith("/local/queues/") && Array.isArray(asked) ? asked.map(String) : [];
}

function tagsIn(body: unknown): readonly (readonly [string, string])[] {
  const tags = field(body, "tags");
  if (!Array.isArray(tags)) return [];
  return tags.map((tag: unknown) => [String(field(tag, "key")), String(field(tag, "value") ?? "")]);
}

function field(value: unknown, name: string): unknown {
  return isJsonObject(value) ? own(value, name) : undefined;
}
