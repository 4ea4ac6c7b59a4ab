import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "../cloud/client.ts";
import type { Chance } from "../simulation/chance.ts";
import { type LocalCloud, RETAG_QUEUE } from "./stage.ts";

type Tags = { readonly [key: string]: string };
type Type = "secret" | "key";

const SECRETS = 3_000;
const KEYS = 1_000;
/** Those that each bulk run changes: `batch-…`. */
const BATCH = 150;
const PAYING_KEYS = 100;
const NEGLECTED_PART = 0.02;

const CREATED_AT_ONCE = 10;
const DRIFTING = 8;
const MESSAGES_AT_ONCE = 30;
/** More than the policy's guards let an audit put right. */
const FLOOD = 520;
const TRIES_MAX = 5;
const AGAIN_MS = 300;

const ALIASES = ["owner", "OwnerEmail"];
const ENVIRONMENTS = ["prod", "test", "dev"];
/** Somebody else's: nobody may ever touch it. */
export const FOREIGN_KEY = "Team";

/** What people do to a resource's tags; `null` takes a tag away. All of it can be put right without them. */
const WHIMS: readonly { readonly [key: string]: string | null }[] = [
  { Owner: null },
  { Owner: "" },
  { Owner: "nobody" },
  { Owner: null, owner: "carol@example.com" },
  { Owner: null, OwnerEmail: "dora@example.com" },
  { Environment: "PRD" },
  { Environment: "somewhere" },
  { Environment: null },
  { DataClass: null },
  { Password: "hunter2" },
  { CostCenter: null },
  { Note: "n" },
];

/** Traces that are none of ours, by the name of the trace that brings them; the last is no trace at all. */
const OTHERS: readonly (readonly [trace: string, file: string])[] = [
  ["createSecret", "cts-other-service.json"],
  ["createSecret", "cts-create-secret.json"],
  ["createKey", "cts-failed-service-code.json"],
  ["createKey", "cts-default-key.json"],
  ["createKey", "cts-replica-key.json"],
  ["createKey", "smn-create-keys.json"],
  ["createSecret", "cts-tag-trace.json"],
  ["createSecret", "no-trace.json"],
];

/** Who lives in the account, and whatever they do. Each deed is done when its promise resolves. */
export type Account = ReturnType<typeof openAccount>;

