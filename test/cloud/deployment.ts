import { join } from "node:path";
import type { Remediation } from "../../shared/core/audit/remediation.ts";
import { RESOURCE_TYPES } from "../../shared/core/resource.ts";
import { CREATION_TRACES } from "../../shared/core/trace/creation-trace.ts";
import type { LocalCloud } from "./index.ts";
import type { Schedule } from "./schedule.ts";
import type { Timer } from "./timers.ts";

export type Deployment = {
  /** Folder that holds the built functions, a folder each, as `npm run build` writes it. */
  readonly bundles: string;
  /** `TAGWARDEN_GRACE`: takes the place of the policy's grace, which is too long to wait for. */
  readonly grace: string;
};

/** As infra/variables.tf sizes the functions; a test compares. */
export const SIZES = {
  creation: { memoryMb: 128, timeoutMs: 180_000 },
  retag: { memoryMb: 256, timeoutMs: 900_000 },
  audit: { memoryMb: 256, timeoutMs: 900_000 },
} as const;
/** The bucket of the run store, with what the platform gives up under `failures/`. */
const BUCKET = "tagwarden";
/** Most of an event's life is waiting out the grace, from its own time: few instances serve many. */
const INSTANCES_MAX = 4;
/** As infra/ sets it, but that nobody wants to wait for retries. */
const ASYNC = {
  maxRetries: 3,
  maxAgeSeconds: 21_600,
  retryDelayMs: 100,
  onFailure: { obs: { bucket: BUCKET, prefix: "failures/" } },
};

/**
 * Deploys the two creation functions as an owner would: an agency each, so that they do not share one
 * user's permitted rate, the settings as user data, and a trigger for the traces that each acts on.
 */
export function deployCreationFunctions(
  cloud: LocalCloud,
  { bundles, grace }: Deployment,
): readonly string[] {
  cloud.objects.createBucket(BUCKET);
  return RESOURCE_TYPES.map((type) => {
    const name = `${type}-created`;
    const agency = `tagwarden-${name}`;
    cloud.agency(agency);
    cloud.functions.deploy({
      name,
      agency,
      code: join(bundles, name),
      userData: {
        HUAWEICLOUD_REGION: cloud.region,
        HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
        TAGWARDEN_GRACE: grace,
      },
      ...SIZES.creation,
      maxInstances: INSTANCES_MAX,
      async: ASYNC,
      traces: CREATION_TRACES.filter((row) => row.type === type).map((row) => row.name),
    });
    return name;
  });
}

/** Name of the function, and of the queue that it takes from and gives back to. */
export const RETAG = "retag";

export type RetagDeployment = {
  /** As for the creation functions. */
  readonly bundles: string;
  /** URL of the run store; default: a bucket of the cloud's own. */
  readonly store?: string;
  /** `TAGWARDEN_RPS`; default: the function's own. */
  readonly rps?: string;
  /** Of one invocation; default: the module's. */
  readonly timeoutMs?: number;
};

/** What somebody needs who hands runs to the function: settings of the command line. */
export type DeployedRetag = {
  readonly name: string;
  readonly store: string;
  readonly queue: string;
};

/**
 * Deploys the function for bulk runs as an owner would: an agency of its own, a run store, and a queue
 * whose trigger feeds it and into which it puts back what is left.
 */
export function deployRetagFunction(
  cloud: LocalCloud,
  { bundles, store = `obs://${BUCKET}`, rps, timeoutMs = SIZES.retag.timeoutMs }: RetagDeployment,
): DeployedRetag {
  const queue = `memory:${RETAG}`;
  const agency = `tagwarden-${RETAG}`;
  cloud.agency(agency);
  cloud.objects.createBucket(BUCKET);
  cloud.functions.deploy({
    name: RETAG,
    agency,
    code: join(bundles, RETAG),
    userData: {
      HUAWEICLOUD_REGION: cloud.region,
      HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
      HUAWEICLOUD_OBS_ENDPOINT: cloud.endpoint,
      TAGWARDEN_STORE: store,
      TAGWARDEN_QUEUE: queue,
      ...(rps === undefined ? {} : { TAGWARDEN_RPS: rps }),
    },
    ...SIZES.retag,
    timeoutMs,
    // Two would share one user's permitted rate and each other's leases.
    maxInstances: 1,
    async: ASYNC,
    traces: [],
  });
  cloud.queues.create(RETAG);
  cloud.queues.connect(RETAG, RETAG);
  return { name: RETAG, store, queue };
}

export const AUDIT = "audit";
const TOPIC = "tagwarden-audits";

export type AuditDeployment = Pick<RetagDeployment, "bundles" | "store" | "rps" | "timeoutMs"> & {
  /** `TAGWARDEN_QUEUE`; default: none. */
  readonly queue?: string;
  /** `TAGWARDEN_REMEDIATE`; default: the function's own, `off`. */
  readonly remediate?: Remediation;
  /** When its timer fires, and with which options; default: no timer. */
  readonly timer?: Schedule & Pick<Timer, "userEvent">;
};

/** What somebody needs who wants to run it, or to be told what it found. */
export type DeployedAudit = {
  readonly name: string;
  readonly urn: string;
  readonly store: string;
  /** URN of the topic that gets its summaries. */
  readonly topic: string;
};

/**
 * Deploys the function for audits as an owner would: an agency of its own, the run store, a topic for its
 * summaries, and a timer.
 */
export function deployAuditFunction(cloud: LocalCloud, deployment: AuditDeployment): DeployedAudit {
  const { bundles, store = `obs://${BUCKET}`, queue, rps, remediate, timer } = deployment;
  const agency = `tagwarden-${AUDIT}`;
  cloud.agency(agency);
  cloud.objects.createBucket(BUCKET);
  const topic = cloud.topics.create(TOPIC);
  cloud.functions.deploy({
    name: AUDIT,
    agency,
    code: join(bundles, AUDIT),
    userData: {
      HUAWEICLOUD_REGION: cloud.region,
      HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
      HUAWEICLOUD_OBS_ENDPOINT: cloud.endpoint,
      HUAWEICLOUD_SMN_ENDPOINT: cloud.endpoint,
      TAGWARDEN_STORE: store,
      TAGWARDEN_TOPIC: topic,
      ...(queue === undefined ? {} : { TAGWARDEN_QUEUE: queue }),
      ...(rps === undefined ? {} : { TAGWARDEN_RPS: rps }),
      ...(remediate === undefined ? {} : { TAGWARDEN_REMEDIATE: remediate }),
    },
    ...SIZES.audit,
    timeoutMs: deployment.timeoutMs ?? SIZES.audit.timeoutMs,
    maxInstances: 1,
    async: ASYNC,
    traces: [],
  });
  if (timer !== undefined) cloud.timers.create(AUDIT, { name: "tagwarden-audit", ...timer });
  return { name: AUDIT, urn: cloud.functions.urnOf(AUDIT), store, topic };
}
