/**
 * Goal: the table of outcomes. For everything that may happen on a creation: what is written, how many
 * requests the server saw, what is reported and whether the function throws.
 * Method: the real use case in the real frame against the local cloud, on a clock that nobody waits for.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Outcome } from "../../shared/core/outcome.ts";
import type { ResourceType } from "../../shared/core/resource.ts";
import type { FaultRule } from "../cloud/contract.ts";
import { loadEvent } from "../events/index.ts";
import { type Ending, openStage, type RunOptions, type Stage } from "./stage.ts";

const TYPES: readonly ResourceType[] = ["secret", "key"];
const MODES = ["overwrite", "reject"] as const;
const MINUTE_MS = 60_000;
const ABSENT = { secret: "CSMS.0005", key: "KMS.0207" };

let stage: Stage;
const close = () => stage.close();

async function create(type: ResourceType, name = "prod-db"): Promise<string> {
  const create = { secret: stage.alice.createSecret, key: stage.alice.createKey };
  return create[type](name);
}

const resource = (id: string) => stage.cloud.resources().find((stored) => stored.id === id);
const tagsOf = (id: string) => Object.fromEntries(resource(id)?.tags ?? []);

const WANTED = {
  Owner: "alice@example.com",
  Environment: "prod",
  CreatedBy: "Alice",
  Note: "prod-db _needs a note from its owner_ pleas",
};
const LONG_NOTE = { secret: "prod-db _needs a note from its owner_ please_", key: WANTED.Note };
const wanted = (type: ResourceType) => ({ ...WANTED, Note: LONG_NOTE[type] });

/** Lets somebody else act between two calls of the run: before or after its reads, counted from 1. */
function meanwhile(moment: "after read 1" | "before read 2", act: () => void): RunOptions {
  let reads = 0;
  return {
    wrap: (tags) => ({
      ...tags,
      async readTags(...asked) {
        reads += 1;
        if (moment === "before read 2" && reads === 2) act();
        const read = await tags.readTags(...asked);
        if (moment === "after read 1" && reads === 1) act();
        return read;
      },
    }),
  };
}

/** What one would tell of an ending: the outcome, the requests and whether it threw. */
function told({ outcomes, thrown, requests }: Ending) {
  const [outcome] = outcomes;
  return { kind: outcome?.kind, requests, throws: thrown !== null };
}

const opsOf = (outcome: Outcome | undefined) =>
  Object.fromEntries(outcome?.tags.map(({ key, op }) => [key, op]) ?? []);
const reasonsOf = (outcome: Outcome | undefined) =>
  Object.fromEntries(outcome?.tags.map(({ key, reason }) => [key, reason]) ?? []);

