import type { FunctionSetup } from "../contract.ts";
import { INITIALIZER_MS_MAX, RESULT_BYTES_MAX } from "./limits.ts";

/** The whole environment of an instance, as functiongraph.md section 2 lists it. */
export function describeEnvironment(setup: FunctionSetup, project: string) {
  return {
    RUNTIME_PROJECT_ID: project,
    RUNTIME_FUNC_NAME: setup.name,
    RUNTIME_FUNC_VERSION: "latest",
    RUNTIME_PACKAGE: "default",
    RUNTIME_HANDLER: "index.handler",
    RUNTIME_TIMEOUT: String(setup.timeoutMs / 1000),
    RUNTIME_INITIALIZER_HANDLER: "index.initializer",
    RUNTIME_INITIALIZER_TIMEOUT: String(Math.min(setup.timeoutMs, INITIALIZER_MS_MAX) / 1000),
    RUNTIME_USERDATA: JSON.stringify(setup.userData),
    RUNTIME_CPU: "0",
    RUNTIME_MEMORY: String(setup.memoryMb),
    RUNTIME_MAX_RESP_BODY_SIZE: String(RESULT_BYTES_MAX),
    RUNTIME_ROOT: "/home/snuser/runtime",
    RUNTIME_CODE_ROOT: setup.code,
    RUNTIME_LOG_DIR: "/home/snuser/log",
  };
}