/** Fills an account that is years old. `events` is the folder with the example traces. */
export function openAccount(cloud: LocalCloud, chance: Chance, events: string) {
  const person = createClient(cloud, cloud.user("alice@example.com"), "Mozilla/5.0");
  const published = new Map<string, number>();
  const recent: { readonly type: Type; readonly name: string; readonly id: string }[] = [];
  let flooded: readonly string[] = [];
  let number = 0;
  let lastWave = "";

  const payingKeys = Array.from({ length: KEYS }, (_, index) => {
    const tags = index < PAYING_KEYS ? { CostCenter: `CC-${1_000 + index}` } : {};
    return cloud.addKey({ name: `prod-key-${index}`, tags: { ...wanted(index), ...tags } }).id;
  }).slice(0, PAYING_KEYS);
  for (let index = 0; index < SECRETS; index += 1) {
    const stage = index < BATCH ? "batch" : chance.pick(ENVIRONMENTS);
    const at = index % (2 * PAYING_KEYS);
    const kmsKeyId = payingKeys[at];
    cloud.addSecret({
      name: `${stage}-secret-${index}`,
      tags: { ...wanted(index), ...(kmsKeyId ? { CostCenter: `CC-${1_000 + at}` } : {}) },
      ...(kmsKeyId ? { kmsKeyId } : {}),
    });
  }

  function wanted(index: number): Tags {
    const team = { [FOREIGN_KEY]: `team-${index % 40}` };
    if (chance.happens(NEGLECTED_PART)) return { ...team, owner: "eve@example.com" };
    const Environment = chance.pick(ENVIRONMENTS);
    return { ...team, Owner: "ops@example.com", Environment, DataClass: "internal" };
  }

  const taggable = () =>
    cloud.resources().filter(({ state, name }) => state !== "4" && !name.endsWith("/default"));

  /** A person whose call fails tries again, a few times, and then does something else. */
  async function insist(deed: () => Promise<unknown>): Promise<boolean> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1)
      try {
        await deed();
        return true;
      } catch {
        // Weather, or it is there already because only the answer was lost; or too fast for the service.
        await cloud.clock.sleep(AGAIN_MS);
      }
    return false;
  }

  async function remove(type: Type, id: string, name: string): Promise<void> {
    const schedule = { key_id: id, pending_days: "7" };
    const { status } = await (type === "secret"
      ? person.call("DELETE", `/v1/${cloud.project}/secrets/${name}`)
      : person.call("POST", `/v1.0/${cloud.project}/kms/schedule-key-deletion`, schedule));
    if (status >= 300 && status !== 404) throw new Error(`${name} stays: ${status}`);
  }

  async function create(type: Type): Promise<void> {
    const name = `${chance.pick([...ENVIRONMENTS, "app"])}-${type}-${SECRETS + number++}`;
    const key = chance.pick(payingKeys);
    const extra = chance.happens(0.5) ? { kms_key_id: key } : {};
    await insist(() =>
      type === "key" ? person.createKey(name) : person.createSecret(name, extra),
    );
    const made = type === "key" ? cloud.key(name) : cloud.secret(name);
    if (made === undefined) return;
    recent.push({ type, name, id: made.id });
    if (chance.happens(0.3))
      await insist(() => person.tag(type, made.id, { Owner: "bob@example.com" }));
  }

  function nextMessage(): string {
    const label = `message-${number++}`;
    const { type, id } = chance.pick(steady);
    const gone = chance.happens(0.05);
    const resource = { type, id: gone ? crypto.randomUUID() : id, name: label };
    const tags = [{ key: "Ticket", value: `T-${number}` }];
    const action = chance.happens(0.2) ? "delete" : "create";
    return JSON.stringify({ resource, action, tags, overwrite: true });
  }

  // Chosen once: nobody deletes what a message is about, and a whole list of all is slow to make.
  const steady = cloud.resources().filter(({ name }) => !name.endsWith("/default"));

  return {
    person,
    /** How often each message was published, by its text. */
    published,
    resources: taggable,
    /** Several things are created; as many older ones go. */
    async createSome(): Promise<void> {
      for (let count = 0; count < CREATED_AT_ONCE; count += 1) await create("secret");
      await create("key");
      while (recent.length > 4 * CREATED_AT_ONCE) {
        const { type, name, id } = recent.shift() ?? { type: "key", name: "", id: "" };
        await insist(() => remove(type, id, name));
      }
    },
    /** People change tags as they please. */
    drift(): void {
      for (let count = 0; count < DRIFTING; count += 1) {
        const { id } = chance.pick(steady);
        // An alias beside another Owner is for a person to decide.
        cloud.untagDirectly(id, ALIASES);
        for (const [key, value] of Object.entries(chance.pick(WHIMS)))
          if (value === null) cloud.untagDirectly(id, [key]);
          else cloud.tagDirectly(id, { [key]: value });
      }
    },
    /** Messages for `retag`, some twice, some that nobody can read. */
    publish(): void {
      const texts = Array.from({ length: MESSAGES_AT_ONCE }, nextMessage);
      if (chance.happens(0.5)) texts.push(`not a message ${number++}`);
      texts.push(...texts.slice(0, 2));
      send(texts);
    },
    /** A bulk run over the same resources each time. */
    orderJob(hour: number): void {
      lastWave = `wave-${hour}`;
      const edits = { set: { Wave: lastWave } };
      send([
        JSON.stringify({ kind: "job", version: 1, selection: { selectors: ["batch"] }, edits }),
      ]);
    },
    /** A bulk run over so many that the guards stop it. */
    orderTooMuch(): void {
      const edits = { set: { Everything: "at once" } };
      send([JSON.stringify({ kind: "job", version: 1, selection: { types: ["secret"] }, edits })]);
    },
    /** Something breaks more than an audit may mend, so that its plan waits for a person. */
    flood(): void {
      flooded = steady.slice(-FLOOD).map(({ id }) => id);
      for (const id of flooded) cloud.untagDirectly(id, ["DataClass"]);
    },
    /** The person puts it back. */
    unflood(): void {
      for (const id of flooded) cloud.tagDirectly(id, { DataClass: "internal" });
      flooded = [];
    },
    /** Traces that are none of ours. */
    deliverOthers(): void {
      for (const [trace, file] of OTHERS)
        cloud.functions.deliver(trace, JSON.parse(readFileSync(join(events, file), "utf8")));
    },
    /** Those that the last bulk run should have changed, and has not. */
    behind: () =>
      steady.filter(({ name, tags }) => name.startsWith("batch-") && tags.get("Wave") !== lastWave),
    /** Whoever has no tag of somebody else's any more. */
    touched: () =>
      steady.filter(({ id }) => {
        const now = cloud.secret(id) ?? cloud.key(id);
        return now !== undefined && !now.tags.has(FOREIGN_KEY);
      }),
  };

  function send(texts: readonly string[]): void {
    for (const text of texts) published.set(text, (published.get(text) ?? 0) + 1);
    cloud.queues.publish(RETAG_QUEUE, texts);
  }
}
