import { EventEmitter } from "node:events";
import type { Readable } from "node:stream";
import type { Budget, Cloud, CloudRequest } from "./cloud.ts";
import type { Answer } from "./failure.ts";
import { sign } from "./sign.ts";

/** A page of the instance query holds 1,000 resources with 20 tags of 128 + 255 characters each. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const FAILURE_BYTES_MAX = 64 * 1024;
const METHODS = ["GET", "POST", "DELETE"] as const;

/** Signs and sends a request once; ends with an answer, or throws what the connection met. */
export function tryOnce(cloud: Cloud, request: CloudRequest, budget: Budget): Promise<Answer> {
  return withinTry(cloud, budget, (end) => send(cloud, request, end));
}

/**
 * Ends a try after its time. undici's own timeouts begin with the answer: it waits for ever for a server
 * that closes each connection as it accepts it. (An emitter costs undici less than a signal a try.)
 */
export async function withinTry<T>(
  { clock, tryTimeoutMs }: Pick<Cloud, "clock" | "tryTimeoutMs">,
  { signal, deadlineMs }: Pick<Budget, "signal" | "deadlineMs">,
  work: (end: EventEmitter) => Promise<T>,
): Promise<T> {
  const end = new EventEmitter();
  const stop = () => end.emit("abort");
  let late = false;
  const cancel = clock.after(Math.min(tryTimeoutMs, deadlineMs - clock.now()), () => {
    late = true;
    stop();
  });
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await work(end);
  } catch (error) {
    throw late ? Object.assign(new Error("no answer"), { code: "ETIMEDOUT" }) : error;
  } finally {
    cancel();
    signal.removeEventListener("abort", stop);
  }
}

async function send(cloud: Cloud, request: CloudRequest, end: EventEmitter): Promise<Answer> {
  const { endpoint, project, credentials, pool, clock } = cloud;
  const headers = sign({ ...request, endpoint }, credentials, project, clock.now());
  const { statusCode, body, ...rest } = await pool.request({
    method: METHODS.find((method) => method === request.method) ?? "POST",
    path: request.path,
    headers,
    body: request.body === undefined ? null : JSON.stringify(request.body),
    signal: end,
  });
  const bytesMax = statusCode < 300 ? ANSWER_BYTES_MAX : FAILURE_BYTES_MAX;
  return { status: statusCode, body: await readBytes(body, bytesMax), headers: rest.headers };
}

/** Reads at most `bytesMax`; what lies beyond is read and thrown away, so that the connection lives on. */
function readBytes(body: Readable, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytesRead = 0;
    body.on("data", (chunk: Buffer) => {
      bytesRead += chunk.length;
      if (bytesRead <= bytesMax) chunks.push(chunk);
    });
    body.on("end", () => {
      resolve(Buffer.concat(chunks));
      // The body and its listeners live on for a while, and large pages with them.
      chunks.length = 0;
    });
    body.on("error", reject);
  });
}
