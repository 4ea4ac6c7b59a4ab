import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hexId } from "./accounts.ts";
import { claimedAk } from "./auth.ts";
import type { SeenRequest } from "./contract.ts";
import { refuseAtGateway } from "./gateway.ts";
import type { Answer, createPipeline, FoundRoute } from "./pipeline.ts";
import { refusalBody } from "./refusal.ts";

/** Largest request body that is read. */
export const BODY_BYTES_MAX = 1024 * 1024;
/** How long an idle connection stays open; longer than any client here keeps one. */
const KEEP_ALIVE_MS = 65_000;

export type Server = {
  readonly endpoint: string;
  /** Closes every connection at once, busy ones too, and the port. */
  stop(): Promise<void>;
};

/** Puts a pipeline behind a free port on loopback. `seen` gets every request as soon as it arrives. */
export async function startServer(
  pipeline: ReturnType<typeof createPipeline>,
  seen: SeenRequest[],
  now: () => number,
  random: () => number,
): Promise<Server> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, outgoing) => {
    void respond(incoming, outgoing);
  });

  async function respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [path = "/", query = ""] = (incoming.url ?? "/").split(/\?(.*)/s);
    const method = incoming.method ?? "GET";
    const route = pipeline.find(method, path);
    const entry = seenRequest(method, path, route, incoming.headers.authorization, now());
    seen.push(entry);
    const requestId = hexId(random);
    try {
      const body = await readBody(incoming);
      const answer =
        body === "too-large"
          ? tooLarge(requestId)
          : await pipeline.handle(route, {
              method,
              path,
              query,
              headers: headersOf(incoming),
              body,
              sourceIp: incoming.socket.remoteAddress ?? "",
              requestId,
            });
      if (answer.kind === "answer") entry.status = answer.status;
      send(answer, outgoing);
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

async function readBody(incoming: IncomingMessage): Promise<Buffer | "too-large"> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(part);
  }
  return bytes > BODY_BYTES_MAX ? "too-large" : Buffer.concat(chunks);
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

function send(answer: Answer, outgoing: ServerResponse): void {
  if (answer.kind === "reset") {
    outgoing.socket?.resetAndDestroy();
    return;
  }
  // 204 has no body and so no length.
  const length = answer.status === 204 ? {} : { "Content-Length": Buffer.byteLength(answer.body) };
  outgoing.writeHead(answer.status, { ...length, ...answer.headers });
  outgoing.end(answer.body);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
