import { CREATION_TRACES } from "../../shared/core/trace/creation-trace.ts";
import { createAccounts, hexId } from "../cloud/accounts.ts";
import type { CloudSettings, Credentials } from "../cloud/contract.ts";
import { createCsms } from "../cloud/csms.ts";
import { createDelivery } from "../cloud/delivery.ts";
import { createFaults } from "../cloud/faults.ts";
import { createKms } from "../cloud/kms.ts";
import { createPipeline } from "../cloud/pipeline.ts";
import type { LocalCall, Operation, Reply, Service } from "../cloud/service.ts";
import { type SettingsChange, settingsWith } from "../cloud/settings.ts";
import { createStore, type Key, type Secret } from "../cloud/store.ts";
import { createThrottle } from "../cloud/throttle.ts";
import { traceOf } from "../cloud/trail.ts";
import type { World } from "../cloud/world.ts";
import type { Chance } from "./chance.ts";
import { createInvocationService } from "./invocations.ts";
import type { Platform } from "./platform.ts";
import type { Scheduler } from "./scheduler.ts";

export type Resource = Secret | Key;
type Pipeline = ReturnType<typeof createPipeline>;

/** The local cloud's services without its server: what is asked is answered in the same process. */
export type SimulatedCloud = {
  readonly world: World;
  readonly settings: CloudSettings;
  readonly find: Pipeline["find"];
  readonly handle: Pipeline["handle"];
  readonly agency: (name: string) => Credentials;
  /** Somebody asks for something by the console: it is never lost, and leaves its trace. */
  act(who: string, operation: string, params: Params, body?: object): Reply | null;
  resources(): readonly Resource[];
  any(id: string): Resource | undefined;
};

type Params = { readonly [name: string]: string };

export type CloudParts = {
  readonly time: Scheduler;
  readonly chance: Chance;
  readonly settings: SettingsChange;
  readonly functions: Pick<Platform, "knows" | "invoke">;
  /** A copy of a trace reaches its function. */
  readonly deliver: (functionName: string, event: unknown) => void;
  /** Messages that are put into the queue `retag`. */
  readonly enqueue: (texts: readonly string[]) => void;
};

/** Builds an empty cloud. */
export function createSimulatedCloud(parts: CloudParts): SimulatedCloud {
  const { time, chance } = parts;
  const random = chance.next;
  const world: World = {
    region: "cn-north-4",
    project: hexId(random),
    domain: { id: hexId(random), name: "local-domain" },
    settings: settingsWith(parts.settings),
    clock: time,
    random,
    secrets: createStore<Secret>(),
    keys: createStore<Key>(),
    visibleAfterMs: 0,
  };
  const { settings, region, project } = world;
  const accounts = createAccounts(time, random);
  const agencies = new Map<string, Credentials>();
  const delivery = createDelivery(settings, time, { region, project, random }, (name, event) => {
    const row = CREATION_TRACES.find((creation) => creation.name === name);
    if (row !== undefined) parts.deliver(`${row.type}-created`, event);
  });
  const kms = createKms(world);
  const csms = createCsms(world, () => {});
  const services = [kms, csms, createInvocationService(parts.functions)];
  const pipeline = createPipeline({
    world,
    services,
    localCalls: [queueCall(parts.enqueue)],
    accounts,
    throttle: createThrottle(settings, time),
    faults: createFaults(),
    record: delivery.accept,
  });

  function act(who: string, name: string, params: Params, body: object = {}): Reply | null {
    const [service, operation] = operationOf([kms, csms], name);
    world.secrets.settle(time.now());
    world.keys.settle(time.now());
    const call = {
      operation,
      params: { project, ...params },
      query: new URLSearchParams(),
      body,
      caller: { kind: "User", id: who, name: who, agent: "" } as const,
      nowMs: time.now(),
      from: { requestId: "console", sourceIp: "10.0.0.1", userAgent: who, ak: who },
    };
    const reply = attempt(() => operation.run(call));
    if (reply === null || operation.trace === undefined) return reply;
    const about = reply.about ?? service.subject(params, body) ?? { id: "", name: "" };
    const ending = { status: reply.status, body: reply.body ?? {}, about };
    delivery.accept(traceOf(world, service, call, ending));
    return reply;
  }

  return {
    world,
    settings,
    ...pipeline,
    agency(name) {
      const known = agencies.get(name) ?? accounts.agency(name);
      agencies.set(name, known);
      return known;
    },
    act,
    resources: () => [...world.secrets.everything(), ...world.keys.everything()],
    any: (id) => world.secrets.any(id) ?? world.keys.any(id),
  };
}

function operationOf(
  services: readonly Service[],
  name: string,
): readonly [service: Service, operation: Operation] {
  for (const service of services)
    for (const operation of service.operations)
      if (operation.name === name) return [service, operation];
  throw new Error(`no operation is called ${name}`);
}

/** `null`: the service refused. */
function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error && error.name === "Refusal") return null;
    throw error;
  }
}

function queueCall(enqueue: (texts: readonly string[]) => void): LocalCall {
  return {
    name: "PutMessages",
    method: "POST",
    path: "/local/queues/{name}/messages",
    service: "other",
    answer(_params, body) {
      const texts = Array.isArray(body) ? body.map(String) : [];
      enqueue(texts);
      return { status: 200, body: { taken: texts.length } };
    },
  };
}
