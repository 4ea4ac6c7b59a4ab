import { access } from "node:fs/promises";
import type { Diagnosis } from "../../core/doctor/diagnosis.ts";
import { ok, problem, skipped } from "../../core/doctor/diagnosis.ts";
import { judgeNamed, judgeQueueFailure, judgeStoreFailure } from "../../core/doctor/place.ts";
import { isDone } from "../../core/doctor/probe-answer.ts";
import type { Clock } from "../clock.ts";
import { TRY_TIMEOUT_MS } from "../cloud.ts";
import type { QueueAddress } from "../queue/address.ts";
import { missTopic } from "../queue/kafka-topic.ts";
import { storeAt } from "../run/connect.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import { parseStoreUrl } from "../store/store-url.ts";
import { type Evidence, randomId } from "./evidence.ts";
import type { DoctorSettings } from "./settings.ts";

/** How long a store may take altogether: its own retries would take minutes. */
const STORE_BUDGET_MS = 20_000;

/** Writes an object of a name of its own, reads it, lists it and removes it: nothing stays. */
export async function examineStore(
  { runs, ...identity }: DoctorSettings,
  clock: Clock,
  random: () => number,
): Promise<Diagnosis> {
  const { storeUrl } = runs;
  if (storeUrl === null) return skipped("TAGWARDEN_STORE is not set here");
  const parsed = parseStoreUrl(storeUrl, { allowFile: true });
  // A folder comes into being with the first write; making it now would leave it behind.
  if (parsed.ok && parsed.place.at === "folder" && (await isMissing(parsed.place.path)))
    return skipped("the folder is not there yet; the first run makes it");
  const limits = {
    signal: AbortSignal.timeout(STORE_BUDGET_MS),
    deadlineMs: clock.now() + STORE_BUDGET_MS,
  };
  const store = storeAt(storeUrl, runs, identity, limits, true);
  const name = `doctor-${randomId(random)}.txt`;
  try {
    return await tryStore(store, name);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return judgeStoreFailure(passingCode(error), error.message);
  }
}

async function tryStore(store: Store, name: string): Promise<Diagnosis> {
  let isDone = false;
  try {
    await store.write(name, "tagwarden doctor\n");
    const text = await store.read(name);
    let listed = false;
    for await (const one of store.list(name)) listed ||= one === name;
    if (text !== "tagwarden doctor\n" || !listed)
      return problem(
        "what was written is not read or listed again",
        "is a cache, or a rule of the bucket, between?",
      );
    isDone = true;
  } finally {
    // What went wrong first is what to tell; what could not be written need not be removed.
    await store.remove(name).catch((error: unknown) => {
      if (isDone) throw error;
    });
  }
  return (await store.read(name)) === null
    ? ok("write, read, list, remove")
    : problem(`${name} was not removed`, "remove it; does the bucket forbid deletions?");
}

/** A connection that never came about runs into the deadline; what it met is in the detail. */
function passingCode({ code, detail }: StoreError): string {
  return code === "deadline" && detail.includes("unreachable") ? "unreachable" : code;
}

async function isMissing(path: string): Promise<boolean> {
  return access(path).then(
    () => false,
    () => true,
  );
}

/** Asks whether the queue is there; no message is sent. */
export async function examineQueue(
  { runs: { queue, kafka }, project }: DoctorSettings,
  evidence: Evidence,
): Promise<Diagnosis> {
  return queue === null
    ? skipped("TAGWARDEN_QUEUE is not set here")
    : QUEUES[queue.transport](queue, { evidence, kafka, project });
}

type QueueParts = {
  readonly evidence: Evidence;
  readonly kafka: DoctorSettings["runs"]["kafka"];
  readonly project: string;
};
type ExamineQueue = (address: QueueAddress, parts: QueueParts) => Promise<Diagnosis>;

const setting = "TAGWARDEN_QUEUE";
const QUEUES: { readonly [Transport in QueueAddress["transport"]]: ExamineQueue } = {
  async functiongraph(address, { evidence }) {
    const urn = "urn" in address ? address.urn : "";
    const action = "functiongraph:function:getConfig";
    return judgeNamed({ what: "function", action, setting }, await evidence.config(urn));
  },
  async smn(address, { evidence }) {
    const urn = "urn" in address ? address.urn : "";
    return judgeNamed(
      { what: "topic", action: "smn:topic:get", setting },
      await evidence.topic(urn),
    );
  },
  async kafka(address, { kafka }) {
    if (address.transport !== "kafka") return skipped("no broker");
    const failure = await missTopic(address, kafka, TRY_TIMEOUT_MS);
    return failure === null
      ? ok("the brokers know the topic")
      : judgeQueueFailure(failure.code, `${address.url}: ${failure.detail}`);
  },
  async memory(address, { evidence }) {
    const path = `/local/queues/${"queue" in address ? address.queue : ""}/messages`;
    // No message at all: the local cloud answers whether the queue is there.
    const answer = await evidence.ask("kms", {
      operation: "PutMessages",
      method: "POST",
      path,
      body: [],
    });
    if (isDone(answer)) return ok("the local cloud's queue is there");
    return judgeNamed({ what: "queue", action: "", setting }, answer);
  },
};

/** Asks whether the topic for summaries is there; nothing is published. */
export async function examineTopic(
  { runs: { topic } }: DoctorSettings,
  evidence: Evidence,
): Promise<Diagnosis> {
  if (topic === null || !("urn" in topic)) return skipped("TAGWARDEN_TOPIC is not set here");
  const named = { what: "topic", action: "smn:topic:get", setting: "TAGWARDEN_TOPIC" };
  return judgeNamed(named, await evidence.topic(topic.urn));
}
