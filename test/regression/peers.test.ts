/**
 * Goal: defects of the programs next to this one do not happen here. This file is the list; other files prove
 * most of its points in depth.
 * Method: each through a real entry point (command line, creation, retag) against the local cloud. H1 to H12
 * are findings in the closest peer, a rule engine that tags keys and no secrets.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { defaultEndpoint } from "../../shared/io/config.ts";
import { useBulk } from "../cli/bulk.ts";
import { createClient } from "../cloud/client.ts";
import { openStage } from "../functions/stage.ts";

const BAD_REQUEST = { kind: "answer", status: 400, body: "{}" } as const;

describe("bulk runs", () => {
  const bulk = useBulk();

  const idOf = (name: string) =>
    bulk()
      .cloud.resources()
      .find((it) => it.name === name)?.id ?? "";
  const namesIn = (rows: readonly { resource: { name: string } }[]) =>
    rows.map(({ resource }) => resource.name).sort();

  async function policyFile(name: string, text: string): Promise<string> {
    await writeFile(join(bulk().path, name), text);
    return name;
  }

  test("H1: a policy is judged by its own rules, whatever another one in the same process said", async () => {
    const { json } = bulk();
    const one = await policyFile(
      "one.yaml",
      "version: 1\ntags: { Team: { value: [{ const: a }] } }\n",
    );
    const two = await policyFile(
      "two.yaml",
      "version: 1\ntags: { Cost: { value: [{ const: b }] } }\n",
    );
    const keysOf = async (policy: string) => {
      const { data } = await json(["--policy", policy, "plan"]);
      const rows: { changes: { key: string }[] }[] = data.resources;
      return [...new Set(rows.flatMap(({ changes }) => changes.map(({ key }) => key)))];
    };
    expect([await keysOf(one), await keysOf(two), await keysOf(one)]).toEqual([
      ["Team"],
      ["Cost"],
      ["Team"],
    ]);
  });

  test("H2: a tag that need only be there is not missing where it is there", async () => {
    const { json } = bulk();
    const policy = await policyFile("p.yaml", "version: 1\ntags: { Owner: { required: true } }\n");
    const { data } = await json(["--policy", policy, "plan"]);
    expect(data.resources).toEqual([]);
    expect(namesIn(data.unresolved)).not.toContain("variant");
  });

  test("H3: keys of every specification are seen and tagged", async () => {
    const { cloud, run, json } = bulk();
    const specs = ["AES_256", "RSA_3072", "EC_P256", "SM2", "SM4", "HMAC_256"];
    for (const keySpec of specs) cloud.addKey({ name: keySpec, keySpec });
    await run(["plan", "--type", "key", "-o", "plan.json"]);
    expect((await json(["apply", "plan.json", "--yes"])).data.summary.tagged).toBe(specs.length);
    for (const name of specs)
      expect(Object.fromEntries(cloud.key(name)?.tags ?? [])).toEqual({ Environment: "dev" });
  });

  test("H4: paging does not stop after page one", async () => {
    const { cloud, json } = bulk();
    for (let index = 0; index < 1_001; index++) {
      const tags = { Owner: "ann", Environment: "dev" };
      cloud.addKey({ name: `k${index}`, keySpec: "RSA_2048", tags });
      cloud.addSecret({ name: `s${index}`, tags });
    }
    cloud.tagDirectly(idOf("k1000"), { Password: "p" });
    cloud.tagDirectly(idOf("s1000"), { Password: "p" });
    const { data } = await json(["plan"]);
    expect(data.inventory.key).toMatchObject({ counted: 1_001, examined: 1_001 });
    expect(data.inventory.secret).toMatchObject({ counted: 1_006, examined: 1_006 });
    expect(namesIn(data.resources)).toEqual(expect.arrayContaining(["k1000", "s1000"]));
    expect(data.resources).toHaveLength(4 + 2);
  });

  test("H5: what failed is in the outcome and in the exit code, and the others are done", async () => {
    const { cloud, run, json, tagsOf } = bulk();
    await run(["plan", "-o", "plan.json"]);
    cloud.addFault({
      operation: "BatchCreateOrDeleteTags",
      resource: idOf("untagged"),
      times: Number.POSITIVE_INFINITY,
      fault: BAD_REQUEST,
    });
    const { exit, data } = await json(["apply", "plan.json", "--yes"]);
    expect(exit).toBe(2);
    expect(data.summary).toMatchObject({ failed: 1, tagged: 3 });
    expect(tagsOf("alias")).toMatchObject({ Owner: "ann" });
    expect((await run(["status", data.run])).exit).toBe(2);
  });

  test("H6: no kind is dropped silently: both are written, and what is never tagged is counted", async () => {
    const { cloud, run, json, tagsOf } = bulk();
    cloud.settings.defaultKeysInQuery = true;
    cloud.addKey({ name: "app" });
    const planned = await json(["plan", "-o", "plan.json"]);
    // The default key that encrypts the secrets.
    expect(planned.data.inventory.key).toMatchObject({ counted: 2, skipped: 1 });
    await run(["apply", "plan.json", "--yes"]);
    expect(Object.fromEntries(cloud.key("app")?.tags ?? [])).toEqual({ Environment: "dev" });
    expect(tagsOf("untagged")).toEqual({ Environment: "dev" });
  });

  test("H7: a rename creates before it deletes, so that a failure between them loses nothing", async () => {
    const { cloud, run, tagsOf } = bulk();
    await run(["plan", "-o", "plan.json"]);
    const before = tagsOf("alias");
    cloud.addFault({
      operation: "BatchCreateOrDeleteTags",
      resource: idOf("alias"),
      after: 1,
      times: Number.POSITIVE_INFINITY,
      fault: { kind: "answer", status: 403, body: "{}" },
    });
    expect((await run(["apply", "plan.json", "--yes"])).exit).toBe(4);
    expect(tagsOf("alias")).toEqual({ ...before, Owner: "ann" });
  });

  test("H8: nothing is ever trimmed, and 11 to 20 tags are no reason to refuse", async () => {
    const { cloud, run, json, tagsOf } = bulk();
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
    cloud.addSecret({ name: "full", tags: { ...many(19), Owner: "ann" } });
    cloud.addSecret({ name: "roomy", tags: { ...many(14), Owner: "ann" } });
    cloud.settings.keyLimits = "extended";
    cloud.addKey({ name: "wide", tags: { ...many(14), Owner: "ann" } });
    const { data } = await json(["plan", "-o", "plan.json"]);
    expect(namesIn(data.unresolved)).toContain("full");
    expect((await run(["apply", "plan.json", "--yes"])).exit).toBe(0);
    expect(tagsOf("full")).toEqual({ ...many(19), Owner: "ann" });
    expect(tagsOf("roomy")).toEqual({ ...many(14), Owner: "ann", Environment: "dev" });
    expect(cloud.key("wide")?.tags.size).toBe(16);
  });

  test("H9: what one part writes the other one finds: after a run the plan is empty", async () => {
    const { run } = bulk();
    expect((await run(["plan", "-o", "plan.json"])).exit).toBe(1);
    expect((await run(["apply", "plan.json", "--yes"])).exit).toBe(0);
    expect((await run(["plan"])).exit).toBe(0);
  });

  test("H11: each region has its own endpoint, and none is pinned", () => {
    expect(
      ["ap-southeast-1", "cn-north-4", "eu-west-101"].map((it) => defaultEndpoint("kms", it)),
    ).toEqual([
      "https://kms.ap-southeast-1.myhuaweicloud.com",
      "https://kms.cn-north-4.myhuaweicloud.com",
      "https://kms.eu-west-101.myhuaweicloud.eu",
    ]);
  });

  test("H12: a write is proved by the state that it leaves, not by a recording", async () => {
    const { cloud, run, json } = bulk();
    cloud.addKey({ name: "app", tags: { owner: "ann", Environment: "PRD", Password: "p" } });
    await run(["plan", "--type", "key", "-o", "plan.json"]);
    const { data } = await json(["apply", "plan.json", "--yes"]);
    expect(Object.fromEntries(cloud.key("app")?.tags ?? [])).toEqual({
      Owner: "ann",
      Environment: "prod",
    });
    await run(["undo", data.run, "-o", "undo.json"]);
    await run(["apply", "undo.json", "--yes"]);
    expect(Object.fromEntries(cloud.key("app")?.tags ?? [])).toEqual({
      owner: "ann",
      Environment: "PRD",
      Password: "p",
    });
  });
});

test("H10: a creator's name keeps every character that a tag may have, and a change is told", async () => {
  const stage = await openStage();
  const { cloud, run, eventFor, clock } = stage;
  const client = createClient(cloud, cloud.user("dev:team/ann*"), "curl/8");
  const id = await client.createKey("app");
  clock.advance(60_000);
  const { outcomes } = await run("key", eventFor(id));
  const row = outcomes[0]?.tags.find(({ key }) => key === "CreatedBy");
  expect(row).toMatchObject({ to: "dev:team/ann_", adjustedFrom: "dev:team/ann*" });
  await client.close();
  await stage.close();
});
