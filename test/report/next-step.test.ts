import { expect, test } from "vitest";
import type { AuditReport } from "../../shared/core/audit/audit-report.ts";
import type { Finding, FindingReason } from "../../shared/core/audit/finding.ts";
import { nextSteps } from "../../shared/core/report/next-step.ts";
import { finding, idOf, report } from "./audit.ts";

/** A finding that only its reason gives something to do about. */
const about = (reason: FindingReason, fields: Partial<Finding> = {}) =>
  finding(1, { reason, resource_id: null, fixable: false, ...fields });
const steps = (findings: readonly Finding[], changes: Partial<AuditReport> = {}) =>
  nextSteps(report(findings, changes)).map(({ text, commands }) => [text, ...commands]);

test("there is nothing to do where the audit is complete and clean", () => {
  expect(steps([])).toEqual([]);
});

test("only what fails gives something to do", () => {
  const untouched = (["exempt", "skipped", "error"] as const).map((status) =>
    finding(1, { status, reason: "secret", fixable: true }),
  );
  expect(steps(untouched, { complete: true })).toEqual([]);
});

test("what could not be examined comes first", () => {
  expect(steps([], { complete: false })).toEqual([
    [
      "See to what could not be examined (permissions, network, projects), then audit again.",
      "tagwarden audit --out html=report.html",
    ],
  ]);
});

test("what the policy can put right is planned and applied", () => {
  const text = "can be put right by the policy: make a plan, read it, apply it.";
  const commands = ["tagwarden plan -o plan.json", "tagwarden apply plan.json"];
  const fixable = finding(1, { reason: "missing", fixable: true });
  expect(steps([fixable])).toEqual([[`1 finding ${text}`, ...commands]]);
  expect(steps([fixable, fixable])).toEqual([[`2 findings ${text}`, ...commands]]);
});

test.each<readonly [readonly FindingReason[], string, readonly string[]]>([
  [
    ["secret", "personal-data"],
    "2 tags may hold a secret or personal data: change the secret itself first, then remove the tag.",
    ["tagwarden plan --unset <key> -o clean.json", "tagwarden apply clean.json"],
  ],
  [
    ["near-miss-key", "undeclared"],
    "2 findings about keys that no rule knows or that are nearly right: declare them, add them as aliases, or rename them.",
    ["tagwarden plan --rename <found>=<wanted> -o rename.json"],
  ],
  [
    ["conflict", "conflict"],
    "2 resources with an alias and a key that differ: choose a value by hand, a plan leaves both untouched.",
    [],
  ],
  [
    ["expired", "unused", "unmatched"],
    "Parts of the policy without effect: 3. Correct the policy file.",
    ["tagwarden validate"],
  ],
  [
    ["near-limit", "full"],
    "2 resources with no room left, or little: remove tags that nobody needs.",
    ["tagwarden plan --unset <key> -o room.json"],
  ],
])("each reason has its advice: %s", (reasons, text, commands) => {
  expect(steps(reasons.map((reason) => about(reason)))).toEqual([[text, ...commands]]);
});

test("a reason that no advice is about gives none", () => {
  expect(steps([about("missing"), about("condition")])).toEqual([]);
});

test("what no plan puts right is explained, by the first resource that has an id", () => {
  const rest = "that no plan puts right: see which source of a value was passed over, and why.";
  const left = (resource_id: string | null) =>
    about("missing", { resource_type: "key", resource_id });
  expect(steps([left("no id"), left(null), left(idOf(1)), left(idOf(2))])).toEqual([
    [`3 findings ${rest}`, `tagwarden explain key:${idOf(1)}`],
  ]);
  expect(steps([left(idOf(1))])).toEqual([
    [`1 finding ${rest}`, `tagwarden explain key:${idOf(1)}`],
  ]);
  expect(steps([left("no id")])).toEqual([]);
});
