import { describe, expect, test } from "vitest";
import type { Finding } from "../../shared/core/audit/finding.ts";
import {
  findingText,
  locationOf,
  REASON_TEXTS,
  ruleHelp,
  SEVERITIES,
  subjectOf,
} from "../../shared/core/report/wording.ts";
import { finding } from "./audit.ts";

const NOTHING = {
  tag_key: null,
  actual: null,
  expected: null,
  suggestion: null,
  fix_action: null,
} as const;
const textOf = (fields: Partial<Finding>) =>
  findingText(finding(1, { reason: "not-allowed", ...NOTHING, ...fields }));

test("the gravest severity comes first", () => {
  expect(SEVERITIES).toEqual(["critical", "high", "medium", "low"]);
});

test("each reason has words of its own", () => {
  const texts = Object.values(REASON_TEXTS);
  expect(new Set(texts).size).toBe(texts.length);
  for (const text of texts) expect(text).toMatch(/^[a-z].+[a-z]$/);
});

describe("what helps with a rule", () => {
  const BUILT_IN = [
    ["resource.tag-limit", "only so many tags"],
    ["resource.taggable", "never tagged"],
    ["resource.readable", "cannot be judged"],
    ["tag.unfilled", "`tagwarden plan` fills it"],
    ["tag.secret", "Change the secret"],
    ["tag.personal-data", "personal data"],
    ["policy.exemption", "end on their day"],
    ["policy.rule", "picks nothing"],
    ["project.vocabulary", "no rule knows"],
  ] as const;
  const CHECKS = [
    ["required", "must be there"],
    ["allowed", "`whenPresent: correct`"],
    ["match", "the form that the policy gives"],
    ["prohibited", "Nobody may have this tag"],
    ["alias", "misspelling"],
  ] as const;

  test.each(BUILT_IN)("is said of %s: %s", (id, text) => {
    expect(ruleHelp(id)).toContain(text);
  });

  test.each(CHECKS)("is said by what it checks: %s", (check, text) => {
    expect(ruleHelp(`Owner.${check}`)).toContain(text);
    expect(ruleHelp(`a.b.${check}`)).toBe(ruleHelp(check));
  });

  test("is said of a rule with a condition, whatever its name", () => {
    for (const id of [
      "prod-needs-contact",
      "Owner.constructor",
      "toString",
      "",
      "x.",
      "required.x",
    ])
      expect(ruleHelp(id)).toBe("A rule of the policy that holds under a condition is broken.");
  });
});

describe("a finding is one sentence", () => {
  test("with its reason alone, where there is nothing else to say", () => {
    expect(textOf({})).toBe("value is not allowed");
  });

  test("with every part that is there, empty ones too", () => {
    const fields = { tag_key: "Env", actual: "", expected: "a", suggestion: "b", fix_action: "c" };
    expect(textOf(fields)).toBe(
      'Env: value is not allowed; found ""; expected a; suggested "b"; fix: c',
    );
  });

  test("with an empty key called so", () => {
    expect(textOf({ tag_key: "" })).toBe("(empty): value is not allowed");
  });

  test("with long values cut", () => {
    const [fits, long] = ["x".repeat(300), "x".repeat(301)];
    const cut = `${"x".repeat(299)}…`;
    expect(textOf({ actual: fits })).toBe(`value is not allowed; found "${fits}"`);
    expect(textOf({ actual: long, expected: long, suggestion: long, fix_action: long })).toBe(
      `value is not allowed; found "${cut}"; expected ${cut}; suggested "${cut}"; fix: ${cut}`,
    );
  });
});

test("a finding's subject is named as well as it is known", () => {
  const subject = (fields: Partial<Finding>) => subjectOf(finding(1, fields));
  const key = { resource_type: "key", resource_name: "n", resource_id: "i" } as const;
  expect(subject(key)).toBe("key n");
  expect(subject({ ...key, resource_name: null })).toBe("key i");
  expect(subject({ ...key, resource_name: null, resource_id: null })).toBe("key unknown");
  expect(subject({ ...key, resource_name: "" })).toBe("key (empty)");
  expect(subject({ ...key, resource_type: null })).toBe("policy");
});

test("a finding's place has as many parts as its kind wants", () => {
  const place = (fields: Partial<Finding>) =>
    locationOf(finding(1, { region: "r", project_id: "p", resource_id: "i", ...fields }));
  const unknown = { region: null, project_id: null, resource_id: null };
  expect(place({ resource_type: "key" })).toBe("key/r/p/i");
  expect(place({ resource_type: "secret", ...unknown })).toBe("secret/-/-/-");
  expect(place({ resource_type: null })).toBe("project/r/p");
  expect(place({ resource_type: null, region: null })).toBe("project/-/p");
  expect(place({ resource_type: null, project_id: null })).toBe("policy");
});
