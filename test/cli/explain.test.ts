import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EVENTS, linesOf, makeFolder, ROOT, SAMPLE, tagwarden } from "./fixture.ts";

const POLICY = ["--policy", SAMPLE];
const explain = (event: string, ...options: string[]) =>
  tagwarden(["explain", `${EVENTS}/${event}`, ...POLICY, ...options]);

describe("an event, without credentials", () => {
  test("shows each tag with its source, and why the other sources did not give it", async () => {
    const { exit, out, err } = await explain("cts-create-secret.json");
    expect(exit).toBe(0);
    expect(out).toMatch(
      /^trace createSecret 3c0d7f52-\S+\n {2}decision {2}tag: the trace has the id$/m,
    );
    expect(out).toMatch(/^Owner +create unassigned@example\.com +from const$/m);
    expect(out).toMatch(/^ +not lookup owners\.csv: yields/m);
    expect(out).toMatch(/^Environment +create prod +from fromName$/m);
    expect(out).toMatch(/^CreatedBy +create mara\.lindqvist +from creator\.name$/m);
    expect(out).toMatch(/^CreatedAt +create 2025-11-24 +from event\.time$/m);
    expect(out).toMatch(/^Contact +refuse +missing, and the policy has no/m);
    expect(out).toMatch(/^CostCenter +refuse +depends on what was not read$/m);
    expect(err.replace(/\n/g, " ")).toContain(
      "warning: no credentials, so the current tags were not read; shown is what a resource without tags would get",
    );
  });

  test("shows which rules apply, and because of which selector", async () => {
    const { out } = await explain("cts-create-secret.json");
    expect(out).toMatch(/^Owner\.required +yes +everything$/m);
    expect(out).toMatch(/^Environment\.required +yes +everything, not selector sandbox$/m);
    expect(out).toMatch(/^prod-needs-contact +yes +holds: tag Environment, selector prod$/m);
  });

  test("shows the limits of its kind", async () => {
    expect((await explain("cts-create-secret.json")).out).toMatch(/^ +limits +20 tags/m);
    expect((await explain("cts-create-key.json")).out).toMatch(/^ +limits +10 tags, keys to 36/m);
  });

  test("says that only a name is known", async () => {
    const { exit, out } = await explain("cts-resource-id-is-name.json");
    expect(exit).toBe(0);
    expect(out).toContain("tag: the trace has only the name");
    expect(out).toMatch(/^secret prod-orders-db-password$/m);
  });

  test.each([
    ["cts-tag-trace.json", "ignore: a call that tags, perhaps our own"],
    ["cts-failed-warning.json", "ignore: the call failed, so there is nothing new"],
    ["cts-default-key.json", "ignore: a default key cannot be tagged"],
    ["cts-replica-key.json", "ignore: a replica; its id lives in another region"],
    ["cts-batch-import.json", "ignore: an import in a batch names no ids"],
    ["cts-other-service.json", "ignore: another service's resource"],
    ["cts-other-trace.json", "ignore: it creates nothing that is tagged here"],
  ])("says why a trace is ignored: %s", async (event, said) => {
    const { exit, out, err } = await explain(event);
    expect(exit).toBe(0);
    expect(out).toContain(said);
    expect(err).not.toContain("credentials");
  });

  test.each([
    ["no-trace.json", "error: event: expected a CTS trace"],
    ["cts-no-name.json", "expected the name of a trace"],
    ["cts-no-id.json", "neither an id nor a name that can be used"],
  ])("ends with 2 where a trace cannot be used: %s", async (event, said) => {
    const { exit, err } = await explain(event);
    expect(exit).toBe(2);
    expect(err.replace(/\n/g, " ")).toContain(said);
  });

  test("one bad trace never takes the others with it", async () => {
    const { exit, out, err } = await explain("smn-create-keys.json");
    expect(exit).toBe(2);
    expect(out.match(/^trace createKey /gm)).toHaveLength(2);
    expect(err).toContain("record[1].smn.message");
  });
});