describe.each(MODES)("where create on an existing key means %s", (createOnExisting) => {
  beforeEach(async () => {
    stage = await openStage({ createOnExisting });
  });
  afterEach(close);

  describe.each(TYPES)("a new %s", (type) => {
    test("is tagged with two requests, and one answers the repeat", async () => {
      const id = await create(type);
      const event = stage.eventFor(id);

      const first = await stage.run(type, event);
      expect(told(first)).toEqual({ kind: "tagged", requests: 2, throws: false });
      expect(tagsOf(id)).toEqual(wanted(type));
      expect(first.report?.calls).toBe(2);
      expect(first.report?.policy.hash).toBe(stage.policy.hash);

      const second = await stage.run(type, event);
      expect(told(second)).toEqual({ kind: "unchanged", requests: 1, throws: false });
      expect(tagsOf(id)).toEqual(wanted(type));
    });

    test("says where each value comes from, and what a value was before it was made to fit", async () => {
      const id = await create(type);
      const { outcomes } = await stage.run(type, stage.eventFor(id));
      const rows = outcomes[0]?.tags ?? [];
      expect(Object.fromEntries(rows.map(({ key, source }) => [key, source]))).toEqual({
        Owner: "creator.name",
        Environment: "fromName",
        CreatedBy: "creator.name",
        Note: "resource.name",
      });
      expect(rows.find(({ key }) => key === "Note")?.adjustedFrom).toBe(
        "prod-db <needs a note from its owner, please>",
      );
    });

    test("keeps what somebody else wrote; only a value that its rule corrects is replaced", async () => {
      const id = await create(type);
      stage.cloud.tagDirectly(id, { Owner: "nobody", CreatedBy: "bob", Cost: "42" });

      const ending = await stage.run(type, stage.eventFor(id));

      expect(tagsOf(id)).toEqual({ ...wanted(type), CreatedBy: "bob", Cost: "42" });
      // A service that refuses to replace: read, create (400), read, delete, create.
      const requests = createOnExisting === "overwrite" ? 2 : 5;
      expect(told(ending)).toEqual({ kind: "tagged", requests, throws: false });
      expect(opsOf(ending.outcomes[0])).toMatchObject({ Owner: "overwrite", CreatedBy: "keep" });
    });

    test("that the creator tagged first gets only what is missing", async () => {
      const id = await create(type);
      const event = stage.eventFor(id);
      await stage.alice.tag(type, id, { Owner: "team@example.com", Environment: "dev" });

      const ending = await stage.run(type, event);

      expect(told(ending)).toEqual({ kind: "tagged", requests: 2, throws: false });
      expect(tagsOf(id)).toEqual({
        ...wanted(type),
        Owner: "team@example.com",
        Environment: "dev",
      });
    });

    test("with an alias present counts as having the tag", async () => {
      const id = await create(type);
      stage.cloud.tagDirectly(id, { owner: "old@example.com" });
      const ending = await stage.run(type, stage.eventFor(id));
      const { Owner: _, ...others } = wanted(type);
      expect(tagsOf(id)).toEqual({ ...others, owner: "old@example.com" });
      expect(reasonsOf(ending.outcomes[0])).toMatchObject({ Owner: "alias-present" });
    });

    test("that is full stays as it is, and every tag that did not fit is named", async () => {
      const id = await create(type);
      const full = { secret: 20, key: 10 }[type];
      const theirs = Object.fromEntries(Array.from({ length: full }, (_, i) => [`k${i}`, "v"]));
      stage.cloud.tagDirectly(id, theirs);

      const ending = await stage.run(type, stage.eventFor(id));

      expect(told(ending)).toEqual({ kind: "unchanged", requests: 1, throws: false });
      expect(tagsOf(id)).toEqual(theirs);
      expect(Object.values(reasonsOf(ending.outcomes[0]))).toEqual(Array(4).fill("no-room"));
    });

    test("with room for two gets the required ones", async () => {
      const id = await create(type);
      const count = { secret: 18, key: 8 }[type];
      const theirs = Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, "v"]));
      stage.cloud.tagDirectly(id, theirs);
      const ending = await stage.run(type, stage.eventFor(id));
      expect(opsOf(ending.outcomes[0])).toEqual({
        Owner: "create",
        Environment: "create",
        CreatedBy: "refuse",
        Note: "refuse",
      });
      expect(resource(id)?.tags.size).toBe(count + 2);
    });

    test("that somebody tags between our read and our write is read and planned once more", async () => {
      const id = await create(type);
      const options = meanwhile("after read 1", () =>
        stage.cloud.tagDirectly(id, { CreatedBy: "terraform" }),
      );
      const ending = await stage.run(type, stage.eventFor(id), options);
      expect(ending.outcomes[0]?.kind).toBe("tagged");
      // Where values are replaced, the services offer nothing that would have shown the difference.
      const kept = createOnExisting === "reject";
      expect(tagsOf(id).CreatedBy).toBe(kept ? "terraform" : "Alice");
      expect(ending.requests).toBe(kept ? 4 : 2);
    });

    test("that somebody tags with other values between our read and our write is unchanged", async () => {
      const id = await create(type);
      const theirs = { Owner: "x@example.com", Environment: "dev", CreatedBy: "x", Note: "x" };
      // The services offer nothing but a refusal to show it, so the first write must be refused.
      fault({ operation: "BatchTags", times: 1, fault: answer(400, "{}") });
      const options = meanwhile("before read 2", () => stage.cloud.tagDirectly(id, theirs));
      const ending = await stage.run(type, stage.eventFor(id), options);
      expect(told(ending)).toEqual({ kind: "unchanged", requests: 3, throws: false });
      expect(tagsOf(id)).toEqual(theirs);
    });

    test("of which somebody wrote one of our values and others differently is unchanged", async () => {
      const id = await create(type);
      const theirs = { Owner: "x@example.com", Environment: "prod", CreatedBy: "x", Note: "x" };
      fault({ operation: "BatchTags", times: 1, fault: answer(400, "{}") });
      const options = meanwhile("before read 2", () => stage.cloud.tagDirectly(id, theirs));
      const ending = await stage.run(type, stage.eventFor(id), options);
      expect(ending.outcomes[0]?.kind).toBe("unchanged");
      expect(new Set(Object.values(opsOf(ending.outcomes[0])))).toEqual(new Set(["keep"]));
    });

    test("whose second plan fails is told by the second plan", async () => {
      const id = await create(type);
      const refused = answer(400, '{"error":{"error_code":"KMS.5022","error_msg":"m"}}');
      fault({ operation: "BatchTags", times: 2, fault: refused });
      const options = meanwhile("before read 2", () =>
        stage.cloud.tagDirectly(id, { CreatedBy: "x" }),
      );
      const ending = await stage.run(type, stage.eventFor(id), options);
      expect(ending.outcomes[0]?.kind).toBe("failed");
      expect(opsOf(ending.outcomes[0])).toMatchObject({ CreatedBy: "keep", Owner: "refuse" });
    });

    test("whose answer to the write is lost is tagged all the same", async () => {
      const id = await create(type);
      const event = stage.eventFor(id);
      fault({ operation: "BatchTags", times: 1, fault: { kind: "reset", when: "after" } });
      const ending = await stage.run(type, event);
      expect(tagsOf(id)).toEqual(wanted(type));
      // The second try is accepted, or refused because our own first one was: then one read tells.
      const requests = createOnExisting === "overwrite" ? 3 : 4;
      expect(told(ending)).toEqual({ kind: "tagged", requests, throws: false });
      expect(opsOf(ending.outcomes[0])).toMatchObject({ Owner: "create" });
    });

    test("whose write never gets an answer is tagged when a read shows our values", async () => {
      const id = await create(type);
      const event = stage.eventFor(id);
      fault({ operation: "BatchTags", times: 6, fault: { kind: "reset", when: "after" } });
      const ending = await stage.run(type, event);
      expect(told(ending)).toEqual({ kind: "tagged", requests: 8, throws: false });
    });
  });
});

