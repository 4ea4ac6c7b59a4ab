import { uuid } from "./accounts.ts";
import type { CloudSettings } from "./contract.ts";
import type { RecordedTrace } from "./trail.ts";

type TraceSettings = CloudSettings["trace"];

/** What an envelope needs to know beside the trace. */
export type EnvelopeContext = {
  readonly region: string;
  readonly project: string;
  readonly nowMs: number;
  readonly random: () => number;
};

/**
 * The event that a subscribed function gets for a trace: CTS trigger, EventGrid or a CTS notification
 * through SMN (functiongraph.md 3, dew-api.md 7).
 *
 * Not established, and a guess here: that EventGrid has a source for KMS at all, that its `data` is the
 * bare trace, and that the message of a notification is the bare trace as JSON.
 */
export function eventOf(
  trace: RecordedTrace,
  settings: TraceSettings,
  context: EnvelopeContext,
): unknown {
  const shaped = shapeTrace(trace, settings);
  switch (settings.envelope) {
    case "cts":
      return { cts: { ...shaped, trace_status: trace.trace_rating } };
    case "eventgrid":
      return {
        id: uuid(context.random),
        source: `HC.${trace.service_type}`,
        specversion: "1.0",
        type: `${trace.service_type}:CloudTrace:${trace.trace_type}`,
        datacontenttype: "application/json",
        subject: trace.resource_name,
        time: new Date(trace.time).toISOString(),
        data: shaped,
      };
    case "smn":
      return {
        record: [smnRecord(JSON.stringify(shaped), context)],
        functionname: "subscriber",
        requestId: uuid(context.random),
        timestamp: new Date(context.nowMs).toUTCString(),
      };
  }
}

function smnRecord(message: string, { region, project, nowMs, random }: EnvelopeContext): object {
  return {
    event_version: "1.0",
    smn: {
      topic_urn: `urn:smn:${region}:${project}:cts-notifications`,
      timestamp: new Date(nowMs).toISOString(),
      message_attributes: null,
      message,
      type: "notification",
      message_id: uuid(random),
      subject: "CTS notification",
    },
    event_subscription_urn: `urn:fss:${region}:${project}:function:default:subscriber:latest`,
    event_source: "smn",
  };
}

/** The trace with times, bodies and ids as the settings want them: every form is documented somewhere. */
export function shapeTrace(trace: RecordedTrace, settings: TraceSettings): object {
  const { resource_id, ...rest } = trace;
  return {
    ...rest,
    ...(settings.id === "resource_id" ? { resource_id } : {}),
    time: shapeTime(trace.time, settings.times),
    record_time: shapeTime(trace.record_time, settings.times),
    request: shapeBody(trace.request, settings.bodies),
    response: shapeBody(
      settings.id === "none" ? withoutIds(trace.response) : trace.response,
      settings.bodies,
    ),
  };
}

function shapeBody(body: object, bodies: TraceSettings["bodies"]): object | string {
  switch (bodies) {
    case "object":
      return body;
    case "string":
      return JSON.stringify(body);
    case "empty":
      return "";
  }
}

function shapeTime(ms: number, times: TraceSettings["times"]): number | string {
  switch (times) {
    case "ms":
      return ms;
    case "seconds":
      return Math.floor(ms / 1000);
    case "text":
      return chinaTime(ms);
  }
}

const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;

/** `2016/12/08 11:07:28 GMT+08:00`. */
function chinaTime(ms: number): string {
  const local = new Date(ms + CHINA_OFFSET_MS).toISOString();
  return `${local.slice(0, 10).replaceAll("-", "/")} ${local.slice(11, 19)} GMT+08:00`;
}

const ID_FIELDS: readonly string[] = ["id", "key_id"];

function withoutIds(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !ID_FIELDS.includes(name))
      .map(([name, inner]: [string, unknown]) => [
        name,
        typeof inner === "object" && inner !== null && !Array.isArray(inner)
          ? withoutIds(inner)
          : inner,
      ]),
  );
}
