import { describe, expect, test } from "vitest";
import { problemsOf } from "../../policies/folder.ts";

/** A policy of one tag `A`, with the text after `A: ` in line 3 from column 8 on. */
const withTag = (tag: string) => `version: 1\ntags:\n  A:   ${tag}\n`;
const at = (column: number, rest: string) => [`policy.yaml:3:${column} ${rest}`];
const SOURCE =
  "a source: { const }, { from }, { fromName, group }, { lookup, by, column }, { inherit } or { tag }";

describe("what the schema refuses", () => {
  test.each([
    [
      "text in place of a mapping",
      "x",
      at(8, 'tags.A: got "x"; expected a mapping of tag fields, {} for none'),
    ],
    [
      "nothing in place of a mapping",
      "",
      at(8, "tags.A: got nothing; expected a mapping of tag fields, {} for none"),
    ],
    [
      "a number in place of text",
      "{ description: 5 }",
      at(23, "tags.A.description: got the number 5; expected text (put it in quotes)"),
    ],
    [
      "text in place of a truth",
      "{ prohibited: ja }",
      at(22, 'tags.A.prohibited: got "ja"; expected true or false'),
    ],
    [
      "text in place of a list",
      "{ aliases: a }",
      at(19, 'tags.A.aliases: got "a"; expected a list of keys'),
    ],
    [
      "a misspelt word",
      "{ whenPresent: corect }",
      at(
        23,
        'tags.A.whenPresent: got "corect"; expected keep, correct or overwrite (did you mean correct?)',
      ),
    ],
    [
      "a misspelt field",
      "{ whenpresent: keep }",
      at(
        10,
        "tags.A.whenpresent: unknown field whenpresent; expected one of the fields description, required, severity, aliases, match, values, value, whenPresent, applies or prohibited (did you mean whenPresent?)",
      ),
    ],
    [
      "a source of no kind",
      "{ value: { form: region } }",
      at(
        19,
        `tags.A.value.form: unknown field form; expected ${SOURCE}, or a list of sources (did you mean from?)`,
      ),
    ],
    [
      "an empty source",
      "{ value: {} }",
      at(17, `tags.A.value: got an empty mapping; expected ${SOURCE}, or a list of sources`),
    ],
    [
      "a source of two kinds",
      "{ value: [{ const: a, from: region }] }",
      at(
        30,
        "tags.A.value[0].from: unknown field from; expected one of the fields const or transform",
      ),
    ],
    [
      "a source that lacks a field",
      '{ value: { fromName: "(?<a>b)" } }',
      at(17, "tags.A.value.group: group is missing; expected text that is not empty"),
    ],
    [
      "no source",
      "{ value: [] }",
      at(17, "tags.A.value: got an empty list; expected a list with at least one entry"),
    ],
    [
      "a misspelt transform",
      "{ value: [{ const: a, transform: [lowr] }] }",
      at(
        42,
        'tags.A.value[0].transform[0]: got "lowr"; expected one of lower, upper, title, trim, slug, { date }, { map }, { prefix } or { suffix } (did you mean lower?)',
      ),
    ],
    [
      "letters in a date that are no tokens",
      "{ value: [{ from: event.time, transform: [{ date: DD.MM }] }] }",
      at(
        58,
        'tags.A.value[0].transform[0].date: got "DD.MM"; expected a pattern of yyyy, MM, dd, HH, mm, ss and characters other than ASCII letters',
      ),
    ],
    [
      "a month in words, which would be the month's number twice",
      "{ value: [{ from: event.time, transform: [{ date: dd MMMM yyyy }] }] }",
      at(
        58,
        'tags.A.value[0].transform[0].date: got "dd MMMM yyyy"; expected a pattern of yyyy, MM, dd, HH, mm, ss and characters other than ASCII letters',
      ),
    ],
    [
      "a lookup of another kind of file",
      "{ value: { lookup: a.xls, by: region, column: b } }",
      at(
        27,
        'tags.A.value.lookup: got "a.xls"; expected the name of a .csv or .json file beside the policy',
      ),
    ],
    [
      "a matcher of no kind",
      "{ match: { regexp: a } }",
      at(
        19,
        "tags.A.match.regexp: unknown field regexp; expected a matcher: { glob }, { regex }, { is } or { in }, or a list of them (did you mean regex?)",
      ),
    ],
    [
      "text in place of a matcher",
      "{ match: a* }",
      at(
        17,
        'tags.A.match: got "a*"; expected a matcher: { glob }, { regex }, { is } or { in }, or a list of them',
      ),
    ],
    [
      "a misspelt scope",
      "{ required: { onyl: [a] } }",
      at(
        22,
        "tags.A.required.onyl: unknown field onyl; expected one of the fields only or except (did you mean only?)",
      ),
    ],
    [
      "a scope that names nobody",
      "{ required: {} }",
      at(
        20,
        "tags.A.required: got an empty mapping; expected { only: … } or { except: … }, naming a selector",
      ),
    ],
    [
      "an allowed value without its list",
      "{ values: { a: b } }",
      at(23, 'tags.A.values.a: got "b"; expected a list of variants, [] for none'),
    ],
  ])("%s", async (_what, tag, expected) => {
    expect(await problemsOf(withTag(tag))).toEqual(expected);
  });

  test.each([
    [
      "a policy that is a list",
      "- 1",
      ["policy.yaml:1:1 (document): got a list; expected a mapping with version and tags"],
    ],
    [
      "an empty policy",
      "# nothing",
      ["policy.yaml:1:1 (document): got nothing; expected a mapping with version and tags"],
    ],
    [
      "no version and no tags",
      "guards: {}",
      [
        "policy.yaml:1:1 version: version is missing; expected 1",
        "policy.yaml:1:1 tags: tags is missing; expected a mapping",
      ],
    ],
    [
      "another version",
      "version: 2\ntags: {}",
      ["policy.yaml:1:10 version: got the number 2; expected 1"],
    ],
    [
      "a guard without a unit",
      "version: 1\ntags: {}\nguards: { grace: 30, visible: 25h }",
      [
        "policy.yaml:3:18 guards.grace: got the number 30; expected a duration such as 30s, or a mapping such as { terraform: 120s, default: 5s }",
        'policy.yaml:3:31 guards.visible: got "25h"; expected a duration such as 10m, at most 24h',
      ],
    ],
    [
      "a grace table without a default",
      "version: 1\ntags: {}\nguards: { grace: { terraform: 2m } }",
      [
        "policy.yaml:3:18 guards.grace.default: default is missing; expected a duration such as 30s, 500ms, 2m or 0s, at most 1h",
      ],
    ],
    [
      "numbers out of bounds",
      "version: 1\ntags: {}\nlimits: { reserve: 20 }\nguards: { maxChanges: 1.5, maxPercent: -1 }",
      [
        "policy.yaml:3:20 limits.reserve: got the number 20; expected a whole number from 0 to 19",
        "policy.yaml:4:23 guards.maxChanges: got the number 1.5; expected a whole number",
        "policy.yaml:4:40 guards.maxPercent: got the number -1; expected a number from 0 to 100",
      ],
    ],
    [
      "a time that is none",
      "version: 1\ntags: {}\nrules: []\nselectors: { a: { createdAfter: 01.02.2026 } }",
      [
        'policy.yaml:4:33 selectors.a.createdAfter: got "01.02.2026"; expected a date such as 2026-01-31, or a time in UTC such as 2026-01-31T08:00:00Z',
      ],
    ],
    [
      "a name that is none",
      'version: 1\ntags: {}\nselectors: { "a b": {} }',
      [
        'policy.yaml:3:14 selectors["a b"]: got the name "a b"; expected a name of letters, digits, dots, hyphens and underscores',
      ],
    ],
  ])("%s", async (_what, policy, expected) => {
    expect(await problemsOf(policy)).toEqual(expected);
  });
});

