import { describe, expect, test } from "vitest";
import { FIELDS } from "../../../shared/core/facts.ts";
import { draftPolicy } from "../../../shared/core/policy/draft.ts";
import { listWords } from "../../../shared/core/policy/problem.ts";

// What the schema says that it expected, wherever a policy can be wrong. Each case puts one value into a policy
// that says everything; `undefined` takes the field away.

// Not written as a key: linters take an object with `then` for a promise.
const THEN = "then";
const GOOD = {
  $schema: "tag-policy.schema.json",
  version: 1,
  selectors: {
    s: {
      types: ["secret"],
      name: { glob: "a*" },
      id: { regex: "a" },
      state: { is: "a" },
      enterpriseProject: { in: ["a"] },
      region: [{ is: "a" }],
      project: { is: "a" },
      createdBefore: "2026-01-31",
      createdAfter: "2026-01-31T08:00:00Z",
      tag: { A: "a" },
    },
  },
  tags: {
    A: {
      description: "a",
      required: { only: "s", except: ["s"] },
      severity: "high",
      aliases: ["a"],
      match: [{ is: "a" }],
      values: { a: ["b"] },
      value: [{ const: "a", transform: ["lower"] }],
      whenPresent: "keep",
      applies: true,
      prohibited: false,
    },
  },
  rules: [
    {
      id: "r",
      description: "r",
      severity: "low",
      if: { selector: "s" },
      [THEN]: { require: ["A"] },
    },
  ],
  limits: { reserve: 2, key: { profile: "documented" } },
  guards: { grace: { default: "5s", curl: "0s" }, visible: "10m", maxChanges: 5, maxPercent: 10 },
  exemptions: [{ rule: "r", resource: {}, owner: "o", reason: "r", expires: "2027-03-31" }],
};

/** A copy in which something else stands at a path, written `exemptions.0.owner`. */
function put(node: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(node))
    return node.map((item, index) => (String(index) === step ? put(item, rest, value) : item));
  const entries = Object.entries(Object(node)).filter(([key]) => key !== step);
  const placed = put(Object(node)[step], rest, value);
  return Object.fromEntries(placed === undefined ? entries : [...entries, [step, placed]]);
}

function mistakesOf(path: string, value: unknown) {
  const { mistakes } = draftPolicy(put(GOOD, path === "" ? [] : path.split("."), value), []);
  return mistakes.map(({ path: at, expected }) => [at.join("."), expected]);
}

test("the policy that says everything is right", () => {
  expect(draftPolicy(GOOD, [])).toMatchObject({ document: GOOD, mistakes: [] });
});

const MATCHER = "a matcher: { glob }, { regex }, { is } or { in }";
const SOURCE =
  "a source: { const }, { from }, { fromName, group }, { lookup, by, column }, { inherit } or { tag }";
const TRANSFORM = "lower, upper, title, trim, slug, { date }, { map }, { prefix } or { suffix }";
const TEXT = "text (put it in quotes)";
const INSTANT = "a date such as 2026-01-31, or a time in UTC such as 2026-01-31T08:00:00Z";
const NAME = "a name of letters, digits, dots, hyphens and underscores";
const ID = "an id of letters, digits, dots, hyphens and underscores";
const DATE_PATTERN =
  "a pattern of yyyy, MM, dd, HH, mm, ss and characters other than ASCII letters";
const GRACE = "a duration such as 30s, 500ms, 2m or 0s, at most 1h";
const GRACES = "a duration such as 30s, or a mapping such as { terraform: 120s, default: 5s }";
const VISIBLE = "a duration such as 10m, at most 24h";
const RESERVE = "a whole number from 0 to 19";
const PERCENT = "a number from 0 to 100";
const FIELD = listWords(FIELDS);

