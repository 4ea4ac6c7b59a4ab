/**
 * Goal: whatever a server does, a call ends: with an answer, or with an error that says what happened.
 * Method: servers that misbehave below HTTP. Time is a clock that nobody waits for; only the time of one
 * try is real, and short.
 */
import { getEventListeners } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { Pool } from "undici";
import { afterEach, expect, test } from "vitest";
import { CloudError } from "../../shared/core/error.ts";
import { RESOURCE_KINDS } from "../../shared/core/resource.ts";
import type { Clock } from "../../shared/io/clock.ts";
import { type Budget, call } from "../../shared/io/cloud.ts";
import type { Sent } from "../../shared/io/connections.ts";
import type { Credentials } from "../../shared/io/sign.ts";
import { createQuickClock } from "../functions/stage.ts";
import { createFreePacer } from "./free-pacer.ts";

let server: Server | undefined;
let pool: Pool | undefined;

afterEach(async () => {
  await pool?.destroy();
  server?.close();
});

/** Calls a server that treats each connection so; answers with how it ended and how many tries it made. */
async function callAgainst(
  behave: (socket: Socket) => void,
  signal = new AbortController().signal,
  credentials: Credentials = { ak: "a", sk: "s" },
) {
  const listening = createServer((socket) => {
    socket.on("error", () => {});
    behave(socket);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const address = listening.address();
  const port = address !== null && typeof address !== "string" ? address.port : 0;
  const endpoint = `http://127.0.0.1:${port}`;
  pool = new Pool(endpoint, { connections: 1 });
  const clock = createQuickClock();
  let tries = 0;
  const budget: Budget = {
    signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    countCall: () => {
      tries += 1;
    },
  };
  const cloud = {
    ...{ endpoint, pool, clock, project: "p", credentials },
    random: () => 0,
    pacer: createFreePacer(clock),
    tryTimeoutMs: 50,
  };
  const kind = RESOURCE_KINDS.secret;
  const request = {
    kind,
    operation: "ListTags",
    method: "GET",
    path: "/",
    body: undefined,
  };
  const ended: unknown = await call(cloud, request, budget).catch((error: unknown) => error);
  return { ended, tries };
}

const answer = (socket: Socket, text: string) => socket.once("data", () => socket.end(text));

test.each<[string, (socket: Socket) => void]>([
  ["closes each connection as it accepts it", (socket) => socket.destroy()],
  ["resets it", (socket) => socket.resetAndDestroy()],
  ["never answers", () => {}],
  ["stops in the middle of the headers", (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-le")],
  [
    "stops in the middle of the body",
    (socket) =>
      socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")),
  ],
  [
    "closes in the middle of the body",
    (socket) => answer(socket, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"),
  ],
])("a server that %s is tried six times and is unreachable", async (_name, behave) => {
  const { ended, tries } = await callAgainst(behave);
  expect(ended).toBeInstanceOf(CloudError);
  expect(ended).toMatchObject({ code: "unreachable", status: 0 });
  expect(tries).toBe(6);
});

test("a server that does not speak HTTP is unreachable, and asking again would not help", async () => {
  const { ended, tries } = await callAgainst((socket) => answer(socket, "220 smtp ready\r\n"));
  expect(ended).toMatchObject({ code: "unreachable", detail: expect.stringMatching(/^HPE_/) });
  expect(tries).toBe(1);
});

test("a deadline in the middle of a try wins over the try", async () => {
  const deadline = new AbortController();
  const { ended } = await callAgainst(() => deadline.abort(), deadline.signal);
  expect(ended).toMatchObject({ code: "deadline" });
});

test("a call leaves neither a timer nor a listener behind", async () => {
  const control = new AbortController();
  const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
  const before = getEventListeners(control.signal, "abort").length;
  const timersBefore = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const { ended } = await callAgainst((socket) => answer(socket, ok), control.signal);
  expect(ended).toEqual({});
  expect(getEventListeners(control.signal, "abort")).toHaveLength(before);
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout");
  expect(timers.length).toBeLessThanOrEqual(timersBefore);
});

test("a request that cannot be sent is a defect and not bad weather", async () => {
  const { ended } = await callAgainst(() => {}, undefined, {
    ak: "a",
    sk: "s",
    token: "line\nbreak",
  });
  expect(ended).not.toBeInstanceOf(CloudError);
  expect(ended).toBeInstanceOf(Error);
});

test("a try is given up when the clock says so, whatever the clock on the wall says", async () => {
  const quick = createQuickClock();
  const rung: number[] = [];
  const clock: Clock = {
    ...quick,
    after(ms, ring) {
      rung.push(ms);
      const turn = setImmediate(ring);
      return () => clearImmediate(turn);
    },
  };
  const cloud = {
    ...{ endpoint: "http://127.0.0.1:9", pool: { request: neverAnswered }, clock },
    ...{ project: "p", credentials: { ak: "a", sk: "s" } },
    random: () => 0,
    pacer: createFreePacer(clock),
    tryTimeoutMs: 60_000,
  };
  const budget = {
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    countCall: () => {},
  };
  const kind = RESOURCE_KINDS.secret;
  const request = { kind, operation: "ListTags", method: "GET", path: "/", body: undefined };
  await expect(call(cloud, request, budget)).rejects.toMatchObject({ detail: "ETIMEDOUT" });
  expect(rung).toEqual(Array(6).fill(60_000));
});

function neverAnswered({ signal }: Sent): Promise<never> {
  return new Promise((_, reject) => signal.once("abort", () => reject(new Error("given up"))));
}
