import { spawn } from "node:child_process";
import { createServer } from "node:http";

/**
 * Answers as the tag calls do, with nothing behind it: what is measured is the caller. Every read
 * finds an untagged resource, every write is accepted. Prints its port and runs until it is killed.
 */
export function serve(delayMs: number): void {
  const server = createServer((request, response) => {
    const answer = () => {
      if (request.method === "POST") response.writeHead(204).end();
      else
        response
          .writeHead(200, { "content-type": "application/json" })
          .end('{"tags":[],"sys_tags":[]}');
    };
    request.resume();
    request.on("end", () => (delayMs === 0 ? answer() : setTimeout(answer, delayMs)));
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
