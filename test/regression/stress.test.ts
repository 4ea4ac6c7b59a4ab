/**
 * Goal: what troubles all programs of this kind is survived here. This file is the list; other files prove most
 * of its points in depth.
 * Method: each through a real entry point (command line, creation, retag) against the local cloud. Alerts
 * about tags that somebody changed later belong to audits and are not here.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { useBulk } from "../cli/bulk.ts";
import { batchOf } from "../functions/retag-event.ts";
import { openRetagStage } from "../functions/retag-stage.ts";
import { openStage, type Stage } from "../functions/stage.ts";

describe("bulk runs", () => {
  const bulk = useBulk();

  const idOf = (name: string) =>
    bulk()
      .cloud.resources()
      .find((it) => it.name === name)?.id ?? "";
  async function policyFile(name: string, text: string): Promise<string> {
    await writeFile(join(bulk().path, name), text);
    return name;
  }

  test("throttled writes are repeated", async () => {
    const { cloud, run, json, tagsOf } = bulk();
    await run(["plan", "-o", "plan.json"]);
    cloud.addFault({ operation: "BatchCreateOrDeleteTags", times: 2, fault: { kind: "throttle" } });
    const { exit, data } = await json(["apply", "plan.json", "--yes"]);
    expect([exit, data.summary.tagged]).toEqual([0, 4]);
    expect(tagsOf("untagged")).toEqual({ Environment: "dev" });
  });

  test("a plan that was made from older tags writes nothing over newer ones", async () => {
    const { cloud, run, json, tagsOf } = bulk();
    await run(["plan", "-o", "plan.json"]);
    cloud.tagDirectly(idOf("variant"), { Environment: "qa", New: "x" });
    const { data } = await json(["apply", "plan.json", "--yes"]);
    expect(data.summary).toMatchObject({ stale: 1, tagged: 3 });
    expect(tagsOf("variant")).toEqual({ Owner: "bob", Environment: "qa", New: "x" });
  });

  test("a broken policy is told with all that is wrong, and nothing is asked or changed", async () => {
    const { cloud, run } = bulk();
    const text =
      "version: 1\ntags: { Owner: { requierd: true }, Cost: { match: { regex: '(' } } }\n";
    const policy = await policyFile("broken.yaml", text);
    await run(["plan", "-o", "plan.json"]);
    cloud.clearSeen();
    for (const argv of [["plan"], ["apply", "plan.json", "--yes"], ["validate"]]) {
      const { exit, out, err } = await run(["--policy", policy, ...argv]);
      expect(exit).toBe(3);
      expect(`${out}${err}`).toMatch(/requierd/);
      expect(`${out}${err}`).toMatch(/Cost/);
    }
    expect(cloud.seen).toEqual([]);
  });
});

describe("creation", () => {
  let stage: Stage | undefined;
  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });
  const open = async () => {
    stage = await openStage();
    return stage;
  };
  const tagsOf = ({ cloud }: Stage, id: string) =>
    Object.fromEntries(cloud.resources().find((it) => it.id === id)?.tags ?? []);

  test("the creator's second call is waited for, and its values stay", async () => {
    const { cloud, alice, run, eventFor, clock } = await open();
    const id = await alice.createSecret("prod-db");
    const createdMs = clock.now();
    const event = eventFor(id);
    const atRead: number[] = [];
    const { outcomes } = await run("secret", event, {
      graceMs: 30_000,
      remainingMs: 120_000,
      wrap: (tags) => ({
        ...tags,
        async readTags(...asked) {
          atRead.push(clock.now() - createdMs);
          if (atRead.length === 1) cloud.tagDirectly(id, { Owner: "own@example.com" });
          return tags.readTags(...asked);
        },
      }),
    });
    expect(atRead[0]).toBeGreaterThanOrEqual(30_000);
    expect(outcomes[0]?.kind).toBe("tagged");
    expect(cloud.secret(id)?.tags.get("Owner")).toBe("own@example.com");
  });

  test("a resource that is not visible yet is looked for again", async () => {
    const opened = await open();
    const { cloud, alice, run, eventFor } = opened;
    cloud.makeVisibleAfter(3_000);
    const id = await alice.createSecret("prod-db");
    expect((await run("secret", eventFor(id))).outcomes[0]?.kind).toBe("tagged");
    expect(tagsOf(opened, id)).toMatchObject({ Environment: "prod" });
  });

  test("an event that comes three times is written once", async () => {
    const { cloud, alice, run, eventFor } = await open();
    const id = await alice.createSecret("prod-db");
    const event = eventFor(id);
    for (let time = 0; time < 3; time++) await run("secret", event);
    expect(cloud.seen.filter(({ operation }) => operation.startsWith("Batch"))).toHaveLength(1);
  });

  test("our own tag call does not set us off again", async () => {
    const { alice, run, eventFor, cloud } = await open();
    const id = await alice.createSecret("prod-db");
    await run("secret", eventFor(id));
    expect(cloud.traces.at(-1)?.trace_name).toBe("createResourceTag");
    const { outcomes, requests } = await run("secret", eventFor(id));
    expect([outcomes[0]?.kind, requests]).toEqual(["ignored", 0]);
  });

  test("only our keys are sent, so that what others wrote after our read stays", async () => {
    const opened = await open();
    const { cloud, alice, run, eventFor } = opened;
    const id = await alice.createSecret("prod-db");
    await run("secret", eventFor(id), {
      wrap: (tags) => ({
        ...tags,
        async createTags(...asked) {
          cloud.tagDirectly(id, { Cost: "42" });
          return tags.createTags(...asked);
        },
      }),
    });
    expect(tagsOf(opened, id)).toMatchObject({ Cost: "42", Environment: "prod" });
  });
});

describe("retag", () => {
  test("one bad message of a batch does not take the others with it", async () => {
    const stage = await openRetagStage();
    const { id } = stage.cloud.addSecret({ name: "app" });
    const good = {
      resource: { type: "secret", id },
      action: "create",
      tags: [{ key: "Owner", value: "ann" }],
    };
    const texts = [
      "not a message",
      JSON.stringify(good),
      JSON.stringify({ ...good, action: "burn" }),
    ];
    const { report } = await stage.run(batchOf(stage, texts));
    expect(report?.summary).toMatchObject({ tagged: 1, malformed: 2 });
    expect(Object.fromEntries(stage.cloud.secret(id)?.tags ?? [])).toEqual({ Owner: "ann" });
    expect(await stage.deadLetters()).toHaveLength(2);
    await stage.close();
  });

  test("a message that comes twice is written once", async () => {
    const stage = await openRetagStage();
    const { id } = stage.cloud.addSecret({ name: "app" });
    const message = {
      resource: { type: "secret", id },
      action: "create",
      tags: [{ key: "Owner", value: "ann" }],
    };
    const first = await stage.run(message);
    const second = await stage.run(message, { request: "request-2" });
    expect([first.writes, second.writes]).toEqual([1, 0]);
    expect(second.report?.summary).toMatchObject({ unchanged: 1 });
    await stage.close();
  });
});
