import { spawn } from "node:child_process";
import { createServer } from "node:http";

/** Where the server tells `{ open, most, all }` of its connections. */
export const SOCKETS = "/sockets";

/**
 * Answers as the tag calls do, with nothing behind it: what is measured is the caller. Every read
 * finds an untagged resource, every write is accepted. Prints its port and runs until it is killed.
 */
export function serve(delayMs: number): void {
  const sockets = { open: 0, most: 0, all: 0 };
  const server = createServer((request, response) => {
    const answer = () => {
      if (request.url === SOCKETS) response.end(JSON.stringify(sockets));
      else if (request.method === "POST") response.writeHead(204).end();
      else
        response
          .writeHead(200, { "content-type": "application/json" })
          .end('{"tags":[],"sys_tags":[]}');
    };
    request.resume();
    request.on("end", () => (delayMs === 0 ? answer() : setTimeout(answer, delayMs)));
  });
  server.on("connection", (socket) => {
    sockets.all += 1;
    sockets.open += 1;
    sockets.most = Math.max(sockets.most, sockets.open);
    socket.once("close", () => {
      sockets.open -= 1;
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address !== null && typeof address !== "string") process.stdout.write(`${address.port}\n`);
  });
}

export type ServerProcess = { readonly port: string; stop(): void };

/** Runs `serve` in a process of its own, so that its work is not counted as the caller's. */
export function startServer(script: string, delayMs: number): Promise<ServerProcess> {
  const child = spawn(process.execPath, [script, "serve", String(delayMs)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout.once("data", (chunk: Buffer) =>
      resolve({ port: chunk.toString("utf8").trim(), stop: () => child.kill() }),
    );
  });
}
