import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BUILT_IN_RULES } from "../../shared/core/audit/finding.ts";
import { linesOf, makeFolder, ROOT, SAMPLE, tagwarden } from "./fixture.ts";

/** Each tag is wrong in its own way; the last line is a rule without a condition's tag. */
const TEN_ERRORS = `version: 1
tags:
  A: { required: maybe }
  B: { severity: huge }
  C: { match: { regex: "(" } }
  D: { value: [ { from: creator.nam } ] }
  E: { applies: { only: [nobody] } }
  F: { whenPresent: never }
  G: { colour: red }
  H: { value: [ { fromName: "^x", group: y } ] }
guards: { grace: soon }
limits: { reserve: -1 }
`;

let folder = "";
let remove = async () => {};
beforeEach(async () => {
  const made = await makeFolder();
  folder = made.path;
  remove = made.remove;
});
afterEach(() => remove());

const write = (name: string, text: string) => writeFile(join(folder, name), text);

describe("a policy that holds", () => {
  test("shows its hash and its rules within 80 columns", async () => {
    const { exit, out, err } = await tagwarden(["validate", SAMPLE]);
    expect(exit).toBe(0);
    const [hash, , head, rule, ...rows] = linesOf(out);
    expect(hash).toMatch(/^hash [0-9a-f]{64}$/);
    expect(head).toMatch(/^RULE +SEVERITY +CHECKS THAT$/);
    expect(rule).toMatch(/^[- ]+$/);
    expect(rows[0]).toMatch(/^Owner\.required +high +Owner must be present$/);
    expect(rows.some((row) => /^prod-needs-contact +medium /.test(row))).toBe(true);
    expect(out).toMatch(/^RULE OF EVERY POLICY +SEVERITY/m);
    for (const id of BUILT_IN_RULES) expect(rows.some((row) => row.startsWith(id))).toBe(true);
    expect(linesOf(out).filter((line) => line.length > 80)).toEqual([]);
    expect(err).toBe(`${SAMPLE} holds: 7 tags, 7 rules\n`);
  });

  test("is the same as data", async () => {
    const { exit, out } = await tagwarden(["validate", "--policy", SAMPLE, "--format", "json"]);
    expect(exit).toBe(0);
    const answer = JSON.parse(out);
    expect(Object.keys(answer)).toEqual(["ok", "hash", "rules", "builtIn", "warnings"]);
    expect(answer.ok).toBe(true);
    expect(answer.rules[0]).toEqual({
      id: "Owner.required",
      severity: "high",
      description: "Owner must be present",
    });
  });

  test("with long descriptions still fits 80 columns", async () => {
    const description = "who is called at night ".repeat(12).trim();
    const key = "Q".repeat(36);
    await write(
      "p.yaml",
      `version: 1
tags: { ${key}: { required: true } }
rules: [ { id: night, description: "${description}", if: {}, then: { require: [${key}] } } ]
`,
    );
    const { exit, out } = await tagwarden(["validate", "p.yaml"], { cwd: folder });
    expect(exit).toBe(0);
    expect(linesOf(out).filter((line) => line.length > 80)).toEqual([]);
    expect(out).toMatch(/^night +medium +who is/m);
    expect(out.match(/\bnight\b/g)).toHaveLength(1 + 12);
    // The long key is in both columns of its rule, in pieces where it has no room.
    expect(out.match(/Q/g)).toHaveLength(2 * key.length);
  });
});

describe("a policy with ten errors", () => {
  beforeEach(() => write("p.yaml", TEN_ERRORS));

  test("shows ten lines, and their number on stderr", async () => {
    const { exit, out, err } = await tagwarden(["validate", "p.yaml"], { cwd: folder });
    expect(exit).toBe(3);
    expect(linesOf(out)).toHaveLength(10);
    for (const line of linesOf(out)) expect(line).toMatch(/^p\.yaml:\d+:\d+ \S+: .+; expected .+$/);
    expect(err).toBe("error: p.yaml: 10 problems\n");
  });

  test("is the same as data", async () => {
    const argv = ["validate", "p.yaml", "--format", "json"];
    const { exit, out } = await tagwarden(argv, { cwd: folder });
    expect(exit).toBe(3);
    const { ok, problems } = JSON.parse(out);
    expect(ok).toBe(false);
    expect(problems).toHaveLength(10);
    expect(problems[0]).toMatchObject({ file: "p.yaml", line: 3, path: "tags.A.required" });
  });

  test("stops whoever needs it", async () => {
    const event = join(ROOT, "test/events/cts-create-secret.json");
    const argv = ["explain", event, "--policy", "p.yaml"];
    const { exit, out, err } = await tagwarden(argv, { cwd: folder });
    expect(exit).toBe(3);
    expect(out).toBe("");
    expect(err).toContain("tags.A.required");
    expect(err).toContain("error: the policy p.yaml does not hold; see tagwarden validate\n");
  });
});

describe("which policy", () => {
  const HOLDS = "version: 1\ntags: { Owner: {} }\n";

  test("the default is infra/policy/tag-policy.yaml, then ./tag-policy.yaml", async () => {
    await write("tag-policy.yaml", HOLDS);
    expect((await tagwarden(["validate"], { cwd: folder })).err).toMatch(/^tag-policy.yaml holds/);
    await mkdir(join(folder, "infra/policy"), { recursive: true });
    await write("infra/policy/tag-policy.yaml", HOLDS);
    expect((await tagwarden(["validate"], { cwd: folder })).err).toMatch(
      /^infra\/policy\/tag-policy.yaml holds/,
    );
  });

  test("without one it says which were looked for", async () => {
    const { exit, err } = await tagwarden(["validate"], { cwd: folder });
    expect(exit).toBe(3);
    expect(err.replace(/\n/g, " ")).toContain(
      "no policy: looked for ./infra/policy/tag-policy.yaml and ./tag-policy.yaml",
    );
  });

  test("a named one that is not there is a problem of that file", async () => {
    const { exit, out } = await tagwarden(["validate", "none.yaml"], { cwd: folder });
    expect(exit).toBe(3);
    expect(linesOf(out)).toHaveLength(1);
    expect(out).toMatch(/^none\.yaml:1:1 .*no such file/);
  });

  test("a folder is none", async () => {
    const { exit, out } = await tagwarden(["validate", "."], { cwd: folder });
    expect(exit).toBe(3);
    expect(linesOf(out)).toHaveLength(1);
  });
});

test("a problem of a lookup table names the table's file", async () => {
  await write("owners.csv", "id,email\n1,a@example.com\n1,b@example.com\n");
  await write(
    "p.yaml",
    "version: 1\ntags: { Owner: { value: [ { lookup: owners.csv, by: project, column: email } ] } }\n",
  );
  const { exit, out } = await tagwarden(["validate", "p.yaml"], { cwd: folder });
  expect(exit).toBe(3);
  expect(out).toMatch(/^owners\.csv:3:/);
});
