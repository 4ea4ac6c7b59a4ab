import type { EventEmitter } from "node:events";
import type { Readable } from "node:stream";

/** What goes over a connection. `signal` emits "abort" when nobody waits for the answer any more. */
export type Sent = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Readable | null;
  readonly signal: EventEmitter;
};

/** What comes back; header names in lower case. */
export type Received = {
  readonly statusCode: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: Readable;
};

/** Connections to one host: undici's pool, or what stands in for it. Rejects with an error with a `code`. */
export type Connections = { request(sent: Sent): Promise<Received> };
