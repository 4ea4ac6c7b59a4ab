import { expect, test } from "vitest";
import { listLookups } from "../../../shared/core/policy/lookups.ts";
import { formatPath } from "../../../shared/core/policy/problem.ts";
import { checkRegex, listRegexes } from "../../../shared/core/policy/regexes.ts";
import { rulesByName } from "../../../shared/core/policy/rules-by-name.ts";
import type { PolicyDocument } from "../../../shared/core/policy/schema.ts";
import { rule } from "../plan/builders.ts";

const FIELDS = ["name", "id", "state", "enterpriseProject", "region", "project"] as const;

// Not written as a key: linters take an object with `then` for a promise.
const THEN = "then";
const DOCUMENT: PolicyDocument = {
  version: 1,
  selectors: {
    s: {
      ...Object.fromEntries(FIELDS.map((field) => [field, { regex: `in-${field}` }])),
      types: "key",
      tag: { A: "a", B: { regex: "tag-b" }, C: [{ is: "c" }, { regex: "tag-c" }] },
    },
  },
  tags: {
    A: {
      match: [{ regex: "match-a" }, { glob: "a*" }],
      value: [{ const: "a" }, { fromName: "from-(?<g>a)", group: "g" }],
    },
    B: { match: { regex: "match-b" }, value: { fromName: "from-b", group: "g" } },
    C: { value: { lookup: "c.csv", by: "region", column: "c" } },
    D: { value: [{ const: "d" }, { lookup: "d.csv", key: "k", by: "region", column: "d" }] },
  },
  rules: [
    { id: "r", if: { state: { regex: "if-r" } }, [THEN]: { require: ["A"] } },
    { id: "s", if: { tag: { A: { regex: "if-s" } } }, [THEN]: { require: ["A"] } },
  ],
  exemptions: [{ rule: "r", resource: { id: { regex: "exempt" } }, owner: "o", reason: "r" }],
};

test("each regex that the author wrote is found where it stands", () => {
  const found = listRegexes(DOCUMENT).map(({ source, path, group }) => [
    formatPath(path),
    source,
    ...(group === undefined ? [] : [formatPath(group.path), group.name]),
  ]);
  expect(found).toEqual([
    ...FIELDS.map((field) => [`selectors.s.${field}.regex`, `in-${field}`]),
    ["selectors.s.tag.B.regex", "tag-b"],
    ["selectors.s.tag.C[1].regex", "tag-c"],
    ["tags.A.match[0].regex", "match-a"],
    ["tags.A.value[1].fromName", "from-(?<g>a)", "tags.A.value[1].group", "g"],
    ["tags.B.match.regex", "match-b"],
    ["tags.B.value.fromName", "from-b", "tags.B.value.group", "g"],
    ["rules[0].if.state.regex", "if-r"],
    ["rules[1].if.tag.A.regex", "if-s"],
    ["exemptions[0].resource.id.regex", "exempt"],
  ]);
  expect(listRegexes({ version: 1, tags: {} })).toEqual([]);
});

test("each lookup is found where it stands", () => {
  expect(listLookups(DOCUMENT)).toEqual([
    { lookup: "c.csv", key: undefined, column: "c", path: ["tags", "C", "value"] },
    { lookup: "d.csv", key: "k", column: "d", path: ["tags", "D", "value", 1] },
  ]);
});

const NO_REGEX = "a regular expression of JavaScript with the flag u";
const check = (source: string, name?: string) => {
  const group = name === undefined ? {} : { group: { name, path: ["group"] } };
  return checkRegex({ source, path: ["regex"], ...group });
};

test.each([
  ["(?<a>x)", "a"],
  ["x", undefined],
  ["\\p{L}", undefined],
  ["^(?<a>x)|(?<b>y)$", "b"],
])("the regex %j with the group %j is right", (source, group) => {
  expect(check(source, group)).toEqual([]);
});

test.each(["[", "a)|(b", "\\-", "{", "(?<a>x)(?<a>y)"])("%j is no regex", (source) => {
  const message = `${JSON.stringify(source)} is not a regular expression`;
  const place = { level: "error", path: ["regex"], at: "value" };
  expect(check(source, "a")).toEqual([{ ...place, message, expected: NO_REGEX }]);
});

test.each([
  ["x", "a", "a group in the regex, written (?<a>…)"],
  ["(?<b>x)", "a", "b"],
  ["(?<year>x)(?<month>y)", "yaer", "one of year or month (did you mean year?)"],
])("the regex %j has no group %j", (source, group, expected) => {
  const message = `the regex has no group ${JSON.stringify(group)}`;
  const place = { level: "error", path: ["group"], at: "value" };
  expect(check(source, group)).toEqual([{ ...place, message, expected }]);
});

test("a rule is known by its key and by each of its aliases, a key before an alias", () => {
  const [owner, env] = [rule("Owner", { aliases: ["owner", "Env"] }), rule("Env")];
  expect(rulesByName({ tags: [env, owner] })).toEqual(
    new Map([
      ["owner", owner],
      ["Env", env],
      ["Owner", owner],
    ]),
  );
});