describe("what stands beside a broken part", () => {
  test("is checked, and names of broken parts still count", async () => {
    const policy = `version: 1
selectors: { broken: 5, fine: { name: { is: 5 } } }
tags:
  Broken: { severity: none }
  Fine: { applies: { only: [broken, fine, wrong] }, value: { tag: Broken } }
rules:
  - { id: r, if: { name: 5, selector: wrong }, then: { require: [Broken, Wrong] } }
exemptions:
  - { rule: Broken.match, resource: {}, owner: o, reason: r }
  - { rule: Wrong.match, resource: {} }
`;
    const problems = await problemsOf(policy);
    expect(problems.map((line) => /^policy\.yaml:\d+:\d+ (\S+): /.exec(line)?.[1])).toEqual([
      "selectors.broken",
      "selectors.fine.name.is",
      "tags.Broken.severity",
      "tags.Fine.applies.only[2]",
      "rules[0].if.name",
      "rules[0].if.selector",
      "rules[0].then.require[1]",
      "exemptions[1].owner",
      "exemptions[1].reason",
      "exemptions[1].rule",
    ]);
  });

  test("keeps its place in a list", async () => {
    const policy = `version: 1
tags: { A: { value: [5, { from: nothing }, { lookup: a.csv, by: region }, { const: "" }] } }
exemptions: [5, { rule: x, resource: {}, owner: o, reason: r }]
`;
    const problems = await problemsOf(policy);
    expect(problems.map((line) => line.slice(12).split(":")[1]?.slice(2).trim())).toEqual([
      "tags.A.value[0]",
      "tags.A.value[1].from",
      "tags.A.value[2].column",
      "tags.A.value[3].const",
      "exemptions[0]",
      "exemptions[1].rule",
    ]);
  });
});
