import type { FunctionConfig } from "../../../shared/core/doctor/function-answer.ts";

/** A function of which the service tells as little as it may, but for what is given. */
export function functionConfig(told: Partial<FunctionConfig> = {}): FunctionConfig {
  return {
    runtime: null,
    handler: null,
    timeoutSeconds: null,
    memoryMb: null,
    digest: null,
    description: "",
    hasAgency: true,
    instancesMax: null,
    userData: new Map(),
    allReadable: true,
    ...told,
  };
}