/** Operation names differ by service; these tests speak of the two that tagging uses. */
const OPERATIONS: { readonly [name: string]: readonly string[] } = {
  BatchTags: ["BatchCreateOrDeleteTags", "BatchCreateKmsTags"],
  ListTags: ["ListSecretTags", "ShowKmsTags"],
};

function fault(rule: FaultRule): void {
  const { operation } = rule;
  const names = operation === undefined ? [undefined] : (OPERATIONS[operation] ?? [operation]);
  for (const name of names)
    stage.cloud.addFault({ ...rule, ...(name === undefined ? {} : { operation: name }) });
}

const answer = (status: number, body: string, contentType = "application/json") =>
  ({ kind: "answer", status, body, contentType }) as const;
const INTERNAL = answer(500, '{"error":{"error_code":"KMS.0100","error_msg":"Internal error."}}');

describe.each(TYPES)("where a %s refuses to replace a value", (type) => {
  const theirs = { Owner: "nobody", Cost: "42" };
  const denied = answer(403, '{"error":{"error_code":"KMS.0306","error_msg":"m"}}');
  let id = "";
  let event: unknown;

  beforeEach(async () => {
    stage = await openStage({ createOnExisting: "reject", deleteMissing: "reject" });
    id = await create(type);
    stage.cloud.tagDirectly(id, theirs);
    event = stage.eventFor(id);
  });
  afterEach(close);

  // The writes: 1 create (refused), 2 delete, 3 create, then putting back.
  test.each<[string, FaultRule[]]>([
    ["the create after it fails", [{ after: 2, times: 1, fault: denied }]],
    ["the delete fails", [{ after: 1, times: 1, fault: denied }]],
    [
      "the answer of the delete is lost and its retry refused",
      [{ after: 1, times: 1, fault: { kind: "reset", when: "after" } }],
    ],
  ])("and %s, the old value is there again", async (_name, rules) => {
    for (const rule of rules) fault({ operation: "BatchTags", ...rule });
    const ending = await stage.run(type, event);
    expect(ending.outcomes[0]?.kind).toBe("failed");
    expect(tagsOf(id)).toEqual(theirs);
    expect(reasonsOf(ending.outcomes[0])).toMatchObject({ Owner: "not-written" });
    expect(ending.thrown).not.toBeNull();
  });

  test("and neither the new nor the old value can be written, the loss is told with the old value", async () => {
    fault({ operation: "BatchTags", after: 2, times: Number.POSITIVE_INFINITY, fault: denied });
    const ending = await stage.run(type, event);
    expect(ending.outcomes[0]?.tags.find(({ key }) => key === "Owner")).toEqual({
      key: "Owner",
      op: "delete",
      from: "nobody",
      reason: "lost",
    });
    expect(ending.outcomes[0]?.reason).toContain("status 403");
    // The rows stay in the process that throws: the message and the log must say it, too.
    expect(ending.thrown?.message).toMatch(/lost Owner$/);
    expect(JSON.parse(ending.lines[0] ?? "").reason).toMatch(/lost Owner$/);
  });

  test("and there is too little time left to put a value back, nothing is deleted", async () => {
    const ending = await stage.run(type, event, { remainingMs: 5_000 });
    expect(ending.outcomes[0]?.kind).toBe("deferred");
    expect(tagsOf(id)).toEqual(theirs);
  });

  test("and the refusal cannot mean that the key exists, nothing is deleted", async () => {
    const refused = answer(400, '{"error":{"error_code":"KMS.5022","error_msg":"m"}}');
    fault({ operation: "BatchTags", times: 2, fault: refused });
    const ending = await stage.run("key", type === "key" ? event : await eventOfKey());
    expect(ending.outcomes[0]?.reason).toContain("KMS.5022");
    expect(stage.cloud.seen.filter(({ operation }) => operation.startsWith("Batch"))).toHaveLength(
      1,
    );
  });

  async function eventOfKey(): Promise<unknown> {
    const key = await create("key", "prod-key");
    stage.cloud.tagDirectly(key, theirs);
    return stage.eventFor(key);
  }
});

