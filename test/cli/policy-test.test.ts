import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseXml } from "@rgrove/parse-xml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { linesOf, makeFolder, tagwarden } from "./fixture.ts";

const POLICY = `version: 1
selectors: { old: { name: { glob: "legacy-*" } } }
tags:
  Owner:
    required: { except: [old] }
    aliases: [owner]
    value: [{ from: creator.name }, { const: nobody }]
`;
const HEAD = "version: 1\nnow: 2026-11-21T12:00:00Z\ntests:\n";
const PASSES = `${HEAD}
  - name: the creator owns it
    resource: { type: secret, name: a }
    created: { by: dave }
    expect: { creation: { Owner: dave } }
`;
const FAILS = `${PASSES}
  - name: nobody owns what nobody created
    resource: { type: secret, name: a }
    expect: { bulk: { Owner: somebody } }
`;

let folder = "";
let remove = async () => {};
beforeEach(async () => {
  ({ path: folder, remove } = await makeFolder());
  await write("tag-policy.yaml", POLICY);
});
afterEach(() => remove());

const write = (name: string, text: string) => writeFile(join(folder, name), text);
const run = (...argv: readonly string[]) => tagwarden(["test", ...argv], { cwd: folder });

test("the example policy passes its tests, which touch all of it", async () => {
  const { exit, out, err } = await tagwarden(["test", "--require-coverage"]);
  expect(linesOf(out).filter((line) => !line.startsWith("pass  "))).toEqual([
    expect.stringMatching(/^\d+ tests: all pass$/),
  ]);
  expect(err).toMatch(/^the tests touch (\d+) of the \1 parts of the policy\n$/);
  expect(exit).toBe(0);
});

describe("tests that hold", () => {
  beforeEach(() => write("tag-policy.test.yaml", PASSES));

  test("end with 0, and say what none of them touches", async () => {
    expect(await run()).toEqual({
      exit: 0,
      out: "pass  the creator owns it\n1 test: all pass\n",
      err: `not tested: no resource is picked by the selector old
not tested: no tag comes from the source tags.Owner.value[1]
not tested: no test has the alias owner
not tested: nothing breaks the rule Owner.required
not tested: nothing breaks the rule Owner.alias
the tests touch 2 of the 7 parts of the policy
`,
    });
  });

  test("end with 1 where everything must be touched", async () => {
    const { exit, err } = await run("--require-coverage");
    expect(exit).toBe(1);
    expect(err).toContain("error: not tested: no test has the alias owner\n");
  });

  test("may be in a file of any name, or in several, in JSON too", async () => {
    const json = {
      version: 1,
      now: "2026-11-21",
      tests: [
        {
          name: "b",
          resource: { type: "key", name: "legacy-b" },
          expect: { bulk: "any", findings: "any" },
        },
      ],
    };
    await write("other.json", JSON.stringify(json));
    const { exit, out } = await run("tag-policy.test.yaml", "other.json");
    expect(exit).toBe(0);
    expect(linesOf(out)).toHaveLength(3);
  });
});

describe("a test that fails", () => {
  beforeEach(() => write("tag-policy.test.yaml", FAILS));

  test("shows what was expected, what came and why, and ends with 1", async () => {
    const { exit, out } = await run();
    expect(exit).toBe(1);
    expect(out).toBe(`pass  the creator owns it
FAIL  nobody owns what nobody created  tag-policy.test.yaml:10
  bulk
    - Owner: somebody
    + Owner: nobody
        from const
        not creator.name: needs the creation event
  findings
    + Owner.required: fail, untagged, of Owner, medium
        expected Owner with a value
        a plan would create Owner
2 tests: 1 pass, 1 fail
`);
  });

  test("is not run where the filter leaves it out", async () => {
    const { exit, out, err } = await run("--filter", "the creator");
    expect([exit, out, err]).toEqual([0, "pass  the creator owns it\n1 test: all pass\n", ""]);
    expect(await run("--filter", "none")).toMatchObject({ exit: 3 });
    expect(await run("--filter", "the", "--require-coverage")).toMatchObject({ exit: 3 });
  });

  test("is the same as data", async () => {
    const { exit, out } = await run("--format", "json");
    expect(exit).toBe(1);
    const { tests, summary, coverage, policy } = JSON.parse(out);
    expect(summary).toEqual({ pass: 1, fail: 1 });
    expect(policy.file).toBe("tag-policy.yaml");
    expect(coverage.untouched).toContainEqual({ kind: "alias", name: "owner" });
    expect(tests[1]).toMatchObject({
      file: "tag-policy.test.yaml",
      line: 10,
      ok: false,
      mismatches: [
        { part: "bulk", about: "Owner", expected: "somebody", got: "nobody" },
        { part: "findings", about: "Owner.required", expected: null },
      ],
    });
  });

  test("is a failure in JUnit", async () => {
    const { exit } = await run("--out", "junit=out.xml");
    expect(exit).toBe(1);
    const text = await readFile(join(folder, "out.xml"), "utf8");
    expect(() => parseXml(text)).not.toThrow();
    expect(text).toContain(
      'name="tag-policy.test.yaml" hostname="localhost" tests="2" failures="1"',
    );
    expect(text).toContain('<failure message="bulk - Owner: somebody" type="mismatch">');
  });
});

