import type { Credentials, FunctionSetup } from "../contract.ts";
import { type Instance, startInstance, type TryOutcome } from "./instance.ts";
import { INITIALIZER_ATTEMPTS_MAX } from "./limits.ts";

/** One try of one invocation. */
export type Job = {
  readonly requestId: string;
  /** The event as JSON text. */
  readonly event: string;
  /** Its turn has come. `false`: it is not to be run any more. */
  begin(): boolean;
  print(line: string): void;
  end(outcome: TryOutcome): void;
};

/** The instances of one deployed function, and the tries that wait for one of them. */
export type Pool = {
  readonly setup: FunctionSetup;
  add(job: Job): void;
  /** Gives up its waiting tries, and each instance as soon as that is idle. */
  retire(): readonly Job[];
  pids(): readonly number[];
  killAll(): void;
  /** Resolves when no process of this pool is left. */
  ended(): Promise<void>;
};

export type PoolOptions = {
  readonly setup: FunctionSetup;
  readonly environment: { readonly [name: string]: string };
  readonly nodeArguments: readonly string[];
  readonly credentialsOf: (agency: string) => Credentials;
  readonly agencyToken: () => string;
  /** Every line that an instance prints, also between two requests. */
  readonly onLine: (line: string) => void;
};

/** A place for one instance: warm, busy, or not started yet. */
type Slot = { instance: Instance | undefined; job: Job | undefined };

/** Makes the pool of a function; processes start with the first tries that need them. */
export function createPool(options: PoolOptions): Pool {
  const { setup } = options;
  const slotsMax = setup.maxInstances === -1 ? Number.POSITIVE_INFINITY : setup.maxInstances;
  const slots: Slot[] = [];
  const living = new Set<Instance>();
  let waiting: Job[] = [];
  let retired = false;

  function instanceOf(slot: Slot): Instance {
    if (slot.instance?.isAlive()) return slot.instance;
    const { environment, nodeArguments } = options;
    const instance = startInstance(setup, environment, nodeArguments, (line) => {
      options.onLine(line);
      if (slot.instance === instance) slot.job?.print(line);
    });
    slot.instance = instance;
    living.add(instance);
    void instance.ended.then(() => living.delete(instance));
    return instance;
  }

  async function attempt(slot: Slot, job: Job): Promise<TryOutcome> {
    const call = {
      requestId: job.requestId,
      credentials: options.credentialsOf(setup.agency),
      agencyToken: options.agencyToken(),
    };
    for (let attempts = 1; ; attempts++) {
      const instance = instanceOf(slot);
      const outcome = await instance.run(call, job.event);
      if (outcome.ok || outcome.stage === "handler") return outcome;
      instance.kill();
      await instance.ended;
      const again = outcome.stage === "initializer" && attempts < INITIALIZER_ATTEMPTS_MAX;
      if (!again || retired) return outcome;
    }
  }

  async function serve(slot: Slot, job: Job): Promise<void> {
    slot.job = job;
    const outcome = await attempt(slot, job).catch(refuse);
    slot.job = undefined;
    if (retired) slot.instance?.kill();
    job.end(outcome);
    dispatch();
  }

  function dispatch(): void {
    while (!retired) {
      const slot =
        slots.find(({ job, instance }) => job === undefined && instance?.isAlive()) ??
        slots.find(({ job }) => job === undefined) ??
        (slots.length < slotsMax ? { instance: undefined, job: undefined } : undefined);
      if (slot === undefined) return;
      const job = waiting.shift();
      if (job === undefined) return;
      if (!job.begin()) continue;
      if (!slots.includes(slot)) slots.push(slot);
      void serve(slot, job);
    }
  }

  return {
    setup,
    add(job) {
      waiting.push(job);
      dispatch();
    },
    retire() {
      retired = true;
      for (const { job, instance } of slots) if (job === undefined) instance?.kill();
      const left = waiting;
      waiting = [];
      return left;
    },
    pids: () =>
      [...living].flatMap((instance) =>
        instance.isAlive() && instance.pid !== undefined ? [instance.pid] : [],
      ),
    killAll() {
      for (const instance of living) instance.kill();
    },
    async ended() {
      await Promise.all([...living].map((instance) => instance.ended));
    },
  };
}

/** No credentials: the agency is not known (FSS.1121 on the real service). */
function refuse(error: unknown): TryOutcome {
  const errorMessage = error instanceof Error ? error.message : String(error);
  return {
    ok: false,
    stage: "platform",
    failure: { errorMessage, errorType: "FunctionConfigError" },
  };
}