describe.each(TYPES)("when the service of a new %s", (type) => {
  let id = "";
  let event: unknown;

  beforeEach(async () => {
    stage = await openStage();
    id = await create(type);
    event = stage.eventFor(id);
  });
  afterEach(close);

  const untouched = () => expect(tagsOf(id)).toEqual({});

  test("throttles twice, the third try tags it", async () => {
    fault({ times: 2, fault: { kind: "throttle" } });
    expect(told(await stage.run(type, event))).toEqual({
      kind: "tagged",
      requests: 4,
      throws: false,
    });
    expect(tagsOf(id)).toEqual(wanted(type));
  });

  test("asks for a pause by Retry-After, it gets that pause", async () => {
    fault({ times: 1, fault: { kind: "throttle", retryAfterSeconds: 7 } });
    const before = stage.clock.now();
    await stage.run(type, event);
    expect(stage.clock.now() - before).toBeGreaterThanOrEqual(7_000);
    expect(tagsOf(id)).toEqual(wanted(type));
  });

  test("fails always, five retries later it is failed, and nothing is written", async () => {
    fault({ times: Number.POSITIVE_INFINITY, fault: INTERNAL });
    const ending = await stage.run(type, event);
    expect(told(ending)).toEqual({ kind: "failed", requests: 6, throws: true });
    expect(ending.outcomes[0]?.reason).toContain("status 500");
    untouched();
  });

  test("fails on every write, one read tells that nothing arrived", async () => {
    fault({ operation: "BatchTags", times: Number.POSITIVE_INFINITY, fault: INTERNAL });
    const ending = await stage.run(type, event);
    expect(told(ending)).toEqual({ kind: "failed", requests: 8, throws: true });
    untouched();
  });

  test("names the request in its answer, the reason does, too", async () => {
    const headers = { "X-Request-Id": "req-4711" };
    const body = '{"error":{"error_code":"KMS.0306","error_msg":"m"}}';
    fault({ times: 1, fault: { ...answer(403, body), headers } });
    const ending = await stage.run(type, event);
    expect(ending.outcomes[0]?.reason).toMatch(/denied, status 403, KMS\.0306, request req-4711$/);
  });

  test.each([
    ["a flat body with a null beside the code", { error_code: "CSMS.0005", request_id: null }],
    ["a flat body with a number beside it", { error_code: "KMS.0207", code: 400 }],
    ["a nested body with a number beside it", { error: { error_code: "CSMS.0005", code: 400 } }],
  ])("tells by %s that nothing is there, it is gone when the event is old", async (_name, body) => {
    stage.clock.advance(11 * MINUTE_MS);
    const text = JSON.stringify(body).replace(/CSMS.0005|KMS.0207/, ABSENT[type]);
    fault({ times: 1, fault: answer(400, text) });
    expect(told(await stage.run(type, event)).kind).toBe("gone");
  });

  test("sends a header that looks like no request id, it is not repeated", async () => {
    const headers = { "X-Request-Id": "secret value !! of somebody" };
    fault({ times: 1, fault: { ...answer(403, "{}"), headers } });
    expect((await stage.run(type, event)).thrown?.message).not.toContain("somebody");
  });

  test("answers with an error of a megabyte, no more than its beginning is kept", async () => {
    const body = `{"error":{"error_code":"KMS.0306","error_msg":"${"x".repeat(1_000_000)}"}}`;
    fault({ times: 1, fault: answer(403, body) });
    const ending = await stage.run(type, event);
    expect(ending.outcomes[0]?.reason).not.toContain("KMS.0306");
    expect(ending.outcomes[0]?.reason).toContain("status 403");
  });

  test.each([
    ["HTML from the gateway", answer(502, "<html><body>Bad Gateway</body></html>", "text/html")],
    ["an empty 504", answer(504, "")],
    ["a 503", answer(503, '{"error_code":"APIGW.0503","error_msg":"m","request_id":"r-1"}')],
    ["a reset connection", { kind: "reset", when: "before" }],
  ] as const)("answers once with %s, the next try tags it", async (_name, oneFault) => {
    fault({ times: 1, fault: oneFault });
    expect(told(await stage.run(type, event))).toEqual({
      kind: "tagged",
      requests: 3,
      throws: false,
    });
    expect(tagsOf(id)).toEqual(wanted(type));
  });

  test.each([
    ["a permission is missing", answer(403, '{"error":{"error_code":"KMS.0306","error_msg":"m"}}')],
    ["the answer is not JSON", answer(200, "<html></html>")],
    ["the answer has no list of tags", answer(200, '{"existTagsNum":0}')],
    [
      "the path is unknown to the gateway",
      answer(404, '{"error_code":"APIGW.0101","error_msg":"m"}'),
    ],
    ["a 404 says nothing of a resource", answer(404, "")],
  ])("cannot show its tags (%s), nothing is written and it is failed", async (_name, oneFault) => {
    fault({ operation: "ListTags", times: Number.POSITIVE_INFINITY, fault: oneFault });
    expect(told(await stage.run(type, event))).toEqual({
      kind: "failed",
      requests: 1,
      throws: true,
    });
    untouched();
  });

  test("refuses every write, reading and planning once more ends it: failed, with the code", async () => {
    const refused = answer(400, '{"error":{"error_code":"KMS.5022","error_msg":"tag policy"}}');
    fault({ operation: "BatchTags", times: Number.POSITIVE_INFINITY, fault: refused });
    const ending = await stage.run(type, event);
    expect(told(ending)).toEqual({ kind: "failed", requests: 3, throws: true });
    expect(ending.outcomes[0]?.reason).toContain("KMS.5022");
    expect(Object.values(reasonsOf(ending.outcomes[0]))).toEqual(Array(4).fill("not-written"));
    untouched();
  });

  test("does not know it and the event is old, it is gone after one request", async () => {
    stage.clock.advance(11 * MINUTE_MS);
    const missing = id.replace(/^..../, "ffff");
    const old = JSON.parse(JSON.stringify(event).replaceAll(id, missing));
    const ending = await stage.run(type, old);
    expect(told(ending)).toEqual({ kind: "gone", requests: 1, throws: false });
    expect(ending.outcomes[0]?.resource?.id).toBe(missing);
  });

  test("does not show it yet, it is looked for until it is there", async () => {
    stage.cloud.makeVisibleAfter(3_000);
    const late = await create(type, "prod-late");
    const ending = await stage.run(type, stage.eventFor(late));
    expect(ending.outcomes[0]?.kind).toBe("tagged");
    expect(tagsOf(late).Environment).toBe("prod");
    // Looks at 0, 0.5, 1.5 and 3.5 seconds, then the write.
    expect(ending.requests).toBe(5);
  });

  test("does not show it within the deadline, the platform is asked to try later", async () => {
    stage.cloud.makeVisibleAfter(5 * MINUTE_MS);
    const late = await create(type, "prod-late");
    const ending = await stage.run(type, stage.eventFor(late));
    expect(ending.outcomes[0]?.kind).toBe("deferred");
    expect(ending.outcomes[0]?.reason).toContain("not-visible");
    expect(ending.thrown?.message).toContain(late);
    expect(tagsOf(late)).toEqual({});
  });

  test("is not asked at all when the time is already over", async () => {
    const ending = await stage.run(type, event, { remainingMs: 400 });
    expect(told(ending)).toEqual({ kind: "deferred", requests: 0, throws: true });
    untouched();
  });

  test("is slow to recover, the deadline ends the retries", async () => {
    fault({ times: Number.POSITIVE_INFINITY, fault: INTERNAL });
    const before = stage.clock.now();
    const ending = await stage.run(type, event, { remainingMs: 1_500 });
    expect(stage.clock.now() - before).toBeLessThan(1_000);
    expect(ending.outcomes[0]?.kind).toBe("deferred");
    expect(ending.requests).toBe(3);
  });

  test("gets a wrong secret key, it is refused once and told", async () => {
    const credentials = { ...stage.cloud.agency("tagger"), sk: "wrong" };
    const ending = await stage.run(type, event, { credentials });
    expect(told(ending)).toEqual({ kind: "failed", requests: 1, throws: true });
    expect(ending.outcomes[0]?.reason).toMatch(/denied, status 401, APIGW\.0301/);
    untouched();
  });

  test.each([
    ["a signature", "Authorization", /.$/],
    ["a token", "X-Security-Token", /^./],
    ["a date", "X-Sdk-Date", /^\d{4}/],
  ])("gets %s that was tampered with, it refuses once", async (_name, header, part) => {
    const ending = await stage.run(type, event, {
      tamper: (headers) => ({
        ...headers,
        [header]: String(headers[header]).replace(part, (old) =>
          old === "0" ? "1" : "0000".slice(0, old.length),
        ),
      }),
    });
    expect(told(ending)).toEqual({ kind: "failed", requests: 1, throws: true });
    untouched();
  });
});

