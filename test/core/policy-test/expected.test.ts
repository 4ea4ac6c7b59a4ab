import { describe, expect, test } from "vitest";
import { formatPath, listWords } from "../../../shared/core/policy/problem.ts";
import { checkTests } from "../../../shared/core/policy-test/check.ts";
import { IGNORE_REASONS } from "../../../shared/core/trace/decision.ts";
import { policy, rule } from "../plan/builders.ts";

// What the schema says that it expected, wherever a test can be wrong.

const ABOUT = policy({ tags: [rule("A", { required: { only: null, except: [] } })] });
const ID = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
const GOOD = {
  name: "a",
  now: "2026-11-21",
  resource: {
    type: "secret",
    name: "a",
    id: ID,
    enterpriseProject: "0",
    state: "ENABLED",
    createdAt: "2026-11-20T10:00:00Z",
    kmsKeyId: ID,
    secretType: "COMMON",
    keySpec: "AES_256",
    region: "r",
    project: "p",
    tags: { A: "" },
  },
  kmsKey: { tags: { A: "a" } },
  created: {
    by: "a",
    id: "",
    type: "",
    domain: "",
    ip: "",
    agent: "",
    at: "2026-11-21",
    trace: "t",
  },
  expect: {
    creation: { A: { to: "a", from: "b", source: "const" } },
    ignored: "replica",
    refused: { A: "no-room" },
    bulk: { A: null },
    findings: [{ rule: "A.required", status: "exempt", tag: "A", reason: "r", severity: "low" }],
    skipped: "default-key",
  },
};
const fileOf = (about: object) => ({ version: 1, now: "2026-11-21", tests: [about] });

function linesOf(file: unknown) {
  const { mistakes } = checkTests(file, [], ABOUT);
  return mistakes.map(({ path, expected }) => `${formatPath(path)}: ${expected}`);
}
const inTest = (about: object) =>
  linesOf(fileOf({ ...GOOD, ...about })).map((line) => line.replace("tests[0].", ""));

test("a test that says everything is right, and one that says the least", () => {
  expect(linesOf({ ...fileOf(GOOD), $schema: "policy-test.schema.json" })).toEqual([]);
  expect(linesOf(fileOf({ name: "a", resource: { type: "key" }, expect: { bulk: {} } }))).toEqual(
    [],
  );
});

const TEXT = "text (put it in quotes)";
const INSTANT = "a date such as 2026-01-31, or a time in UTC such as 2026-01-31T08:00:00Z";
const CHANGE = "a value, or { to, from, source }";
const RULE = "the id of a rule, or { rule, status, tag, reason, severity }";

test.each<[string, unknown, readonly string[]]>([
  ["a list", [], ["(document): a mapping with version, now and tests"]],
  ["another version", { ...fileOf(GOOD), version: 2 }, ["version: 1"]],
  ["a schema that is no text", { ...fileOf(GOOD), $schema: 5 }, [`$schema: ${TEXT}`]],
  ["no time", { version: 1, tests: [GOOD] }, [`now: ${INSTANT}`]],
  ["a time that is none", { ...fileOf(GOOD), now: "2199" }, [`now: ${INSTANT}`]],
  ["tests that are no list", { ...fileOf(GOOD), tests: {} }, ["tests: a list of tests"]],
  ["no test", { ...fileOf(GOOD), tests: [] }, ["tests: at least one test"]],
  [
    "text as a test",
    { ...fileOf(GOOD), tests: ["a"] },
    ["tests[0]: a test: { name, resource, expect, … }"],
  ],
])("of a file with %s", (_what, file, lines) => {
  expect(linesOf(file)).toEqual(lines);
});

