import { describe, expect, test } from "vitest";
import { formatPath, type Path } from "../../../shared/core/policy/problem.ts";
import { checkTests } from "../../../shared/core/policy-test/check.ts";
import { policy, rule } from "../plan/builders.ts";

const ABOUT = policy({
  tags: [
    rule("Owner", { aliases: ["owner"], required: { only: null, except: [] } }),
    rule("Password", { prohibited: true }),
  ],
});

const RESOURCE = { type: "secret", name: "a" };
const GOOD = { name: "a", resource: RESOURCE, expect: { bulk: {} } };
const fileOf = (...tests: readonly unknown[]) => ({ version: 1, now: "2026-11-21", tests });

const check = (file: unknown, broken: readonly Path[] = []) => checkTests(file, broken, ABOUT);

/** What is wrong, as `path (key or value): message; expected …`. */
const linesOf = (file: unknown, broken: readonly Path[] = []) =>
  check(file, broken).mistakes.map(({ level, path, at, message, expected }) => {
    expect(level).toBe("error");
    return `${formatPath(path)} (${at}): ${message}; expected ${expected}`;
  });

test("a file without a mistake is handed on, each test with its place", () => {
  const other = { ...GOOD, name: "b" };
  expect(check(fileOf(GOOD, other))).toEqual({
    tests: fileOf(GOOD, other),
    whole: [
      { test: GOOD, path: ["tests", 0] },
      { test: other, path: ["tests", 1] },
    ],
    mistakes: [],
  });
});

test("the tests that can be read are checked and handed on beside those that cannot", () => {
  const { tests, whole, mistakes } = check(fileOf(5, GOOD, { ...GOOD, resource: {} }));
  expect(tests).toBeNull();
  expect(whole.map(({ path }) => formatPath(path))).toEqual(["tests[1]", "tests[2]"]);
  expect(mistakes.map(({ path }) => formatPath(path))).toEqual([
    "tests[0]",
    "tests[2].name",
    "tests[2].resource",
  ]);
});

test("what is known to be unreadable is not told again, and still no file is handed on", () => {
  const file = fileOf(null, GOOD);
  expect(linesOf(file)).toEqual([
    "tests[0] (value): got nothing; expected a test: { name, resource, expect, … }",
  ]);
  expect(linesOf(file, [["tests", 0]])).toEqual([]);
  expect(check(file, [["tests", 0]]).tests).toBeNull();
});

test.each([
  ["no mapping", "tests", "(document) (value)"],
  ["no list of tests", { version: 1, now: "2026-11-21", tests: {} }, "tests (value)"],
])("%s holds no test", (_what, file, place) => {
  const { tests, whole } = check(file);
  expect({ tests, whole }).toEqual({ tests: null, whole: [] });
  expect(linesOf(file)).toEqual([expect.stringContaining(`${place}: got `)]);
});

describe("what a test says of itself", () => {
  const created = { by: "ann" };
  const TYPE = "expected resource: { type: secret } or { type: key }, or an event";
  test.each<[string, object, readonly string[]]>([
    ["a resource", {}, []],
    ["a creation", { created, expect: { creation: {}, bulk: {} } }, []],
    [
      "an event alone",
      { resource: undefined, event: "e.json", expect: { ignored: "replica" } },
      [],
    ],
    ["an event of a resource", { event: "e.json", expect: { creation: "any" } }, []],
    ["an event of a resource of unknown kind", { resource: {}, event: "e.json" }, []],
    ["the key that encrypts a secret", { kmsKey: { tags: {} } }, []],
    ["a key without saying of what", { resource: {}, event: "e.json", kmsKey: { tags: {} } }, []],
    ["no resource", { resource: undefined }, [`tests[0] (value): there is no resource; ${TYPE}`]],
    ["no kind", { resource: {} }, [`tests[0].resource (value): type is missing; ${TYPE}`]],
    [
      "both a creation and an event",
      { created, event: "e.json" },
      ["tests[0].event (value): there are created and event; expected one of them"],
    ],
    [
      "a key that encrypts a key",
      { resource: { type: "key" }, kmsKey: { tags: {} } },
      ["tests[0].kmsKey (value): no key encrypts a key; expected a secret"],
    ],
    [
      "what creates nothing",
      { expect: { creation: {}, ignored: "replica" } },
      [
        "tests[0].expect.creation (value): nothing is created; expected created or event in the test",
        "tests[0].expect.ignored (value): nothing is created; expected created or event in the test",
      ],
    ],
  ])("may or may not be %s", (_what, about, lines) => {
    const file = fileOf({ ...GOOD, ...about });
    expect(linesOf(file)).toEqual(lines);
    expect(check(file).tests === null).toBe(lines.length > 0);
  });
});

test("each name is another", () => {
  expect(linesOf(fileOf(GOOD, GOOD, { ...GOOD, name: "b" }, GOOD))).toEqual([
    'tests[1].name (value): the name "a" stands twice; expected another name',
    'tests[3].name (value): the name "a" stands twice; expected another name',
  ]);
});

describe("names that the policy does not know", () => {
  const expecting = (expected: object) =>
    linesOf(fileOf({ ...GOOD, created: {}, expect: expected }));

  test("are told where a tag is written, refused or changed", () => {
    const names = "one of Owner or Password";
    const all = "one of Owner, Password or owner";
    expect(expecting({ creation: { Ownr: "a", Password: "b" } })).toEqual([
      `tests[0].expect.creation.Ownr (key): the policy has no tag "Ownr"; expected ${names} (did you mean Owner?)`,
    ]);
    expect(expecting({ refused: { X: "no-room" } })).toEqual([
      `tests[0].expect.refused.X (key): the policy has no tag "X"; expected ${names}`,
    ]);
    expect(expecting({ bulk: { X: null, Owner: "a", owner: null } })).toEqual([
      `tests[0].expect.bulk.X (key): the policy has no tag "X"; expected ${all}`,
    ]);
    expect(expecting({ creation: "any", bulk: "any", findings: "any" })).toEqual([]);
  });

  test("are told where a creation or a refusal names an alias, which is never written", () => {
    const mistake = 'the policy has no tag "owner"; expected one of Owner or Password';
    expect(expecting({ creation: { owner: "a" }, refused: { owner: "no-room" } })).toEqual([
      `tests[0].expect.creation.owner (key): ${mistake} (did you mean Owner?)`,
      `tests[0].expect.refused.owner (key): ${mistake} (did you mean Owner?)`,
    ]);
  });

  test("are told where a rule is found, those of every policy are known", () => {
    const known = ["Owner.required", { rule: "Owner.alias" }, "tag.secret", "resource.tag-limit"];
    expect(expecting({ findings: known })).toEqual([]);
    const [first, second, ...others] = expecting({
      findings: ["Owner.match", "Owner.alias", { rule: "Owner.requird" }],
    });
    expect(first).toMatch(
      /^tests\[0\]\.expect\.findings\[0\] \(value\): the policy has no rule "Owner\.match"; expected one of Owner\.required, Owner\.alias, Password\.prohibited, /,
    );
    expect(second).toMatch(
      /^tests\[0\]\.expect\.findings\[2\]\.rule \(value\): the policy has no rule "Owner\.requird"; .* \(did you mean Owner\.required\?\)$/,
    );
    expect(others).toEqual([]);
  });

  test("are told though the policy has none at all", () => {
    const file = fileOf({ ...GOOD, expect: { bulk: { A: "a" } } });
    const [mistake] = checkTests(file, [], policy({})).mistakes;
    expect(mistake?.expected).toBe("a tag");
  });
});
