import type { Outcome, OutcomeKind } from "../../shared/core/outcome.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { isDefaultKeyAlias } from "../../shared/core/resource.ts";
import type { TagChange } from "../../shared/core/tag.ts";
import type { StoredResource } from "../cloud/contract.ts";
import type { Handling } from "../cloud/handling.ts";
import type { RecordedTrace } from "../cloud/index.ts";
import { type Evidence, outcomeOf } from "./evidence.ts";

/**
 * Says everything that is not as it must be, whatever the policy: each trace ended in one outcome and
 * nothing was thrown; what an outcome says of a tag is what the cloud has; everything that can be
 * tagged has an answer for each tag that the policy gives to everything; a second delivery changed
 * nothing; no call is missing from the outcomes.
 */
export function findProblems(evidence: Evidence): readonly string[] {
  const { played, first, second, requests, lost } = evidence;
  const traces = played.flatMap((scene) => scene.traces);
  const outcomes = [...first, ...second].flatMap((handling) => handling.outcomes);
  const calls = outcomes.reduce((sum, outcome) => sum + outcome.calls, 0);
  return [
    ...[...first, ...second].flatMap(thrownBy),
    ...traces.flatMap((trace) => problemsOfTrace(trace, evidence)),
    ...(lost === 0 ? [] : [`the platform gave up ${lost} events`]),
    ...(calls === requests.length
      ? []
      : [`the outcomes count ${calls} calls, the cloud saw ${requests.length}`]),
  ];
}

function thrownBy({ function: name, traces, tries, state, error }: Handling): readonly string[] {
  const about = `${name}, ${traces.map(({ resourceName }) => resourceName).join(", ")}`;
  if (error !== null) return [`${about}: threw ${error}`];
  if (state !== "succeeded") return [`${about}: is still ${state}`];
  return tries === 1 ? [] : [`${about}: threw, and was tried ${tries} times`];
}

function problemsOfTrace(trace: RecordedTrace, evidence: Evidence): readonly string[] {
  const about = `${trace.trace_name} ${trace.resource_name}`;
  const { first, second, resources, policy } = evidence;
  const outcome = outcomeOf(trace, first);
  const again = outcomeOf(trace, second);
  if (outcome === null || again === null) return [`${about}: no outcome`];

  const resource = resources.find(({ id }) => id === trace.resource_id);
  const allowed = allowedKinds(trace, resource);
  return [
    ...(allowed.includes(outcome.kind) ? [] : [`${about}: ${endOf(outcome)}`]),
    ...(HANDLED.includes(outcome.kind) ? unanswered(outcome, policy) : []).map(
      (key) => `${about}: nothing is said of ${key}`,
    ),
    ...(again.kind === "tagged" || !isAsBefore(outcome, again)
      ? [`${about}: ${endOf(again)} when it was delivered once more`]
      : []),
    ...(resource === undefined
      ? []
      : outcome.tags.filter((change) => !isTrue(change, resource)).map(lieAbout(about))),
  ];
}

const HANDLED: readonly OutcomeKind[] = ["tagged", "unchanged"];

/** Keys that the policy gives to everything and of which the outcome says nothing. */
function unanswered({ tags }: Outcome, policy: Policy): readonly string[] {
  return policy.tags
    .filter(({ applies, sources, prohibited }) => {
      const toAll = applies.only === null && applies.except.length === 0;
      return toAll && sources.length > 0 && !prohibited;
    })
    .map(({ key }) => key)
    .filter((key) => !tags.some((change) => change.key === key));
}

/** How a trace may end: by what came of the call, and by what the resource is now. */
function allowedKinds(
  { trace_rating }: RecordedTrace,
  resource: StoredResource | undefined,
): readonly OutcomeKind[] {
  if (trace_rating === "warning" || resource === undefined) return ["ignored"];
  if (isDefaultKeyAlias(resource.name)) return ["ignored"];
  return PENDING_DELETION.includes(resource.state) ? ["skipped"] : HANDLED;
}

// Of a key and of a secret (dew-api.md 1.2 and 2.2).
const PENDING_DELETION: readonly string[] = ["4", "PENDING_DELETE"];

function isAsBefore(before: Outcome, again: Outcome): boolean {
  return again.kind === (before.kind === "tagged" ? "unchanged" : before.kind);
}

/** Is the tag in the cloud what the outcome says that it is? */
function isTrue({ key, op, from, to }: TagChange, { tags }: StoredResource): boolean {
  switch (op) {
    case "create":
    case "overwrite":
      return tags.get(key) === to;
    case "keep":
    case "refuse":
      return tags.get(key) === from;
    case "delete":
      return !tags.has(key);
  }
}

function lieAbout(about: string): (change: TagChange) => string {
  return ({ key, op }) => `${about}: the outcome says ${op} ${key}, and the cloud has it otherwise`;
}

function endOf({ kind, reason }: Outcome): string {
  return reason === undefined ? kind : `${kind}, ${reason}`;
}