describe("of a test", () => {
  test.each<[object, readonly string[]]>([
    [{ name: " " }, ["name: some text"]],
    [{ name: undefined }, ["name: some text"]],
    [{ now: 5 }, [`now: ${INSTANT}`]],
    [{ resource: "a" }, ["resource: a mapping of the fields of a resource"]],
    [{ resource: { type: "disk" } }, ["resource.type: secret or key"]],
    [{ resource: { type: "key", id: "1" }, kmsKey: undefined }, ["resource.id: an id, a UUID"]],
    [{ resource: { type: "secret", kmsKeyId: 5 } }, ["resource.kmsKeyId: an id, a UUID"]],
    [{ resource: { type: "secret", name: 5 } }, [`resource.name: ${TEXT}`]],
    [{ resource: { type: "secret", createdAt: "a" } }, [`resource.createdAt: ${INSTANT}`]],
    [{ resource: { type: "secret", tags: { A: 1 } } }, [`resource.tags.A: ${TEXT}`]],
    [{ kmsKey: {} }, ["kmsKey.tags: a mapping"]],
    [{ created: [] }, ["created: a mapping of who created it, {} for somebody"]],
    [{ created: { by: 5 } }, [`created.by: ${TEXT}`]],
    [{ created: { at: "now" } }, [`created.at: ${INSTANT}`]],
    [{ created: { trace: "" } }, ["created.trace: some text"]],
    [{ created: undefined, event: "" }, ["event: some text"]],
    [{ expect: undefined }, ["expect: a mapping of what is expected"]],
  ])("%j", (about, lines) => {
    expect(inTest(about)).toEqual(lines);
  });

  const none = "at least one of creation, ignored, refused, bulk, findings or skipped";
  test.each<[object, readonly string[]]>([
    [{}, [`expect: ${none}`]],
    [{ creation: "all" }, [`expect.creation: a mapping of key to ${CHANGE}, or any`]],
    [{ creation: 5 }, [`expect.creation: a mapping of key to ${CHANGE}, or any`]],
    [{ creation: { A: 5 } }, [`expect.creation.A: ${CHANGE}`]],
    [{ creation: { A: null } }, [`expect.creation.A: ${CHANGE}`]],
    [{ creation: { A: {} } }, ["expect.creation.A.to: text"]],
    [{ creation: { A: { to: "a", source: " " } } }, ["expect.creation.A.source: some text"]],
    [
      { creation: { A: { to: "a", form: "b" } } },
      ["expect.creation.A.form: one of the fields to, from or source (did you mean from?)"],
    ],
    [{ ignored: "why" }, [`expect.ignored: ${listWords(IGNORE_REASONS)}`]],
    [{ refused: { A: "" } }, ["expect.refused.A: some text"]],
    [
      { bulk: 5 },
      [`expect.bulk: a mapping of key to ${CHANGE} (null where it is removed), or any`],
    ],
    [{ bulk: { A: 5 } }, [`expect.bulk.A: ${CHANGE}, or null where it is removed`]],
    [{ findings: 5 }, ["expect.findings: a list of rules, [] for none, or any"]],
    [{ findings: [5] }, [`expect.findings[0]: ${RULE}`]],
    [{ findings: [""] }, ["expect.findings[0]: some text"]],
    [{ findings: [{ rule: "" }] }, ["expect.findings[0].rule: some text"]],
    [
      { findings: [{ rule: "A.required", status: "skipped" }] },
      ["expect.findings[0].status: fail, exempt or error"],
    ],
    [{ findings: [{ rule: "A.required", tag: 5 }] }, [`expect.findings[0].tag: ${TEXT}`]],
    [{ findings: [{ rule: "A.required", reason: "" }] }, ["expect.findings[0].reason: some text"]],
    [
      { findings: [{ rule: "A.required", severity: "none" }] },
      ["expect.findings[0].severity: low, medium, high or critical"],
    ],
    [{ skipped: "no" }, ["expect.skipped: default-key or pending-deletion"]],
  ])("that expects %j", (expected, lines) => {
    expect(inTest({ expect: expected })).toEqual(lines);
  });
});
