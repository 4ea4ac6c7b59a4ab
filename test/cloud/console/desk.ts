import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Policy } from "../../../shared/core/policy/policy.ts";
import type { RunPlan } from "../../../shared/core/run/run-plan.ts";
import type { Budget } from "../../../shared/io/cloud.ts";
import { disconnect } from "../../../shared/io/connect.ts";
import { connectRuns, type RunAccess } from "../../../shared/io/run/connect.ts";
import { type CloudClient, createClient } from "../client.ts";
import type { DeployedAudit, DeployedRetag } from "../deployment.ts";
import type { LocalCloud } from "../index.ts";

/** What the console shows and works on. */
export type ConsoleWorld = {
  readonly cloud: LocalCloud;
  /** Folder of the built functions, with the page beside them. */
  readonly bundles: string;
  readonly retag: DeployedRetag;
  readonly audit: DeployedAudit;
  /** Of the creation functions, for the page to say. */
  readonly grace: string;
};

/** What the console reaches the cloud with: as anybody would, by signed requests. */
export type Desk = ConsoleWorld & {
  readonly policy: Policy;
  /** Inventory, run store and queue, as the command line has them. */
  readonly runs: RunAccess & { readonly budget: Budget };
  /** The console itself, for what it reads. */
  readonly own: CloudClient;
  /** Somebody at the page. */
  readonly as: (person: string) => CloudClient;
  /** Plans that were shown and wait for a yes. */
  readonly plans: Map<string, RunPlan>;
  close(): Promise<void>;
};

/** Who acts where nobody is named. */
export const PERSON = "alice";
/** Reads and plans under a name of its own, so that nobody's permitted rate suffers from being watched. */
const CONSOLE = "console";

/** Opens the desk; what is under way when it is closed is given up. */
export function openDesk(world: ConsoleWorld): Desk {
  const { cloud, bundles, retag } = world;
  const closing = new AbortController();
  const { signal } = closing;
  setMaxListeners(0, signal);
  const settings: { readonly [name: string]: string } = {
    HUAWEICLOUD_REGION: cloud.region,
    HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
    TAGWARDEN_STORE: retag.store,
    TAGWARDEN_QUEUE: retag.queue,
  };
  const deadlineMs = Number.POSITIVE_INFINITY;
  const identity = { project: cloud.project, credentials: cloud.user(CONSOLE) };
  const runs = connectRuns((name) => settings[name], identity, { signal, deadlineMs });
  const clients = new Map<string, CloudClient>();
  const as = (person: string) => {
    const client = clients.get(person) ?? createClient(cloud, cloud.user(person), CONSOLE);
    clients.set(person, client);
    return client;
  };
  return {
    ...world,
    policy: readPolicy(bundles),
    runs: { ...runs, budget: { signal, deadlineMs, countCall: () => {} } },
    own: as(CONSOLE),
    as,
    plans: new Map(),
    async close() {
      closing.abort();
      await Promise.all([disconnect(), ...[...clients.values()].map((client) => client.close())]);
    },
  };
}

/** The policy that the build packed into each function's folder. */
function readPolicy(bundles: string): Policy {
  const policy: Policy = JSON.parse(
    readFileSync(join(bundles, "secret-created", "policy.json"), "utf8"),
  );
  return policy;
}
