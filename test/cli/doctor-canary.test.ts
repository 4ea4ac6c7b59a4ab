/**
 * Goal: a canary shows that a new secret gets its tags, and leaves nothing behind without saying so.
 * Method: the built function in the local cloud, or none; the cloud's own record of what was created.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder as makePolicy } from "../policies/folder.ts";
import { useInstallation } from "./doctor-stage.ts";

const installation = useInstallation();
const ARGV = ["--only", "credentials", "--canary"];
const HASTY = "version: 1\ntags:\n  Owner: {}\nguards: { grace: 0s, visible: 1s }\n";

const hasty = async () => [
  ...ARGV,
  "--yes",
  "--policy",
  join(await makePolicy({ "hasty.yaml": HASTY }), "hasty.yaml"),
];
const secrets = () =>
  installation()
    .cloud.resources()
    .flatMap(({ type, name }) => (type === "secret" ? [name] : []));

test("is tagged by the function, timed, and deleted again", async () => {
  const { cloud, deploy, check } = installation();
  const userData = {
    HUAWEICLOUD_REGION: cloud.region,
    HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
    TAGWARDEN_GRACE: "0s",
  };
  deploy("secret-created", { userData });
  const { exit, row } = await check([...ARGV, "--yes"]);
  expect(exit).toBe(0);
  expect(row("canary").found).toMatch(/^tagged after [\d.]+ s: .*Owner.*; deleted again$/);
  expect(row("canary").found).not.toContain("@");
  expect(secrets()).toEqual(["prod-db"]);
});

test("that gets no tag is told, and deleted all the same", async () => {
  const { deploy, check } = installation();
  deploy("secret-created", { traces: [] });
  const { exit, row } = await check(await hasty());
  expect(exit).toBe(1);
  expect(row("canary").found).toMatch(/^no tag after [\d.]+ s; deleted again$/);
  expect(row("canary").advice).toContain("see secret-created");
  expect(secrets()).toEqual(["prod-db"]);
});

test("that cannot be deleted is named", async () => {
  const { cloud, deploy, check } = installation();
  deploy("secret-created", { traces: [] });
  const fault = {
    kind: "answer",
    status: 403,
    body: '{"error":{"error_code":"CSMS.0302"}}',
  } as const;
  cloud.addFault({ operation: "DeleteSecret", times: 9, fault });
  const { exit, row } = await check(await hasty());
  expect(exit).toBe(1);
  expect(row("canary").found).toContain("NOT DELETED (403 CSMS.0302)");
  const [left = ""] = secrets().filter((name) => name !== "prod-db");
  expect(left).toMatch(/^tagwarden-canary-/);
  expect(row("canary").advice).toContain(`delete the secret ${left}`);
});

test("is deleted at once when the user interrupts", async () => {
  const { cloud, deploy, run } = installation();
  deploy("secret-created", { traces: [] });
  const interruption = new AbortController();
  const ended = run([...ARGV, "--yes"], { signal: interruption.signal });
  while (!cloud.seen.some(({ operation }) => operation === "ListSecretTags"))
    await new Promise((resolve) => setImmediate(resolve));
  interruption.abort();
  expect((await ended).exit).toBe(130);
  expect(secrets()).toEqual(["prod-db"]);
});

test.each([
  ["nobody can be asked", {}, 3],
  ["the answer is no", { terminal: true, stdin: "n\n" }, 5],
])("is not created where %s", async (_, change, expected) => {
  const { run, cloud } = installation();
  const { exit } = await run(ARGV, change);
  expect(exit).toBe(expected);
  expect(cloud.seen).toEqual([]);
});
