/**
 * Goal: whatever OBS answers, a store tells "there", "not there" and "could not tell" apart, and says why.
 * Method: the local cloud's object store with scripted faults; requests are counted where they arrive.
 */
import { expect, test } from "vitest";
import { openStore } from "../../../shared/io/store/store.ts";
import { createQuickClock } from "../../functions/stage.ts";
import { all, type Bucket, failureOf, useStores } from "./fixture.ts";

const stores = useStores();
const HTML = { body: "<html><p>SECRET-BODY<br></html>", contentType: "text/html" };

const requests = ({ cloud }: Bucket) =>
  cloud.seen.map(({ operation, status }) => `${operation} ${status}`);

async function opened() {
  const bucket = await stores.bucket();
  return { ...bucket, bucket, store: stores.inBucket(bucket) };
}

test("an object lies under the store's prefix, and costs one request", async () => {
  const { bucket, store, cloud } = await opened();
  await store.write("runs/1/plan.json", "{}");
  expect(await store.read("runs/1/plan.json")).toBe("{}");
  await store.remove("runs/1/plan.json");
  expect(requests(bucket)).toEqual(["PutObject 200", "GetObject 200", "DeleteObject 204"]);
  expect(cloud.seen.map(({ service, path }) => `${service} ${path}`)).toEqual(
    Array(3).fill("obs /runs-bucket/a/b/runs/1/plan.json"),
  );
});

test("a bucket without a prefix is a store too, and prefixes do not see each other", async () => {
  const { access, cloud, store } = await opened();
  const whole = openStore("obs://runs-bucket", { allowFile: false, obs: access });
  await whole.write("a/bc", "1");
  await store.write("c", "2");
  expect(cloud.objects.keys("runs-bucket")).toEqual(["a/b/c", "a/bc"]);
  expect([await all(whole.list("")), await all(store.list(""))]).toEqual([
    ["a/b/c", "a/bc"],
    ["c"],
  ]);
});

test("2,500 objects are listed in three pages, and their folders in one", async () => {
  const { bucket, store, cloud } = await opened();
  const names = Array.from({ length: 2_500 }, (_, i) => `f${i % 7}/${String(i).padStart(5, "0")}`);
  for (const name of names) cloud.objects.put("runs-bucket", `a/b/${name}`, "");
  expect(await all(store.list(""))).toEqual([...names].sort());
  expect(requests(bucket)).toEqual(Array(3).fill("ListObjects 200"));
  cloud.clearSeen();
  expect(await all(store.folders(""))).toHaveLength(7);
  expect(await all(store.list("f6/", "f6/02400"))).toHaveLength(14);
  expect(requests(bucket)).toEqual(Array(2).fill("ListObjects 200"));
});

test("2,500 folders are listed in three pages, each once", async () => {
  const { bucket, store, cloud } = await opened();
  const names = Array.from({ length: 2_500 }, (_, i) => `runs/${String(i).padStart(5, "0")}/`);
  for (const name of names)
    for (const file of ["a", "b"]) cloud.objects.put("runs-bucket", `a/b/${name}${file}`, "");
  expect(await all(store.folders("runs/"))).toEqual(names);
  expect(requests(bucket)).toEqual(Array(3).fill("ListObjects 200"));
});

test("only as many pages are read as are looked at", async () => {
  const { bucket, store, cloud } = await opened();
  for (let i = 0; i < 1_100; i++) cloud.objects.put("runs-bucket", `a/b/${i}`, "");
  for await (const name of store.list("")) {
    expect(name).toBe("0");
    break;
  }
  expect(requests(bucket)).toEqual(["ListObjects 200"]);
});

test("others' objects are listed and read under any name that stays within the store", async () => {
  const { store, cloud } = await opened();
  const foreign = ["failures/2026-11-21T10:45:00.000Z_é &<\u0001+%41", "failures/x y"];
  const passedOver = ["failures/", "failures//x", "failures/../y", "failures/./z"];
  for (const name of [...foreign, ...passedOver])
    cloud.objects.put("runs-bucket", `a/b/${name}`, name);
  expect(await all(store.list("failures/"))).toEqual([...foreign].sort());
  for (const name of foreign) {
    expect(await store.read(name)).toBe(name);
    await store.remove(name);
  }
  expect(await all(store.list(""))).toEqual([]);
});

test.each([429, 500, 502, 503, 504])("%i passes: it is tried again", async (status) => {
  const { bucket, store, cloud } = await opened();
  cloud.addFault({ times: 2, fault: { kind: "answer", status, ...HTML } });
  await store.write("x", "text");
  expect(await store.read("x")).toBe("text");
  expect(requests(bucket)).toEqual([
    ...[`PutObject ${status}`, `PutObject ${status}`],
    ...["PutObject 200", "GetObject 200"],
  ]);
});

