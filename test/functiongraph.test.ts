import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import {
  deploy,
  ECHO,
  isRunning,
  root,
  setUp,
  startGraph,
  userError,
} from "./cloud/functiongraph/fixture.ts";

describe("what a function sees", () => {
  test("every documented method of the context is there and yields the documented type", async () => {
    const graph = deploy(
      `exports.handler = async (event, context) => {
        const seen = {};
        for (const name of Object.keys(context)) {
          const value = context[name]("COLOUR");
          seen[name] = typeof value === "object" ? Object.keys(value).sort() : value ?? null;
        }
        seen.absent = context.getUserData("constructor") ?? null;
        return seen;
      };`,
      { userData: { COLOUR: "red" }, memoryMb: 256, timeoutMs: 5000 },
    );

    const { requestId, ok, result } = await graph.invoke("f", {});

    expect(ok).toBe(true);
    expect(result).toEqual({
      getRequestID: requestId,
      getRemainingTimeInMilliSeconds: expect.any(Number),
      getRunningTimeInSeconds: 5000,
      getUserData: "red",
      getFunctionName: "f",
      getVersion: "latest",
      getPackage: "default",
      getProjectID: "p1",
      getAlias: "",
      getMemorySize: "256",
      getCPUNumber: expect.any(String),
      getSecurityAccessKey: "ak-reader",
      getSecuritySecretKey: "sk",
      getSecurityToken: "token",
      getToken: expect.any(String),
      getAccessKey: null,
      getSecretKey: null,
      getLogger: ["debug", "error", "info", "setLevel", "warn"],
      getWorkflowID: "",
      getWorkflowRunID: "",
      getWorkflowStateID: "",
      absent: null,
    });
  });

  test("a warm instance keeps its module's state, and gets new credentials each time", async () => {
    let issued = 0;
    const credentialsOf = () => ({ ak: `ak-${++issued}`, sk: "sk" });
    const graph = startGraph({ credentialsOf });
    graph.deploy(
      setUp(`let calls = 0;
        exports.handler = async (event, context) =>
          [++calls, context.getSecurityAccessKey(), context.getSecurityToken()];`),
    );

    expect((await graph.invoke("f", {})).result).toEqual([1, "ak-1", ""]);
    expect((await graph.invoke("f", {})).result).toEqual([2, "ak-2", ""]);
    expect(graph.processes()).toHaveLength(1);
  });

  test("the environment has the platform's names only, and no credential", async () => {
    vi.stubEnv("HUAWEICLOUD_SDK_SK", "not for functions");
    const graph = deploy("exports.handler = async () => [process.env, process.cwd()];", {
      userData: { COLOUR: "red" },
    });

    const { result } = await graph.invoke("f", {});

    vi.unstubAllEnvs();
    const code = expect.stringContaining(root);
    expect(result).toEqual([expect.objectContaining({ RUNTIME_CODE_ROOT: code }), code]);
    expect(result).toMatchObject([{ RUNTIME_USERDATA: '{"COLOUR":"red"}' }, {}]);
    const text = JSON.stringify(result);
    expect(text).not.toMatch(/not for functions|ak-reader|"COLOUR"/);
    expect(text.match(/"[A-Z_]+":/g)?.filter((name) => !name.startsWith('"RUNTIME_'))).toEqual([]);
  });

  test("the logger writes the documented lines, from INFO upwards until it is told otherwise", async () => {
    const graph = deploy(`exports.handler = async (event, context) => {
      const logger = context.getLogger();
      logger.debug("hidden"); logger.info("%s: %d", "n", 1); logger.setLevel("ERROR");
      logger.warn("hidden"); logger.error("long " + "x".repeat(90 * 1024));
    };`);

    const { requestId, logs, result } = await graph.invoke("f", {});

    expect(result).toBeNull();
    expect(logs).toHaveLength(3);
    expect(logs[0]).toMatch(new RegExp(`^\\d{4}-\\S+Z ${requestId} ${requestId} INFO n: 1$`));
    expect(logs[2]).toMatch(/ ERROR xxxxx$/);
  });

  test("all lines of both streams are in the logs when the answer arrives", async () => {
    const graph = deploy(`console.log("loading");
      exports.handler = async () => {
        for (let n = 0; n < 5000; n++) console.log("line " + n);
        process.stderr.write("é without an end");
      };`);

    const { logs } = await graph.invoke("f", {});

    expect(logs).toHaveLength(5002);
    expect(logs).toEqual(expect.arrayContaining(["loading", "line 4999", "é without an end"]));
    expect(graph.logs()).toEqual(logs);
  });
});