describe("an event that is no creation of ours", () => {
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(close);

  test.each([
    ["another service's trace", "cts-other-service.json", "other-service"],
    ["a trace that creates nothing", "cts-other-trace.json", "other-trace"],
    ["a failed call", "cts-failed-warning.json", "failed-trace"],
    ["a failed call, told by its code", "cts-failed-service-code.json", "failed-trace"],
    ["a tag call, perhaps our own", "cts-tag-trace.json", "tag-trace"],
    ["a default key", "cts-default-key.json", "default-key"],
    ["a replica", "cts-replicate-key.json", "replica"],
    ["a batch import", "cts-batch-import.json", "batch-import"],
  ])("%s is ignored without a request", async (_name, file, reason) => {
    const endings = await Promise.all(TYPES.map((type) => stage.run(type, loadEvent(file))));
    for (const ending of endings) {
      expect(told(ending)).toEqual({ kind: "ignored", requests: 0, throws: false });
      expect([reason, "other-type", "other-trace"]).toContain(ending.outcomes[0]?.reason);
    }
    expect(endings.map(({ outcomes }) => outcomes[0]?.reason)).toContain(reason);
  });

  test.each([
    ["no trace at all", "no-trace.json"],
    ["a trace without a name", "cts-no-name.json"],
  ])("%s is malformed without a request, and the platform keeps it", async (_name, file) => {
    const ending = await stage.run("secret", loadEvent(file));
    expect(told(ending)).toEqual({ kind: "malformed", requests: 0, throws: true });
    expect(ending.outcomes[0]?.reason).not.toBe("");
  });

  test("a creation that tells neither an id nor a name is malformed", async () => {
    const ending = await stage.run("secret", loadEvent("cts-no-id.json"));
    const ofKey = await stage.run("key", loadEvent("cts-no-id.json"));
    expect([ending, ofKey].map((one) => one.outcomes[0]?.reason)).toContain("no-id");
    expect(ending.requests + ofKey.requests).toBe(0);
  });

  test("a key's creation is left to the other function", async () => {
    const id = await create("key");
    const ending = await stage.run("secret", stage.eventFor(id));
    expect(ending.outcomes[0]).toMatchObject({ kind: "ignored", reason: "other-type" });
    expect(ending.requests).toBe(0);
  });

  test("a default key that only the service can tell is ignored when the service says so", async () => {
    const key = stage.cloud.createDefaultKey("evs/default");
    const plain = await create("key");
    const text = JSON.stringify(stage.eventFor(plain)).replaceAll(plain, key.id);
    const ending = await stage.run("key", JSON.parse(text));
    expect(ending.outcomes[0]).toMatchObject({ kind: "ignored", reason: "default-key" });
    expect(resource(key.id)?.tags.size).toBe(0);
  });

  test("a resource that is pending deletion is skipped", async () => {
    for (const type of TYPES) {
      const id = await create(type);
      const event = stage.eventFor(id);
      const path = {
        secret: `/v1/${stage.cloud.project}/secrets/prod-db/scheduled-deleted-tasks/create`,
        key: `/v1.0/${stage.cloud.project}/kms/schedule-key-deletion`,
      };
      const body = {
        secret: { recovery_window_in_days: 7 },
        key: { key_id: id, pending_days: "7" },
      };
      const { status } = await stage.alice.call("POST", path[type], body[type]);
      expect(status).toBe(200);
      const ending = await stage.run(type, event);
      expect(ending.outcomes[0]).toMatchObject({ kind: "skipped", reason: "pending-deletion" });
      expect(ending.thrown).toBeNull();
    }
  });
});

