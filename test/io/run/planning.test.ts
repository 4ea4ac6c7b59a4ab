/**
 * Goal: a plan says exactly what would change, from lists alone, and never plans from what was not read.
 * Method: the local cloud, small policies, and the server's own count of requests.
 */
import { describe, expect, test } from "vitest";
import type { Policy } from "../../../shared/core/policy/policy.ts";
import type { ResourceRef } from "../../../shared/core/resource.ts";
import { brokenGuards } from "../../../shared/core/run/guard.ts";
import { runPlanSchema } from "../../../shared/core/run/run-plan.ts";
import { digestOfTags, isSealed } from "../../../shared/io/digest.ts";
import { makePlan, type PlanRequest } from "../../../shared/io/run/planning.ts";
import type { StoredResource } from "../../cloud/contract.ts";
import { constant, from, policy, rule, source } from "../../core/plan/builders.ts";
import { askedOf, depsOf, type Stage, useStages } from "../inventory-fixture.ts";

const stageOf = useStages();
const NOW_MS = Date.UTC(2026, 10, 21);
const INHERIT = source({ kind: "inherit", of: "kmsKey" });

function plan(stage: Stage, about: Partial<Policy>, request: Partial<PlanRequest> = {}) {
  stage.cloud.clearSeen();
  const deps = { ...depsOf(stage), policy: policy(about), clock: { now: () => NOW_MS } };
  return makePlan({ selection: {}, ...request }, deps);
}

const refOf = ({ type, id, name }: StoredResource): ResourceRef => ({ type, id, name });
const OWNER = rule("Owner", { required: { only: null, except: [] }, sources: [constant("ann")] });

test("a plan is sealed, valid, and says what changes on which tags and why", async () => {
  const stage = await stageOf();
  const bare = stage.cloud.addSecret({ name: "bare", tags: { Other: "x" } });
  stage.cloud.addSecret({ name: "fine", tags: { Owner: "bob" } });
  const key = stage.cloud.addKey({ name: "key", tags: { owner: "eve" } });
  const tags = [rule("Owner", { aliases: ["owner"], sources: [constant("ann")] })];
  const made = await plan(stage, { tags });
  expect(runPlanSchema.safeParse(JSON.parse(JSON.stringify(made.plan))).success).toBe(true);
  expect(isSealed(made.plan)).toBe(true);
  expect(made.plan).toMatchObject({
    createdAt: "2026-11-21T00:00:00.000Z",
    region: stage.cloud.region,
    project: stage.cloud.project,
    origin: { by: "policy", selection: {} },
    selected: 3,
    unresolved: [],
  });
  expect(made.plan.resources).toEqual([
    {
      resource: refOf(key),
      digest: digestOfTags(key.tags),
      profile: "documented",
      changes: [
        { key: "Owner", op: "create", to: "eve", source: "alias owner" },
        { key: "owner", op: "delete", from: "eve", reason: "merged" },
      ],
    },
    {
      resource: refOf(bare),
      digest: digestOfTags(bare.tags),
      profile: "documented",
      changes: [{ key: "Owner", op: "create", to: "ann", source: "const" }],
    },
  ]);
});

test("the calls to plan over N resources are pages and counts, nothing for each", async () => {
  const stage = await stageOf();
  for (let index = 0; index < 1001; index++) stage.cloud.addSecret({ name: `s-${index}` });
  stage.cloud.addKey({ name: "key" });
  await plan(stage, { tags: [rule("CostCenter", { sources: [INHERIT, constant("0")] })] });
  expect(askedOf(stage.cloud)).toEqual({
    ListResourceInstances: 3,
    ListKmsByTags: 2,
    ListKeys: 1,
  });
});

test("a key-only requirement is met by any value (peers defect H2)", async () => {
  const stage = await stageOf();
  stage.cloud.addSecret({ name: "tagged", tags: { Contact: "whoever" } });
  const missing = stage.cloud.addSecret({ name: "bare" });
  const everywhere = { only: null, except: [] };
  const made = await plan(stage, { tags: [rule("Contact", { required: everywhere })] });
  expect(made.plan.resources).toEqual([]);
  expect(made.plan.unresolved.map(({ resource }) => resource)).toEqual([refOf(missing)]);
});

