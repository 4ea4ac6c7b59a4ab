import { describe, expect, test } from "vitest";
import { problemsOf } from "../../policies/folder.ts";

/** A policy of one tag `A`, with the text after `A: ` in line 3 from column 8 on. */
const withTag = (tag: string) => `version: 1\ntags:\n  A:   ${tag}\n`;
const at = (column: number, rest: string) => [`policy.yaml:3:${column} ${rest}`];
describe("what the parts say of each other", () => {
  test.each([
    [
      "a selector that does not exist",
      "{ applies: { only: [pord] } }\nselectors: { prod: {} }",
      at(
        28,
        'tags.A.applies.only[0]: there is no selector "pord"; expected prod (did you mean prod?)',
      ),
    ],
    [
      "an alias that is its own key",
      "{ aliases: [A] }",
      at(20, 'tags.A.aliases[0]: "A" is the key itself; expected a spelling of its own'),
    ],
    [
      "an alias that is another key",
      "{ aliases: [B] }\n  B: {}",
      at(20, 'tags.A.aliases[0]: "B" is a tag of its own; expected a spelling of its own'),
    ],
    [
      "an alias that stands twice",
      "{ aliases: [b, b] }",
      at(23, 'tags.A.aliases[1]: "b" stands twice; expected a spelling of its own'),
    ],
    [
      "an alias of two tags",
      "{ aliases: [c] }\n  B: { aliases: [c] }",
      [
        'policy.yaml:4:18 tags.B.aliases[0]: "c" is already an alias of "A"; expected a spelling of its own',
      ],
    ],
    [
      "keys that differ by case",
      "{}\n  a: {}",
      [
        'policy.yaml:4:3 tags.a: "a" and "A" differ by case only; expected one key, with the other spelling among its aliases',
      ],
    ],
    [
      "a key that no service accepts",
      "{}\n  _sys_a: {}",
      [
        'policy.yaml:4:3 tags._sys_a: "_sys_a" is not a legal tag key; expected 1 to 128 letters, digits, spaces and _ . : = + - @, not beginning with _sys_',
      ],
    ],
    [
      "an alias that no service accepts",
      '{ aliases: ["a*"] }',
      at(
        20,
        'tags.A.aliases[0]: "a*" is not a legal tag key; expected 1 to 128 letters, digits, spaces and _ . : = + - @, not beginning with _sys_',
      ),
    ],
    [
      "a prohibited tag with a value",
      "{ prohibited: true, value: { const: a } }",
      at(
        28,
        'tags.A.value: "A" is prohibited and cannot have value; expected only description, severity and applies beside prohibited',
      ),
    ],
    [
      "a variant of two values",
      "{ values: { a: [c], b: [c] } }",
      at(32, 'tags.A.values.b[0]: "c" already stands for "a"; expected each spelling once'),
    ],
    [
      "a variant that is another value",
      "{ values: { a: [b], b: [] } }",
      at(24, 'tags.A.values.a[0]: "b" already stands for "b"; expected each spelling once'),
    ],
    [
      "a value that stands twice",
      "{ values: [a, a] }",
      at(22, 'tags.A.values[1]: "a" stands twice; expected each spelling once'),
    ],
    [
      "a tag source of a tag that does not exist",
      "{ value: { tag: Bb } }\n  B: {}",
      at(24, 'tags.A.value.tag: there is no tag "Bb"; expected one of A or B (did you mean B?)'),
    ],
    [
      "a tag source of a prohibited tag",
      "{ value: { tag: B } }\n  B: { prohibited: true }",
      at(24, 'tags.A.value.tag: the tag "B" is prohibited; expected another tag'),
    ],
    [
      "a regex that does not compile",
      '{ match: { regex: "a)|(b" } }',
      at(
        26,
        'tags.A.match.regex: "a)|(b" is not a regular expression; expected a regular expression of JavaScript with the flag u',
      ),
    ],
    [
      "a regex that is one without the flag u only",
      '{ match: [{ regex: "\\\\-" }] }',
      at(
        27,
        'tags.A.match[0].regex: "\\\\-" is not a regular expression; expected a regular expression of JavaScript with the flag u',
      ),
    ],
    [
      "a group that the regex has not",
      '{ value: { fromName: "(?<env>a)", group: envv } }',
      at(49, 'tags.A.value.group: the regex has no group "envv"; expected env (did you mean env?)'),
    ],
    [
      "a regex without groups",
      '{ value: { fromName: "(env)", group: env } }',
      at(
        45,
        'tags.A.value.group: the regex has no group "env"; expected a group in the regex, written (?<env>…)',
      ),
    ],
    [
      "a regex that can take for ever",
      '{ match: { regex: "^(a|a)*$" } }',
      at(
        26,
        `tags.A.match.regex: "^(a|a)*$" can take exponentially long, for instance on 'a'.repeat(31) + '\\x00'; expected a regular expression without repetitions that overlap or nest`,
      ),
    ],
  ])("%s", async (_what, tag, expected) => {
    expect(await problemsOf(withTag(tag))).toEqual(expected);
  });

  test.each([
    ["a tag that takes its own value", "{ value: { tag: A } }", "A → A", "3:24 tags.A.value.tag"],
    [
      "tags that take each other's value",
      "{ value: [{ tag: B }] }\n  B: { value: { tag: C } }\n  C: { value: { tag: A } }",
      "A → B → C → A",
      "5:22 tags.C.value.tag",
    ],
    [
      "a tag whose scope asks for it",
      "{ applies: { except: s } }\nselectors: { s: { tag: { A: x } } }",
      "A → A",
      "3:19 tags.A.applies",
    ],
    [
      "a source and a scope",
      "{ value: { tag: B } }\n  B: { applies: { only: [s] } }\nselectors: { s: { tag: { A: x } } }",
      "A → B → A",
      "4:17 tags.B.applies",
    ],
    [
      "scopes that ask for a tag by its alias",
      "{ applies: { only: s } }\n  B: { aliases: [b-old], applies: { only: t } }\nselectors: { s: { tag: { b-old: x } }, t: { tag: { A: x } } }",
      "A → B → A",
      "4:35 tags.B.applies",
    ],
    [
      "a tag whose scope asks for its own alias",
      "{ aliases: [a-old], applies: { except: s } }\nselectors: { s: { tag: { a-old: x } } }",
      "A → A",
      "3:37 tags.A.applies",
    ],
    [
      "a tag whose scope asks for it by all its names",
      "{ aliases: [a-old], applies: { only: [s, t] } }\nselectors: { s: { tag: { A: x, a-old: x } }, t: { tag: { A: y } } }",
      "A → A",
      "3:37 tags.A.applies",
    ],
  ])("a circle of %s is named", async (_what, tag, circle, place) => {
    expect(await problemsOf(withTag(tag))).toEqual([
      `policy.yaml:${place}: the tags depend on each other in a circle: ${circle}; expected tags that end in other sources`,
    ]);
  });

  test("a variant may repeat the value that it stands for", async () => {
    expect(await problemsOf(withTag("{ values: { a: [a, b, b], c: [] } }"))).toEqual([]);
  });

  test("only the circle is named, not the way to it", async () => {
    const policy = "{ value: { tag: B } }\n  B: { value: { tag: C } }\n  C: { value: { tag: B } }";
    const [problem, ...others] = await problemsOf(withTag(policy));
    expect(problem).toContain("in a circle: B → C → B;");
    expect(others).toEqual([]);
  });

  test("a prohibited tag may say that it is not required", async () => {
    expect(await problemsOf(withTag("{ prohibited: true, required: false }"))).toEqual([]);
  });

  test("a regex that cannot be run is told once, and no constant is tried on it", async () => {
    const constant = `value: { const: ${"a".repeat(40)}z }`;
    const regexes = ["(a+)+$", "^["];
    for (const regex of regexes) {
      const problems = await problemsOf(withTag(`{ match: { regex: "${regex}" }, ${constant} }`));
      expect(problems).toEqual([expect.stringContaining("tags.A.match.regex: ")]);
    }
  });

  test("a grace for an agent without a name, which everybody has, is refused", async () => {
    const rest = 'guards: { grace: { default: 5s, "": 2m, " ": 1m, terraform: 2m } }';
    const expected =
      "names no user agent; expected text that occurs in a user agent, such as terraform, or default";
    expect(await problemsOf(`version: 1\ntags: {}\n${rest}`)).toEqual([
      `policy.yaml:3:33 guards.grace[""]: "" ${expected}`,
      `policy.yaml:3:41 guards.grace[" "]: " " ${expected}`,
    ]);
  });

  test("tags may depend on each other without a circle", async () => {
    const policy = "{ value: [{ tag: B }, { tag: C }] }\n  B: { value: { tag: C } }\n  C: {}";
    expect(await problemsOf(withTag(policy))).toEqual([]);
  });

  const withRules = (rest: string) =>
    `version: 1\ntags: { A: { required: true, aliases: [b] }, P: { prohibited: true } }\n${rest}`;

  test.each([
    [
      "rules with the same id",
      "rules: [{ id: r, if: {}, then: { require: [A] } }, { id: r, if: {}, then: { require: [A] } }]",
      '3:58 rules[1].id: the id "r" stands twice; expected an id of its own',
    ],
    [
      "a rule with the id of a tag's rule",
      "rules: [{ id: X.match, if: {}, then: { require: [A] } }]",
      '3:15 rules[0].id: "X.match" looks like the rule of a tag; expected an id without .match',
    ],
    [
      "a rule that requires no declared tag",
      "rules: [{ id: r, if: {}, then: { require: [a] } }]",
      '3:44 rules[0].then.require[0]: there is no tag "a"; expected one of A or P (did you mean A?)',
    ],
    [
      "a rule that requires a prohibited tag",
      "rules: [{ id: r, if: {}, then: { require: [P] } }]",
      '3:44 rules[0].then.require[0]: the tag "P" is prohibited; expected another tag',
    ],
    [
      "an exemption of a rule that does not exist",
      "exemptions: [{ rule: A.requird, resource: {}, owner: o, reason: r }]",
      '3:22 exemptions[0].rule: there is no rule "A.requird"; expected one of A.required, A.alias, P.prohibited, resource.tag-limit, tag.unfilled, tag.secret, tag.personal-data or project.vocabulary (did you mean A.required?)',
    ],
    [
      "an exemption of a check that the tag does not declare",
      "exemptions: [{ rule: A.match, resource: {}, owner: o, reason: r }]",
      '3:22 exemptions[0].rule: there is no rule "A.match"; expected one of A.required, A.alias, P.prohibited, resource.tag-limit, tag.unfilled, tag.secret, tag.personal-data or project.vocabulary',
    ],
    [
      "an exemption from what nobody is excused from",
      "exemptions: [{ rule: resource.readable, resource: {}, owner: o, reason: r }]",
      "3:22 exemptions[0].rule: nobody is excused from resource.readable; expected one of A.required, A.alias, P.prohibited, resource.tag-limit, tag.unfilled, tag.secret, tag.personal-data or project.vocabulary",
    ],
    [
      "a conditional rule that takes the name of a rule of every policy",
      "rules: [{ id: tag.secret, if: {}, then: { require: [A] } }]",
      '3:15 rules[0].id: "tag.secret" is a rule that every policy has; expected an id of its own',
    ],
  ])("%s", async (_what, rest, expected) => {
    expect(await problemsOf(withRules(rest))).toEqual([`policy.yaml:${expected}`]);
  });
});