test("a defect with one trace lets the others end first", async () => {
  stage = await openStage({ trace: { envelope: "smn" } });
  const ids = [await create("secret", "prod-a"), await create("secret", "prod-b")];
  const [one, other]: { record: unknown[] }[] = ids.map((id) =>
    JSON.parse(JSON.stringify(stage.eventFor(id))),
  );
  const event = { ...one, record: [...(one?.record ?? []), ...(other?.record ?? [])] };
  let reads = 0;
  const ending = await stage.run("secret", event, {
    wrap: (tags) => ({
      ...tags,
      readTags(...asked) {
        reads += 1;
        if (reads === 1) return Promise.reject(new TypeError("a defect"));
        return tags.readTags(...asked);
      },
    }),
  });
  expect(ending.thrown?.message).toContain("defect");
  const requests = stage.cloud.seen.length;
  expect(tagsOf(ids[1] ?? "")).toMatchObject({ Environment: "prod" });
  await new Promise((resolve) => setImmediate(resolve));
  expect(stage.cloud.seen).toHaveLength(requests);
  await close();
});

test("a remaining time in fractions is a time like any other", async () => {
  stage = await openStage();
  const id = await create("secret");
  const ending = await stage.run("secret", stage.eventFor(id), { remainingMs: 29_999.25 });
  expect(ending.outcomes[0]?.kind).toBe("tagged");
  await close();
});

