import { describe, expect, test } from "vitest";
import { useBulk } from "./bulk.ts";

const bulk = useBulk();

describe("apply --queue", () => {
  test("hands the run over by its name, and changes nothing itself", async () => {
    const { run, json, cloud, writes } = bulk();
    cloud.queues.create("jobs");
    await run(["plan", "-o", "plan.json"]);
    const { exit, data } = await json(["apply", "plan.json", "--yes", "--queue", "memory:jobs"]);
    expect([exit, writes()]).toEqual([0, 0]);
    expect(data).toMatchObject({ queue: "memory:jobs", total: 4 });
    const sent = cloud.queues.messages("jobs").map((text) => JSON.parse(text));
    expect(sent).toEqual([{ kind: "run", version: 1, run: data.run }]);
    const status = await json(["status", data.run]);
    expect(status.data).toMatchObject({ state: "waiting", done: 0, left: 4 });
    expect((await run(["apply", "--resume", data.run])).exit).toBe(0);
  });

  test.each([
    ["nobody listens there", "kafka://127.0.0.1:1/topic", 2],
    ["there is no such queue", "memory:nothing", 2],
    ["there is no such function", "functiongraph:urn:fss:cn-north-4:p:function:default:gone", 2],
  ])(
    "where %s changes nothing, says so, and leaves a run that can be done here",
    async (_name, queue, wanted) => {
      const { run, json, writes, tagsOf } = bulk();
      await run(["plan", "-o", "plan.json"]);
      const { exit, err, out } = await run(["apply", "plan.json", "--yes", "--queue", queue], {
        signal: AbortSignal.timeout(60_000),
      });
      expect([exit, writes(), out]).toEqual([wanted, 0, ""]);
      expect(err.replaceAll(/\s+/g, " ")).toMatch(
        /not handed over for certain; do it here: tagwarden apply/,
      );
      const [left] = (await json(["status"])).data.runs;
      expect(left).toMatchObject({ state: "waiting", done: 0 });
      expect((await run(["apply", "--resume", left.run])).exit).toBe(0);
      expect(tagsOf("untagged")).toEqual({ Environment: "dev" });
    },
  );

  test.each([["--queue", "carrier-pigeon:x"], ["--queue"]])(
    "%s %s is bad usage",
    async (...argv) => {
      const { run, writes, json } = bulk();
      await run(["plan", "-o", "plan.json"]);
      const { exit } = await run(["apply", "plan.json", "--yes", ...argv.filter(Boolean)]);
      expect([exit, writes()]).toEqual([3, 0]);
      expect((await json(["status"])).data.runs).toEqual([]);
    },
  );

  test("to a function that the credentials may not call is refused", async () => {
    const { run, writes, cloud, env } = bulk();
    await run(["plan", "-o", "plan.json"]);
    const { ak, sk, token } = cloud.agency("caller");
    cloud.allowOnly("caller", []);
    const { exit } = await run(
      [
        "apply",
        "plan.json",
        "--yes",
        "--queue",
        `functiongraph:urn:fss:cn-north-4:${cloud.project}:function:default:retag`,
      ],
      {
        env: {
          ...env,
          HUAWEICLOUD_SDK_AK: ak,
          HUAWEICLOUD_SDK_SK: sk,
          HUAWEICLOUD_SDK_SECURITY_TOKEN: token,
        },
      },
    );
    expect([exit, writes()]).toEqual([4, 0]);
  });
});
