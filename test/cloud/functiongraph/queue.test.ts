import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { FunctionSetup } from "../contract.ts";
import {
  clock,
  deploy,
  ECHO,
  FAIL,
  isRunning,
  retrying,
  root,
  setUp,
  startGraph,
  userError,
} from "./fixture.ts";

const PID = "exports.handler = async () => process.pid;";

describe("asynchronous invocation", () => {
  test("a failure is tried again as often as allowed, then its destination is told", async () => {
    const onFailure = vi.fn();
    const graph = startGraph({ onFailure });
    const acceptedAt = new Date(clock.nowMs).toISOString();
    graph.deploy(setUp(FAIL, retrying(3)));

    const requestId = graph.invokeAsync("f", { n: 1 });
    expect(graph.invocations).toMatchObject([{ requestId, event: { n: 1 } }]);
    await graph.idle();

    const payload = {
      timestamp: `${acceptedAt}+00:00`,
      request_context: {
        request_id: requestId,
        function_urn: "urn:fss:local:p1:function:default:f:latest",
        condition: "UserFunctionError",
        approximate_invoke_count: 4,
      },
      request_payload: '{"n":1}',
      response_context: { status_code: 200, function_error: "no luck" },
      response_payload: JSON.stringify(userError("no luck")),
    };
    expect(graph.failures).toEqual([{ function: "f", payload }]);
    expect(onFailure.mock.calls).toEqual([["f", payload]]);
    expect(clock.delaysMs).toEqual([1000, 1000, 1000]);
    expect(graph.invocations).toMatchObject([
      { tries: 4, state: "failed", result: userError("no luck") },
    ]);
  });

  test("a retry that succeeds ends it, and its logs are those of all tries", async () => {
    const graph = deploy(
      `let tries = 0;
      exports.handler = async () => {
        console.log("try " + ++tries);
        if (tries === 1) throw new Error("no");
        return tries;
      };`,
      retrying(3),
    );

    graph.invokeAsync("f", {});
    await graph.idle();

    const logs = ["try 1", "try 2"];
    expect(graph.invocations).toMatchObject([{ tries: 2, state: "succeeded", result: 2, logs }]);
    expect(graph.failures).toEqual([]);
  });

  test("a crash and a timeout count as tries", async () => {
    const graph = deploy(
      "exports.handler = async (crash) => { if (crash) process.exit(1); for (;;); };",
      { timeoutMs: 200, ...retrying(1) },
    );
    graph.invokeAsync("f", true);
    graph.invokeAsync("f", false);
    await graph.idle();
    expect(graph.failures.map(({ payload }) => payload.request_context)).toMatchObject([
      { approximate_invoke_count: 2 },
      { approximate_invoke_count: 2 },
    ]);
  });

  test("an event that became too old is not tried again", async () => {
    const graph = deploy(FAIL, retrying(3, 1));
    graph.invokeAsync("f", {});
    await graph.idle();
    expect(graph.invocations).toMatchObject([{ tries: 2, state: "failed" }]);
    expect(graph.failures).toHaveLength(1);
  });

  test("an event that became too old in the queue is never tried, and its destination is told", async () => {
    const graph = deploy("exports.handler = async (event) => console.log(event);", retrying(3, 1));
    graph.invokeAsync("f", 1);
    graph.invokeAsync("f", 2);
    clock.nowMs += 1001;
    await graph.idle();
    expect(graph.invocations).toMatchObject([
      { state: "succeeded" },
      { tries: 0, state: "failed" },
    ]);
    expect(graph.failures).toMatchObject([{ payload: { request_payload: "2" } }]);
    await graph.invoke("f", 3);
    expect(graph.logs()).toEqual(["1", "3"]);
  });

  test("an event over 256 KB is refused; from a trigger it is lost, and that can be seen", async () => {
    const graph = deploy(ECHO, { traces: ["createKey"] });
    const event = "x".repeat(256 * 1024 - 2);
    graph.invokeAsync("f", event);
    expect(() => graph.invokeAsync("f", `${event}x`)).toThrow("262144");
    graph.deliver("createKey", `${event}x`);
    await graph.idle();
    expect(graph.invocations).toMatchObject([
      { state: "succeeded" },
      { state: "failed", tries: 0 },
    ]);
  });

  test("a trace goes to the functions that subscribe to its name", async () => {
    const graph = startGraph();
    graph.deploy(setUp(ECHO, { name: "a", traces: ["createKey", "createSecret"] }));
    graph.deploy(setUp(ECHO, { name: "b", traces: ["createSecret"] }));
    graph.deliver("createKey", 1);
    graph.deliver("createSecret", 2);
    graph.deliver("deleteSecret", 3);
    await graph.idle();
    expect(graph.invocations.map((seen) => [seen.function, seen.result])).toEqual([
      ["a", 1],
      ["a", 2],
      ["b", 2],
    ]);
  });
});