test("an event of hundreds of traces is worked through a few at a time, and its error stays short", async () => {
  stage = await openStage({ trace: { envelope: "smn" } });
  const id = await create("secret");
  const { record }: { record: unknown[] } = JSON.parse(JSON.stringify(stage.eventFor(id)));
  const event = { record: Array.from({ length: 300 }, () => record[0]) };
  fault({ times: Number.POSITIVE_INFINITY, fault: answer(403, "{}") });
  let running = 0;
  let most = 0;
  const ending = await stage.run("secret", event, {
    wrap: (tags) => ({
      ...tags,
      async readTags(...asked) {
        running += 1;
        most = Math.max(most, running);
        return tags.readTags(...asked).finally(() => {
          running -= 1;
        });
      },
    }),
  });
  expect(ending.outcomes).toHaveLength(300);
  expect(most).toBe(4);
  expect(ending.thrown?.message).toMatch(/and 290 more$/);
  expect(ending.lines).toHaveLength(1);
  expect(JSON.parse(ending.lines[0] ?? "").summary.failed).toBe(300);
  await close();
});

test("an id of an event that looks like none is not repeated", async () => {
  stage = await openStage();
  const id = await create("secret");
  const text = JSON.stringify(stage.eventFor(id)).replace(
    /"trace_id":"[^"]*"/,
    '"trace_id":"x=hunter2 y"',
  );
  const ending = await stage.run("secret", JSON.parse(text), { remainingMs: 400 });
  expect(ending.thrown?.message).not.toContain("hunter2");
  expect(ending.lines.join()).not.toContain("hunter2");
  await close();
});

test("the log names the keys that were written, and no others", async () => {
  stage = await openStage();
  const id = await create("secret");
  stage.cloud.tagDirectly(id, { CreatedBy: "bob", Note: "n" });
  const { lines } = await stage.run("secret", stage.eventFor(id));
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ keys: ["Owner", "Environment"], calls: 2 });
  await close();
});

