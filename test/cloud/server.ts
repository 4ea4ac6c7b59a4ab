import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hexId } from "./accounts.ts";
import { claimedAk } from "./auth.ts";
import type { SeenRequest } from "./contract.ts";
import { refuseAtGateway } from "./gateway.ts";
import { claimedObjectAk } from "./object-auth.ts";
import {
  isObjectRequest,
  OBJECT_BYTES_MAX,
  type ObjectStore,
  objectOperation,
  objectTooLarge,
} from "./object-store.ts";
import type { Answer, createPipeline, FoundRoute, Request } from "./pipeline.ts";
import { refusalBody } from "./refusal.ts";

/** Largest request body that is read; the object store has a limit of its own. */
export const BODY_BYTES_MAX = 1024 * 1024;
/** How long an idle connection stays open; longer than any client here keeps one. */
const KEEP_ALIVE_MS = 65_000;

/** Connections as the server sees them. */
export type Connections = {
  /** How many are open. */
  open(): Promise<number>;
  /** Closes those on which nothing is asked, as a server does that has waited long enough. */
  closeIdle(): void;
};

export type Server = {
  readonly endpoint: string;
  readonly connections: Connections;
  /** Closes every connection at once, busy ones too, and the port. */
  stop(): Promise<void>;
};

/** What takes a request in, and how much of one. */
type Gate = {
  readonly bytesMax: number;
  readonly tooLarge: (path: string, requestId: string) => Answer;
  readonly handle: (request: Request) => Promise<Answer>;
};

/**
 * Puts a pipeline behind a free port on loopback, and the object store beside it: its paths are of the
 * caller's making, so that only the signature tells. `seen` gets every request as soon as it arrives.
 */
export async function startServer(
  pipeline: ReturnType<typeof createPipeline>,
  objects: Pick<ObjectStore, "handle">,
  seen: SeenRequest[],
  now: () => number,
  random: () => number,
): Promise<Server> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, outgoing) => {
    void respond(incoming, outgoing);
  });

  const objectGate: Gate = {
    bytesMax: OBJECT_BYTES_MAX,
    tooLarge: objectTooLarge,
    handle: objects.handle,
  };
  const serviceGate = (route: FoundRoute | undefined): Gate => ({
    bytesMax: BODY_BYTES_MAX,
    tooLarge: (_path, requestId) => tooLarge(requestId),
    handle: (request) => pipeline.handle(route, request),
  });

  async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [path = "/", query = ""] = (incoming.url ?? "/").split(/\?(.*)/s);
    const method = incoming.method ?? "GET";
    const { authorization } = incoming.headers;
    const forObjects = isObjectRequest(authorization);
    const route = forObjects ? undefined : pipeline.find(method, path);
    const entry = forObjects
      ? seenObjectRequest(method, path, authorization ?? "", now())
      : seenRequest(method, path, route, authorization, now());
    seen.push(entry);
    const requestId = hexId(random);
    const gate = forObjects ? objectGate : serviceGate(route);
    try {
      const body = await readBody(incoming, gate.bytesMax);
      const sourceIp = incoming.socket.remoteAddress ?? "";
      const answer =
        body === "too-large"
          ? gate.tooLarge(path, requestId)
          : await gate.handle({
              method,
              path,
              query,
              headers: headersOf(incoming),
              body,
              sourceIp,
              requestId,
            });
      if (answer.kind === "answer") entry.status = answer.status;
      send(answer, outgoing, now());
    } catch (error) {
      if (incoming.destroyed && !incoming.complete) return; // the client hung up while it sent
      // A mistake in the emulator must be seen, and must not look like the service's weather.
      entry.status = 500;
      outgoing.writeHead(500).end(error instanceof Error ? error.stack : String(error));
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${portOf(server.address())}`,
    connections: {
      open: () =>
        new Promise((resolve, reject) => {
          server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
        }),
      closeIdle: () => server.closeIdleConnections(),
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function seenRequest(
  method: string,
  path: string,
  route: FoundRoute | undefined,
  authorization: string | undefined,
  at: number,
): SeenRequest {
  const service = route?.target.service ?? "other";
  return {
    at,
    method,
    path,
    operation: route?.target.name ?? "unknown",
    service: typeof service === "string" ? service : service.name,
    ak: claimedAk(authorization),
    status: 0,
  };
}

function seenObjectRequest(
  method: string,
  path: string,
  authorization: string,
  at: number,
): SeenRequest {
  const operation = objectOperation(method, path);
  const ak = claimedObjectAk(authorization);
  return { at, method, path, operation, service: "obs", ak, status: 0 };
}

async function readBody(
  incoming: IncomingMessage,
  bytesMax: number,
): Promise<Buffer | "too-large"> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes <= bytesMax) chunks.push(part);
  }
  return bytes > bytesMax ? "too-large" : Buffer.concat(chunks);
}

function headersOf(incoming: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );
}

function tooLarge(requestId: string): Answer {
  const refusal = refuseAtGateway("APIGW.0201");
  const body = JSON.stringify(refusalBody(refusal, requestId));
  return { kind: "answer", status: refusal.status, headers: { "X-Request-Id": requestId }, body };
}

function send(answer: Answer, outgoing: ServerResponse, nowMs: number): void {
  if (answer.kind === "reset") {
    outgoing.socket?.resetAndDestroy();
    return;
  }
  // 204 has no body and so no length.
  const length = answer.status === 204 ? {} : { "Content-Length": Buffer.byteLength(answer.body) };
  // By the cloud's clock, as its checks of signatures are.
  const date = new Date(nowMs).toUTCString();
  outgoing.writeHead(answer.status, { Date: date, ...length, ...answer.headers });
  outgoing.end(answer.body);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
