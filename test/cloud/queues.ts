import * as z from "zod";
import { uuid } from "./accounts.ts";
import type { ShownTrigger } from "./contract.ts";
import type { FunctionGraph } from "./functiongraph/index.ts";
import { type Envelope, queueEvent, textsMaxOf } from "./queue-event.ts";
import type { LocalCall } from "./service.ts";
import type { World } from "./world.ts";

/** Largest event of a trigger that polls (functiongraph.md 4). */
export const PULLED_EVENT_BYTES_MAX = 6 * 1024 * 1024;
/** What an envelope needs beside the texts, at most; for the event, and for each text. */
const ENVELOPE_BYTES = 1024;
export const BATCH_SIZE_MAX = 1000;

/** The messages that a function gets in one event. */
export type PumpOptions = {
  /** 1 to 1000 (functiongraph.md 4); default 100, Kafka's in Terraform. */
  readonly batchSize?: number;
};

/**
 * Queues in memory, which stand for Kafka, RocketMQ and RabbitMQ, and the triggers that take from them.
 *
 * A trigger takes messages in their order, in batches, and queues each batch as an asynchronous invocation. It
 * does not wait for it: whether the platform does, and whether it takes a failed batch again, is not documented
 * (functiongraph.md 4). The function's own asynchronous policy is all that protects a batch here, and what is
 * given up is in `functions.failures`. Batches can overtake each other where the function has several instances.
 */
export type Queues = {
  /** Makes an empty queue. `envelope` is the form of its events; default `KAFKA`. */
  create(name: string, options?: { readonly envelope?: Envelope }): void;
  /** Appends messages. Throws where there is no such queue. */
  publish(name: string, texts: readonly string[]): void;
  /** Gives all messages, those that are there and those that come, to a function. Several may be connected. */
  connect(name: string, functionName: string, options?: PumpOptions): void;
  /** Every message that was ever published, oldest first. */
  messages(name: string): readonly string[];
  /** The queues that a function takes from, as its triggers. */
  triggersOf(functionName: string): readonly ShownTrigger[];
  /** Resolves when no connected queue has something left to give and no function waits or runs. */
  idle(): Promise<void>;
};

type Pump = { readonly functionName: string; readonly batchSize: number; next: number };
type Queue = { readonly envelope: Envelope; readonly texts: string[]; readonly pumps: Pump[] };

/** Makes the queues of one cloud, and their HTTP interface. */
export function createQueues(world: World, functions: FunctionGraph) {
  const queues = new Map<string, Queue>();
  const turns = new Set<Promise<void>>();

  function queueOf(name: string): Queue {
    const queue = queues.get(name);
    if (queue === undefined) throw new Error(`no queue is called "${name}"`);
    return queue;
  }

  /** Later, so that messages that are published together come in one batch. */
  function pumpLater(name: string): void {
    const turn = new Promise<void>((resolve) => {
      setImmediate(() => {
        const queue = queueOf(name);
        for (const pump of queue.pumps) drain(name, queue, pump);
        turns.delete(turn);
        resolve();
      });
    });
    turns.add(turn);
  }

  function drain(topic: string, { envelope, texts }: Queue, pump: Pump): void {
    const { region, project, clock, random } = world;
    while (pump.next < texts.length) {
      const taken = nextBatch(texts, pump, envelope);
      pump.next += taken.length;
      const place = {
        region,
        project,
        topic,
        functionName: pump.functionName,
        nowMs: clock.now(),
        id: uuid(random),
      };
      const event = queueEvent(envelope, taken, place);
      functions.trigger(pump.functionName, event, PULLED_EVENT_BYTES_MAX);
    }
  }

  const api: Queues = {
    create(name, { envelope = "KAFKA" } = {}) {
      if (queues.has(name)) throw new Error(`there is a queue called "${name}"`);
      queues.set(name, { envelope, texts: [], pumps: [] });
    },
    publish(name, texts) {
      queueOf(name).texts.push(...texts);
      pumpLater(name);
    },
    connect(name, functionName, { batchSize = 100 } = {}) {
      if (!functions.knows(functionName))
        throw new Error(`no function is called "${functionName}"`);
      if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > BATCH_SIZE_MAX)
        throw new Error(`batchSize ${batchSize} is not in 1 to ${BATCH_SIZE_MAX}`);
      queueOf(name).pumps.push({ functionName, batchSize, next: 0 });
      pumpLater(name);
    },
    messages: (name) => queueOf(name).texts,
    triggersOf: (functionName) =>
      [...queues].flatMap(([name, { envelope, pumps }]) =>
        pumps
          .filter((pump) => pump.functionName === functionName)
          .map(({ batchSize }) => ({
            type: envelope,
            eventData: { name, topic_ids: [name], batch_size: batchSize },
          })),
      ),
    async idle() {
      do {
        await Promise.all(turns);
        await functions.idle();
      } while (turns.size > 0);
    },
  };
  return { api, call: putMessages(api, queues), waiting: () => turns.size > 0 };
}

function nextBatch(
  texts: readonly string[],
  { next, batchSize }: Pump,
  envelope: Envelope,
): readonly string[] {
  const countMax = Math.min(batchSize, textsMaxOf(envelope));
  let bytes = ENVELOPE_BYTES;
  let end = next;
  for (const text of texts.slice(next, next + countMax)) {
    bytes += Buffer.byteLength(JSON.stringify(text)) + ENVELOPE_BYTES;
    // How the platform cuts what is too large for one event is not documented. One text always goes.
    if (bytes > PULLED_EVENT_BYTES_MAX && end > next) break;
    end += 1;
  }
  return texts.slice(next, end);
}

const Texts = z.array(z.string());

/**
 * `POST /local/queues/<name>/messages`, a JSON list of texts: how `memory:` queues are fed. It is no interface
 * of any cloud, so it asks for no signature; the server listens on loopback only.
 */
function putMessages(api: Queues, queues: ReadonlyMap<string, Queue>): LocalCall {
  return {
    name: "PutMessages",
    method: "POST",
    path: "/local/queues/{name}/messages",
    service: "other",
    answer({ name = "" }, body) {
      const texts = Texts.safeParse(body);
      if (!queues.has(name))
        return { status: 404, body: { error_code: "LOCAL.0404", error_msg: "no such queue" } };
      if (!texts.success)
        return { status: 400, body: { error_code: "LOCAL.0400", error_msg: "a list of texts" } };
      api.publish(name, texts.data);
      return { status: 200, body: { taken: texts.data.length } };
    },
  };
}