describe("every kind of event that there is an example of", async () => {
  const names = (await readdir(join(ROOT, EVENTS))).filter(
    (name) => name.endsWith(".json") && name !== "manifest.json",
  );
  // Without a regex, whose check takes most of the time.
  const text = `version: 1
tags:
  Owner: { required: true, value: [ { from: creator.id }, { const: nobody } ] }
  CostCenter: { value: [ { inherit: kmsKey }, { from: creator.agent } ] }
`;
  let policy = "";
  let remove = async () => {};
  beforeAll(async () => {
    const made = await makeFolder();
    remove = made.remove;
    policy = join(made.path, "p.yaml");
    await writeFile(policy, text);
  });
  afterAll(() => remove());

  test.each(names)("fits 80 columns: %s", async (name) => {
    const argv = ["explain", `${EVENTS}/${name}`, "--policy", policy];
    const { exit, out, err } = await tagwarden(argv);
    expect([0, 2]).toContain(exit);
    expect(linesOf(out + err).filter((line) => line.length > 80)).toEqual([]);
  });

  test.each(names)("is one JSON value on stdout with --format json: %s", async (name) => {
    const argv = ["explain", `${EVENTS}/${name}`, "--policy", policy, "--format", "json"];
    const { exit, out } = await tagwarden(argv);
    const { policy: shown, entries } = JSON.parse(out);
    expect(shown).toEqual({ file: policy, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(entries.length).toBeGreaterThan(0);
    const bad = entries.some(({ status }: { status: string }) => status === "malformed");
    expect(exit).toBe(bad ? 2 : 0);
  });
});

test("the explanation as data has each tag, its change, and what was passed over", async () => {
  const { out } = await explain("cts-create-secret.json", "--format", "json");
  const [entry] = JSON.parse(out).entries;
  expect(entry).toMatchObject({
    status: "explained",
    trace: { name: "createSecret" },
    resource: { type: "secret", by: "id", id: "5d1f0f6e-2a51-4c58-9c0e-7b6f2d9a1c34" },
    explanation: { tagsRead: false, limits: { profile: "documented", tagsMax: 20, tagsNow: 0 } },
  });
  expect(entry.explanation.tags[0]).toEqual({
    key: "Owner",
    applies: true,
    because: "everything",
    now: null,
    change: {
      key: "Owner",
      op: "create",
      to: "unassigned@example.com",
      source: "const",
      passed: [
        { source: "lookup owners.csv", reason: "absent" },
        { source: "creator.name", reason: "invalid" },
      ],
    },
    aliases: [],
  });
});

test("names that would steer the terminal do not", async () => {
  const { path, remove } = await makeFolder();
  const event = { trace_name: "createKey\u001b[2J", resource_type: "cmk" };
  await writeFile(join(path, "e.json"), JSON.stringify(event));
  const { out, err } = await tagwarden(["explain", join(path, "e.json"), ...POLICY]);
  await remove();
  expect(out).toContain("createKey\\u001b[2J");
  expect(out + err).not.toContain("\u001b");
});

describe("what is asked about", () => {
  const UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

  test.each([
    ["a bare id does not say of what", [UUID], "is it a secret or a key?"],
    ["a key is not found by its alias", ["key:prod-db"], "a key is found by its id only"],
    ["a name has its characters", ["secret:../x"], "expected an id (a UUID) or a name"],
    ["no name is none", ["secret:"], "expected an id (a UUID) or a name"],
    ["two types", [`key:${UUID}`, "--type", "secret"], "--type says secret"],
    ["a type that does not exist", [UUID, "--type", "disk"], "secret, key"],
  ])("%s", async (_, argv, said) => {
    const { exit, out, err } = await tagwarden(["explain", ...argv, ...POLICY]);
    expect(exit).toBe(3);
    expect(out).toBe("");
    expect(err.replace(/\n/g, " ")).toContain(said);
  });

  test("a resource needs credentials, and the message names all that is missing", async () => {
    const { exit, out, err } = await tagwarden(["explain", `key:${UUID}`, ...POLICY]);
    expect(exit).toBe(3);
    expect(out).toBe("");
    for (const name of [
      "HUAWEICLOUD_SDK_AK",
      "HW_SECRET_KEY",
      "HW_PROJECT_ID",
      "HUAWEICLOUD_REGION",
    ])
      expect(err).toContain(name);
  });

  test("half a pair of keys is a mistake, also for an event", async () => {
    const env = { HW_ACCESS_KEY: "ak", HW_PROJECT_ID: "p", HW_REGION_NAME: "cn-north-4" };
    const event = `${EVENTS}/cts-create-key.json`;
    const { exit, err } = await tagwarden(["explain", event, ...POLICY], { env });
    expect(exit).toBe(3);
    expect(err).toBe("error: settings: HW_SECRET_KEY must be set\n");
  });
});
