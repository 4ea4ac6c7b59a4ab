import * as z from "zod";
import type { Outcome } from "../../../shared/core/outcome.ts";
import type { Invocation } from "../contract.ts";
import { type Handling, handlingOf } from "../handling.ts";
import { changeView, isTold } from "./change-view.ts";
import type { Desk } from "./desk.ts";
import type { ActivityView, HandlingView } from "./view.ts";

const ROWS_MAX = 200;
const DAY_MS = 24 * 60 * 60 * 1000;

const listSchema = z.object({
  traces: z.array(
    z.object({
      trace_id: z.string(),
      trace_name: z.string(),
      trace_rating: z.string(),
      resource_name: z.string(),
      resource_id: z.string(),
      time: z.number(),
      user: z.object({ name: z.string() }),
    }),
  ),
});

/** When an invocation was first looked at: FunctionGraph here tells no times. */
export type FirstSeen = (requestId: string) => number;

/**
 * The latest traces of the trace service and what functions made of them, and the invocations that no trace
 * caused, newest first. Throws where the trace service refuses.
 */
export async function readActivity(desk: Desk, firstSeen: FirstSeen): Promise<ActivityView[]> {
  const { cloud, own } = desk;
  const nowMs = cloud.clock.now();
  // Neither moment is itself in the answer, and what happened just now is to be.
  const span = `from=${nowMs - DAY_MS}&to=${nowMs + DAY_MS}`;
  const answer = await own.call(
    "GET",
    `/v3/${cloud.project}/traces?trace_type=system&limit=${ROWS_MAX}&${span}`,
  );
  const { traces } = listSchema.parse(answer.body);
  const byTrace = new Map<string, Handling[]>();
  const others: ActivityView[] = [];
  for (const invocation of cloud.functions.invocations.slice(-2 * ROWS_MAX)) {
    const handling = handlingOf(invocation);
    for (const { id } of handling.traces) byTrace.set(id, [...(byTrace.get(id) ?? []), handling]);
    if (handling.traces.length === 0) others.push(invocationView(invocation, firstSeen));
  }
  const told = traces.map(
    (trace): ActivityView => ({
      id: trace.trace_id,
      atMs: trace.time,
      what: trace.trace_name,
      name: trace.resource_name === "" ? trace.resource_id : trace.resource_name,
      by: trace.user.name,
      refused: trace.trace_rating !== "normal",
      handlings: (byTrace.get(trace.trace_id) ?? []).map((one) => handlingView(one, trace)),
    }),
  );
  return [...told, ...others].sort((one, other) => other.atMs - one.atMs).slice(0, ROWS_MAX);
}

function handlingView(handling: Handling, { trace_id }: { trace_id: string }): HandlingView {
  const { function: name, state, tries, error, outcomes } = handling;
  const [outcome] = outcomes.filter(({ event }) => event === trace_id);
  const told = { function: name, state, tries };
  if (outcome === undefined)
    return { ...told, outcome: WORDS[state], detail: error ?? "", changes: [] };
  return {
    ...told,
    outcome: outcome.kind,
    detail: detailOf(outcome),
    changes: outcome.tags.filter(isTold).map(changeView),
  };
}

const WORDS: { readonly [State in Invocation["state"]]: string } = {
  waiting: "waiting",
  running: "running",
  succeeded: "done",
  failed: "failed",
};

function detailOf({ reason, calls }: Outcome): string {
  const count = `${calls} ${calls === 1 ? "call" : "calls"}`;
  return reason === undefined ? count : `${reason}, ${count}`;
}

const resultSchema = z.object({
  errorMessage: z.string().optional(),
  summary: z.record(z.string(), z.number()).optional(),
  run: z.string().optional(),
  audit: z.object({ complete: z.boolean() }).optional(),
});

function invocationView(invocation: Invocation, firstSeen: FirstSeen): ActivityView {
  const { requestId, function: name, state, tries, result } = invocation;
  const parsed = resultSchema.safeParse(result);
  const { errorMessage, summary = {}, run, audit } = parsed.success ? parsed.data : {};
  const counts = Object.entries(summary).filter(([, count]) => count > 0);
  return {
    id: requestId,
    atMs: firstSeen(requestId),
    what: name,
    name: "",
    by: triggerOf(invocation.event),
    refused: false,
    handlings: [
      {
        function: name,
        state,
        tries,
        outcome: WORDS[state],
        detail: [
          ...(errorMessage === undefined ? [] : [errorMessage]),
          ...(run === undefined ? [] : [`run ${run}`]),
          ...counts.map(([kind, count]) => `${count} ${kind}`),
          ...(audit === undefined ? [] : [audit.complete ? "complete" : "incomplete"]),
        ].join(", "),
        changes: [],
      },
    ],
  };
}

const triggerSchema = z.object({ trigger_type: z.string() });
const TRIGGERS: { readonly [type: string]: string } = { TIMER: "the timer", KAFKA: "the queue" };

function triggerOf(event: unknown): string {
  const parsed = triggerSchema.safeParse(event);
  return parsed.success ? (TRIGGERS[parsed.data.trigger_type] ?? "a trigger") : "a direct call";
}
