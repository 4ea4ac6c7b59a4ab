/**
 * Goal: whatever a broker does, a publication ends in time, and the client library costs nothing before it.
 * Method: servers that misbehave below the protocol; a real broker is in test/broker.
 */
import { createServer, type Server, type Socket } from "node:net";
import { build } from "esbuild";
import { afterEach, describe, expect, test } from "vitest";
import { wallClock } from "../../../shared/io/clock.ts";
import {
  type KafkaAccess,
  openQueue,
  parseQueueUrl,
  type QueueDeps,
} from "../../../shared/io/queue/queue.ts";

const ROOT = new URL("../../..", import.meta.url).pathname;
let server: Server | undefined;
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.close();
  server = undefined;
});

/** Listens on a free port of loopback, and answers with `127.0.0.1:<port>`. */
async function listen(behave: (socket: Socket) => void): Promise<string> {
  const listening = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    behave(socket);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const address = listening.address();
  return `127.0.0.1:${address !== null && typeof address !== "string" ? address.port : 0}`;
}

/** Delays that the retries asked for, none of which is waited for. */
let waitedMs: number[] = [];

function open(url: string, budget: Partial<QueueDeps["budget"]> = {}, access?: KafkaAccess) {
  const parsed = parseQueueUrl(url);
  if (!parsed.ok) throw new Error(parsed.problem);
  waitedMs = [];
  return openQueue(parsed.address, {
    cloudAt() {
      throw new Error("Kafka is no service of the cloud");
    },
    endpoints: { functiongraph: "", smn: "", kms: "" },
    kafka: access ?? { login: null, ca: null },
    clock: {
      ...wallClock,
      async sleep(ms) {
        waitedMs.push(ms);
      },
    },
    random: () => 0,
    budget: {
      signal: new AbortController().signal,
      deadlineMs: wallClock.now() + 20_000,
      countCall: () => {},
      ...budget,
    },
  });
}

describe("a publication ends", () => {
  test("as unreachable, after five retries, where nobody listens", async () => {
    const at = await listen(() => {});
    server?.close();
    const queue = open(`kafka://${at}/t`);
    await expect(queue.publish(["x"])).rejects.toMatchObject({
      name: "QueueError",
      code: "unreachable",
      message: expect.stringContaining(`kafka://${at}/t`),
    });
    expect(waitedMs).toEqual([100, 200, 400, 800, 1600]);
    await queue.close();
  });

  test("as unreachable where every connection is closed at once", async () => {
    const at = await listen((socket) => socket.destroy());
    const queue = open(`kafka://${at}/t`);
    await expect(queue.publish(["x"])).rejects.toMatchObject({ code: "unreachable" });
    await queue.close();
  });

  test("as unreachable where what answers is no broker", async () => {
    const at = await listen((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const queue = open(`kafka://${at}/t`);
    await expect(queue.publish(["x"])).rejects.toMatchObject({ code: "unreachable" });
    await queue.close();
  });

  test("at the deadline where nobody ever answers", async () => {
    const at = await listen(() => {});
    const queue = open(`kafka://${at}/t`, { deadlineMs: wallClock.now() + 300 });
    await expect(queue.publish(["x"])).rejects.toMatchObject({ code: "deadline" });
    await queue.close();
  });

  test("at the signal, and is not begun after it or after the deadline", async () => {
    const stopping = new AbortController();
    const at = await listen(() => stopping.abort());
    const queue = open(`kafka://${at}/t`, { signal: stopping.signal });
    await expect(queue.publish(["x"])).rejects.toMatchObject({ code: "deadline" });
    await expect(queue.publish(["x"])).rejects.toMatchObject({ code: "deadline" });
    const late = open(`kafka://${at}/t`, { deadlineMs: wallClock.now() });
    await expect(late.publish(["x"])).rejects.toMatchObject({ code: "deadline" });
    expect(sockets.length).toBe(1);
    await queue.close();
  });
});

test("a text of a million bytes is the largest, and the others are not sent either", async () => {
  const at = await listen((socket) => socket.destroy());
  const queue = open(`kafka://${at}/t`);
  const refused = queue.publish(["x", "y".repeat(1_000_001)]);
  await expect(refused).rejects.toMatchObject({ code: "too-large" });
  expect(sockets.length).toBe(0);
  await expect(queue.publish(["y".repeat(1_000_000)])).rejects.toMatchObject({
    code: "unreachable",
  });
  await queue.close();
});

test("a login that the URL asks for and the settings do not have is denied at once", () => {
  expect(() => open("kafka://127.0.0.1:1/t?sasl=plain")).toThrow(/denied.*no user and password/);
});

test("an empty publication and a queue that was never used touch no network", async () => {
  const queue = open("kafka://127.0.0.1:1/t");
  await queue.publish([]);
  await queue.close();
  expect(waitedMs).toEqual([]);
});

test("a bundle evaluates the client library at the first publication, not at its start", async () => {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    stdin: {
      contents: `export { openQueue, parseQueueUrl } from "./shared/io/queue/queue.ts";`,
      resolveDir: ROOT,
    },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20.15",
    write: false,
    plugins: [
      {
        name: "client that tells",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^kafka-ts$/ }, () => ({ path: "kafka-ts", namespace: "told" }));
          onLoad({ filter: /.*/, namespace: "told" }, () => ({
            contents: `loaded(); throw new Error("loaded");`,
          }));
        },
      },
    ],
  });
  let loads = 0;
  const run = new Function("exports", "require", "module", "loaded", outputFiles[0]?.text ?? "");
  const module: { exports: Record<string, unknown> } = { exports: {} };
  const { createRequire } = await import("node:module");
  run(module.exports, createRequire(import.meta.url), module, () => {
    loads += 1;
  });
  expect([loads, Object.keys(module.exports)]).toEqual([0, ["openQueue", "parseQueueUrl"]]);
  const parsed = parseQueueUrl("kafka://127.0.0.1:1/t");
  const open: unknown = module.exports.openQueue;
  if (typeof open !== "function" || !parsed.ok) throw new Error("the bundle opens no queue");
  const budget = { signal: new AbortController().signal, deadlineMs: Number.POSITIVE_INFINITY };
  const deps = { endpoints: {}, kafka: { login: null, ca: null }, clock: wallClock, budget };
  const queue = open(parsed.address, deps);
  expect(loads).toBe(0);
  await expect(queue.publish(["x"])).rejects.toThrow("loaded");
  expect(loads).toBe(1);
});
