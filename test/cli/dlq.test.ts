import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { ECHO, setUp } from "../cloud/functiongraph/fixture.ts";
import { useBulk } from "./bulk.ts";

const bulk = useBulk();
const ID = "20261121T101500123Z-a1b2c3";
const FAILURE = "failures/20261121/urn:fss:retag 1.json";
const MESSAGE = {
  kind: "run",
  version: 1,
  run: "20261121-101500-a1b2c3",
  attempt: 5,
  notBefore: "2026-11-21T10:00:00.000Z",
};
const LETTER = {
  id: ID,
  time: "2026-11-21T10:15:00.123Z",
  function: "retag",
  request: "r-1",
  at: "records[0]",
  cause: { kind: "failed", reason: "BatchTags(create): unavailable, status 503" },
  attempts: 5,
  message: MESSAGE,
};

const urnOf = (name: string) =>
  `urn:fss:cn-north-4:${bulk().cloud.project}:function:default:${name}`;

/** As the platform stores an event that it gave up on (functiongraph.md 5). */
const failureOf = (urn: string) => ({
  timestamp: "2026-11-21T10:20:00.000+0000",
  request_context: {
    request_id: "r-2",
    function_urn: urn,
    condition: "RetriesExhausted",
    approximate_invoke_count: 3,
  },
  request_payload: JSON.stringify({ hello: "again" }),
  response_context: { status_code: 200, function_error: "" },
  response_payload: "",
});

async function put(name: string, content: unknown): Promise<void> {
  const file = join(bulk().path, ".tagwarden", name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
}

const left = async (folder: string) =>
  readdir(join(bulk().path, ".tagwarden", folder), { recursive: true });

beforeEach(async () => {
  await put(`dead-letters/${ID}.json`, LETTER);
  await put(FAILURE, failureOf(urnOf("f")));
});

describe("dlq list", () => {
  test("tells what was lost and why, and no value", async () => {
    const { json, run } = bulk();
    const { exit, data } = await json(["dlq", "list"]);
    expect(exit).toBe(0);
    expect(data.lost).toEqual([
      {
        id: ID,
        time: LETTER.time,
        function: "retag",
        attempts: 5,
        cause: `failed: ${LETTER.cause.reason}`,
      },
      {
        id: FAILURE,
        time: "2026-11-21T10:20:00.000+0000",
        function: "f",
        attempts: 3,
        cause: "RetriesExhausted",
      },
    ]);
    const { out } = await run(["dlq", "list"], { width: 80 });
    expect(out).toContain(ID);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("lists what cannot be read, too", async () => {
    const { json } = bulk();
    await put("dead-letters/broken.json", "{");
    const { data } = await json(["dlq", "list"]);
    expect(data.lost).toHaveLength(3);
    expect(data.lost).toContainEqual(
      expect.objectContaining({ id: "broken", cause: "not readable" }),
    );
  });

  test("says that there is none", async () => {
    const { run } = bulk();
    const { exit, out, err } = await run(["dlq", "list", "--store", "empty"]);
    expect([exit, out]).toEqual([0, ""]);
    expect(err).toMatch(/nothing was lost/);
  });
});

describe("dlq show", () => {
  test("gives one as it came, by the id that the list tells", async () => {
    const { json } = bulk();
    expect((await json(["dlq", "show", ID])).data).toEqual(LETTER);
    expect((await json(["dlq", "show", FAILURE])).data).toMatchObject({
      request_payload: '{"hello":"again"}',
    });
    await put("dead-letters/broken.json", "{ half");
    expect((await json(["dlq", "show", "broken"])).data).toMatchObject({ text: "{ half" });
  });

  test.each(["nothing", "../active", "failures/../plan", ""])("of %j is bad usage", async (id) => {
    const { run } = bulk();
    const { exit, out } = await run(["dlq", "show", id]);
    expect([exit, out]).toEqual([3, ""]);
  });
});

describe("dlq redrive", () => {
  test("sends a dead letter to the queue from its first attempt, and takes it out", async () => {
    const { json, cloud } = bulk();
    cloud.queues.create("jobs");
    const { exit, data } = await json(["dlq", "redrive", ID, "--queue", "memory:jobs"]);
    expect([exit, data]).toEqual([0, { done: [ID] }]);
    const [sent = ""] = cloud.queues.messages("jobs");
    expect(JSON.parse(sent)).toEqual({ kind: "run", version: 1, run: MESSAGE.run });
    expect(await left("dead-letters")).toEqual([]);
  });

  test("sends an event that the platform gave up on to its function", async () => {
    const { run, cloud } = bulk();
    cloud.agency("reader");
    cloud.functions.deploy(setUp(ECHO));
    const { exit, out } = await run(["dlq", "redrive", FAILURE]);
    expect([exit, out]).toEqual([0, `${FAILURE}: sent again\n`]);
    await cloud.idle();
    expect(cloud.functions.invocations.map(({ event }) => event)).toEqual([{ hello: "again" }]);
    expect((await left("failures")).filter((name) => name.endsWith(".json"))).toEqual([]);
  });

  test("--all sends what can be sent, keeps the rest, and says which", async () => {
    const { json, cloud } = bulk();
    cloud.queues.create("jobs");
    await put("dead-letters/broken.json", "{");
    await put("failures/unknown.json", failureOf("nobody"));
    const { exit, data, err } = await json(["dlq", "redrive", "--all", "--queue", "memory:jobs"]);
    expect(exit).toBe(3);
    expect(data).toEqual({ done: [ID] });
    expect(err).toMatch(/broken/);
    expect(err).toMatch(/unknown\.json/);
    expect(await left("dead-letters")).toEqual(["broken.json"]);
    expect(cloud.queues.messages("jobs")).toHaveLength(1);
  });

  test("keeps a letter that could not be sent", async () => {
    const { run } = bulk();
    expect((await run(["dlq", "redrive", ID, "--queue", "memory:nothing"])).exit).toBe(2);
    expect((await run(["dlq", "redrive", ID])).exit).toBe(3);
    expect(await left("dead-letters")).toEqual([`${ID}.json`]);
  });
});

describe("dlq drop", () => {
  test("takes out what it is told, unreadable or not, and nothing else", async () => {
    const { run, json } = bulk();
    await put("dead-letters/broken.json", "{");
    expect((await run(["dlq", "drop", "broken"])).out).toBe("broken: dropped\n");
    expect((await json(["dlq", "list"])).data.lost).toHaveLength(2);
    expect((await json(["dlq", "drop", "--all"])).data.done).toHaveLength(2);
    expect((await json(["dlq", "list"])).data.lost).toEqual([]);
  });

  test("wants ids, or --all, and knows whether they are there", async () => {
    const { run } = bulk();
    expect((await run(["dlq", "drop"])).exit).toBe(3);
    expect((await run(["dlq", "drop", ID, "--all"])).exit).toBe(3);
    expect((await run(["dlq", "drop", "nothing"])).exit).toBe(3);
    expect((await run(["dlq"])).exit).toBe(3);
  });
});
