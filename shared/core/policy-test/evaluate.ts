import { createJudge } from "../audit/judge.ts";
import type { UnsignedFinding } from "../audit/record.ts";
import type { Facts } from "../facts.ts";
import type { InventoryItem, SkipReason } from "../inventory/item.ts";
import { planTags, type TagPlan, writesOf } from "../plan/plan.ts";
import type { Policy } from "../policy/policy.ts";
import type { ResourceType } from "../resource.ts";
import type { TagChange, TagSet } from "../tag.ts";
import { parseTime } from "../time.ts";
import { completeFacts, factsOf } from "../trace/creation-facts.ts";
import { creationOf } from "../trace/creation-trace.ts";
import { type Decision, decide, type IgnoreReason } from "../trace/decision.ts";
import { parseEvent } from "../trace/envelope.ts";
import type { Trace, TraceInput } from "../trace/trace.ts";
import { createEvent, idOf, keyTagsOf, listResource } from "./fixture.ts";
import type { PolicyTest } from "./schema.ts";

/** A test with all that stands elsewhere. */
export type PreparedTest = {
  readonly test: PolicyTest;
  readonly nowMs: number;
  /** The recorded event, where the test names one. */
  readonly event?: unknown;
};

/** What the policy leads to. */
export type Came = {
  /** `null`: nothing was created, or nobody could tell what. */
  readonly creation: readonly TagChange[] | null;
  readonly ignored: IgnoreReason | null;
  /** Why the event is no trace that can be acted on; `null`: it is, or there is none. */
  readonly malformed: string | null;
  /** Of the resource as the creation left it; so are the findings. */
  readonly bulk: readonly TagChange[];
  readonly findings: readonly UnsignedFinding[];
  readonly skipped: SkipReason | null;
  /** The resource as it was judged; `null`: the test has none. */
  readonly item: InventoryItem | null;
};

type Setting = PreparedTest & { readonly policy: Policy };

const NOTHING: Came = {
  creation: null,
  ignored: null,
  malformed: null,
  bulk: [],
  findings: [],
  skipped: null,
  item: null,
};

/**
 * Tells the story of a test's resource: what the creation function writes, where somebody created it; then
 * what bulk retagging would change, and what an audit finds. It is what the functions do, by the same code,
 * with the test in the place of the services.
 */
export function evaluateTest(setting: Setting): Came {
  const { test, nowMs } = setting;
  const given = test.resource?.type;
  const fallback = given ?? "secret";
  const event =
    test.created === undefined ? setting.event : createEvent(test.created, fallback, test, nowMs);
  if (event === undefined)
    return judge(listResource(test, fallback, idOf(test), new Map()), setting);

  const input = onlyInput(event);
  if (!input.ok) return { ...NOTHING, malformed: `${input.at}: ${input.problem}` };
  const { trace } = input;
  const type = given ?? creationOf(trace.name)?.type ?? "secret";
  const decision = decide(trace, type);
  if (decision.do === "tag") return create(trace, decision, type, setting);
  const story =
    test.resource === undefined
      ? NOTHING
      : judge(listResource(test, type, idOf(test), trace.fields), setting);
  return decision.do === "ignore"
    ? { ...story, ignored: decision.reason }
    : { ...story, malformed: decision.reason };
}

function onlyInput(event: unknown): TraceInput {
  const inputs = parseEvent(event);
  const [first] = inputs;
  if (first !== undefined && inputs.length === 1) return first;
  return {
    ok: false,
    at: "event",
    problem: `it holds ${inputs.length} traces, and a test is of one`,
  };
}

function create(
  trace: Trace,
  { creation, identity }: Extract<Decision, { readonly do: "tag" }>,
  type: ResourceType,
  setting: Setting,
): Came {
  const { test, policy } = setting;
  const ref = identity.by === "id" ? identity.ref : { type, id: idOf(test), name: identity.name };
  const { region = null, project = null } = test.resource ?? {};
  const facts = factsOf(trace, creation, ref, { region, project });
  const item = listResource(test, type, ref.id, facts.fields);
  // The services refuse every tag of such a resource.
  if (item.skip !== null || item.tags === null) return { ...judge(item, setting), creation: [] };

  const plan = planCreation(policy, facts, item, keyTagsOf(test));
  const { create, overwrite } = writesOf(plan);
  const after = { ...item, tags: new Map([...item.tags, ...create, ...overwrite]) };
  return { ...judge(after, setting), creation: plan.changes };
}

/** Plans as on a creation; what the trace lacks is read only where the plan asks for it. */
function planCreation(
  policy: Policy,
  traced: Facts,
  { facts: described, tags }: InventoryItem,
  keyTags: TagSet | null,
): TagPlan {
  const current = tags ?? new Map();
  const plan = (facts: Facts) => planTags(policy, facts, current, "creation");
  const first = plan(traced);
  if (first.needs.length === 0) return first;
  return plan({ ...completeFacts(traced, described), keyTags });
}

function judge(item: InventoryItem, { policy, nowMs }: Setting): Came {
  const findings = createJudge(policy, { nowMs })(item).findings;
  const { skip: skipped, tags } = item;
  const bulk =
    skipped === null && tags !== null ? planTags(policy, item.facts, tags, "bulk").changes : [];
  return { ...NOTHING, bulk, findings, skipped, item };
}

/** The time of a test; a file's own where the test has none. */
export function timeOf(test: PolicyTest, fileNow: string): number {
  return parseTime(test.now ?? fileNow) ?? 0;
}
