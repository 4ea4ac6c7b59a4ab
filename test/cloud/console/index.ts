/**
 * The console: one page over the local cloud, on loopback, for whoever wants to see what Tagwarden does.
 *
 * It is a caller of the cloud like any other: what it shows and does goes through signed requests, the run store and
 * the queue. Invocations with their results, and a topic's messages, it reads in process: FunctionGraph and SMN have
 * no such call here. The page gets the state as server-sent events and asks for actions by POST (`gate.ts` says from
 * whom); it is built by esbuild from `page/` and needs nothing from anywhere else.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { ACTIONS } from "./actions.ts";
import { AUDIT_NAME } from "./auditing.ts";
import { type ConsoleWorld, type Desk, openDesk, PERSON } from "./desk.ts";
import { type Gate, turnAway } from "./gate.ts";
import { type Live, openLive } from "./live.ts";
import { type Page, readPage } from "./page-file.ts";
import type { Refused } from "./view.ts";

export type { ConsoleWorld } from "./desk.ts";
export { TOKEN_HEADER } from "./gate.ts";

export type Console = {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string;
  /** Ends at once, pages that are open included. */
  stop(): Promise<void>;
};

const BODY_BYTES_MAX = 64 * 1024;

/** What every answer says, beside its own. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};
/** A report comes from a store that others write to: it runs its own script and reaches nothing of ours. */
const REPORT_POLICY = "sandbox allow-scripts allow-downloads; frame-ancestors 'none'";

type Parts = {
  readonly desk: Desk;
  readonly live: Live;
  readonly page: Page;
  readonly gate: Gate;
};

/** Serves the page on a port of 127.0.0.1; 0 is any. Rejects where the port is taken. */
export async function startConsole(world: ConsoleWorld, port: number): Promise<Console> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the console has no port");
  const desk = openDesk(world);
  const token = randomBytes(24).toString("base64url");
  const { cloud, grace } = world;
  const parts: Parts = {
    desk,
    live: openLive(desk),
    gate: { port: address.port, token },
    page: readPage(world.bundles, token, {
      endpoint: cloud.endpoint,
      region: cloud.region,
      project: cloud.project,
      policy: desk.policy.hash.slice(0, 12),
      grace,
      person: PERSON,
    }),
  };
  server.on("request", (incoming, outgoing) => {
    respond(incoming, outgoing, parts).catch((error: unknown) => {
      if (outgoing.headersSent) outgoing.destroy();
      else sendJson(outgoing, 500, { problem: String(error) });
    });
  });
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async stop() {
      parts.live.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, desk.close()]);
    },
  };
}

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { desk, live, page, gate }: Parts,
): Promise<void> {
  const { method = "GET", url = "/", headers } = incoming;
  const path = url.split("?")[0] ?? "/";
  const refusal = turnAway(method, path, headers, gate);
  if (refusal !== null) return sendJson(outgoing, 403, { problem: refusal });
  if (method === "POST") return act(path, incoming, outgoing, desk);
  if (method !== "GET") return sendJson(outgoing, 405, { problem: "GET or POST" });
  if (path === "/") return sendHtml(outgoing, page.html, page.contentPolicy);
  if (path === "/state") return sendJson(outgoing, 200, await live.read());
  if (path === "/events") {
    outgoing.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream" });
    return live.subscribe(outgoing);
  }
  const report = /^\/reports\/([^/]+)$/.exec(path)?.[1];
  const text =
    report !== undefined && AUDIT_NAME.test(report)
      ? await desk.runs.store.read(`audits/${report}/report.html`)
      : null;
  if (text === null) return sendJson(outgoing, 404, { problem: "there is no such page" });
  return sendHtml(outgoing, text, REPORT_POLICY);
}

async function act(
  path: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  desk: Desk,
): Promise<void> {
  const action = Object.hasOwn(ACTIONS, path) ? ACTIONS[path] : undefined;
  if (action === undefined) return sendJson(outgoing, 404, { problem: "there is no such action" });
  const body = await readBody(incoming);
  if (body === "too-large") return sendJson(outgoing, 413, { problem: "the request is too large" });
  const acted = await action(body, desk);
  if (acted.ok) return sendJson(outgoing, 200, acted.body);
  const refused: Refused = acted.refused;
  return sendJson(outgoing, 422, refused);
}

async function readBody(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(part);
  }
  if (bytes > BODY_BYTES_MAX) return "too-large";
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return null;
  }
}

function sendJson(outgoing: ServerResponse, status: number, body: object): void {
  outgoing.writeHead(status, { ...HEADERS, "Content-Type": "application/json" });
  outgoing.end(JSON.stringify(body));
}

function sendHtml(outgoing: ServerResponse, html: string, contentPolicy: string): void {
  outgoing.writeHead(200, {
    ...HEADERS,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": contentPolicy,
  });
  outgoing.end(html);
}