describe("what counts as the result", () => {
  test.each([
    ["a promise of a handler that is not async is not awaited", "() => Promise.resolve(1)", {}],
    ["a plain value of such a handler", "() => 1", 1],
    ["nothing", "async () => {}", null],
    ["a callback's value", "(event, context, end) => { setImmediate(end, null, 7); }", 7],
  ])("%s", async (_name, handler, expected) => {
    const graph = deploy(`exports.handler = ${handler};`);
    expect((await graph.invoke("f", {})).result).toEqual(expected);
  });

  const tooLarge = expect.stringContaining("6291456");
  test.each([
    ["an error", 'async () => { throw new Error("no") }', "no"],
    ["a thrown text", 'async () => { throw "no" }', "no"],
    ["an error thrown before the first await", '() => { throw new Error("no") }', "no"],
    ["a callback's error", '(event, context, end) => { end(new Error("no")); }', "no"],
    ["a result over 6 MB", "async () => 'x'.repeat(6 * 1024 * 1024)", tooLarge],
    ["a result that is not JSON", "async () => 1n", expect.stringContaining("BigInt")],
    ["an exit", "async () => process.exit(0)", expect.stringContaining("exit code 0")],
    [
      "an uncaught error",
      "async () => new Promise(() => setImmediate(() => { throw new Error('no') }))",
      expect.stringContaining("exit code 1"),
    ],
  ])("%s fails the request", async (_name, handler, message) => {
    const graph = deploy(`exports.handler = ${handler};`);
    expect(await graph.invoke("f", {})).toMatchObject({ ok: false, result: userError(message) });
  });

  test.each([
    ["code that throws", "throw new Error('no');", "FunctionLoadError"],
    ["code that is no JavaScript", "exports.handler = async () =>", "FunctionLoadError"],
    ["code without a handler", "exports.handle = async () => 1;", "FunctionConfigError"],
  ])("%s fails the request and leaves no process", async (_name, code, errorType) => {
    const graph = deploy(code);
    expect(await graph.invoke("f", {})).toMatchObject({ ok: false, result: { errorType } });
    expect(graph.processes()).toEqual([]);
  });

  test("a folder that is not there and an agency that is not known fail the request", async () => {
    const graph = deploy(ECHO, { code: join(root, "nowhere") });
    expect(await graph.invoke("f", {})).toMatchObject({ ok: false });

    const agencyless = startGraph({
      credentialsOf: () => {
        throw new Error("no agency");
      },
    });
    agencyless.deploy(setUp(ECHO));
    const result = { errorMessage: "no agency", errorType: "FunctionConfigError" };
    expect(await agencyless.invoke("f", {})).toMatchObject({ ok: false, result });
  });
});

describe("limits of an instance", () => {
  test.each([
    ["waits", "await new Promise(() => {});"],
    ["computes", "for (;;);"],
  ])(
    "a function that %s for too long is killed, and the next request gets a new process",
    async (_name, body) => {
      const graph = deploy(
        `exports.handler = async (event) => {
        console.log("pid " + process.pid);
        if (event.stuck) { ${body} }
        return process.pid;
      };`,
        { timeoutMs: 500 },
      );

      const stuck = await graph.invoke("f", { stuck: true });

      expect(stuck).toMatchObject({
        ok: false,
        result: userError(expect.stringContaining("500 ms")),
      });
      const pid = Number(stuck.logs[0]?.slice("pid ".length));
      expect(isRunning(pid)).toBe(false);
      expect((await graph.invoke("f", {})).result).not.toBe(pid);
    },
  );

  test("a function that takes more memory than it has is ended", async () => {
    const graph = deploy(
      "exports.handler = async () => { for (const a = []; ; ) a.push(new Array(1000).fill(1.5)); };",
    );
    const result = userError(expect.stringContaining("128 MB"));
    expect(await graph.invoke("f", {})).toMatchObject({ ok: false, result });
  });

  test("an instance that ended between two requests is replaced", async () => {
    const graph = deploy(
      "exports.handler = async () => { setImmediate(() => process.exit()); return process.pid; };",
    );
    const first = await graph.invoke("f", {});
    await vi.waitFor(() => expect(graph.processes()).toEqual([]), 10_000);

    const second = await graph.invoke("f", {});

    expect(second.ok).toBe(true);
    expect(second.result).not.toBe(first.result);
  });

  test("a warm instance is taken before a new one is started", async () => {
    const graph = deploy(
      "exports.handler = async (crash) => { if (crash) process.exit(); return process.pid; };",
      { maxInstances: 2 },
    );
    const [, warm] = await Promise.all([graph.invoke("f", true), graph.invoke("f", false)]);
    expect((await graph.invoke("f", false)).result).toBe(warm.result);
  });

  test("each instance serves one request at a time, and there are never more than allowed", async () => {
    const graph = deploy(
      `let busy = 0;
      exports.handler = async (event) => {
        busy += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return [process.pid, busy--, event];
      };`,
      { maxInstances: 2 },
    );

    const events = [1, 2, 3, 4, 5, 6];
    const answers = await Promise.all(events.map((event) => graph.invoke("f", event)));

    const pids = graph.processes().map(({ pid }) => pid);
    expect(pids).toHaveLength(2);
    expect(answers.map(({ result }) => result)).toEqual(
      events.map((event) => [expect.toBeOneOf(pids), 1, event]),
    );
  });
});

describe("the initializer", () => {
  test("runs once per instance, before the first request, with a context", async () => {
    const graph = deploy(`let project;
      exports.initializer = (context, callback) => {
        console.log("init");
        setImmediate(() => { project = context.getProjectID(); callback(null, ""); });
      };
      exports.handler = async () => project;`);

    expect(await graph.invoke("f", {})).toMatchObject({ result: "p1", logs: ["init"] });
    expect(await graph.invoke("f", {})).toMatchObject({ result: "p1", logs: [] });
  });

  test.each([
    ["reports an error", 'callback(new Error("no"));', "no"],
    ["throws", 'throw new Error("no");', "no"],
    ["exits", "process.exit(3);", expect.stringContaining("exit code 3")],
    ["does not end", "", expect.stringContaining("initializer")],
  ])(
    "that %s costs its instance, and a third instance is the last",
    async (_name, body, message) => {
      const graph = deploy(
        `exports.initializer = (context, callback) => { console.log(process.pid); ${body} };
      exports.handler = async () => "never";`,
        { timeoutMs: 300 },
      );

      const { ok, result, logs } = await graph.invoke("f", {});

      expect({ ok, result }).toEqual({ ok: false, result: userError(message) });
      expect(new Set(logs).size).toBe(3);
      expect(graph.processes()).toEqual([]);
    },
  );
});
