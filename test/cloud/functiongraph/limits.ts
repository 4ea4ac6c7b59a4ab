import type { FunctionSetup } from "../contract.ts";

// functiongraph.md section 6, unless something else is said.
export const MEMORY_SIZES_MB = [
  128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096, 8192, 10240,
] as const;
/** Real functions have at least 3,000; tests want less. */
export const TIMEOUT_MS_MIN = 100;
export const TIMEOUT_MS_MAX = 259_200_000;
export const INSTANCES_MAX = 1000;
export const RESULT_BYTES_MAX = 6_291_456;
export const SYNC_EVENT_BYTES_MAX = 6_291_456;
export const ASYNC_EVENT_BYTES_MAX = 262_144;
/** A longer return value of an asynchronous invocation becomes an empty one (page functiongraph_01_0390_03). */
export const ASYNC_RESULT_BYTES_MAX = 262_144;
export const RETRIES_MAX = 3;
export const EVENT_AGE_SECONDS_MAX = 86_400;
/** An instance whose initializer fails is dropped, and another tries (section 1). */
export const INITIALIZER_ATTEMPTS_MAX = 3;
export const INITIALIZER_MS_MAX = 300_000;

// Section 2. Keys and values count together (page functiongraph_01_0154).
export const USER_DATA_ENTRIES_MAX = 20;
export const USER_DATA_CHARACTERS_MAX = 4096;
const USER_DATA_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const RESERVED_NAMES: readonly string[] = [
  "RUNTIME_PROJECT_ID",
  "RUNTIME_FUNC_NAME",
  "RUNTIME_FUNC_VERSION",
  "RUNTIME_HANDLER",
  "RUNTIME_TIMEOUT",
  "RUNTIME_USERDATA",
  "RUNTIME_CPU",
  "RUNTIME_MEMORY",
  "RUNTIME_MAX_RESP_BODY_SIZE",
  "RUNTIME_INITIALIZER_HANDLER",
  "RUNTIME_INITIALIZER_TIMEOUT",
  "RUNTIME_ROOT",
  "RUNTIME_CODE_ROOT",
  "RUNTIME_LOG_DIR",
  "RUNTIME_PACKAGE",
];

/** Says everything for which FunctionGraph would refuse this set-up; empty where it would take it. */
export function findSetupProblems(setup: FunctionSetup): readonly string[] {
  const { memoryMb, timeoutMs, maxInstances } = setup;
  const { maxRetries, maxAgeSeconds, retryDelayMs } = setup.async;
  const problems = findUserDataProblems(setup.userData);
  const check = (holds: boolean, problem: string) => holds || problems.push(problem);

  check(setup.name !== "", "name is empty");
  check(
    MEMORY_SIZES_MB.some((size) => size === memoryMb),
    `memoryMb ${memoryMb} is not one of ${MEMORY_SIZES_MB.join(", ")}`,
  );
  check(
    timeoutMs >= TIMEOUT_MS_MIN && timeoutMs <= TIMEOUT_MS_MAX,
    `timeoutMs ${timeoutMs} is not in ${TIMEOUT_MS_MIN} to ${TIMEOUT_MS_MAX}`,
  );
  check(
    maxInstances === -1 || isIn(maxInstances, 1, INSTANCES_MAX),
    `maxInstances ${maxInstances} is neither -1 (no limit) nor in 1 to ${INSTANCES_MAX}`,
  );
  check(
    isIn(maxRetries, 0, RETRIES_MAX),
    `async.maxRetries ${maxRetries} is not in 0 to ${RETRIES_MAX}`,
  );
  check(
    isIn(maxAgeSeconds, 1, EVENT_AGE_SECONDS_MAX),
    `async.maxAgeSeconds ${maxAgeSeconds} is not in 1 to ${EVENT_AGE_SECONDS_MAX}`,
  );
  check(retryDelayMs >= 0, `async.retryDelayMs ${retryDelayMs} is negative`);
  return problems;
}

function findUserDataProblems(userData: FunctionSetup["userData"]): string[] {
  const problems: string[] = [];
  const entries = Object.entries(userData);
  const characters = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);

  if (entries.length > USER_DATA_ENTRIES_MAX) {
    problems.push(`userData has ${entries.length} entries, more than ${USER_DATA_ENTRIES_MAX}`);
  }
  if (characters > USER_DATA_CHARACTERS_MAX) {
    problems.push(`userData has ${characters} characters, more than ${USER_DATA_CHARACTERS_MAX}`);
  }
  for (const [name] of entries) {
    if (!USER_DATA_NAME.test(name)) problems.push(`userData name "${name}" is not allowed`);
    if (RESERVED_NAMES.includes(name)) problems.push(`userData name "${name}" is reserved`);
  }
  return problems;
}

function isIn(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
