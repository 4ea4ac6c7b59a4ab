import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { FunctionSetup } from "../contract.ts";
import { INITIALIZER_MS_MAX } from "./limits.ts";
import {
  type Call,
  type Failure,
  FROM_INSTANCE,
  type FromInstance,
  type ToInstance,
} from "./messages.ts";
import { OUTPUT_MARK, RUNNER_SOURCE } from "./runner.ts";

/** From the start of a process to its code being loaded. The platform's own limit is not documented. */
const LOAD_MS_MAX = 30_000;

/** How one try on one instance ended, and how far it came. */
export type TryOutcome =
  | { readonly ok: true; readonly result: unknown }
  | {
      readonly ok: false;
      readonly stage: "platform" | "load" | "initializer" | "handler";
      readonly failure: Failure;
    };

/** One process that holds one function's code and serves one request at a time. */
export type Instance = {
  /** `undefined` where the process could not be started. */
  readonly pid: number | undefined;
  isAlive(): boolean;
  /** Runs a request; the first one also loads the code and runs the initializer. */
  run(call: Call, event: string): Promise<TryOutcome>;
  kill(): void;
  /** Resolves when the process is gone and all its output was read. */
  readonly ended: Promise<void>;
};

type End = { readonly kind: "ended"; readonly why: string };
type Overdue = { readonly kind: "overdue" };
type Answer = FromInstance | End | Overdue;

/** Starts a process with the memory limit, the environment and the folder of a function. */
export function startInstance(
  setup: FunctionSetup,
  environment: { readonly [name: string]: string },
  nodeArguments: readonly string[],
  onLine: (line: string) => void,
): Instance {
  const { timeoutMs, memoryMb } = setup;
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${memoryMb}`, ...nodeArguments, "--eval", RUNNER_SOURCE],
    { cwd: setup.code, env: environment, stdio: ["ignore", "pipe", "pipe", "ipc"] },
  );
  const initializerMs = Math.min(timeoutMs, INITIALIZER_MS_MAX);
  let alive = true;
  let last: End | undefined;
  let ready = false;
  /** Of the question that is open: its answer, and how many streams were read up to it. */
  let answer: FromInstance | undefined;
  let marks = 0;
  let settle: (answer: Answer) => void = () => {};

  const kill = () => {
    alive = false;
    child.kill("SIGKILL");
  };
  const settleIfRead = () => {
    if (answer !== undefined && marks === 2) settle(answer);
  };
  const onMark = () => {
    marks += 1;
    settleIfRead();
  };
  readLines(child.stdout, onLine, onMark);
  readLines(child.stderr, onLine, onMark);
  child.on("message", (message) => {
    const parsed = FROM_INSTANCE.safeParse(message);
    if (parsed.success) answer = parsed.data;
    settleIfRead();
  });
  const ended = new Promise<void>((resolve) => {
    const end = (why: string) => {
      alive = false;
      last = { kind: "ended", why };
      settle(last);
      resolve();
    };
    child.on("error", (error) => {
      if (child.pid === undefined) end(`the process could not be started: ${error.message}`);
    });
    child.once("close", (code, signal) => end(describeEnd(code, signal, memoryMb)));
  });

  /** An instance that does not answer in time is killed. */
  function ask(question: ToInstance, limitMs: number): Promise<Answer> {
    answer = undefined;
    marks = 0;
    return new Promise((resolve) => {
      let overdue = false;
      const timer = setTimeout(() => {
        overdue = true;
        kill();
      }, limitMs);
      settle = (answer) => {
        if (overdue && answer.kind !== "ended") return; // too late, and more output may come
        clearTimeout(timer);
        resolve(overdue ? { kind: "overdue" } : answer);
      };
      if (last !== undefined) settle(last);
      // A channel that is closed already is reported by the end of the process.
      child.send(JSON.stringify(question), () => {});
    });
  }

  async function prepare(call: Call): Promise<TryOutcome | undefined> {
    const loaded = await ask({ kind: "load" }, LOAD_MS_MAX);
    if (loaded.kind !== "loaded") return fail("load", loaded, LOAD_MS_MAX);
    const question = { kind: "initialize", call, limitMs: initializerMs } as const;
    const initialized = await ask(question, initializerMs);
    if (initialized.kind !== "ready") return fail("initializer", initialized, initializerMs);
    ready = true;
    return undefined;
  }

  return {
    pid: child.pid,
    isAlive: () => alive && child.exitCode === null && child.signalCode === null,
    async run(call, event) {
      const failed = ready ? undefined : await prepare(call);
      if (failed !== undefined) return failed;
      const answer = await ask({ kind: "invoke", call, event, limitMs: timeoutMs }, timeoutMs);
      if (answer.kind !== "done") return fail("handler", answer, timeoutMs);
      return { ok: true, result: JSON.parse(answer.result) };
    },
    kill,
    ended,
  };
}

/** Which names the platform gives to a timeout or a crash is not documented: they count as the function's error. */
function fail(
  stage: "load" | "initializer" | "handler",
  answer: Answer,
  limitMs: number,
): TryOutcome {
  const errorType = stage === "load" ? "FunctionLoadError" : "UserFunctionError";
  const failed = (errorMessage: string): TryOutcome => ({
    ok: false,
    stage,
    failure: { errorMessage, errorType },
  });
  switch (answer.kind) {
    case "failed":
      return {
        ok: false,
        stage,
        failure: { errorMessage: answer.errorMessage, errorType: answer.errorType },
      };
    case "overdue":
      return failed(`the ${stage} was not done within ${limitMs} ms, and its process was killed`);
    case "ended":
      return failed(`the ${stage} was not done: ${answer.why}`);
    case "loaded":
    case "ready":
    case "done":
      return failed(`the ${stage} was answered out of turn`);
  }
}

function describeEnd(code: number | null, signal: string | null, memoryMb: number): string {
  // V8 aborts where its heap is full; the signal depends on its version.
  if (signal === "SIGABRT" || signal === "SIGTRAP" || signal === "SIGILL") {
    return `the process was aborted (${signal}), as it is above the memory limit of ${memoryMb} MB`;
  }
  return signal === null
    ? `the process ended with exit code ${code}`
    : `the process was ended by ${signal}`;
}

/** Reports each line of a stream, and each mark that the instance put behind what it printed. */
function readLines(stream: Readable | null, onLine: (line: string) => void, onMark: () => void) {
  let rest = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.endsWith(OUTPUT_MARK)) {
        onLine(line);
        continue;
      }
      const printed = line.slice(0, -OUTPUT_MARK.length);
      if (printed !== "") onLine(printed);
      onMark();
    }
  });
  stream?.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}
