import { describe, expect, test } from "vitest";
import { permissionsOf } from "../../shared/core/permission/document.ts";
import { readPolicy } from "../../shared/io/policy/file.ts";
import { linesOf, ROOT, SAMPLE, tagwarden } from "./fixture.ts";

const at = (...argv: string[]) => tagwarden(["permissions", "--policy", SAMPLE, ...argv]);
const URN = "urn:fss:cn-north-4:0123456789abcdef0123456789abcdef:function:default:again";

test("each function's actions come with when they are needed, in 80 columns", async () => {
  const { exit, out, err } = await at();
  expect(exit).toBe(0);
  for (const heading of ["secret-created", "key-created", "retag", "audit"])
    expect(linesOf(out)).toContain(heading);
  expect(out).toMatch(/csms:tag:batch +write and delete tags of a secret/);
  expect(out).toContain("smn:topic:publish ?");
  expect(err).toContain("? the documents at hand do not name this action");
  expect(Math.max(...linesOf(out).map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("one function and one generation can be had alone", async () => {
  const { out, err } = await at("--function", "key-created", "--generation", "roles");
  expect(out).toContain("kms:cmkTag:batch");
  expect(out).not.toMatch(/kms:cmk:createTags|retag|\?/);
  expect(err).not.toContain("?");
});

test("the documents as data are those that the build writes, limited to what is named", async () => {
  const read = await readPolicy(`${ROOT}/${SAMPLE}`);
  if (!read.ok) throw new Error("the sample does not hold");
  const { out } = await at(
    "--format",
    "json",
    "--store",
    "obs://acme/tags",
    "--queue",
    `functiongraph:${URN}`,
  );
  const { policy, functions } = JSON.parse(out);
  const deployment = {
    store: { bucket: "acme", prefix: "tags/" },
    queue: { package: "default", function: "again" },
    topic: "any",
    anyKey: false,
  } as const;
  expect(policy.hash).toBe(read.policy.hash);
  expect(functions).toMatchObject(permissionsOf(read.policy, deployment));
  expect(out).toContain("obs:*:*:object:acme/tags/*");
  expect(out).toContain("functiongraph:*:*:function:default/again");
  expect(functions.retag.actions[0]).toEqual({
    operation: "listSecretTags",
    role: { name: "csms:tag:getBySecret", established: true },
    policy: { name: "csms:secret:listTags", established: true },
    does: "read the tags of a secret",
    when: "before each write to a secret",
    source: "dew-api.md 9",
  });
});

describe("what is not deployed asks for nothing", () => {
  test.each([
    [["--store", "none"], "obs:"],
    [["--queue", "none"], "functiongraph:"],
    [["--queue", "kafka://host:9092/topic"], "functiongraph:"],
    [["--queue", `smn:urn:smn:cn-north-4:0123456789abcdef0123456789abcdef:t`], "functiongraph:"],
    [["--topic", "none"], "smn:"],
    [["--any-key"], "Deny"],
  ])("%s", async (argv, gone) => {
    const name = gone === "smn:" ? "audit" : "retag";
    const { exit, out } = await at("--function", name, "--format", "json", ...argv);
    expect([exit, out.includes(`"${gone}`)]).toEqual([0, false]);
    expect((await at("--function", name, "--format", "json")).out).toContain(`"${gone}`);
  });
});

test.each([
  [["--store", "s3://x"], /must be obs/],
  [["--queue", "nowhere"], /expected functiongraph:/],
  [["--topic", "nowhere"], /smn: takes/],
  [["--function", "nothing"], /Allowed choices/],
])("%s is bad usage", async (argv, problem) => {
  const { exit, err } = await at(...argv);
  expect(exit).toBe(3);
  expect(err.replace(/\s+/g, " ")).toMatch(problem);
});
