import { isJsonObject, parseJson } from "../../shared/core/json-value.ts";
import type { Outcome } from "../../shared/core/outcome.ts";
import { parseQueueEvent } from "../../shared/core/run/queue-event.ts";
import { parseEvent } from "../../shared/core/trace/envelope.ts";
import type { Invocation, StoredResource } from "../cloud/contract.ts";
import type { LocalCloud } from "../cloud/index.ts";
import type { Account } from "./account.ts";

/** Nobody asks the policy's own code: this is what test/policies/soak says, once more. */
const OWNER = /^[^@\s]+@example\.com$/;
const STAGES = ["prod", "test", "dev"];
const UNDONE: readonly string[] = ["failed", "deferred", "malformed"];

/** Every resource that can be tagged is as the policy wants it. */
export function findUntagged(account: Account, cloud: LocalCloud): readonly string[] {
  const costs = new Map(
    cloud.resources().map(({ id, tags }) => [id, tags.get("CostCenter")] as const),
  );
  return account.resources().flatMap((resource) => {
    const { tags, name } = resource;
    const key = encryptingKeyOf(resource);
    const cost = key === undefined ? undefined : costs.get(key);
    const problems = [
      ...(OWNER.test(tags.get("Owner") ?? "") ? [] : ["Owner"]),
      ...(STAGES.includes(tags.get("Environment") ?? "") ? [] : ["Environment"]),
      ...(tags.get("DataClass") ? [] : ["DataClass"]),
      ...(cost === undefined || tags.get("CostCenter") ? [] : ["CostCenter"]),
      ...["Password", "owner", "OwnerEmail"].filter((one) => tags.has(one)),
    ];
    return problems.map((problem) => `${name}: ${problem}`);
  });
}

function encryptingKeyOf(resource: StoredResource): string | undefined {
  const key: unknown = Reflect.get(resource, "kmsKeyId");
  return typeof key === "string" ? key : undefined;
}

/** Every event has one outcome for each of its inputs, or is where a person finds it. */
export function findUnaccounted(
  invocations: readonly Invocation[],
  failures: LocalCloud["functions"]["failures"],
  { published }: Account,
): readonly string[] {
  const problems: string[] = [];
  const failed = invocations.filter(({ state }) => state === "failed");
  const kept = new Set(failures.map(({ payload }) => payload.request_context.request_id));
  for (const { requestId, function: name } of failed)
    if (!kept.has(requestId)) problems.push(`${name}: an event was lost`);
  for (const { state, function: name } of invocations)
    if (state !== "failed" && state !== "succeeded") problems.push(`${name}: still ${state}`);
  for (const invocation of invocations.filter(({ state }) => state === "succeeded"))
    if (/-created$/.test(invocation.function)) problems.push(...judgeCreation(invocation));
  return [...problems, ...findLostMessages(invocations, published)];
}

function judgeCreation({ event, result, function: name }: Invocation): readonly string[] {
  const inputs = parseEvent(event).length;
  const outcomes = outcomesOf(result);
  const undone = outcomes.filter(({ kind }) => UNDONE.includes(kind));
  return [
    ...(inputs === outcomes.length
      ? []
      : [`${name}: ${inputs} traces, ${outcomes.length} outcomes`]),
    ...undone.map(({ kind }) => `${name}: ${kind}, and nobody tries again`),
  ];
}

/**
 * Each message that was published ends as often as it was published: with an outcome that is final, as a dead
 * letter, or with its event among the failures. One that goes back to the queue has not ended. Where an event was
 * tried again, because one of its messages could not be placed, the others may end once more.
 */
function findLostMessages(
  invocations: readonly Invocation[],
  published: ReadonlyMap<string, number>,
): readonly string[] {
  const expected = new Map<string, number>();
  for (const [text, times] of published) {
    const label = labelOf(text);
    expected.set(label, (expected.get(label) ?? 0) + times);
  }
  const ended = new Map<string, number>();
  const repeated = new Set<string>();
  const end = (label: string) => ended.set(label, (ended.get(label) ?? 0) + 1);
  for (const { function: name, event, state, result, tries } of invocations) {
    if (name !== "retag") continue;
    const inputs = parseQueueEvent(event);
    const outcomes = outcomesOf(result);
    for (const { raw } of inputs) {
      const label = labelOf(raw);
      if (label === JOB) continue;
      if (state === "failed") end(label);
      if (tries > 1) repeated.add(label);
    }
    if (state === "failed") continue;
    const byPlace = new Map(inputs.map(({ at, raw }) => [at, labelOf(raw)] as const));
    for (const { resource, reason = "", handed } of outcomes) {
      if (handed === "queue") continue;
      const told = resource?.name ?? byPlace.get(reason.slice(0, reason.indexOf(": "))) ?? "";
      if (expected.has(told)) end(told);
    }
  }
  return [...expected].flatMap(([label, times]) => {
    const count = label === JOB ? times : (ended.get(label) ?? 0);
    if (count === times || (count > times && repeated.has(label))) return [];
    return [`${label}: published ${times} times, ended ${count} times`];
  });
}

const JOB = "job";

/** What tells a message from others, whatever became of it: its resource's name, or all of a text. */
function labelOf(raw: unknown): string {
  const value = typeof raw === "string" ? parseJson(raw) : raw;
  if (!isJsonObject(value)) return String(raw);
  if (value.kind !== undefined) return JOB;
  return isJsonObject(value.resource) ? String(value.resource.name) : "";
}

function outcomesOf(result: unknown): readonly Outcome[] {
  return isJsonObject(result) && Array.isArray(result.outcomes) ? result.outcomes : [];
}

/** Every audit that the function says is done saw everything. */
export function findIncompleteAudits(invocations: readonly Invocation[]): readonly string[] {
  return invocations.flatMap(({ function: name, state, result }) => {
    if (name !== "audit" || state !== "succeeded") return [];
    const audit = isJsonObject(result) ? result.audit : undefined;
    return isJsonObject(audit) && audit.complete === true ? [] : ["an audit was not complete"];
  });
}
