import type { Call, FromInstance, ToInstance } from "./messages.ts";

/** Ends what an instance prints before each answer, on both streams. */
export const OUTPUT_MARK = "\u0000answered";

/** The program of an instance, for `node --eval`: an own file would have to travel with each bundle. */
export const RUNNER_SOURCE = `(${serveInvocations})(require, ${JSON.stringify(OUTPUT_MARK)});`;

/**
 * Serves one instance: loads `index.js` of the working directory, runs its initializer, then its handler,
 * each when the parent asks. It ends with its parent, because the channel to it closes then.
 *
 * Only its text is used, in another process: it may refer to its arguments and to Node's globals, to
 * nothing of this module.
 */
function serveInvocations(load: NodeJS.Require, mark: string): void {
  const { format }: typeof import("node:util") = load("node:util");
  const RESULT_BYTES_MAX = Number(process.env.RUNTIME_MAX_RESP_BODY_SIZE);
  const LOG_TEXT_MAX = 90 * 1024;
  const LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"];

  // Taken before the function's code can replace them.
  const send = process.send?.bind(process);
  const writeOut = process.stdout.write.bind(process.stdout);
  const writeErr = process.stderr.write.bind(process.stderr);
  const userData: { readonly [name: string]: unknown } = JSON.parse(
    process.env.RUNTIME_USERDATA ?? "{}",
  );
  let code: { readonly handler?: unknown; readonly initializer?: unknown } = {};

  /** Makes the single answer to a question; whatever comes after the first is dropped. */
  function createAnswer(): (message: FromInstance) => void {
    let answered = false;
    return (message) => {
      if (answered) return;
      answered = true;
      writeOut(`${mark}\n`);
      writeErr(`${mark}\n`);
      send?.(message);
    };
  }

  function describe(error: unknown, errorType: string): FromInstance {
    const errorMessage = error instanceof Error ? error.message : format(error);
    return { kind: "failed", errorMessage, errorType };
  }

  function serialize(value: unknown): FromInstance {
    try {
      const result = JSON.stringify(value) ?? "null";
      const bytes = Buffer.byteLength(result);
      if (bytes <= RESULT_BYTES_MAX) return { kind: "done", result };
      return describe(
        `the result has ${bytes} bytes, ${RESULT_BYTES_MAX} are allowed`,
        "UserFunctionError",
      );
    } catch (error) {
      return describe(error, "UserFunctionError");
    }
  }

  function createLogger(requestId: string) {
    let least = "INFO";
    const logAt =
      (level: string) =>
      (...parts: readonly unknown[]) => {
        if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
        const text = format(...parts);
        const start = `${new Date().toISOString()} ${requestId} ${requestId} ${level}`;
        for (let at = 0; at === 0 || at < text.length; at += LOG_TEXT_MAX) {
          console.log(`${start} ${text.slice(at, at + LOG_TEXT_MAX)}`);
        }
      };
    return {
      debug: logAt("DEBUG"),
      info: logAt("INFO"),
      warn: logAt("WARN"),
      error: logAt("ERROR"),
      setLevel: (level: string) => {
        if (LEVELS.includes(level)) least = level;
      },
    };
  }

  function createContext({ requestId, credentials, agencyToken }: Call, limitMs: number) {
    const startedAtMs = Date.now();
    const logger = createLogger(requestId);
    const setting = (name: string) => process.env[name] ?? "";
    const [project, name, version, group, memory, cpu] = [
      setting("RUNTIME_PROJECT_ID"),
      setting("RUNTIME_FUNC_NAME"),
      setting("RUNTIME_FUNC_VERSION"),
      setting("RUNTIME_PACKAGE"),
      setting("RUNTIME_MEMORY"),
      setting("RUNTIME_CPU"),
    ];
    return {
      getRequestID: () => requestId,
      getRemainingTimeInMilliSeconds: () => limitMs + startedAtMs - Date.now(),
      getRunningTimeInSeconds: () => limitMs,
      getUserData: (key: string) => (Object.hasOwn(userData, key) ? userData[key] : undefined),
      getFunctionName: () => name,
      getVersion: () => version,
      getPackage: () => group,
      getProjectID: () => project,
      getAlias: () => "",
      getMemorySize: () => memory,
      getCPUNumber: () => cpu,
      getSecurityAccessKey: () => credentials.ak,
      getSecuritySecretKey: () => credentials.sk,
      getSecurityToken: () => credentials.token ?? "",
      getToken: () => agencyToken,
      getAccessKey: () => undefined,
      getSecretKey: () => undefined,
      getLogger: () => logger,
      getWorkflowID: () => "",
      getWorkflowRunID: () => "",
      getWorkflowStateID: () => "",
    };
  }

  function loadCode(answer: (message: FromInstance) => void): void {
    try {
      code = load(`${process.cwd()}/index.js`);
      if (typeof code.handler === "function") answer({ kind: "loaded" });
      else answer(describe("index.js exports no function named handler", "FunctionConfigError"));
    } catch (error) {
      answer(describe(error, "FunctionLoadError"));
    }
  }

  function initialize(context: unknown, answer: (message: FromInstance) => void): void {
    const { initializer } = code;
    try {
      if (typeof initializer !== "function") answer({ kind: "ready" });
      else
        initializer(context, (error: unknown) => {
          answer(error == null ? { kind: "ready" } : describe(error, "UserFunctionError"));
        });
    } catch (error) {
      answer(describe(error, "UserFunctionError"));
    }
  }

  function invoke(event: unknown, context: unknown, answer: (message: FromInstance) => void): void {
    const { handler } = code;
    if (typeof handler !== "function") return;
    const succeed = (value: unknown) => answer(serialize(value));
    const fail = (error: unknown) => answer(describe(error, "UserFunctionError"));
    try {
      const returned: unknown = handler(event, context, (error: unknown, value: unknown) => {
        if (error == null) succeed(value);
        else fail(error);
      });
      if (handler.constructor.name === "AsyncFunction") {
        Promise.resolve(returned).then(succeed, fail);
      } else if (returned !== undefined || handler.length < 3) {
        succeed(returned); // a promise is not awaited: it becomes {}
      }
    } catch (error) {
      fail(error);
    }
  }

  process.on("message", (text) => {
    const message: ToInstance = JSON.parse(String(text));
    const answer = createAnswer();
    switch (message.kind) {
      case "load":
        loadCode(answer);
        break;
      case "initialize":
        initialize(createContext(message.call, message.limitMs), answer);
        break;
      case "invoke":
        invoke(JSON.parse(message.event), createContext(message.call, message.limitMs), answer);
    }
  });
  process.on("disconnect", () => process.exit(0));
}
