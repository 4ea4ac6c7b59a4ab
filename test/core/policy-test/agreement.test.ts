/**
 * Goal: a policy test says what production does.
 * Method: the real creation functions against the local cloud, and the same resources as policy tests.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluateTest } from "../../../shared/core/policy-test/evaluate.ts";
import { isWrite } from "../../../shared/core/run/step.ts";
import { parseEvent } from "../../../shared/core/trace/envelope.ts";
import { events, loadEvent } from "../../events/index.ts";
import { openStage, type Stage } from "../../functions/stage.ts";

const TYPES = ["secret", "key"] as const;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({}, "sample");
});
afterAll(() => stage.close());

describe.each(TYPES)("a %s", (type) => {
  test.each([
    ["prod-orders", {}],
    ["sandbox-orders", {}],
    ["PRD-orders", { owner: "shop@example.com", Environment: "production" }],
    ["orders", { Owner: "", CostCenter: "CC-1", Password: "x" }],
    ["full", Object.fromEntries([...Array(9).keys()].map((index) => [`k${index}`, "v"]))],
  ])("named %s is tagged as its policy test says", async (name, tags) => {
    const create = { secret: stage.alice.createSecret, key: stage.alice.createKey };
    const id = await create[type](`${name}-${type}`);
    stage.cloud.tagDirectly(id, tags);
    const nowMs = stage.clock.now();
    const { outcomes } = await stage.run(type, stage.eventFor(id), { graceMs: 0 });

    const came = evaluateTest({
      policy: stage.policy,
      nowMs,
      test: {
        name,
        resource: { type, id, name: `${name}-${type}`, tags, enterpriseProject: "0" },
        created: { by: "Alice" },
        expect: { creation: {} },
      },
    });
    expect(outcomes).toHaveLength(1);
    expect(came.creation).toEqual(outcomes[0]?.tags);
    const stored = stage.cloud.resources().find((one) => one.id === id);
    expect(came.item?.tags).toEqual(new Map(stored?.tags));
    expect(came.creation?.some(isWrite)).toBe(outcomes[0]?.kind === "tagged");
  });

  test("is ignored for the same reason, or not at all, whatever the event", async () => {
    let ignored = 0;
    for (const file of events) {
      const event = loadEvent(file);
      if (parseEvent(event).length !== 1) continue;
      const { outcomes } = await stage.run(type, event);
      const [outcome] = outcomes;
      const expected = outcome?.kind === "ignored" ? outcome.reason : null;
      const came = evaluateTest({
        policy: stage.policy,
        nowMs: 0,
        event,
        test: { name: file, resource: { type }, event: file, expect: { creation: {} } },
      });
      expect([file, came.ignored]).toEqual([file, expected]);
      expect([file, came.malformed !== null]).toEqual([file, outcome?.kind === "malformed"]);
      if (expected !== null) ignored += 1;
    }
    expect(ignored).toBeGreaterThan(5);
  });
});
