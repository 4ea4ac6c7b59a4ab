import { wholeNumber } from "./instances.ts";
import { refusalsOf } from "./refusal.ts";
import { type Call, ok, type Reply, type Service } from "./service.ts";
import { TRACE_NAMES } from "./trace-names.ts";
import type { RecordedTrace } from "./trail.ts";
import type { World } from "./world.ts";

/** Limits of the trace query, from the SDK's ListTracesRequest and dew-api.md 6.4. */
export const TRACES_DEFAULT_ROWS = 10;
export const TRACES_MAX_ROWS = 200;
export const TRACES_KEPT_MS = 7 * 24 * 60 * 60 * 1000;
export const TRACES_DEFAULT_SPAN_MS = 60 * 60 * 1000;

// CTS has codes of its own; which ones is not covered by the documents at hand. These are placeholders.
const refuse = refusalsOf("service", {
  "CTS.0003": { status: 400, message: "Invalid parameter." },
  "CTS.0013": { status: 403, message: "No permission." },
});

/** Query parameters that must equal the trace's field of the same name. */
const FILTERS = [
  "trace_id",
  "trace_name",
  "trace_rating",
  "service_type",
  "resource_type",
  "resource_id",
  "resource_name",
] as const;

/** The trace service: what was recorded, and which operations are (dew-api.md 6). */
export function createCts(world: World, traces: readonly RecordedTrace[]): Service {
  return {
    name: "cts",
    traceType: "",
    subject: () => undefined,
    operations: [
      {
        name: "ListTraces",
        method: "GET",
        path: "/v3/{project}/traces",
        actions: [],
        run: (call) => listTraces(call, traces),
      },
      {
        name: "ListOperations",
        method: "GET",
        path: "/v3/{project}/operations",
        actions: ["cts:notification:listOperation"],
        run: (call) => listOperations(call, world),
      },
    ],
    refuse: {
      malformed: () => refuse("CTS.0003"),
      denied: (action) => refuse("CTS.0013", `(${action})`),
      foreignProject: () => refuse("CTS.0013", "(another project)"),
    },
  };
}

/** Newest first; `next` is the id of the last trace of the page before. */
function listTraces({ query, nowMs }: Call, traces: readonly RecordedTrace[]): Reply {
  const text = (name: string) => query.get(name) ?? undefined;
  const kind = text("trace_type") ?? "system";
  if (kind !== "system" && kind !== "data") throw refuse("CTS.0003", "(trace_type)");
  const limit = wholeNumber(text("limit"), TRACES_DEFAULT_ROWS);
  if (limit < 1 || limit > TRACES_MAX_ROWS) throw refuse("CTS.0003", "(limit)");
  const span = { from: milliseconds(text("from")), to: milliseconds(text("to")) };
  // "from and to are used together"; neither moment is itself included.
  if ((span.from === undefined) !== (span.to === undefined)) throw refuse("CTS.0003", "(from, to)");
  const from = Math.max(span.from ?? nowMs - TRACES_DEFAULT_SPAN_MS, nowMs - TRACES_KEPT_MS);
  const to = span.to ?? nowMs;

  const next = text("next");
  const nextAt = next === undefined ? -1 : traces.findIndex(({ trace_id }) => trace_id === next);
  if (next !== undefined && nextAt === -1) throw refuse("CTS.0003", "(next)");
  const older = nextAt === -1 ? traces : traces.slice(0, nextAt);

  const found = older
    .filter((trace) => kind === "system" && trace.record_time > from && trace.record_time < to)
    .filter((trace) => FILTERS.every((name) => (text(name) ?? trace[name]) === trace[name]))
    .reverse();
  const page = found.slice(0, limit);
  const marker = page.length < found.length ? (page.at(-1)?.trace_id ?? null) : null;
  return ok({ traces: page.map(storedForm), meta_data: { count: page.length, marker } });
}

/** The query gives `request` and `response` as strings (dew-api.md 6.4). */
function storedForm(trace: RecordedTrace): object {
  return {
    ...trace,
    request: JSON.stringify(trace.request),
    response: JSON.stringify(trace.response),
  };
}

function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{13}$/.test(text)) throw refuse("CTS.0003", "(time)");
  return Number(text);
}

/** Of every resource type, whether or not its operations are done here (api-cts cts_api_0332). */
function listOperations({ query }: Call, world: World): Reply {
  if (query.has("resource_type") && !query.has("service_type"))
    throw refuse("CTS.0003", "(service_type)");
  const serviceType = world.settings.trace.serviceType;
  const wanted = (name: string, value: string) => (query.get(name) ?? value) === value;
  const rows = Object.entries(TRACE_NAMES).map(([type, names]) => ({
    service_type: serviceType,
    resource_type: type,
    operation_list: names,
  }));
  return ok({
    operations: rows.filter(
      (row) =>
        wanted("service_type", row.service_type) && wanted("resource_type", row.resource_type),
    ),
  });
}
