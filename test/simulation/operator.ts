import { CloudError } from "../../shared/core/error.ts";
import type { Edits } from "../../shared/core/run/edits.ts";
import type { RunPlan } from "../../shared/core/run/run-plan.ts";
import { sliceMessages } from "../../shared/core/run/slice.ts";
import { openQueue } from "../../shared/io/queue/queue.ts";
import { dropLost, listLost } from "../../shared/io/run/dead-letter.ts";
import { makePlan, type PlanRequest } from "../../shared/io/run/planning.ts";
import { redrive } from "../../shared/io/run/redrive.ts";
import { listRuns, newRunName, RunError, storeRun } from "../../shared/io/run/run-store.ts";
import { makeUndoPlan } from "../../shared/io/run/undo.ts";
import type { Resource } from "./cloud.ts";
import { depsOf, type FunctionParts } from "./functions.ts";
import { createInstance } from "./instance.ts";
import { CALM } from "./weather.ts";

/** Whoever works with the command line. No fault meets them: a person tries again. */
export type Operator = {
  /** Orders something by chance; whatever is sent is among what the queue took from `ordersBy`. */
  order(): void;
  /** Sends again what was lost, and resolves when that is done. */
  redriveAll(): Promise<void>;
  /** Names of the operator's instances. */
  readonly names: readonly string[];
};

const MINUTE_MS = 60_000;
const EDITS: readonly Edits[] = [
  { set: { Edit0: "one" } },
  { set: { Edit0: "two", Edit1: "three" } },
  { rename: { Edit0: "Edit2" } },
  { rename: { owner: "Owner" } },
  { map: { Environment: { dev: "prod" } } },
  { unset: ["Edit0", "Edit2"] },
];
const ACTIONS = ["create", "create", "delete"] as const;

/** Seats an operator. */
export function seatOperator(parts: FunctionParts): Operator {
  const { chance, cloud, time, history, policy, objects } = parts;
  const names: string[] = [];

  function sit() {
    const name = `operator#${names.length}`;
    names.push(name);
    const instance = createInstance(name, time, { diesAt: null, skewMs: 0, onDeath: () => {} });
    parts.watch.begin(name, parts.rps, true);
    const calm = { ...parts, weather: CALM, breakage: {} };
    const deps = depsOf(calm, "retag", instance, 10 * MINUTE_MS);
    const { signal, deadlineMs } = deps;
    return { ...deps, name, budget: { signal, deadlineMs, countCall: () => {} } };
  }
  type Seat = ReturnType<typeof sit>;

  async function store(plan: RunPlan, seat: Seat): Promise<string> {
    const run = newRunName(seat.clock.now(), seat.random());
    await storeRun(seat.store, run, plan, policy.guards, seat.clock.now());
    return run;
  }

  async function orderRun(request: PlanRequest, isSliced: boolean): Promise<void> {
    const seat = sit();
    const { plan } = await makePlan(request, seat);
    if (plan.resources.length === 0) return;
    const run = await store(plan, seat);
    const head = { run, project: plan.project, policy: plan.policy };
    const messages = isSliced
      ? sliceMessages(head, plan.resources)
      : [{ kind: "run", version: 1, run }];
    history.note(seat.name, `orders ${run}: ${plan.resources.length} resources`);
    await seat.queue.publish(messages.map((message) => JSON.stringify(message)));
  }

  async function orderUndo(): Promise<void> {
    const seat = sit();
    const runs: string[] = [];
    for await (const run of listRuns(objects)) runs.push(run);
    if (runs.length === 0) return;
    const { plan } = await makeUndoPlan(chance.pick(runs), seat);
    if (plan.resources.length === 0) return;
    const run = await store(plan, seat);
    history.note(seat.name, `undoes by ${run}`);
    await seat.queue.publish([JSON.stringify({ kind: "run", version: 1, run })]);
  }

  /** The plain form; the name tells the messages from each other in outcomes. */
  function plainMessage({ type, id }: Resource, name: string): object {
    const resource = { type, id, name };
    const action = chance.pick(ACTIONS);
    const tags = [{ key: chance.pick(["Edit0", "Edit1"]), value: chance.pick(["a", "b"]) }];
    return { resource, action, tags, overwrite: chance.happens(0.5) };
  }

  async function send(messages: readonly object[]): Promise<void> {
    const seat = sit();
    history.note(seat.name, `sends ${messages.length} messages`);
    await seat.queue.publish(messages.map((message) => JSON.stringify(message)));
  }

  /** Somebody presses the button twice, or a queue delivers twice. */
  async function repeat(): Promise<void> {
    const sent = names.flatMap((name) => parts.watch.publishedBy(name));
    if (sent.length === 0) return;
    const seat = sit();
    history.note(seat.name, "sends a message again");
    await seat.queue.publish([chance.pick(sent)]);
  }

  const selection = () => (chance.happens(0.3) ? { selectors: ["prod"] } : {});
  const orders: readonly (() => Promise<void>)[] = [
    () => orderRun({ selection: selection() }, false),
    () => orderRun({ selection: {}, edits: chance.pick(EDITS) }, false),
    () => orderRun({ selection: {} }, true),
    () => send([{ kind: "job", version: 1, selection: selection() }]),
    () => send([{ kind: "job", version: 1, edits: chance.pick(EDITS) }]),
    async () => {
      const all = cloud.resources();
      const count = all.length === 0 ? 0 : chance.whole(1, 4);
      const named = (at: number) => `message-${names.length}-${at}`;
      const messages = Array.from({ length: count }, (_, at) =>
        plainMessage(chance.pick(all), named(at)),
      );
      if (count > 0) await send(messages);
    },
    () => send([{ kind: "nonsense", version: 1 }]),
    orderUndo,
    repeat,
    repeat,
  ];

  return {
    names,
    order() {
      chance
        .pick(orders)()
        .catch((error: unknown) => {
          if (!(error instanceof CloudError || error instanceof RunError)) throw error;
          history.note("operator", `fails: ${error.message}`);
        });
    },
    async redriveAll() {
      const seat = sit();
      const openQueueAt = () => functionQueue(seat);
      for await (const lost of listLost(objects)) {
        if (lost.from === "function" && lost.letter.cause.kind === "malformed")
          await dropLost(objects, lost);
        else
          await redrive(lost, {
            store: seat.store,
            openQueue: () => seat.queue,
            openQueueAt: (address) => openQueueAt()(address),
          });
        history.note(seat.name, `sends ${lost.id} again`);
      }
    },
  };

  function functionQueue(seat: Seat) {
    return (address: Parameters<typeof openQueue>[0]) =>
      openQueue(address, {
        cloudAt: () => seat.cloud,
        endpoints: { functiongraph: "", smn: "", kms: "http://127.0.0.1:1" },
        kafka: { login: null, ca: null },
        ...{ clock: seat.clock, random: seat.random, budget: seat.budget },
      });
  }
}
