/**
 * Goal: findings come in one order whatever the order in which they were found, and as they were found.
 * Method: findings that differ in one column each, entered in any order.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDocket } from "../../../shared/core/audit/docket.ts";
import {
  EXCUSABLE_RULES,
  type Finding,
  STATUSES,
  worstOf,
} from "../../../shared/core/audit/finding.ts";
import { changeEach } from "../../../shared/core/audit/findings.ts";
import { compareKinds, compareTexts, SEVERITIES } from "../../../shared/core/audit/order.ts";
import type { UnsignedFinding } from "../../../shared/core/audit/record.ts";
import { finding } from "./finding-fixture.ts";
import { fingerprintOf } from "./fixture.ts";

const NOTHING: UnsignedFinding = {
  ...finding(),
  resource_type: null,
  resource_id: null,
  resource_name: null,
  region: null,
  project_id: null,
  tag_key: null,
};

/** In the order in which a report has them. */
const ORDERED: readonly UnsignedFinding[] = [
  finding({ status: "error", severity: "low", rule_id: "z" }),
  finding({ severity: "critical", rule_id: "z" }),
  finding({ rule_id: "A.required" }),
  { ...NOTHING },
  { ...NOTHING, project_id: "p1" },
  { ...NOTHING, region: "r" },
  { ...NOTHING, tag_key: "Env" },
  { ...NOTHING, resource_id: "id" },
  { ...NOTHING, resource_name: "name" },
  finding({ resource_type: "key", resource_name: "z" }),
  finding(),
  finding({ project_id: "p2" }),
  finding({ region: "eu-west-102", project_id: "p0" }),
  finding({ tag_key: "Own", region: "a" }),
  finding({ resource_id: "id-2", tag_key: "A" }),
  finding({ resource_name: "b", resource_id: "id-0" }),
  finding({ rule_id: "Own.required" }),
  finding({ severity: "medium", rule_id: "A" }),
  finding({ severity: "low", rule_id: "A" }),
  finding({ status: "exempt", severity: "critical", rule_id: "A" }),
  finding({ status: "skipped", severity: "critical", rule_id: "A" }),
];

const identity = ({ rule_id, region, project_id, resource_type, ...one }: UnsignedFinding) =>
  JSON.stringify([rule_id, region, project_id, resource_type, one.resource_id, one.tag_key]);

const signed = (one: UnsignedFinding): Finding => ({ fingerprint: identity(one), ...one });

function docketOf(findings: readonly UnsignedFinding[]) {
  const docket = createDocket(fingerprintOf);
  for (const one of findings) docket.add(one);
  return docket;
}

