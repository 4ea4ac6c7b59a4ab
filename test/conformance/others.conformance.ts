import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signObs } from "../../shared/io/store/obs-sign.ts";
import { at } from "../cloud/fixture.ts";
import { ECHO, setUp } from "../cloud/functiongraph/fixture.ts";
import { expectAnswers } from "./operations.ts";
import { useSdk } from "./stage.ts";

const stage = useSdk();

describe("the vendor's client of CTS", () => {
  test("pages through the traces of what others did, each once", async () => {
    const { cloud, sdk } = stage();
    for (const name of ["a", "b", "c"])
      await sdk.ok("csms", "CreateSecret", { body: { name, secret_string: "x" } });
    const seen: unknown[] = [];
    let next: unknown;
    do {
      const request = { trace_type: "system", limit: 2, ...(next === undefined ? {} : { next }) };
      const page = await sdk.ok("cts", "ListTraces", request);
      const traces = at(page, "traces");
      if (!Array.isArray(traces)) throw new Error("no list");
      seen.push(...traces.map((trace) => at(trace, "trace_id")));
      const marker = at(page, "meta_data", "marker");
      next = traces.length === 0 || marker === null ? undefined : marker;
    } while (next !== undefined);
    expect([...seen].sort()).toEqual(cloud.traces.map((trace) => at(trace, "trace_id")).sort());
  });

  test("is told which operations leave traces", async () => {
    const answer = await stage().sdk.ok("cts", "ListOperations", {});
    expect(answer).toMatchObject({
      operations: expect.arrayContaining([
        expect.objectContaining({ operation_list: expect.arrayContaining(["createSecret"]) }),
      ]),
    });
  });

  test("has got an answer from every operation of the local CTS", () => {
    expectAnswers(stage().cloud, "cts");
  });
});

test("the vendor's client of SMN publishes a message", async () => {
  const { cloud, sdk } = stage();
  const topic_urn = cloud.topics.create("audits");
  await sdk.ok("smn", "PublishMessage", { topic_urn, body: { subject: "s", message: "text" } });
  expect(cloud.topics.messages(topic_urn)).toMatchObject([{ subject: "s", message: "text" }]);
});

test("the vendor's client of FunctionGraph invokes a function asynchronously", async () => {
  const { cloud, sdk } = stage();
  cloud.agency("reader");
  cloud.functions.deploy(setUp(ECHO));
  const function_urn = cloud.functions.urnOf("f");
  const answer = await sdk.ok("fgs", "AsyncInvokeFunction", { function_urn, body: { a: "1" } });
  await cloud.idle();
  expect(cloud.functions.invocations).toMatchObject([
    { requestId: at(answer, "request_id"), event: { a: "1" }, state: "succeeded" },
  ]);
});

// For an endpoint that is an address, OBS's client signs in another way, so it cannot call the local object store.
test("the vendor's client of OBS signs each request as we do", async () => {
  const { cloud, sdk } = stage();
  const user = cloud.user("alice");
  const request = fc.record({
    method: fc.constantFrom("GET", "PUT", "DELETE"),
    bucket: fc.stringMatching(/^[a-z0-9][a-z0-9.-]{2,10}$/),
    key: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
    body: fc.option(fc.string({ unit: "grapheme" })),
  });
  const arbitrary = fc.tuple(request, fc.boolean(), fc.integer({ min: 0, max: 4e12 }));
  await fc.assert(
    fc.asyncProperty(arbitrary, async ([asked, temporary, nowMs]) => {
      const by = temporary ? { ...user, token: "a+b/c=" } : user;
      const { authorization, ...headers } = signObs(asked, by, nowMs);
      const theirs = await sdk.call("obs", "sign", { ...asked, headers }, by);
      expect(theirs).toMatchObject({ ok: true, answer: authorization });
    }),
    { numRuns: 200 },
  );
});
