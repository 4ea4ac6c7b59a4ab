import { CloudError } from "../core/error.ts";
import type { Facts } from "../core/facts.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { ResourceRef, ResourceType } from "../core/resource.ts";
import type { TagSet } from "../core/tag.ts";
import { factsOf } from "../core/trace/creation-facts.ts";
import { creationOf } from "../core/trace/creation-trace.ts";
import { decide } from "../core/trace/decision.ts";
import type { Trace, TraceInput } from "../core/trace/trace.ts";
import { planCreation, planTraced, type ToTag } from "../io/creation-plan.ts";
import type { CloudAccess } from "./cloud-access.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Target } from "./explain-target.ts";
import { type Explanation, explainResource } from "./explanation.ts";

/** What there is to say about one resource, or about one trace of an event. */
export type Entry = {
  /** `absent`: no such resource. `failed`: it could not be read. `malformed`: the trace could not. */
  readonly status: "explained" | "ignored" | "malformed" | "untaggable" | "absent" | "failed";
  readonly reason?: string;
  readonly trace?: { readonly id: string; readonly name: string };
  readonly resource?: {
    readonly type: ResourceType;
    /** What the trace or the user gave: the id, or only a name. */
    readonly by: "id" | "name";
    readonly id?: string;
    readonly name?: string;
  };
  readonly explanation?: Explanation;
};

/** How a command ends whose answer is this entry. */
export const ENTRY_EXIT: { readonly [Status in Entry["status"]]: ExitCode } = {
  explained: EXIT.clean,
  ignored: EXIT.clean,
  untaggable: EXIT.clean,
  malformed: EXIT.incomplete,
  absent: EXIT.incomplete,
  failed: EXIT.incomplete,
};

/** What all entries of a command have in common. */
export type Setting = {
  readonly policy: Policy;
  readonly nowMs: number;
  readonly place: { readonly region: string | null; readonly project: string | null };
  /** `null`: without credentials; then nothing is read. */
  readonly cloud: CloudAccess | null;
};

type Known = { readonly facts: Facts; readonly current: TagSet | null };

/** Explains a resource that exists. Needs the cloud. Throws a `CloudError` where it is denied. */
export async function explainExisting(
  target: Extract<Target, { readonly is: "resource" }>,
  cloud: CloudAccess,
  { policy, nowMs }: Setting,
): Promise<Entry> {
  const asked =
    target.by === "id"
      ? { ...target.ref, by: "id" as const }
      : { type: "secret" as const, name: target.name, by: "name" as const };
  return orProblem({ resource: asked }, async () => {
    const known = await readExisting(target, cloud, policy);
    return known === "default-key"
      ? { status: "untaggable", reason: known }
      : { status: "explained", explanation: explainResource({ ...known, policy, nowMs }) };
  });
}

/** Explains what a trace leads to: the decision, and for a creation the tags. */
export async function explainInput(input: TraceInput, setting: Setting): Promise<Entry> {
  if (!input.ok) return { status: "malformed", reason: `${input.at}: ${input.problem}` };
  const { trace } = input;
  const told = { trace: { id: trace.id, name: trace.name } };
  // Who creates nothing is ignored for the same reason by every function.
  const type = creationOf(trace.name)?.type ?? "secret";
  const decision = decide(trace, type);
  if (decision.do === "ignore") return { ...told, status: "ignored", reason: decision.reason };
  if (decision.do === "reject") return { ...told, status: "malformed", reason: decision.reason };

  const { identity } = decision;
  const resource =
    identity.by === "id"
      ? { ...identity.ref, by: "id" as const }
      : { type, name: identity.name, by: "name" as const };
  return orProblem({ ...told, resource }, async () => {
    const { cloud, policy, nowMs } = setting;
    const known =
      cloud === null
        ? readTraceOnly(trace, decision, setting)
        : await readTraced(trace, decision, cloud, setting);
    return { status: "explained", explanation: explainResource({ ...known, policy, nowMs }) };
  });
}

async function readExisting(
  target: Extract<Target, { readonly is: "resource" }>,
  { tags, budget, region, project }: CloudAccess,
  policy: Policy,
): Promise<Known | "default-key"> {
  const found = target.by === "name" ? await tags.describeSecretByName(target.name, budget) : null;
  const ref: ResourceRef =
    target.by === "id" ? target.ref : { type: "secret", id: found?.id ?? "", name: target.name };
  // The tags first: only their call says of an id whether there is such a resource.
  const current = await tags.readTags(ref, budget);
  const detail = found ?? (await tags.describe(ref, budget));
  if (detail.defaultKey) return "default-key";
  const fields = new Map(detail.fields).set("region", region).set("project", project);
  const known: Facts = { type: ref.type, fields, hasEvent: false };
  const atHand: CloudAccess["tags"] = {
    ...tags,
    readTags: (asked, rest) =>
      asked.id === ref.id ? Promise.resolve(current) : tags.readTags(asked, rest),
  };
  return planCreation(ref, known, { policy, tags: atHand }, budget);
}

function readTraced(
  trace: Trace,
  decision: ToTag,
  cloud: CloudAccess,
  { policy }: Setting,
): Promise<Known> {
  return planTraced(trace, decision, { ...cloud, policy }, cloud.budget, () => {});
}

/** What the trace alone tells; an id or a project that it does not tell stays unknown. */
function readTraceOnly(trace: Trace, { creation, identity }: ToTag, { place }: Setting): Known {
  const ref: ResourceRef =
    identity.by === "id" ? identity.ref : { type: creation.type, id: "", name: identity.name };
  const { region, project } = place;
  const facts = factsOf(trace, creation, ref, { region, project: project ?? "" });
  const fields = new Map([...facts.fields].filter(([, value]) => value !== ""));
  return { facts: { ...facts, fields }, current: null };
}

async function orProblem(
  told: Pick<Entry, "trace" | "resource">,
  explain: () => Promise<Pick<Entry, "status" | "reason" | "explanation">>,
): Promise<Entry> {
  try {
    return { ...told, ...(await explain()) };
  } catch (error) {
    if (!(error instanceof CloudError) || error.code === "denied") throw error;
    if (error.code === "absent") return { ...told, status: "absent" };
    if (error.code === "untaggable") return { ...told, status: "untaggable", reason: error.detail };
    return { ...told, status: "failed", reason: error.message };
  }
}