test("a key that carries more than its profile allows is treated by the wider one, and it is said", async () => {
  stage = await openStage({ keyLimits: "extended" });
  const id = await create("key");
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, "v"]));
  stage.cloud.tagDirectly(id, many);
  const ending = await stage.run("key", stage.eventFor(id));
  expect(ending.outcomes[0]).toMatchObject({ kind: "tagged", reason: "extended-profile" });
  expect(tagsOf(id)).toEqual({ ...many, ...wanted("secret") });
  await close();
});

test("a defect of ours is told by its class and place, without its message", async () => {
  stage = await openStage();
  const id = await create("secret");
  const ending = await stage.run("secret", stage.eventFor(id), {
    wrap: (tags) => ({ ...tags, readTags: () => Promise.reject(new TypeError("hunter2")) }),
  });
  expect(ending.thrown?.message).toContain("defect: TypeError at ");
  expect(String(ending.thrown?.stack)).not.toContain("hunter2");
  expect(ending.lines).toHaveLength(1);
  expect(ending.lines[0]).toContain("defect: TypeError at ");
  expect(ending.lines[0]).not.toContain("hunter2");
  await close();
});

describe("what a trace tells of its secret", () => {
  afterEach(close);

  test.each([
    ["an id only in its answer", { id: "response" as const }, 2],
    ["a name only", { id: "none" as const, bodies: "empty" as const }, 3],
    ["bodies as JSON text", { bodies: "string" as const }, 2],
    ["times as text", { times: "text" as const }, 2],
    ["times in seconds", { times: "seconds" as const }, 2],
    ["an EventGrid envelope", { envelope: "eventgrid" as const }, 2],
    ["an SMN envelope", { envelope: "smn" as const }, 2],
  ])("may be %s", async (_name, trace, requests) => {
    stage = await openStage({ trace });
    const id = await create("secret");
    const event = stage.eventFor(id);
    expect(told(await stage.run("secret", event))).toEqual({
      kind: "tagged",
      requests,
      throws: false,
    });
    expect(tagsOf(id)).toEqual(wanted("secret"));
    const repeat = { kind: "unchanged", requests: requests - 1, throws: false };
    expect(told(await stage.run("secret", event))).toEqual(repeat);
  });

  test("one bad record of an SMN event does not take the others with it", async () => {
    stage = await openStage({ trace: { envelope: "smn" } });
    const id = await create("secret");
    const text = JSON.stringify(stage.eventFor(id));
    const event: { record: unknown[] } = JSON.parse(text);
    event.record.unshift({ smn: { message: "not a trace" } });
    const ending = await stage.run("secret", event);
    expect(ending.outcomes.map(({ kind }) => kind)).toEqual(["malformed", "tagged"]);
    expect(tagsOf(id)).toEqual(wanted("secret"));
    expect(ending.thrown).not.toBeNull();
  });
});

describe("the grace", () => {
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(close);

  test("is waited out from the time of the trace, before the first request", async () => {
    const id = await create("secret");
    const event = stage.eventFor(id);
    const created = stage.clock.now();
    stage.clock.advance(2_000);
    const ending = await stage.run("secret", event, { graceMs: 5_000 });
    expect(ending.outcomes[0]?.kind).toBe("tagged");
    expect(stage.clock.now() - created).toBe(5_000);
  });

  test("has usually passed when the trace comes", async () => {
    const id = await create("secret");
    stage.clock.advance(6_000);
    const before = stage.clock.now();
    await stage.run("secret", stage.eventFor(id), { graceMs: 5_000 });
    expect(stage.clock.now()).toBe(before);
  });

  test("is by the user agent that created, where the policy has a table of them", async () => {
    const id = await create("secret");
    const event = stage.eventFor(id);
    const created = stage.clock.now();
    const grace = { byAgent: [{ agent: "CURL", ms: 7_000 }], defaultMs: 1_000 };
    const policy = { ...stage.policy, guards: { ...stage.policy.guards, grace } };
    await stage.run("secret", event, { policy });
    expect(stage.clock.now() - created).toBe(7_000);
  });

  test("that does not fit before the deadline is the platform's to wait: no request, and it throws", async () => {
    const id = await create("secret");
    const ending = await stage.run("secret", stage.eventFor(id), { graceMs: 60_000 });
    expect(told(ending)).toEqual({ kind: "deferred", requests: 0, throws: true });
    expect(ending.outcomes[0]?.reason).toContain("grace");
  });
});
