/**
 * Goal: the page's server shows what is there, does what it is asked by its own page, and nothing for others.
 * Method: a local cloud with the built functions; requests as a browser sends them, and as it never would.
 */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  deployAuditFunction,
  deployCreationFunctions,
  deployRetagFunction,
} from "../deployment.ts";
import { type LocalCloud, startCloud } from "../index.ts";
import { openPage, send } from "./fixture.ts";
import { turnAway } from "./gate.ts";
import { type Console, startConsole } from "./index.ts";

const BUNDLES = new URL("../../../.local", import.meta.url).pathname;
const NO_ONE = { tags: [], person: "alice" };
const HOSTILE = `</script><img src=x onerror=alert(1)>"'\u202egnp.exe`;

let cloud: LocalCloud;
let served: Console;
let page: Awaited<ReturnType<typeof openPage>>;

beforeAll(async () => {
  cloud = await startCloud({ settings: { ratePerSecond: null } });
  deployCreationFunctions(cloud, { bundles: BUNDLES, grace: "0s" });
  const retag = deployRetagFunction(cloud, { bundles: BUNDLES, rps: "300" });
  const audit = deployAuditFunction(cloud, { bundles: BUNDLES, rps: "300" });
  served = await startConsole({ cloud, bundles: BUNDLES, retag, audit, grace: "0s" }, 0);
  page = await openPage(served.url);
});
afterAll(async () => {
  await served.stop();
  await cloud.stop();
});

const at = (path: string) => new URL(path, served.url).href;