describe("of a policy", () => {
  test.each([
    ["", [], "a mapping with version and tags"],
    ["$schema", 5, TEXT],
    ["version", 2, "1"],
    ["version", undefined, "1"],
    ["selectors", [], "a mapping"],
    ["tags", null, "a mapping"],
    ["tags", undefined, "a mapping"],
    ["rules", {}, "a list"],
    ["rules.0", "r", "a mapping"],
    ["rules.0.id", undefined, "text"],
    ["rules.0.id", 5, TEXT],
    ["rules.0.id", "", ID],
    ["rules.0.id", ".a", ID],
    ["rules.0.id", "a b", ID],
    ["rules.0.id", "a".repeat(101), ID],
    ["rules.0.description", 5, TEXT],
    ["rules.0.severity", "none", "low, medium, high or critical"],
    ["rules.0.if", undefined, "a mapping of selector fields"],
    ["rules.0.if.selector", 5, "the name of a selector, or a list of names"],
    ["rules.0.if.selector", [], "a list with at least one entry"],
    ["rules.0.if.types", "disk", "secret or key, or a list of them"],
    ["rules.0.then", undefined, "a mapping"],
    ["rules.0.then.require", undefined, "a list of tag keys"],
    ["rules.0.then.require", [], "at least one tag key"],
    ["rules.0.then.require.0", 5, TEXT],
    ["limits", [], "a mapping"],
    ["limits.reserve", -1, RESERVE],
    ["limits.reserve", 20, RESERVE],
    ["limits.reserve", 1.5, RESERVE],
    ["limits.reserve", "2", RESERVE],
    ["limits.key", "extended", "a mapping"],
    ["limits.key.profile", "wide", "documented or extended"],
    ["guards", 5, "a mapping"],
    ["guards.grace", [], GRACES],
    ["guards.grace", "30", GRACE],
    ["guards.grace", "01s", GRACE],
    ["guards.grace", " 1s", GRACE],
    ["guards.grace", "1s ", GRACE],
    ["guards.grace", "1d", GRACE],
    ["guards.grace", "1000000000ms", GRACE],
    ["guards.grace", "3600001ms", GRACE],
    ["guards.grace.default", undefined, GRACE],
    ["guards.grace.curl", 5, GRACE],
    ["guards.visible", 5, VISIBLE],
    ["guards.visible", "86400001ms", VISIBLE],
    ["guards.maxChanges", "5", "a whole number"],
    ["guards.maxChanges", -1, "a whole number that is not negative"],
    ["guards.maxChanges", 1_000_001, "a whole number up to 1000000"],
    ["guards.maxPercent", "5", PERCENT],
    ["guards.maxPercent", -0.5, PERCENT],
    ["guards.maxPercent", 100.5, PERCENT],
    ["exemptions", {}, "a list"],
    ["exemptions.0", 5, "a mapping"],
    ["exemptions.0.rule", " ", "some text"],
    ["exemptions.0.resource", "s", "a mapping of selector fields"],
    ["exemptions.0.owner", "", "some text"],
    ["exemptions.0.reason", undefined, "some text"],
    ["exemptions.0.reason", 5, "some text (put it in quotes)"],
    ["exemptions.0.expires", 2027, "a date such as 2027-03-31"],
    ["exemptions.0.expires", "2027-02-30", "a date such as 2027-03-31"],
    ["exemptions.0.expires", "2200-01-01", "a date from 2000 to 2199"],
    ["exemptions.0.expires", "1999-12-31", "a date from 2000 to 2199"],
  ])("at %j, with %j: %s", (path, value, expected) => {
    expect(mistakesOf(path, value)).toEqual([[path, expected]]);
  });

  test.each([
    ["limits.reserve", 0],
    ["limits.reserve", 19],
    ["limits.key.profile", "extended"],
    ["guards.grace", "0s"],
    ["guards.grace", "3600000ms"],
    ["guards.grace", "60m"],
    ["guards.grace", "1h"],
    ["guards.visible", "24h"],
    ["guards.maxChanges", 0],
    ["guards.maxChanges", 1_000_000],
    ["guards.maxPercent", 0],
    ["guards.maxPercent", 100],
    ["rules.0.id", "9"],
    ["rules.0.id", `A${"a".repeat(99)}`],
    ["exemptions.0.expires", "2199-12-31"],
    ["exemptions.0.expires", "2000-01-01"],
    ["selectors", { "9é.a-_": {} }],
    ["selectors.s.createdBefore", "2000-01-01"],
    ["tags.A.match", { regex: "a".repeat(500) }],
    ["tags.A.value", { lookup: "a/b.json", by: "region", column: "c", key: "k" }],
    ["tags.A.value.0.transform", { date: "dd/MM/yyyy HH:mm:ss" }],
  ])("at %j, %j is right", (path, value) => {
    expect(mistakesOf(path, value)).toEqual([]);
  });
});

describe("of a selector", () => {
  test.each([
    ["", "x", "a mapping of selector fields"],
    [".types", "disk", "secret or key, or a list of them"],
    [".types", [], "a list with at least one entry"],
    [".types.0", "keys", "secret or key (did you mean key?)"],
    [".name", "a", `${MATCHER}, or a list of them`],
    [".name.glob", "", "a pattern such as prod-*"],
    [".id.regex", "", "the text of a regular expression"],
    [".id.regex", "a".repeat(501), "a regular expression of at most 500 characters"],
    [".id.regex", 5, "the text of a regular expression (put it in quotes)"],
    [".state.is", 5, TEXT],
    [".enterpriseProject.in", [], "a list with at least one value"],
    [".enterpriseProject.in", "a", "a list"],
    [".enterpriseProject.in.0", null, TEXT],
    [".region.0", "a", MATCHER],
    [".project", [], "a list with at least one entry"],
    [".createdBefore", "2026-13-01", INSTANT],
    [".createdBefore", 2026, INSTANT],
    [".createdAfter", "1999-12-31", "a time from 2000 to 2199"],
    [".createdAfter", "2200-01-01T00:00:00Z", "a time from 2000 to 2199"],
    [".tag", "A", "a mapping"],
    [".tag.A", 5, `a value, ${MATCHER}, or a list of matchers`],
    [".tag.A", [], "a list with at least one entry"],
  ])("at %j, with %j: %s", (path, value, expected) => {
    expect(mistakesOf(`selectors.s${path}`, value)).toEqual([[`selectors.s${path}`, expected]]);
  });

  test.each(["-a", "", "a b", ".a", "a/"])("at its name, with %j", (name) => {
    expect(mistakesOf("selectors", { [name]: {} })).toEqual([[`selectors.${name}`, NAME]]);
  });
});