describe("deploying", () => {
  const entries = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`N${n}`, "v"]));

  test.each<[Partial<FunctionSetup>, string]>([
    [{ name: "" }, "name"],
    [{ memoryMb: 200 }, "memoryMb 200"],
    [{ timeoutMs: 99 }, "timeoutMs 99"],
    [{ timeoutMs: 259_200_001 }, "timeoutMs"],
    [{ maxInstances: 0 }, "maxInstances 0"],
    [{ maxInstances: 1001 }, "maxInstances 1001"],
    [{ userData: entries(21) }, "21 entries"],
    [{ userData: { AB: "x".repeat(4095) } }, "4097 characters"],
    [{ userData: { "1A": "" } }, '"1A" is not allowed'],
    [{ userData: { "A-B": "" } }, '"A-B" is not allowed'],
    [{ userData: { RUNTIME_CPU: "" } }, "reserved"],
    [retrying(4), "maxRetries 4"],
    [retrying(1, 0), "maxAgeSeconds 0"],
    [retrying(1, 86_401), "maxAgeSeconds 86401"],
  ])("refuses %o", (changes, problem) => {
    expect(() => startGraph().deploy(setUp(ECHO, changes))).toThrow(problem);
  });

  test("takes what is just within the limits, and any number of instances", async () => {
    const graph = startGraph();
    graph.deploy(setUp(ECHO, { userData: entries(20), maxInstances: -1, timeoutMs: 259_200_000 }));
    graph.deploy(setUp(ECHO, { userData: { AB: "x".repeat(4094) }, ...retrying(0, 86_400) }));
    expect((await graph.invoke("f", 1)).ok).toBe(true);
  });

  test("replaces a function: what runs ends on the old code, what waits gets the new one", async () => {
    const graph = deploy(
      'exports.handler = async () => new Promise((r) => setTimeout(r, 50, "old"));',
    );
    const answers = [graph.invoke("f", {}), graph.invoke("f", {})];
    graph.deploy(setUp('exports.handler = async () => "new";'));
    const results = (await Promise.all(answers)).map(({ result }) => result);
    expect(results).toEqual(["old", "new"]);
    expect(graph.processes()).toHaveLength(1);
  });

  test("a function that nobody deployed cannot be invoked", async () => {
    const graph = startGraph();
    await expect(graph.invoke("f", {})).rejects.toThrow('"f"');
    expect(() => graph.invokeAsync("f", {})).toThrow('"f"');
  });
});

describe("the end", () => {
  test("stop leaves no process, and everything that waited or ran is given up", async () => {
    const sleep = (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
    const graph = startGraph({ clock: { ...clock, sleep } });
    graph.deploy(setUp('exports.handler = async () => { console.log("on"); for (;;); };'));
    graph.deploy(setUp(FAIL, { name: "failing", ...retrying(1) }));
    graph.deploy(setUp(PID, { name: "warm" }));
    const warm = await graph.invoke("warm", {});
    const stuck = graph.invoke("f", {});
    graph.invokeAsync("f", {});
    graph.invokeAsync("failing", {});
    await vi.waitFor(() => {
      expect(graph.logs()).toContain("on");
      expect(graph.invocations.at(-1)).toMatchObject({ tries: 1, state: "waiting" });
    }, 10_000);
    const pids = graph.processes().map(({ pid }) => pid);

    await graph.stop();

    expect(pids).toHaveLength(3);
    expect(pids).toContain(warm.result);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(graph.processes()).toEqual([]);
    expect(await stuck).toMatchObject({ ok: false });
    await graph.idle();
    expect(graph.invocations.slice(1).map(({ state }) => state)).toEqual(Array(3).fill("failed"));
    expect(graph.failures).toEqual([]);
    graph.deliver("createKey", {});
    await expect(graph.invoke("f", {})).rejects.toThrow("stopped");
  });

  /** This FunctionGraph as one file, built once. */
  let outfile: string;
  beforeAll(async () => {
    outfile = join(root, "bundled.cjs");
    await build({
      entryPoints: [join(import.meta.dirname, "index.ts")],
      outfile,
      bundle: true,
      minify: true,
      platform: "node",
      format: "cjs",
      target: "node20",
    });
  });

  test.each([
    ["is killed", "await new Promise(() => setInterval(() => {}, 1000));", "SIGKILL"],
    ["exits while a function blocks its process", "for (;;);", "SIGTERM"],
  ] as const)(
    "bundled as CommonJS it works, and no process outlives a parent that %s",
    async (_name, body, signal) => {
      const stuck = setUp(`exports.handler = async () => { console.log("stuck"); ${body} };`);
      const script = `
      process.on("SIGTERM", () => process.exit());
      const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const graph = require(${JSON.stringify(outfile)}).createFunctionGraph({
        project: "p1", clock: { now: Date.now, sleep }, credentialsOf: () => ({ ak: "a", sk: "s" }),
      });
      graph.deploy(${JSON.stringify(setUp(PID, { name: "warm" }))});
      graph.deploy(${JSON.stringify(stuck)});
      graph.invoke("f", {});
      graph.invoke("warm", {}).then(async ({ result }) => {
        while (graph.logs().length === 0) await sleep(5);
        console.log(JSON.stringify({ result, pids: graph.processes().map(({ pid }) => pid) }));
      });`;
      const parent = spawn(process.execPath, ["--eval", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = await once(parent.stdout, "data");

      const { result, pids }: { result: number; pids: number[] } = JSON.parse(String(line));
      expect(pids).toHaveLength(2);
      expect(pids).toContain(result);
      parent.kill(signal);
      await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), 10_000);
    },
  );
});
