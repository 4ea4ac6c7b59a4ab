import * as z from "zod";
import type { Credentials } from "../contract.ts";

/** What a failed execution answers (functiongraph.md section 7). */
export type Failure = { readonly errorMessage: string; readonly errorType: string };

/** What one request brings into the context object. */
export type Call = {
  readonly requestId: string;
  readonly credentials: Credentials;
  /** IAM token of the agency, for `getToken()`. */
  readonly agencyToken: string;
};

/** What an instance is asked to do, one at a time; it travels as JSON text. */
export type ToInstance =
  | { readonly kind: "load" }
  | { readonly kind: "initialize"; readonly call: Call; readonly limitMs: number }
  | {
      readonly kind: "invoke";
      readonly call: Call;
      readonly limitMs: number;
      /** The event as JSON text. */
      readonly event: string;
    };

/** What an instance answers; exactly one answer to each question. */
export const FROM_INSTANCE = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("loaded") }),
  z.object({ kind: z.literal("ready") }),
  /** `result` is JSON text. */
  z.object({ kind: z.literal("done"), result: z.string() }),
  z.object({ kind: z.literal("failed"), errorMessage: z.string(), errorType: z.string() }),
]);

export type FromInstance = z.infer<typeof FROM_INSTANCE>;