describe("of a tag", () => {
  const only = "{ only: … } or { except: … }";
  test.each([
    ["", "x", "a mapping of tag fields, {} for none"],
    [".description", 5, TEXT],
    [".description", true, TEXT],
    [".description", null, TEXT],
    [".description", [], "text"],
    [".required", "yes", `true, false, ${only}`],
    [".required", {}, `${only}, naming a selector`],
    [".required.only", 5, "the name of a selector, or a list of names"],
    [".required.except", [], "a list with at least one entry"],
    [".severity", "hihg", "low, medium, high or critical (did you mean high?)"],
    [".aliases", "a", "a list of keys"],
    [".aliases.0", 1, TEXT],
    [".match", "a", `${MATCHER}, or a list of them`],
    [".values", "a", "a mapping of each allowed value to its variants, or a list of values"],
    [".values", [], "at least one value"],
    [".values", {}, "at least one value"],
    [".values.a", "b", "a list of variants, [] for none"],
    [".values.a.0", 5, TEXT],
    [".value", "x", `${SOURCE}, or a list of sources`],
    [".value", [], "a list with at least one entry"],
    [".value.0", 5, SOURCE],
    [".value.0.const", 5, TEXT],
    [".value.0.transform", 5, `a list of ${TRANSFORM}`],
    [".value.0.transform", [], "a list with at least one entry"],
    [".value.0.transform.0", {}, `one of ${TRANSFORM}`],
    [".whenPresent", "never", "keep, correct or overwrite"],
    [".applies", false, `true, ${only}`],
    [".applies", {}, `${only}, naming a selector`],
    [".prohibited", "no", "true or false"],
  ])("at %j, with %j: %s", (path, value, expected) => {
    expect(mistakesOf(`tags.A${path}`, value)).toEqual([[`tags.A${path}`, expected]]);
  });

  const lookup = { lookup: "a.csv", by: "region", column: "c" };
  test.each([
    ["from", { from: "here" }, FIELD],
    ["group", { fromName: "a" }, "text that is not empty"],
    ["group", { fromName: "a", group: "" }, "text that is not empty"],
    ["fromName", { fromName: "", group: "g" }, "the text of a regular expression"],
    ["fromName", { group: "g" }, "the text of a regular expression"],
    [
      "lookup",
      { ...lookup, lookup: "a.xls" },
      "the name of a .csv or .json file beside the policy",
    ],
    [
      "lookup",
      { ...lookup, lookup: "a.csvx" },
      "the name of a .csv or .json file beside the policy",
    ],
    ["lookup", { ...lookup, lookup: "csv" }, "the name of a .csv or .json file beside the policy"],
    ["by", { ...lookup, by: "here" }, FIELD],
    ["column", { ...lookup, column: "" }, "text that is not empty"],
    ["key", { ...lookup, key: "" }, "text that is not empty"],
    ["inherit", { inherit: "key" }, "kmsKey"],
    ["tag", { tag: 5 }, TEXT],
  ])("at the field %s of the source %j: %s", (field, source, expected) => {
    expect(mistakesOf("tags.A.value", source)).toEqual([[`tags.A.value.${field}`, expected]]);
  });

  test.each([
    ["date", "", DATE_PATTERN],
    ["date", "--", DATE_PATTERN],
    ["date", "yyyyy", DATE_PATTERN],
    ["date", "yyyyT", DATE_PATTERN],
    ["date", 5, TEXT],
    ["map", [], "a mapping"],
    ["map.a", 1, TEXT],
    ["prefix", "", "text that is not empty"],
    ["suffix", 5, "text that is not empty (put it in quotes)"],
  ])("at the transform %s, with %j: %s", (field, value, expected) => {
    const [name = "", key] = field.split(".");
    const transform = { [name]: key === undefined ? value : { [key]: value } };
    const path = `tags.A.value.0.transform.${field}`;
    expect(mistakesOf("tags.A.value.0.transform", transform)).toEqual([[path, expected]]);
  });
});
