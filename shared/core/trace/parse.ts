import * as z from "zod/mini";
import type { Field } from "../facts.ts";
import { literalTextOf, objectOf, textOf } from "../json-value.ts";
import { parseTime, toIsoTime } from "../time.ts";
import type { Trace, TraceInput } from "./trace.ts";

// Only the name of a trace is required. Every other field is read by what it is and not refused for
// what it is not: the documents disagree about most of them (functiongraph.md 3, dew-api.md 6.4).
const anything = z.optional(z.unknown());
const text = z.pipe(anything, z.transform(textOf));
const literalText = z.pipe(anything, z.transform(literalTextOf));
const time = z.pipe(anything, z.transform(parseTime));
const body = z.pipe(
  anything,
  z.transform((value) => objectOf(value) ?? {}),
);

const domain = z.pipe(body, z.object({ name: text }));
const user = z.pipe(
  body,
  z.object({
    id: text,
    name: text,
    type: text,
    domain,
    user_name: text,
    principal_id: text,
    account_id: text,
  }),
);

const traceSchema = z.object({
  trace_name: z.string().check(z.regex(/\S/)),
  trace_id: text,
  trace_type: text,
  trace_rating: text,
  trace_status: text,
  code: anything,
  resource_type: text,
  resource_name: literalText,
  resource_id: text,
  resource_url: text,
  time,
  record_time: time,
  user,
  source_ip: text,
  user_agent: text,
  project_id: text,
  enterprise_project_id: text,
  request: body,
  response: body,
});
type RawTrace = z.infer<typeof traceSchema>;

/**
 * Reads one CTS trace that stands at `at` in the event. Refused is only what has no `trace_name`.
 *
 * Accepted, whatever a field was sent as: times in milliseconds, seconds or text; `request`,
 * `response` and `user` as an object, as JSON text, as other text, empty or null; `code` as a number
 * or text; `resource_id` missing, `{}`, or a name; ratings of both generations.
 */
export function parseTrace(value: unknown, at: string): TraceInput {
  const parsed = traceSchema.safeParse(value);
  if (!parsed.success) {
    const path = at === "" ? "trace_name" : `${at}.trace_name`;
    return { ok: false, at: path, problem: "expected the name of a trace, as text" };
  }
  const raw = parsed.data;
  const timeMs = raw.time ?? raw.record_time;
  const trace: Trace = {
    id: raw.trace_id ?? "",
    name: raw.trace_name,
    resourceType: raw.resource_type ?? "",
    timeMs,
    succeeded: hasSucceeded(raw),
    resourceId: raw.resource_id,
    resourceName: raw.resource_name,
    resourceUrl: raw.resource_url,
    request: raw.request,
    response: raw.response,
    fields: fieldsOf(raw, timeMs),
  };
  return { ok: true, trace };
}

// `normal` is success, `warning` a failure, `incident` worse (dew-api.md 6.4); the others are not
// documented and leave no doubt.
const FAILED_RATINGS: readonly string[] = [
  "warning",
  "incident",
  "failed",
  "failure",
  "fail",
  "error",
];
const FAILED_CODE_MIN = 400;

/** `trace_rating` supersedes `trace_status`. A trace that says nothing of its result has succeeded. */
function hasSucceeded({ trace_rating, trace_status, code }: RawTrace): boolean {
  const rating = (trace_rating ?? trace_status ?? "").trim().toLowerCase();
  if (FAILED_RATINGS.includes(rating)) return false;
  if (typeof code === "number") return code < FAILED_CODE_MIN;
  const number = Number(textOf(code) ?? 0);
  // A code that is no number is a service's error code, such as KMS.0207.
  return Number.isNaN(number) ? rating === "normal" : number < FAILED_CODE_MIN;
}

function fieldsOf(raw: RawTrace, timeMs: number | null): ReadonlyMap<Field, string> {
  const { user } = raw;
  const read: readonly (readonly [Field, string | null])[] = [
    ["creator.name", user.name ?? user.user_name],
    ["creator.id", user.id ?? user.principal_id],
    ["creator.type", user.type],
    ["creator.domain", user.domain.name ?? user.account_id],
    ["creator.ip", raw.source_ip],
    ["creator.agent", raw.user_agent],
    ["event.time", timeMs === null ? null : toIsoTime(timeMs)],
    ["event.id", raw.trace_id],
    ["event.type", raw.trace_type],
    ["project", raw.project_id],
    ["resource.enterpriseProject", raw.enterprise_project_id],
  ];
  const fields = new Map<Field, string>();
  for (const [field, value] of read) if (value !== null) fields.set(field, value);
  return fields;
}
