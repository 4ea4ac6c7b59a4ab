import { setMaxListeners } from "node:events";
import {
  capReport,
  gravest,
  type Outcome,
  type Report,
  type ReportParts,
  summarise,
} from "../core/outcome.ts";
import type { Policy } from "../core/policy/policy.ts";
import { toIsoTime } from "../core/time.ts";
import { type Clock, wallClock } from "./clock.ts";
import { ConfigError } from "./config.ts";
import type { TagApi } from "./tag-api.ts";

/** The part of FunctionGraph's context that we use (functiongraph.md section 2). */
export type FunctionContext = {
  getRequestID(): string;
  getRemainingTimeInMilliSeconds(): number;
  getUserData(name: string): string | undefined;
  getProjectID(): string;
  getSecurityAccessKey(): string;
  getSecuritySecretKey(): string;
  getSecurityToken(): string;
};

/** What a use case works with. It touches the world only through this. */
export type Deps = {
  readonly policy: Policy;
  readonly tags: TagApi;
  readonly clock: Clock;
  readonly region: string | null;
  readonly project: string;
  /** Takes the place of the policy's grace where it is set. */
  readonly graceMs: number | null;
  /** Aborts at the deadline, shortly before the platform would kill the run. */
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
};

/** What a use case came to: its outcomes, and what the report tells beside them. */
export type Came = ReportParts & { readonly outcomes: readonly Outcome[] };

/** The time that an invocation has. */
export type TimeLeft = {
  /** Aborts when the time is over. */
  readonly signal: AbortSignal;
  readonly budgetMs: number;
};

/** What a function is made of. */
export type FunctionParts<UseCaseDeps extends Deps> = {
  /** Is the outcome lost unless the platform tries again or keeps the event? Then the handler throws. */
  readonly isLost: (outcome: Outcome) => boolean;
  readonly useCase: (event: unknown, deps: UseCaseDeps) => Promise<Came>;
  readonly connect: (context: FunctionContext, time: TimeLeft) => UseCaseDeps;
};

/** Time kept back from the platform's limit, so that the report still gets written. */
const CLOSING_MS = 500;
const STACK_PLACES_MAX = 5;
/** Inputs that an error's message tells of one by one; the log and the report have their number. */
const LOST_SHOWN_MAX = 10;

/**
 * Turns a use case into a FunctionGraph handler: connects with this invocation's credentials and
 * settings, sets the deadline, logs exactly one line, and answers with the report.
 *
 * Throws when an outcome is lost, so that the platform's retry and its failure destination act. Nothing is kept between invocations. The result is a native async function,
 * because the runtime tells those from others (functiongraph.md section 1).
 */
export function defineFunction<UseCaseDeps extends Deps>(
  name: string,
  { isLost, useCase, connect }: FunctionParts<UseCaseDeps>,
) {
  return async (event: unknown, context: FunctionContext): Promise<Report> => {
    const startedMs = wallClock.now();
    const line = { function: name, request: context.getRequestID() };
    try {
      const deps = connect(context, timeLeft(context));
      const { outcomes, ...parts } = await useCase(event, deps);
      const report = summarise(outcomes, deps.policy.hash, parts);
      const lost = report.outcomes.filter(isLost);
      log({ level: lost.length > 0 ? "error" : "info", ...line, ...describe(report) }, startedMs);
      if (lost.length > 0) throw new UnfinishedError(lost, report);
      return capReport(report);
    } catch (error) {
      if (error instanceof UnfinishedError) throw error;
      const text = errorText(error);
      log({ level: "error", ...line, error: text }, startedMs);
      // From here the platform's own retry and failure destination decide; it keeps the message.
      throw error instanceof ConfigError ? error : new DefectError(text);
    }
  };
}

/** Says which inputs are not done and why, in ids and codes; it travels to the failure destination. */
class UnfinishedError extends Error {
  // Private, so that whoever prints or serialises the error does not print the tags with it.
  readonly #report: Report;

  constructor(lost: readonly Outcome[], report: Report) {
    const texts = lost.map(({ kind, resource, event, reason }) =>
      [kind, resource && `${resource.type} ${resource.id}`, event && `event ${event}`, reason]
        .filter((part) => part !== undefined)
        .join(": "),
    );
    const more = texts.length - LOST_SHOWN_MAX;
    super(texts.slice(0, LOST_SHOWN_MAX).join(" | ") + (more > 0 ? ` | and ${more} more` : ""));
    this.name = "UnfinishedError";
    this.#report = report;
  }

  /** The whole report, for whoever called the handler in the same process. */
  get report(): Report {
    return this.#report;
  }
}

/** A mistake of ours, without the message of the error that showed it: that could hold a value. */
class DefectError extends Error {
  override readonly name = "DefectError";
}

function timeLeft(context: FunctionContext): TimeLeft {
  const remainingMs = context.getRemainingTimeInMilliSeconds() || 0;
  const budgetMs = Math.max(0, Math.floor(remainingMs - CLOSING_MS));
  const signal = budgetMs === 0 ? AbortSignal.abort() : AbortSignal.timeout(budgetMs);
  // Every input of an event listens to it: that is no leak.
  setMaxListeners(0, signal);
  return { signal, budgetMs };
}

/** What the log tells of a report: ids, kinds, keys and counts; of several outcomes the gravest. */
function describe({ outcomes, summary, calls, policy, ...parts }: Report) {
  const outcome = gravest(outcomes);
  const written = ["create", "overwrite", "delete"];
  return {
    run: parts.run,
    event: outcome?.event,
    resource: outcome?.resource && `${outcome.resource.type}:${outcome.resource.id}`,
    outcome: outcome?.kind,
    reason: outcome?.reason,
    keys: outcome?.tags.filter(({ op }) => written.includes(op)).map(({ key }) => key),
    ...(outcomes.length > 1 ? { summary } : {}),
    guarded: parts.guarded,
    audit: parts.audit && describeAudit(parts.audit),
    deadLetters: parts.deadLetters,
    calls,
    policy: policy.hash,
  };
}

/** `missed` is there only where it is not 0: then a search for the word finds what somebody must look at. */
function describeAudit({
  complete,
  summary,
  findings,
  created,
  missed,
}: NonNullable<Came["audit"]>) {
  return { complete, ...summary, findings, created, missed: missed === 0 ? undefined : missed };
}

/**
 * Messages of our own errors are made of names and codes. The message of any other error could hold
 * a value, so only its class and the places of its stack are told.
 */
function errorText(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return "defect: something that is no Error was thrown";
  const places = error.stack?.match(/^ +at .+$/gm)?.slice(0, STACK_PLACES_MAX) ?? [];
  return [`defect: ${error.name}`, ...places.map((place) => place.trim())].join(" ");
}

function log(line: object, startedMs: number): void {
  const nowMs = wallClock.now();
  const { level, ...rest } = { level: "info", ...line };
  console.log(JSON.stringify({ level, time: toIsoTime(nowMs), ...rest, ms: nowMs - startedMs }));
}