describe("the page", () => {
  test("may run its own script and style and nothing else, and is not framed or kept", () => {
    const { text, headers } = page.page;
    const policy = String(headers["content-security-policy"]);
    for (const name of ["script", "style"]) {
      const [, body = ""] = new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(text) ?? [];
      expect(body.length).toBeGreaterThan(1_000);
      const hash = createHash("sha256").update(body).digest("base64");
      expect(policy).toContain(`${name}-src 'sha256-${hash}'`);
    }
    expect(policy).toMatch(/default-src 'none'.*frame-ancestors 'none'.*trusted-types 'none'/);
    expect(policy).not.toMatch(/unsafe|http/);
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(text).not.toMatch(/\{\{|\/\* s(cript|tyle) \*\//);
  });

  test("needs nothing from anywhere", () => {
    const urls = [...page.page.text.matchAll(/(?:src|href|action)="([^"]*)"/g)].map(
      ([, url]) => url,
    );
    expect(urls.every((url) => url === "data:," || url?.startsWith("#"))).toBe(true);
    expect(page.page.text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|\beval\(/);
  });
});

describe("whom it answers", () => {
  const gate = { port: 8080, token: "t0ken" };
  const own = {
    host: "127.0.0.1:8080",
    origin: "http://127.0.0.1:8080",
    "x-console-token": "t0ken",
  };

  test.each([
    ["its page's action", "POST", "/tag", own, true],
    [
      "its page under another name of loopback",
      "POST",
      "/tag",
      { ...own, host: "localhost:8080", origin: "http://localhost:8080" },
      true,
    ],
    [
      "a link to it from elsewhere",
      "GET",
      "/",
      { host: "127.0.0.1:8080", "sec-fetch-site": "cross-site" },
      true,
    ],
    ["data for a tool without a browser", "GET", "/state", { host: "127.0.0.1:8080" }, true],
    ["a name that was made to point here", "GET", "/", { host: "evil.example:8080" }, false],
    ["another port's Host", "GET", "/", { host: "127.0.0.1:80" }, false],
    ["no Host", "GET", "/", {}, false],
    ["another site's Origin", "POST", "/tag", { ...own, origin: "https://evil.example" }, false],
    ["another port's Origin", "POST", "/tag", { ...own, origin: "http://127.0.0.1:9090" }, false],
    ["an opaque Origin", "POST", "/tag", { ...own, origin: "null" }, false],
    ["no Origin", "POST", "/tag", { host: own.host, "x-console-token": "t0ken" }, false],
    ["no token", "POST", "/tag", { host: own.host, origin: own.origin }, false],
    ["a wrong token", "POST", "/tag", { ...own, "x-console-token": "t0keN" }, false],
    ["a longer token", "POST", "/tag", { ...own, "x-console-token": "t0ken1" }, false],
    [
      "data for another site's page",
      "GET",
      "/state",
      { host: own.host, "sec-fetch-site": "cross-site" },
      false,
    ],
    [
      "events for another port's page",
      "GET",
      "/events",
      { host: own.host, "sec-fetch-site": "same-site" },
      false,
    ],
  ] as const)("%s: %s %s", (_who, method, path, headers, passes) => {
    expect(turnAway(method, path, headers, gate) === null).toBe(passes);
  });

  test("nothing is done for a request that is turned away", async () => {
    const body = JSON.stringify({ ...NO_ONE, name: "stolen" });
    const origin = page.origin;
    const token = { "X-Console-Token": page.token };
    for (const headers of [
      { Origin: origin },
      { ...token, Origin: "https://evil.example" },
      { ...token, Origin: origin, Host: "evil.example" },
    ])
      expect((await send(at("/secrets"), "POST", headers, body)).status).toBe(403);
    expect(cloud.secret("stolen")).toBeUndefined();
    expect((await send(at("/"), "DELETE", {})).status).toBe(405);
    expect((await send(at("/nothing"), "GET", {})).status).toBe(404);
    expect((await page.ask("/constructor", {})).status).toBe(404);
    expect((await page.ask("/tag", { long: "x".repeat(70_000) })).status).toBe(413);
  });
});

test("a creation is shown with its trace, what the function made of it, and where each value is from", async () => {
  const key = await page.ask("/keys", {
    ...NO_ONE,
    name: "prod-mail",
    tags: [{ key: "CostCenter", value: "CC-4711" }],
  });
  const id = cloud.key("prod-mail")?.id;
  expect(key).toEqual({ status: 200, body: { id } });
  const made = await page.ask("/secrets", {
    name: "prod-mail-api",
    person: "dave",
    tags: [{ key: "Note", value: "by hand" }],
    key: id,
  });
  expect(made.status).toBe(200);

  const view = await page.until(
    ({ resources, activity }) =>
      resources.every(({ pending }) => pending.length === 0) &&
      activity.flatMap(({ handlings }) => handlings).filter(({ outcome }) => outcome === "tagged")
        .length === 2,
  );
  expect(view.problems).toEqual([]);
  expect(view.total).toBe(2);
  const secret = view.resources.find(({ type }) => type === "secret");
  expect(secret).toMatchObject({
    name: "prod-mail-api",
    state: "enabled",
    encryptedBy: "prod-mail",
    skipped: null,
  });
  expect(secret?.tags).toContainEqual({ key: "Note", value: "by hand" });
  expect(secret?.tags).toContainEqual({ key: "CostCenter", value: "CC-4711" });
  expect(secret?.problems).toMatchObject([
    { key: "Contact", why: [expect.stringContaining("no source")] },
  ]);
  const creation = view.activity.find(({ what }) => what === "createSecret");
  expect(creation).toMatchObject({ name: "prod-mail-api", by: "dave", refused: false });
  expect(creation?.handlings).toMatchObject([
    { function: "secret-created", state: "succeeded", outcome: "tagged", tries: 1 },
  ]);
  const changes = creation?.handlings[0]?.changes;
  expect(changes).toContainEqual({
    key: "CostCenter",
    op: "create",
    to: "CC-4711",
    why: ["from inherit kmsKey"],
  });
  expect(changes).toContainEqual({
    key: "CreatedBy",
    op: "create",
    to: "dave",
    why: ["from creator.name"],
  });
  expect(view.activity.map(({ what }) => what)).toContain("createResourceTag");
});

test.each([
  ["a bad name", "/secrets", { ...NO_ONE, name: "a b" }, "name", /letters, digits/],
  [
    "a name that is taken",
    "/secrets",
    { ...NO_ONE, name: "prod-mail-api" },
    "name",
    /this name already.*CSMS\.0101/,
  ],
  ["a bad alias", "/keys", { ...NO_ONE, name: "x/default" }, "name", /alias/],
  ["nobody", "/keys", { ...NO_ONE, name: "dev-x", person: " " }, "person", /who creates/],
  [
    "tags that KMS refuses",
    "/keys",
    { ...NO_ONE, name: "dev-full", tags: [{ key: "Note", value: "x".repeat(44) }] },
    "tags",
    /created, but not its tags.*43 characters/,
  ],
  [
    "no resource",
    "/tag",
    { type: "secret", id: "../x", person: "alice", key: "a", value: "" },
    undefined,
    /no such resource/,
  ],
  [
    "no key of a tag",
    "/tag",
    { type: "secret", id: "x", person: "alice", key: " ", value: "" },
    "key",
    /needs a key/,
  ],
  ["a plan that nobody made", "/apply", { plan: "x", raised: false }, undefined, /Plan again/],
  [
    "a run that nobody made",
    "/undo",
    { run: "20260101-000000-abcdef" },
    undefined,
    /no journal|nothing to undo/,
  ],
  ["a run that can have no name", "/undo", { run: "../x" }, undefined, /not a run's name/],
  ["something else", "/tag", { hello: 1 }, undefined, /not one of this page's/],
])("%s is refused in plain words, beside its field", async (_what, path, body, field, problem) => {
  const answer = await page.ask(path, body);
  expect(answer).toMatchObject({ status: 422, body: { problem: expect.stringMatching(problem) } });
  expect(answer.body).toMatchObject(field === undefined ? {} : { field });
});

test("what stands in a tag is data, whatever it says", async () => {
  const id = cloud.secret("prod-mail-api")?.id ?? "";
  cloud.tagDirectly(id, { Note: HOSTILE });
  await page.ask("/tag", { type: "secret", id, person: "<b>eve", key: "Seen", value: "yes" });
  const view = await page.until(({ activity }) => activity.some(({ by }) => by === "<b>eve"));
  expect(view.resources.find((one) => one.id === id)?.tags).toContainEqual({
    key: "Note",
    value: HOSTILE,
  });
  const { headers } = await send(at("/state"), "GET", {});
  expect(headers["content-type"]).toBe("application/json");
  cloud.untagDirectly(id, ["Note"]);
});

test("a retag is planned, applied through the queue, and taken back", async () => {
  const id = cloud.secret("prod-mail-api")?.id ?? "";
  const about = { type: "secret", id, person: "alice" };
  await page.ask("/untag", { ...about, key: "DataClass" });
  await page.ask("/tag", { ...about, key: "Password", value: "hunter2" });
  const before = await page.until(({ resources }) =>
    resources.some(({ pending }) => pending.length === 2),
  );
  expect(before.resources.find((one) => one.id === id)?.pending).toEqual([
    { key: "DataClass", op: "create", to: "internal", why: ["from const"] },
    {
      key: "Password",
      op: "delete",
      from: "hunter2",
      why: [expect.stringContaining("prohibited")],
    },
  ]);

  const planned = await page.ask("/plan", {});
  expect(planned.body).toMatchObject({
    undoes: null,
    total: 1,
    guards: [],
    gaps: [],
    rows: [{ name: "prod-mail-api", changes: [{ key: "DataClass" }, { key: "Password" }] }],
  });
  expect(cloud.secret(id)?.tags.get("Password")).toBe("hunter2");
  const plan = Reflect.get(Object(planned.body), "id");
  const applied = await page.ask("/apply", { plan, raised: false });
  const run = Reflect.get(Object(applied.body), "run");
  expect(await page.ask("/apply", { plan, raised: false })).toMatchObject({ status: 422 });
  const finished = await page.until(({ runs }) => runs[0]?.state === "finished");
  expect(finished.runs).toMatchObject([
    { run, undoes: null, done: 1, total: 1, outcomes: "1 tagged" },
  ]);
  expect(finished.activity).toContainEqual(
    expect.objectContaining({ what: "retag", by: "the queue" }),
  );
  expect(cloud.secret(id)?.tags.has("Password")).toBe(false);

  const back = await page.ask("/undo", { run });
  expect(back.body).toMatchObject({ undoes: run, total: 1 });
  await page.ask("/apply", { plan: Reflect.get(Object(back.body), "id"), raised: false });
  // Found by what it takes back: runs of one second have no order.
  await page.until(({ runs }) =>
    runs.some(({ undoes, state }) => undoes === run && state === "finished"),
  );
  expect(cloud.secret(id)?.tags.get("Password")).toBe("hunter2");
  expect(cloud.secret(id)?.tags.has("DataClass")).toBe(false);
});

test("an audit is run by its function, and its report comes out of the run store, in a sandbox", async () => {
  expect(await page.ask("/audit", {})).toMatchObject({ status: 200 });
  const { audit } = await page.until((view) => view.audit.latest !== null);
  expect(audit).toMatchObject({
    failed: null,
    nextMs: null,
    latest: {
      complete: true,
      completeness: ["secrets: the API counts 1, examined 1", "keys: the API counts 2, examined 2"],
    },
  });
  expect(audit.latest?.rules.map(({ id }) => id)).toContain("Password.prohibited");
  expect(audit.latest?.notice).toContain("Tag audit");
  const report = await send(at(`/reports/${audit.latest?.name}`), "GET", {});
  expect(report.text).toContain("Password.prohibited");
  expect(report.headers["content-security-policy"]).toMatch(
    /^sandbox allow-scripts(?!.*same-origin)/,
  );
  for (const name of ["20260101T000000Z", "..%2f..%2fruns", "a.b"])
    expect((await send(at(`/reports/${name}`), "GET", {})).status).toBe(404);
});

test("events tell each change, as it happens, until the page goes away", async () => {
  const response = await fetch(at("/events"));
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let told = "";
  const readUntil = async (text: string) => {
    while (!told.includes(text)) told += (await reader?.read())?.value ?? "";
  };
  await readUntil("\n\n");
  expect(told).toMatch(/^data: \{"resources":\[/);
  expect(told).not.toContain("dev-events");
  await page.ask("/secrets", { ...NO_ONE, name: "dev-events" });
  await readUntil("dev-events");
  await readUntil("from creator.name");
  await reader?.cancel();
});

test("a guard stops a plan until somebody says that it is meant", async () => {
  for (let index = 0; index < 30; index += 1) cloud.addSecret({ name: `dev-old-${index}` });
  const planned = await page.ask("/plan", {});
  expect(planned.body).toMatchObject({ guards: [expect.stringContaining("maxPercent")] });
  const plan = Reflect.get(Object(planned.body), "id");
  expect(await page.ask("/apply", { plan, raised: false })).toMatchObject({
    status: 422,
    body: { problem: expect.stringContaining("guard") },
  });
  const applied = await page.ask("/apply", { plan, raised: true });
  const run = Reflect.get(Object(applied.body), "run");
  const { runs } = await page.until(
    (view) => view.runs[0]?.run === run && view.runs[0]?.state === "finished",
  );
  expect(runs[0]?.done).toBe(runs[0]?.total);
});

test("what cannot be read is told, and nothing is taken for untagged", async () => {
  cloud.addFault({
    operation: "ListTraces",
    times: 1,
    fault: { kind: "answer", status: 500, body: "<html>" },
  });
  const view = await page.state();
  expect(view.problems).toEqual([expect.stringMatching(/^activity: /)]);
  expect(view.resources.length).toBeGreaterThan(30);
});