test("one plan knows nothing of the one before it (peers defect H1)", async () => {
  const stage = await stageOf();
  stage.cloud.addSecret({ name: "bare" });
  await plan(stage, { tags: [OWNER] }, { selection: { types: ["secret"] } });
  const other = await plan(stage, { tags: [rule("Team", { sources: [constant("t")] })] });
  expect(other.plan.resources.flatMap(({ changes }) => changes.map(({ key }) => key))).toEqual([
    "Team",
  ]);
});

describe("what is told though nothing is written", () => {
  test("a conflict is, and a required tag without a value; an optional one is not", async () => {
    const stage = await stageOf();
    stage.cloud.addSecret({ name: "s", tags: { Owner: "ann", owner: "bob" } });
    const tags = [
      rule("Owner", { aliases: ["owner"] }),
      rule("Must", { required: { only: null, except: [] } }),
      rule("May"),
      rule("CreatedBy", { sources: [from("creator.name")] }),
    ];
    const { plan: made } = await plan(stage, { tags });
    expect(made.resources).toEqual([]);
    expect(made.unresolved[0]?.changes.map(({ key, reason }) => [key, reason])).toEqual([
      ["Owner", "conflict"],
      ["owner", "conflict"],
      ["Must", "no-source"],
    ]);
  });

  test("a spelling that the policy keeps is not, a value that it does not allow is", async () => {
    const stage = await stageOf();
    stage.cloud.addSecret({ name: "s", tags: { Env: "prd", Tier: "?" } });
    const tags = [rule("Env", { values: { prod: ["prd"] } }), rule("Tier", { values: { a: [] } })];
    const { plan: made } = await plan(stage, { tags });
    expect(made.unresolved[0]?.changes).toEqual([
      { key: "Tier", op: "keep", from: "?", reason: "invalid" },
    ]);
  });

  test("beside a write every row is there but those that are right", async () => {
    const stage = await stageOf();
    stage.cloud.addSecret({ name: "s", tags: { Fine: "x" } });
    const tags = [rule("Fine"), rule("May"), OWNER];
    const { plan: made } = await plan(stage, { tags });
    expect(made.resources[0]?.changes.map(({ key, op }) => [key, op])).toEqual([
      ["May", "refuse"],
      ["Owner", "create"],
    ]);
  });
});

describe("a selection", () => {
  const selectors = {
    prod: { name: [{ regex: "^prod-" }] },
    untagged: { tag: { Env: [{ in: ["dev"] }] } },
    disabled: { state: [{ in: ["DISABLED"] }] },
  };

  test("picks by kind, by selector and by id, and names ids that nobody has", async () => {
    const stage = await stageOf();
    const one = stage.cloud.addSecret({ name: "prod-a" });
    const other = stage.cloud.addSecret({ name: "prod-b" });
    stage.cloud.addKey({ name: "prod-key" });
    const foreign = "00000000-0000-4000-8000-000000000000";
    const ids = [one.id, foreign];
    const made = await plan(
      stage,
      { tags: [OWNER], selectors },
      { selection: { types: ["secret"], selectors: ["prod"], ids } },
    );
    expect(made.plan.resources.map(({ resource }) => resource.id)).toEqual([one.id]);
    expect(made.plan.selected).toBe(1);
    expect(made.missing).toEqual([foreign]);
    expect(made.plan.inventory).toEqual({
      secret: { counted: 2, examined: 2, skipped: 0, unreadable: 0 },
    });
    expect(other.tags.size).toBe(0);
  });

  test("sees the tags as they are", async () => {
    const stage = await stageOf();
    stage.cloud.addSecret({ name: "a" });
    const dev = stage.cloud.addSecret({ name: "b", tags: { Env: "dev" } });
    const { plan: made } = await plan(
      stage,
      { tags: [OWNER], selectors },
      { selection: { selectors: ["untagged"] } },
    );
    expect(made.resources.map(({ resource }) => resource)).toEqual([refOf(dev)]);
  });

  test("never picks what is never tagged, and says so where an id names it", async () => {
    const stage = await stageOf();
    stage.cloud.settings.defaultKeysInQuery = true;
    const resource = stage.cloud.createDefaultKey("csms/default");
    const made = await plan(stage, { tags: [OWNER] }, { selection: { ids: [resource.id] } });
    expect(made.plan).toMatchObject({ resources: [], unresolved: [], selected: 0 });
    expect(made.skipped).toEqual([{ resource: refOf(resource), reason: "default-key" }]);
    expect(made.missing).toEqual([]);
  });
});

