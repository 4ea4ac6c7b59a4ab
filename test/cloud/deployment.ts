import { join } from "node:path";
import { RESOURCE_TYPES } from "../../shared/core/resource.ts";
import { CREATION_TRACES } from "../../shared/core/trace/creation-trace.ts";
import type { LocalCloud } from "./index.ts";

export type Deployment = {
  /** Folder that holds the built functions, a folder each, as `npm run build` writes it. */
  readonly bundles: string;
  /** `TAGWARDEN_GRACE`: takes the place of the policy's grace, which is too long to wait for. */
  readonly grace: string;
};

const TIMEOUT_MS = 30_000;
const MEMORY_MB = 128;
/** Most of an event's life is waiting out the grace, from its own time: few instances serve many. */
const INSTANCES_MAX = 4;
const RETRY_DELAY_MS = 500;

/**
 * Deploys the two creation functions as an owner would: an agency each, so that they do not share one
 * user's permitted rate, the settings as user data, and a trigger for the traces that each acts on.
 */
export function deployCreationFunctions(
  cloud: LocalCloud,
  { bundles, grace }: Deployment,
): readonly string[] {
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
      timeoutMs: TIMEOUT_MS,
      memoryMb: MEMORY_MB,
      maxInstances: INSTANCES_MAX,
      async: { maxRetries: 2, maxAgeSeconds: 3600, retryDelayMs: RETRY_DELAY_MS },
      traces: CREATION_TRACES.filter((row) => row.type === type).map((row) => row.name),
    });
    return name;
  });
}
