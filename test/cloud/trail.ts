import { uuid } from "./accounts.ts";
import type { Call, Service, Subject } from "./service.ts";
import type { World } from "./world.ts";

/**
 * A trace as it is kept, with the documented field names (dew-api.md 6.4): times in milliseconds,
 * `request` and `response` as objects. What a function or a query gets of it is shaped in `envelope.ts`
 * and `cts.ts`.
 */
export type RecordedTrace = {
  readonly trace_id: string;
  readonly trace_name: string;
  readonly trace_rating: "normal" | "warning";
  readonly trace_type: "ApiCall";
  readonly service_type: string;
  readonly resource_type: string;
  readonly resource_name: string;
  readonly resource_id: string;
  readonly api_version: string;
  readonly source_ip: string;
  readonly user_agent: string;
  readonly code: string;
  readonly request: object;
  readonly response: object;
  readonly message: string;
  readonly time: number;
  readonly record_time: number;
  readonly user: object;
  readonly project_id: string;
  readonly domain_id: string;
  readonly enterprise_project_id: string;
  readonly read_only: boolean;
  readonly tracker_name: "system";
  readonly event_type: "system";
  readonly operation_id: string;
  readonly request_id: string;
};

/** How a call ended, as far as a trace tells. */
export type Ending = { readonly status: number; readonly body: object; readonly about: Subject };

/** Never in a trace, even of an emulator that forgets them: the values of secrets. */
const SECRET_FIELDS: readonly string[] = ["secret_string", "secret_binary"];

/** Writes the trace of a call that the documents name one for; failed calls have one too. */
export function traceOf(world: World, service: Service, call: Call, ending: Ending): RecordedTrace {
  const { caller, from, nowMs, operation } = call;
  return {
    trace_id: uuid(world.random),
    trace_name: operation.trace?.(call.body) ?? operation.name,
    trace_rating: ending.status < 400 ? "normal" : "warning",
    trace_type: "ApiCall",
    service_type: world.settings.trace.serviceType,
    resource_type: service.traceType,
    resource_name: ending.about.name,
    resource_id: ending.about.id,
    api_version: operation.path.split("/")[1] ?? "",
    source_ip: from.sourceIp,
    user_agent: from.userAgent === "" ? caller.agent : from.userAgent,
    code: String(ending.status),
    request: withoutSecrets(call.body),
    response: ending.body,
    message: "",
    time: nowMs,
    record_time: world.clock.now(),
    user: {
      id: caller.id,
      name: caller.name,
      user_name: caller.name,
      type: caller.kind,
      access_key_id: from.ak,
      account_id: world.domain.id,
      domain: world.domain,
    },
    project_id: world.project,
    domain_id: world.domain.id,
    enterprise_project_id: enterpriseProjectOf(world, ending.about),
    read_only: false,
    tracker_name: "system",
    event_type: "system",
    operation_id: operation.name,
    request_id: from.requestId,
  };
}

function withoutSecrets(body: unknown): object {
  if (typeof body !== "object" || body === null) return {};
  return Object.fromEntries(Object.entries(body).filter(([name]) => !SECRET_FIELDS.includes(name)));
}

function enterpriseProjectOf(world: World, { id }: Subject): string {
  return (world.secrets.any(id) ?? world.keys.any(id))?.enterpriseProject ?? "";
}
