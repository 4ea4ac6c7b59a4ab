import type { Policy } from "../policy/policy.ts";
import type { ResourceType } from "../resource.ts";
import { creationReads } from "./creation-reads.ts";
import type { OperationName } from "./operation.ts";

/** The functions that are deployed, each with an agency of its own. */
export const FUNCTION_NAMES = ["secret-created", "key-created", "retag", "audit"] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** A part of what is deployed that a permission can be limited to; `any`: it is not known which. */
export type Named<Place> = Place | "any" | "none";

/** What a function reaches beside KMS and CSMS. */
export type Deployment = {
  readonly store: Named<{ readonly bucket: string; readonly prefix: string }>;
  /** Where `retag` sends what is not done: a function, an SMN topic, or neither (`none`: Kafka needs none). */
  readonly queue: Named<{ readonly package: string; readonly function: string }> | "topic";
  /** Where `audit` publishes summaries; permissions of SMN are not limited to a topic. */
  readonly topic: "any" | "none";
  /** May tags be written that the policy does not name? Edits and messages of others may want that. */
  readonly anyKey: boolean;
};

/** What can be said without knowing the deployment: every bucket, every function as the queue, any topic. */
export const ANY_DEPLOYMENT: Deployment = {
  store: "any",
  queue: "any",
  topic: "any",
  anyKey: false,
};

/** A request that a function may send under a policy, and when it does. */
export type Demand = { readonly operation: OperationName; readonly when: string };

/** What a function needs: the requests that it may send, and the only tag keys that it writes. */
export type Demands = {
  readonly demands: readonly Demand[];
  /** `null`: every key. */
  readonly keys: readonly string[] | null;
};

/** Works out what a function needs under a policy. The same input gives the same answer, in the same order. */
export function demandsOf(name: FunctionName, policy: Policy, deployment: Deployment): Demands {
  return DEMANDS[name](policy, deployment);
}

const DEMANDS: {
  readonly [Name in FunctionName]: (policy: Policy, deployment: Deployment) => Demands;
} = {
  "secret-created": (policy) => creationDemands(policy, "secret"),
  "key-created": (policy) => creationDemands(policy, "key"),
  retag(policy, deployment) {
    const { keys, writes } = bulkWrites(policy, deployment);
    return {
      keys,
      demands: [
        { operation: "listSecretTags", when: "before each write to a secret" },
        { operation: "listKeyTags", when: "before each write to a key" },
        ...writes,
        ...INVENTORY.map((operation) => ({ operation, when: "to plan a job" })),
        ...storeDemands(deployment, "for plans, journals, leases and dead letters"),
        ...queueDemands(deployment),
      ],
    };
  },
  audit(policy, deployment) {
    const { keys, writes } = bulkWrites(policy, deployment);
    return {
      keys,
      demands: [
        ...INVENTORY.map((operation) => ({ operation, when: "for each audit" })),
        { operation: "listProjectSecretTags", when: "for each audit" },
        { operation: "listProjectKeyTags", when: "for each audit" },
        { operation: "listSecretTags", when: "to go on with a run, or to remediate" },
        { operation: "listKeyTags", when: "to go on with a run, or to remediate" },
        ...writes,
        ...storeDemands(deployment, "for reports, their history and runs"),
        ...topicDemands(deployment),
      ],
    };
  },
};

const INVENTORY = ["listSecrets", "listKeys", "listAllKeys"] as const;

/** By kind: what reads its tags, what writes them, what finds and what describes one. */
const CREATION: {
  readonly [Type in ResourceType]: {
    readonly read: OperationName;
    readonly write: OperationName;
    readonly find: readonly Demand[];
    readonly describe: OperationName;
  };
} = {
  secret: {
    read: "listSecretTags",
    write: "writeSecretTags",
    find: [{ operation: "showSecret", when: "where an event tells the name of the secret only" }],
    // By its id, a secret is found in the list only (dew-api.md 1.1 and 1.2).
    describe: "listSecrets",
  },
  key: { read: "listKeyTags", write: "writeKeyTags", find: [], describe: "showKey" },
};

function creationDemands(policy: Policy, type: ResourceType): Demands {
  const { read, write, find, describe } = CREATION[type];
  const { writes, fields, keyTags } = creationReads(policy, type);
  const described = `where an event does not tell ${fields.join(", ")}`;
  return {
    keys: writes,
    demands: [
      { operation: read, when: "for each event" },
      ...(writes.length > 0 ? [{ operation: write, when: "where a tag is missing" }] : []),
      ...find,
      ...(fields.length > 0 ? [{ operation: describe, when: described }] : []),
      ...(keyTags ? [INHERITS] : []),
    ],
  };
}

const INHERITS: Demand = { operation: "listKeyTags", when: "to inherit a tag of the key" };

/** All keys of the policy and their aliases: what is merged or prohibited is deleted, and may be put back. */
function bulkWrites(policy: Policy, { anyKey }: Deployment) {
  const keys = policy.tags.flatMap(({ key, aliases }) => [key, ...aliases]);
  const when = "to carry out a plan";
  const writes: readonly Demand[] = [
    { operation: "writeSecretTags", when },
    { operation: "writeKeyTags", when },
  ];
  return {
    keys: anyKey ? null : keys,
    writes: anyKey || keys.length > 0 ? writes : [],
  };
}

function storeDemands({ store }: Deployment, when: string): readonly Demand[] {
  const operations = ["readObject", "writeObject", "deleteObject", "listObjects"] as const;
  return store === "none" ? [] : operations.map((operation) => ({ operation, when }));
}

function queueDemands({ queue }: Deployment): readonly Demand[] {
  const when = "to hand on what is not done";
  switch (queue) {
    case "none":
      return [];
    case "topic":
      return [{ operation: "publishMessage", when }];
    default:
      return [{ operation: "invokeFunction", when }];
  }
}

function topicDemands({ topic }: Deployment): readonly Demand[] {
  return topic === "none" ? [] : [{ operation: "publishMessage", when: "to send the summary" }];
}