describe("inherited tags", () => {
  const tags = [rule("CostCenter", { sources: [INHERIT, constant("none")] })];
  const secrets = { selection: { types: ["secret" as const] } };

  test("come from the encrypting key without a request for each secret", async () => {
    const stage = await stageOf();
    const key = stage.cloud.addKey({ name: "k", tags: { CostCenter: "42" } });
    stage.cloud.addSecret({ name: "a", kmsKeyId: key.id });
    stage.cloud.addSecret({ name: "b" });
    const { plan: made } = await plan(stage, { tags }, secrets);
    expect(made.resources.map(({ changes }) => changes[0]?.to)).toEqual(["42", "none"]);
    expect(Object.keys(made.inventory)).toEqual(["secret"]);
  });

  test("of a key that could not be read are no reason to write another value", async () => {
    const stage = await stageOf();
    const key = stage.cloud.addKey({ name: "k", tags: { CostCenter: "42" } });
    const secret = stage.cloud.addSecret({ name: "a", kmsKeyId: key.id });
    const fault = { kind: "blank-row", field: "tags" } as const;
    stage.cloud.addFault({ operation: "ListKmsByTags", times: Infinity, fault });
    const made = await plan(stage, { tags }, secrets);
    expect(made.plan.resources).toEqual([]);
    expect(made.unreadable).toEqual([refOf(secret)]);
    expect(made.plan.unresolved[0]?.changes).toMatchObject([
      { key: "CostCenter", op: "refuse", reason: "unread" },
    ]);
  });

  test("cost nothing where edits are planned", async () => {
    const stage = await stageOf();
    await plan(stage, { tags }, { ...secrets, edits: { unset: ["A"] } });
    expect(askedOf(stage.cloud)).toEqual({ ListResourceInstances: 2 });
  });
});

describe("what could not be read", () => {
  test("is counted and named, and never planned", async () => {
    const stage = await stageOf();
    const blank = stage.cloud.addSecret({ name: "blank" });
    stage.cloud.addSecret({ name: "whole" });
    const fault = { kind: "blank-row", field: "tags" } as const;
    stage.cloud.addFault({ operation: "ListResourceInstances", times: Infinity, fault });
    const made = await plan(stage, { tags: [OWNER] });
    expect(made.plan.resources.map(({ resource }) => resource.name)).toEqual(["whole"]);
    expect(made.plan.inventory.secret).toMatchObject({ examined: 1, unreadable: 1 });
    expect(made.unreadable).toEqual([refOf(blank)]);
  });

  test("does not matter where the selection cannot mean it", async () => {
    const stage = await stageOf();
    stage.cloud.addSecret({ name: "blank" });
    const fault = { kind: "blank-row", field: "tags" } as const;
    stage.cloud.addFault({ operation: "ListResourceInstances", times: Infinity, fault });
    const selectors = { prod: { name: [{ regex: "^prod-" }] } };
    const made = await plan(stage, { selectors }, { selection: { selectors: ["prod"] } });
    expect(made.unreadable).toEqual([]);
  });
});

test("edits are planned instead of the policy, and kept in the plan's origin", async () => {
  const stage = await stageOf();
  stage.cloud.addSecret({ name: "s", tags: { env: "dev" } });
  const edits = { rename: { env: "Env" }, set: { Team: "a*b" } };
  const { plan: made } = await plan(stage, { tags: [OWNER] }, { edits });
  expect(made.origin).toEqual({ by: "edits", selection: {}, edits });
  expect(made.resources[0]?.changes.map(({ key, op }) => [key, op])).toEqual([
    ["env", "delete"],
    ["Env", "create"],
    ["Team", "refuse"],
  ]);
});

test("guards measure the plan against what was selected", async () => {
  const stage = await stageOf();
  for (let index = 0; index < 25; index++) stage.cloud.addSecret({ name: `s-${index}` });
  const { plan: made } = await plan(stage, { tags: [OWNER] });
  expect(brokenGuards(made, { maxChanges: 10, maxPercent: 10 })).toHaveLength(2);
  expect(brokenGuards(made, { maxChanges: 100, maxPercent: 100 })).toEqual([]);
});
