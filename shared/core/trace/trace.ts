import type { Field } from "../facts.ts";

/**
 * A CTS trace, with every hazard of its fields already resolved (functiongraph.md section 3,
 * dew-api.md section 6.4). Nothing here is trusted: ids and names are checked before use.
 */
export type Trace = {
  /** `trace_id`; empty where the event has none. */
  readonly id: string;
  /** `trace_name` as sent; compared without case. */
  readonly name: string;
  /** `resource_type` as sent; empty where missing. */
  readonly resourceType: string;
  /** Milliseconds since 1970 from `time`, else `record_time`; `null` where neither can be read. */
  readonly timeMs: number | null;
  /** What `trace_rating`, `trace_status` and `code` say together. */
  readonly succeeded: boolean;
  readonly resourceId: string | null;
  /** As sent: a secret may be called `null`. */
  readonly resourceName: string | null;
  readonly resourceUrl: string | null;
  /** `request` and `response` as objects, whatever they were sent as; empty where they are unreadable. */
  readonly request: { readonly [field: string]: unknown };
  readonly response: { readonly [field: string]: unknown };
  /** `creator.*`, `event.*`, `region`, `project`, `resource.enterpriseProject` where the trace has them. */
  readonly fields: ReadonlyMap<Field, string>;
};

/** One input of an event: a trace, or why there is none. `at` is the path of the problem. */
export type TraceInput =
  | { readonly ok: true; readonly trace: Trace }
  | { readonly ok: false; readonly at: string; readonly problem: string };