describe("what cannot be tested ends with 3", () => {
  test("all mistakes of a file at once, each with its place and what was expected", async () => {
    await write(
      "tag-policy.test.yaml",
      `${HEAD}
  - name: a
    resource: { typ: secret, id: 1 }
    expect: { creation: { Owner: dave } }
  - name: b
    resource: { type: key }
    kmsKey: { tags: {} }
    expect: { creation: {}, bulk: { Ower: x }, findings: [Owner.requird, { rule: Owner.aliass }] }
  - name: b
    event: none.json
    created: {}
    expect: { findings: any }
  - name: c
    expect: {}
  - name: d
    expect: { bulk: { owner: null } }
`,
    );
    const { exit, out, err } = await run();
    expect([exit, out]).toEqual([3, ""]);
    const told = err.replaceAll(/\n(?!error: )/g, " ");
    for (const problem of [
      "tag-policy.test.yaml:6:17 tests[0].resource.typ: unknown field typ; expected one of the fields",
      "(did you mean type?)",
      "tag-policy.test.yaml:6:34 tests[0].resource.id: got the number 1; expected an id, a UUID",
      "tests[1].kmsKey: no key encrypts a key; expected a secret",
      "tests[1].expect.creation: nothing is created; expected created or event in the test",
      'tests[1].expect.bulk.Ower: the policy has no tag "Ower"; expected one of Owner or owner (did you mean Owner?)',
      'tests[1].expect.findings[0]: the policy has no rule "Owner.requird"',
      "(did you mean Owner.required?)",
      'tests[1].expect.findings[1].rule: the policy has no rule "Owner.aliass"',
      'tests[2].name: the name "b" stands twice',
      'tests[2].event: "none.json": there is no such file',
      "tests[2].event: there are created and event; expected one of them",
      "tests[3].expect: got an empty mapping; expected at least one of creation",
      "tests[4]: there is no resource; expected resource: { type: secret }",
      "nothing was tested: see the problems of tag-policy.test.yaml",
    ])
      expect(told).toContain(problem);
  });

  test("a file that is not there, and one that is neither YAML nor JSON", async () => {
    const { exit, err } = await run();
    expect(exit).toBe(3);
    expect(err).toContain("no tests: looked for tag-policy.test.yaml; name a file of tests");
    await write("tag-policy.test.yaml", "tests: [");
    expect((await run()).err).toMatch(/^error: tag-policy\.test\.yaml:1:\d+ /);
    expect((await run("none.yaml")).err).toContain("error: none.yaml:1:1 (document): there is no");
  });

  test("a policy that does not hold, and another output than JUnit", async () => {
    await write("tag-policy.test.yaml", PASSES);
    expect(await run("--out", "html=a.html")).toMatchObject({ exit: 3 });
    await write("tag-policy.yaml", "version: 2\n");
    const { exit, err } = await run();
    expect(exit).toBe(3);
    expect(err).toContain("does not hold");
  });
});

test("an event is read from its file, beside the tests", async () => {
  const trace = {
    trace_name: "createSecret",
    resource_type: "secret",
    resource_name: "legacy-a",
    user: { name: "eve" },
  };
  await write("event.json", JSON.stringify({ cts: trace }));
  await write("cut.json", "{");
  const from = (file: string) => `${HEAD}
  - name: eve
    event: ${file}
    expect: { creation: { Owner: { to: eve, source: creator.name } } }
`;
  await write("tag-policy.test.yaml", from("event.json"));
  expect(await run()).toMatchObject({ exit: 0 });
  await write("tag-policy.test.yaml", from("cut.json"));
  expect((await run()).err).toMatch(/"cut\.json": it is not JSON;\sexpected an event as JSON/);
});
