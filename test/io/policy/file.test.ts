import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { formatProblem, readPolicy, readPolicyText } from "../../../shared/io/policy/file.ts";
import { compileGood, makeFolder, problemsOf, readGood } from "../../policies/folder.ts";

const SAMPLE = new URL("../../policies/sample/tag-policy.yaml", import.meta.url).pathname;
const EXAMPLE = new URL("../../../infra/policy/tag-policy.yaml", import.meta.url).pathname;

describe("a policy that holds", () => {
  test("the sample is accepted as it is printed", async () => {
    const result = await readPolicy(SAMPLE);
    expect(result).toMatchObject({ ok: true, warnings: [] });
    if (!result.ok) return;
    const { policy } = result;
    expect(policy.tags.map(({ key }) => key)).toEqual([
      "Owner",
      "Environment",
      "Contact",
      "CreatedBy",
      "CreatedAt",
      "CostCenter",
      "Password",
    ]);
    expect(policy.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(policy.lookups["owners.csv"]?.["0"]).toEqual({ email: "platform@example.com" });
    expect(policy.selectors.prod?.name).toEqual([{ regex: "^prod-[\\s\\S]*$" }]);
    expect(policy.exemptions[0]?.expiresMs).toBe(Date.UTC(2027, 3, 1));
  });

  test("the example is accepted without a warning, and fits a key of the documented profile", async () => {
    const result = await readPolicy(EXAMPLE);
    expect(result).toMatchObject({ ok: true, warnings: [] });
    if (!result.ok) return;
    const wanted = result.policy.tags.filter(({ prohibited }) => !prohibited);
    expect(wanted.length + result.policy.limits.reserve).toBeLessThanOrEqual(10);
    expect(result.policy.guards.grace).toEqual({ byAgent: [], defaultMs: 30_000 });
    expect(result.policy.tags.map(({ whenPresent }) => whenPresent)).not.toContain("overwrite");
  });

  test("defaults are filled in", async () => {
    const policy = await compileGood("version: 1\ntags: { A: {} }");
    expect(policy.guards).toEqual({
      grace: { byAgent: [], defaultMs: 30_000 },
      visibleMs: 600_000,
      maxChanges: 500,
      maxPercent: 10,
    });
    expect(policy.limits).toEqual({ reserve: 0, keyProfile: "documented" });
    expect(policy.tags[0]).toMatchObject({
      severity: "medium",
      whenPresent: "keep",
      required: null,
    });
  });

  test("tags keep the order of the file, also where their keys look like numbers", async () => {
    const policy = await compileGood("version: 1\ntags: { b: {}, 10: {}, a: {}, 2: {} }");
    expect(policy.tags.map(({ key }) => key)).toEqual(["b", "10", "a", "2"]);
  });

  test("keys that objects inherit are ordinary tags, selectors and values", async () => {
    const policy = await compileGood(`
version: 1
selectors: { constructor: { tag: { toString: x } } }
tags:
  constructor: { applies: { only: constructor }, values: { valueOf: [hasOwnProperty] }, value: { const: valueOf } }
`);
    expect(policy.tags[0]?.key).toBe("constructor");
    expect(Object.keys(policy.selectors)).toEqual(["constructor"]);
  });
});

describe("the hash", () => {
  const yaml = readFileSync(SAMPLE, "utf8");
  const owners = readFileSync(new URL("../../policies/sample/owners.csv", import.meta.url), "utf8");
  const hashOf = async (text: string, files = { "owners.csv": owners }) =>
    (await compileGood(text, files)).hash;

  test("is the same for the same meaning", async () => {
    const hash = await hashOf(yaml);
    const json = JSON.stringify(parse(yaml), null, "\t");
    expect(await hashOf(json)).toBe(hash);
    expect((await readGood(json, { "owners.csv": owners }, "policy.json")).policy.hash).toBe(hash);
    expect(await hashOf(`# comment\n\n${yaml.replaceAll("\n", "\r\n")}`)).toBe(hash);
    expect(
      await hashOf(
        yaml.replace("{ reserve: 2, key: { profile: documented } }", "{ key: {}, reserve: 2 }"),
      ),
    ).toBe(hash);
    expect(await hashOf(yaml, { "owners.csv": `\ufeff${owners.replaceAll("\n", "\r\n")}` })).toBe(
      hash,
    );
    expect(await hashOf(yaml, { "owners.csv": owners.replaceAll("platform,", "other,") })).toBe(
      hash,
    );
  });

  test("differs for another meaning", async () => {
    const hash = await hashOf(yaml);
    const contact = "  Contact:     {}\n";
    const moved = yaml.replace(contact, "").replace("tags:\n", `tags:\n${contact}`);
    expect(await hashOf(moved)).not.toBe(hash);
    expect(await hashOf(yaml.replace("reserve: 2", "reserve: 3"))).not.toBe(hash);
    expect(await hashOf(yaml, { "owners.csv": owners.replace("data@", "dat@") })).not.toBe(hash);
  });
});

test("all problems come at once, in the order of the file", async () => {
  const problems = await problemsOf(
    `version: 1
selectors:
  prod: { name: { glub: "prod-*" } }
tags:
  Owner:
    severity: hihg
    aliases: [Owner]
    match: { regex: "(a+)+$" }
    value:
      - { lookup: missing.csv, by: resource.enterpriseProject, column: email }
      - { from: creator.nmae }
  Env: { values: [dev], value: { const: stage }, applies: { only: prd } }
rules:
  - { id: r1, if: {}, then: { require: [Contact] } }
  - { id: r1, then: { require: [Owner] } }
exemptions:
  - { rule: Owner.machs, resource: {}, reason: x, expires: 2027-02-30 }
guards: { grace: 30 }
`,
  );
  expect(problems.map((line) => /^policy\.yaml:(\d+:\d+ \S+):/.exec(line)?.[1])).toEqual([
    "3:19 selectors.prod.name.glub",
    "6:15 tags.Owner.severity",
    "7:15 tags.Owner.aliases[0]",
    "8:21 tags.Owner.match.regex",
    "10:19 tags.Owner.value[0].lookup",
    "11:17 tags.Owner.value[1].from",
    "12:41 tags.Env.value.const",
    "12:67 tags.Env.applies.only",
    "14:41 rules[0].then.require[0]",
    "15:5 rules[1].if",
    "15:11 rules[1].id",
    "17:5 exemptions[0].owner",
    "17:13 exemptions[0].rule",
    "17:60 exemptions[0].expires",
    "18:18 guards.grace",
  ]);
});

test("a file that cannot be read is one problem", async () => {
  const folder = await makeFolder({
    "latin.yaml": new Uint8Array([0x76, 0xe9, 0x0a]),
    "large.yaml": " ".repeat(600_000),
  });
  const lineOf = async (name: string) => {
    const result = await readPolicy(join(folder, name));
    return result.ok ? "" : result.problems.map(formatProblem).join("\n").replace(`${folder}/`, "");
  };
  expect(await lineOf("none.yaml")).toBe(
    "none.yaml:1:1 (document): there is no such file; expected a file that can be read",
  );
  expect(await lineOf("latin.yaml")).toBe(
    "latin.yaml:1:1 (document): the file is not text in UTF-8; expected text in UTF-8",
  );
  expect(await lineOf("large.yaml")).toMatch(
    /^large\.yaml:1:1 \(document\): the file has 600000 bytes;/,
  );
  expect(await lineOf("../")).toMatch(/this is not a file; expected a file$/);
});

test("a policy says in which lines its rules, tags, exemptions and selectors stand", async () => {
  const text = `version: 1
selectors:
  prod: { name: { glob: "prod-*" } }
tags:
  Owner:
    required: { only: [prod] }
    match: { regex: "@" }
    aliases:
      - owner
  "1": { prohibited: true }
rules:
  - description: first
    id: contact
    if: { selector: prod }
    then: { require: [Owner] }
exemptions:
  - { rule: Owner.match, resource: {}, owner: o, reason: r }
  - owner: o
    rule: tag.secret
    resource: {}
    reason: r
`;
  const result = await readPolicyText(text, "policy.yaml");
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join());
  const { rules, tags, exemptions, parts } = result.lines;
  expect(Object.fromEntries(rules)).toEqual({
    "Owner.required": 6,
    "Owner.match": 7,
    "Owner.alias": 8,
    "1.prohibited": 10,
    contact: 13,
  });
  expect(Object.fromEntries(tags)).toEqual({ Owner: 5, "1": 10 });
  expect(Object.fromEntries(exemptions)).toEqual({ 1: 17, 2: 19 });
  expect(parts.get("selectors.prod")).toBe(3);
  expect(parts.get("rules[0].if")).toBe(14);
});