test("a text in pieces is told its length, and asked for again when a try fails", async () => {
  const { cloud, access } = await stores.bucket();
  const store = openStore("obs://runs-bucket/p", { allowFile: false, obs: access });
  cloud.addFault({ operation: "PutObject", times: 2, fault: { kind: "reset", when: "before" } });
  const pieces = ["ä".repeat(70_000), "🔑", "x".repeat(70_000)];
  await store.write("report.json", () => pieces);
  expect(cloud.objects.read("runs-bucket", "p/report.json")).toBe(pieces.join(""));
});

test("what does not pass after five retries is unavailable, and the old text is still there", async () => {
  const { bucket, store, cloud } = await opened();
  await store.write("x", "old");
  cloud.clearSeen();
  cloud.addFault({ operation: "PutObject", times: 99, fault: { kind: "throttle" } });
  const error = await failureOf(store.write("x", "new"));
  expect(error).toMatchObject({
    ...{ code: "unavailable", operation: "PutObject", place: "obs://runs-bucket/a/b/x" },
    ...{ status: 503, serviceCode: "SlowDown", requestId: expect.stringMatching(/^\w{32}$/) },
  });
  expect(requests(bucket)).toEqual(Array(6).fill("PutObject 503"));
  expect(await store.read("x")).toBe("old");
});

test("a longer wait that the service asks for is obeyed", async () => {
  const { store, cloud, clock } = await opened();
  cloud.addFault({ times: 1, fault: { kind: "throttle", retryAfterSeconds: 7 } });
  const before = clock.now();
  await store.write("x", "text");
  expect(clock.now() - before).toBe(7_000);
});

test.each(["before", "after"] as const)(
  "an answer that is lost %s the request took effect changes nothing for the caller",
  async (when) => {
    const { store, cloud } = await opened();
    await store.write("gone", "");
    cloud.clearSeen();
    for (const operation of ["PutObject", "GetObject", "DeleteObject", "ListObjects"])
      cloud.addFault({ operation, times: 1, fault: { kind: "reset", when } });
    await store.write("x", "text");
    expect(await store.read("x")).toBe("text");
    await store.remove("gone");
    expect(await all(store.list(""))).toEqual(["x"]);
    expect(cloud.seen).toHaveLength(8);
    expect(cloud.objects.read("runs-bucket", "a/b/x")).toBe("text");
  },
);

test("an answer that does not come is given up, and asked for again", async () => {
  const never = { ...createQuickClock(), sleep: () => new Promise<void>(() => {}) };
  const bucket = await stores.bucket(never);
  const store = stores.inBucket(bucket, { tryTimeoutMs: 30, clock: createQuickClock() });
  bucket.cloud.addFault({ times: 1, fault: { kind: "slow", ms: 1 } });
  await store.write("x", "text");
  expect(requests(bucket)).toEqual(["PutObject 0", "PutObject 200"]);
  bucket.cloud.addFault({ times: 6, fault: { kind: "slow", ms: 1 } });
  expect(await failureOf(store.read("x"))).toMatchObject({
    ...{ code: "unreachable", status: 0, detail: "ETIMEDOUT" },
  });
  expect(bucket.cloud.seen).toHaveLength(8);
});

test("nobody who listens is unreachable", async () => {
  const bucket = await stores.bucket();
  const { cloud, clock } = bucket;
  const access = stores.accessTo("http://127.0.0.1:1", cloud, clock);
  expect(await failureOf(stores.inBucket({ access }).read("x"))).toMatchObject({
    ...{ code: "unreachable", detail: "ECONNREFUSED", operation: "GetObject" },
  });
});

test("the deadline wins over the retries, and says what had failed", async () => {
  const { bucket, cloud, clock } = await opened();
  const store = stores.inBucket(bucket, { deadlineMs: clock.now() + 150 });
  cloud.addFault({ times: 99, fault: { kind: "throttle" } });
  const error = await failureOf(store.read("x"));
  expect(error).toMatchObject({ code: "deadline", detail: expect.stringContaining("SlowDown") });
  expect(requests(bucket)).toEqual(["GetObject 503", "GetObject 503"]);
  clock.advance(1_000);
  expect(await failureOf(store.write("x", ""))).toMatchObject({ code: "deadline", status: 0 });
  expect(cloud.seen).toHaveLength(2);
});

test("what is aborted ends as a deadline, without a request", async () => {
  const { bucket, cloud } = await opened();
  const store = stores.inBucket(bucket, { signal: AbortSignal.abort() });
  expect(await failureOf(store.read("x"))).toMatchObject({ code: "deadline" });
  expect(cloud.seen).toHaveLength(0);
});

test("a bucket that is not there is told from an object that is not there", async () => {
  const { access } = await stores.bucket();
  const store = openStore("obs://other-bucket", { allowFile: false, obs: access });
  const work = [store.read("x"), store.write("x", ""), store.remove("x"), all(store.list(""))];
  for (const error of await Promise.all(work.map(failureOf)))
    expect(error).toMatchObject({ code: "no-bucket", status: 404, serviceCode: "NoSuchBucket" });
});

