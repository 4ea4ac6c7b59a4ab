import { describe, expect, test } from "vitest";
import { createScopeTally } from "../../../shared/core/audit/scope-tally.ts";
import type { InventoryCount } from "../../../shared/core/run/run-plan.ts";
import { PLACE } from "./audit-fixture.ts";
import { fingerprintOf, item } from "./fixture.ts";

const NONE: InventoryCount = { counted: 0, examined: 0, skipped: 0, unreadable: 0 };

function tally() {
  const scope = createScopeTally(PLACE);
  const ended = (secrets: Partial<InventoryCount> = {}, problem: string | null = null) => {
    scope.note("secret", { ...NONE, ...secrets });
    scope.note("key", NONE);
    scope.close(problem);
    return {
      complete: scope.scope().complete,
      findings: scope
        .findings("hash", fingerprintOf)
        .map(({ actual, expected }) => `${actual}; ${expected}`),
    };
  };
  return { ...scope, ended };
}

describe("of a region and project", () => {
  test("that nobody read to its end there is what was met until then", () => {
    const scope = tally();
    scope.take(item({ Env: "x" }), "pass");
    scope.take(item({}, { number: 2 }), "fail");
    scope.take(item({}, { number: 3, skip: "pending-deletion" }), "skipped");
    scope.take(item(null, { number: 4, skip: "pending-deletion" }), "skipped");
    scope.take(item(null, { number: 5 }), "error");
    scope.take(item({}, { number: 6, type: "key" }), "fail");
    expect(scope.scope()).toEqual({
      ...PLACE,
      complete: false,
      problem: "not read to its end",
      types: {
        secret: { counted: null, examined: 3, skipped: 2, errors: 1 },
        key: { counted: null, examined: 1, skipped: 0, errors: 0 },
      },
    });
    expect(scope.findings("hash", fingerprintOf)).toEqual([]);
  });

  test("the inventory's own counts are told where it came to its end", () => {
    const scope = tally();
    scope.note("secret", { counted: 9, examined: 7, skipped: 1, unreadable: 2 });
    scope.note("key", { counted: null, examined: 3, skipped: 2, unreadable: 0 });
    scope.close("why not");
    expect(scope.scope()).toEqual({
      ...PLACE,
      complete: false,
      problem: "why not",
      types: {
        secret: { counted: 9, examined: 7, skipped: 1, errors: 2 },
        key: { counted: null, examined: 3, skipped: 2, errors: 0 },
      },
    });
  });

  test("all was seen where each kind was read, counted, judged and closed", () => {
    expect(tally().ended()).toEqual({ complete: true, findings: [] });
    expect(tally().ended({}, "why not").complete).toBe(false);
    const unjudged = tally();
    unjudged.take(item({}), "error");
    expect(unjudged.ended({ counted: 1, examined: 1 })).toEqual({ complete: false, findings: [] });
    const halfNoted = tally();
    halfNoted.note("secret", NONE);
    halfNoted.close(null);
    expect(halfNoted.scope().complete).toBe(false);
  });

  test.each<[string, Partial<InventoryCount>, readonly string[]]>([
    ["more than were met", { counted: 3, examined: 1 }, ["1 examined; 3 counted by the service"]],
    ["fewer than were met", { counted: 1, examined: 2 }, ["2 examined; 1 counted by the service"]],
    [
      "one that has no usable id",
      { counted: 2, examined: 1, unreadable: 1 },
      ["1 examined, 1 without a usable id; 2 counted by the service"],
    ],
    [
      "none, and one has no usable id",
      { counted: null, examined: 1, unreadable: 1 },
      ["1 examined, 1 without a usable id; an unknown number counted by the service"],
    ],
    ["as many as were met", { counted: 2, examined: 2 }, []],
    ["none", { counted: null, examined: 2 }, []],
  ])("the service counts %s", (_, secrets, findings) =>
    expect(tally().ended(secrets)).toEqual({ complete: findings.length === 0, findings }),
  );

  test("one whose tags are unreadable explains one that is missing, and no more", () => {
    const ended = (secrets: Partial<InventoryCount>) => {
      const scope = tally();
      scope.take(item(null), "error");
      const { complete, findings } = scope.ended(secrets);
      expect(complete).toBe(false);
      return findings;
    };
    expect(ended({ counted: 2, examined: 1, unreadable: 1 })).toEqual([]);
    expect(ended({ counted: 1, examined: 1, unreadable: 1 })).toEqual([]);
    expect(ended({ counted: 3, examined: 1, unreadable: 1 })).toHaveLength(1);
    expect(ended({ counted: 1, examined: 1, unreadable: 2 })).toHaveLength(1);
  });

  test("a difference is told of its place and kind, and of no resource", () => {
    const scope = tally();
    scope.ended({ counted: 2, examined: 1 });
    const [found, more] = scope.findings("hash", fingerprintOf);
    expect(more).toBeUndefined();
    expect(found).toEqual({
      fingerprint: '["resource.readable","eu-west-101","p1","secret",null,null]',
      rule_id: "resource.readable",
      severity: "high",
      status: "error",
      reason: "count-differs",
      resource_type: "secret",
      resource_id: null,
      resource_name: null,
      region: "eu-west-101",
      project_id: "p1",
      enterprise_project: null,
      state: null,
      created_at: null,
      creator: null,
      tag_key: null,
      actual: "1 examined",
      expected: "2 counted by the service",
      suggestion: null,
      fixable: false,
      fix_action: null,
      exemption_id: null,
      exemption_expires: null,
      first_seen: null,
      last_seen: null,
      tags_count: null,
      tag_limit: null,
      policy_hash: "hash",
    });
  });
});