describe("findings", () => {
  test("come gravest first, then by rule and resource, each as it was entered", () => {
    const wanted = ORDERED.map(signed);
    fc.assert(
      fc.property(fc.shuffledSubarray([...ORDERED], { minLength: ORDERED.length }), (shuffled) => {
        expect([...docketOf(shuffled).end()]).toEqual(wanted);
      }),
      { numRuns: 30 },
    );
  });

  test("keep what they have for themselves, and what they share with others", () => {
    const others: readonly Partial<UnsignedFinding>[] = [
      { actual: "other", suggestion: null, creator: null, created_at: null },
      { reason: "untagged", fixable: false, fix_action: null, expected: null },
      { state: null, enterprise_project: null, tags_count: null, tag_limit: null },
      { exemption_id: null, exemption_expires: null, first_seen: null, last_seen: null },
      { policy_hash: "other" },
    ];
    const entered = others.flatMap((about, number) => [
      finding({ resource_id: `id-${number}-a` }),
      finding({ ...about, resource_id: `id-${number}-b` }),
    ]);
    expect([...docketOf(entered).end()]).toEqual(entered.map(signed));
  });

  test("that are of no resource bring their fingerprint, which is what tells them apart", () => {
    const docket = createDocket(() => "made");
    for (const fingerprint of ["c", "a", "b"]) docket.addWhole({ ...NOTHING, fingerprint });
    expect([...docket.end()].map(({ fingerprint }) => fingerprint)).toEqual(["a", "b", "c"]);
  });

  test("are counted by rule and status, and by the exemption that excuses them", () => {
    const docket = docketOf([
      ...(["error", "fail", "fail", "exempt", "exempt", "exempt", "skipped"] as const).map(
        (status, number) => finding({ status, resource_id: String(number) }),
      ),
      finding({ rule_id: "A", status: "exempt", exemption_id: "1", tag_key: "A" }),
      finding({ rule_id: "A", status: "exempt", exemption_id: "2" }),
      finding({ rule_id: "A", status: "exempt", exemption_id: null }),
    ]);
    expect(Object.fromEntries(docket.counts())).toEqual({
      "Env.required": { error: 1, fail: 2, exempt: 3, skipped: 1 },
      A: { error: 0, fail: 0, exempt: 3, skipped: 0 },
    });
    expect([...docket.exempted()]).toEqual([
      ["1", 4],
      ["2", 1],
    ]);
  });

  test("are a list that can be walked through as often as one likes", () => {
    const rules = ["a", "b", "c", "d", "e"];
    const findings = docketOf(rules.map((rule_id) => finding({ rule_id }))).end();
    const named = (some: Iterable<Finding>) => Array.from(some, ({ rule_id }) => rule_id);
    expect(findings).toHaveLength(5);
    expect([named(findings), named(findings)]).toEqual([rules, rules]);
    expect(named(findings.slice(0, 2))).toEqual(["a", "b"]);
    expect(named(findings.slice(1, 4))).toEqual(["b", "c", "d"]);
    expect(named(findings.slice(3, 9))).toEqual(["d", "e"]);
    expect(named(findings.slice(2, 2))).toEqual([]);
    expect(named(findings.filter(({ rule_id }) => rule_id > "c"))).toEqual(["d", "e"]);
    expect(findings.map(({ rule_id }) => rule_id)).toEqual(rules);
    const changed = changeEach(findings, (one) => ({ ...one, rule_id: `${one.rule_id}!` }));
    expect([changed.length, named(changed.slice(0, 1)), named(changed)]).toEqual([
      5,
      ["a!"],
      ["a!", "b!", "c!", "d!", "e!"],
    ]);
  });

  test("are not looked at beyond the slice that is asked for", () => {
    let made = 0;
    const docket = createDocket((text) => {
      made += 1;
      return text;
    });
    for (const rule_id of ["a", "b", "c"]) docket.add(finding({ rule_id }));
    const findings = docket.end();
    expect([findings.slice(0, 1).length, made]).toEqual([1, 2]);
  });
});

describe("an order", () => {
  test("of kinds: by status, severity, rule and type", () => {
    const kind = { status: "fail", severity: "high", rule_id: "b", resource_type: "key" } as const;
    const rank = (about: Partial<UnsignedFinding>) =>
      Math.sign(compareKinds({ ...kind, ...about }, kind));
    expect(STATUSES).toEqual(["error", "fail", "exempt", "skipped", "pass"]);
    expect(SEVERITIES).toEqual(["critical", "high", "medium", "low"]);
    expect(
      [
        { status: "error", severity: "low" } as const,
        { status: "exempt", severity: "critical" } as const,
        { severity: "critical", rule_id: "z" } as const,
        { severity: "medium", rule_id: "a" } as const,
        { rule_id: "a", resource_type: "secret" } as const,
        { rule_id: "c", resource_type: null } as const,
        { resource_type: "secret" } as const,
        { resource_type: null } as const,
        {},
      ].map(rank),
    ).toEqual([-1, 1, -1, 1, -1, 1, 1, -1, 0]);
    expect(compareKinds({ ...kind, resource_type: null }, { ...kind, resource_type: null })).toBe(
      0,
    );
  });

  test("of texts: by code units", () => {
    expect([compareTexts("a", "b"), compareTexts("b", "a"), compareTexts("a", "a")]).toEqual([
      -1, 1, 0,
    ]);
    expect(["ä", "b", "a", "B", ""].sort(compareTexts)).toEqual(["", "B", "a", "b", "ä"]);
  });
});

test("a resource has the worst status of its findings", () => {
  const worst = (...statuses: Finding["status"][]) =>
    worstOf(statuses.map((status) => ({ status })));
  expect([
    worst(),
    worst("skipped"),
    worst("skipped", "exempt"),
    worst("exempt", "fail", "skipped"),
    worst("fail", "error", "exempt"),
  ]).toEqual(["pass", "skipped", "exempt", "fail", "error"]);
});

test("nothing excuses from being readable, nor the policy from what it says of itself", () => {
  expect(EXCUSABLE_RULES).toEqual([
    "resource.tag-limit",
    "tag.unfilled",
    "tag.secret",
    "tag.personal-data",
    "project.vocabulary",
  ]);
});