test.each([404, 403, 400, 301, 200])(
  "status %i with a page of HTML is never a text, a list or nothing",
  async (status) => {
    const { store, cloud } = await opened();
    cloud.addFault({
      operation: "ListObjects",
      times: 1,
      fault: { kind: "answer", status, ...HTML },
    });
    const code = status === 403 ? "denied" : "unexpected";
    expect(await failureOf(all(store.list("")))).toMatchObject({ code });
    if (status === 200) return; // an object may be HTML
    cloud.addFault({ times: 1, fault: { kind: "answer", status, ...HTML } });
    const error = await failureOf(store.read("x"));
    expect(error).toMatchObject({ code, status });
    expect(error.message).not.toContain("SECRET-BODY");
  },
);

test("a list that claims to go on from where it was is not followed for ever", async () => {
  const { store, cloud } = await opened();
  const body = (marker: string) =>
    `<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>${marker}</NextMarker></ListBucketResult>`;
  cloud.addFault({ times: 1, fault: { kind: "answer", status: 200, body: body("b") } });
  cloud.addFault({ times: 9, fault: { kind: "answer", status: 200, body: body("a") } });
  expect(await failureOf(all(store.list("")))).toMatchObject({ code: "unexpected" });
  expect(cloud.seen).toHaveLength(2);
});

test("a service whose pages begin at their marker gives each name once", async () => {
  const { store, cloud } = await opened();
  const page = (keys: readonly string[], truncated: boolean) => ({
    times: 1,
    fault: {
      kind: "answer" as const,
      status: 200,
      body: `<ListBucketResult><IsTruncated>${truncated}</IsTruncated>${keys
        .map((key) => `<Contents><Key>a/b/${key}</Key></Contents>`)
        .join("")}</ListBucketResult>`,
    },
  });
  cloud.addFault(page(["1", "2"], true));
  cloud.addFault(page(["2", "3"], false));
  expect(await all(store.list("", "1"))).toEqual(["2", "3"]);
});

test.each([
  ["nothing may be done", [], ["PutObject", "GetObject", "DeleteObject", "ListObjects"]],
  [
    "all but listing",
    ["obs:object:PutObject", "obs:object:GetObject", "obs:object:DeleteObject"],
    ["ListObjects"],
  ],
  [
    "reading only",
    ["obs:object:GetObject", "obs:bucket:ListBucket"],
    ["PutObject", "DeleteObject"],
  ],
])("where an agency is allowed %s, the rest is denied at once", async (_name, actions, denied) => {
  const { bucket, store, cloud } = await opened();
  cloud.objects.put("runs-bucket", "a/b/x", "text");
  cloud.allowOnly("store", actions);
  const work: readonly (() => Promise<unknown>)[] = [
    () => store.read("x"),
    () => all(store.list("")),
    () => store.write("y", ""),
    () => store.remove("x"),
  ];
  for (const run of work) await run().catch(() => undefined);
  const refused = cloud.seen.filter(({ status }) => status === 403);
  expect(refused.map(({ operation }) => operation).sort()).toEqual([...denied].sort());
  expect(requests(bucket)).toHaveLength(4);
});

test.each([
  ["an unknown access key", { ak: "NOBODY" }, "InvalidAccessKeyId"],
  ["a wrong secret key", { sk: "WRONG" }, "SignatureDoesNotMatch"],
  ["another's token", { token: "OTHER" }, "AccessDenied"],
])("%s is denied, and no credential is in the message", async (_name, wrong, serviceCode) => {
  const { bucket, access, cloud } = await opened();
  const credentials = { ...access.credentials, ...wrong };
  const error = await failureOf(stores.inBucket(bucket, { credentials }).write("x", "SECRET-TEXT"));
  expect(error).toMatchObject({ code: "denied", status: 403, serviceCode });
  for (const secret of [...Object.values(credentials), "SECRET-TEXT"])
    expect(JSON.stringify([error.message, error])).not.toContain(secret);
  expect(cloud.seen).toHaveLength(1);
});

test("a clock that is wrong by more than a quarter of an hour is denied by its name", async () => {
  const { bucket, access, clock } = await opened();
  const ahead = { ...access.clock, now: () => clock.now() + 15 * 60_000 + 1_000 };
  const store = stores.inBucket(bucket, { clock: ahead, deadlineMs: Number.POSITIVE_INFINITY });
  expect(await failureOf(store.read("x"))).toMatchObject({
    ...{ code: "denied", serviceCode: "RequestTimeTooSkewed" },
  });
});

test("beside a real endpoint the bucket is a host of its own", async () => {
  const { access } = await stores.bucket();
  const origins: string[] = [];
  const obs = {
    ...access,
    endpoint: "https://obs.eu-west-101.myhuaweicloud.eu",
    poolFor(origin: string) {
      origins.push(origin);
      return access.poolFor(origin);
    },
  };
  const store = openStore("obs://runs-bucket/a", { allowFile: false, obs });
  await store.read("x").catch(() => undefined);
  expect(origins[0]).toBe("https://runs-bucket.obs.eu-west-101.myhuaweicloud.eu");
});
