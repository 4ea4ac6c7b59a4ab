import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FORMAT_NAMES, FORMATS } from "../../shared/core/report/formats.ts";
import { takeFolder } from "../../shared/io/audit/audit-folder.ts";
import { newError } from "../../shared/io/failure.ts";
import { StoreError } from "../../shared/io/store/store.ts";
import { type AuditStage, openAuditStage } from "./audit-stage.ts";

let stage: AuditStage;
beforeEach(async () => {
  stage = await openAuditStage();
});
afterEach(() => stage.close());

const FOLDER = "audits/20261121T120000Z";
const FILES = FORMAT_NAMES.map((name) => `${FOLDER}/${FORMATS[name].file}`);
const LISTED = ["audits/first-seen.json", "audits/history.jsonl", "audits/latest.json"];

function addSecrets(): void {
  stage.cloud.addSecret({ name: "untagged" });
  stage.cloud.addSecret({ name: "alias", tags: { owner: "anna-value", Environment: "dev" } });
  stage.cloud.addSecret({ name: "fine", tags: { Owner: "zoe-value", Environment: "prod" } });
  stage.cloud.addKey({ name: "key-untagged" });
}

async function history(): Promise<readonly { readonly at: string; readonly complete: boolean }[]> {
  const text = (await stage.store.read("audits/history.jsonl")) ?? "";
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("a complete audit", () => {
  test("stores every output, what is latest, and one line of history, and nothing else", async () => {
    addSecrets();
    const { report, thrown } = await stage.audit();
    expect(thrown).toBeNull();

    expect(await stage.stored()).toEqual([...FILES, ...LISTED].sort());
    const latest = JSON.parse((await stage.store.read("audits/latest.json")) ?? "");
    const { complete, summary, scopes } = await stage.latest();
    expect(latest).toEqual({ path: FOLDER, complete: true, summary });
    expect(report?.audit).toMatchObject(latest);
    expect(summary).toMatchObject({ pass: 1, fail: 3, error: 0, skipped: 1 });
    expect({ complete, scopes: scopes.length }).toEqual({ complete: true, scopes: 1 });
    expect(await history()).toHaveLength(1);
  });

  test("of the same second as another one, or of the same moment, has a folder of its own", async () => {
    addSecrets();
    const { store } = stage;
    const one = await stage.audit();
    const other = await stage.audit();
    expect(one.report?.audit?.path).toBe(FOLDER);
    expect(other.report?.audit?.path).toMatch(/^audits\/20261121T120000Z-[0-9a-f]{6}$/);
    expect(await stage.stored(`${other.report?.audit?.path}/`)).toHaveLength(FILES.length);
    const chances = [0.1, 0.2, 0.3];
    const taken = await Promise.all(
      chances.map((chance) => takeFolder(store, "2026-11-21T13:00:00.000Z", () => chance)),
    );
    expect(new Set(taken.map(({ path }) => path)).size).toBe(chances.length);
  });

  test("tells what it asked for, each kind by itself, and what was sent again", async () => {
    addSecrets();
    stage.cloud.addFault({
      operation: "ListSecrets",
      times: 1,
      fault: { kind: "answer", status: 503, body: "{}" },
    });
    const { asked } = await stage.audit();
    const { log } = await stage.latest();
    const sent = log.reduce((sum, { requests, retries }) => sum + requests + retries, 0);
    expect(sent).toBe(asked.length);
    expect(log.map(({ type, pages }) => [type, pages])).toEqual([
      ["secret", 1],
      ["key", 2],
    ]);
  });

  test.each([
    { secrets: 0, keys: 0 },
    { secrets: 1_000, keys: 999 },
    { secrets: 2_001, keys: 1_002 },
  ])(
    "of $secrets secrets and $keys keys asks page by page, never for one resource",
    async ({ secrets, keys }) => {
      const { cloud } = stage;
      // The default key of the secrets is one of the keys.
      for (let index = 0; index < secrets; index++) cloud.addSecret({ name: `s${index}` });
      for (let index = 0; index < keys; index++) cloud.addKey({ name: `k${index}` });
      const known = cloud.resources().filter(({ type }) => type === "key").length;
      const { asked, report } = await stage.audit('{"formats":[]}');

      const pagesOf = (count: number) => Math.max(1, Math.ceil(count / 1_000));
      const seen = (name: string) => asked.filter((one) => one === name).length;
      expect(seen("csms resource_instances/action")).toBe(pagesOf(secrets) + 1);
      expect(seen("kms resource_instances/action")).toBe(pagesOf(known) + 1);
      expect(asked).toHaveLength(pagesOf(secrets) + 2 * pagesOf(known) + 4);
      expect(report?.calls).toBe(asked.length);
    },
  );

  test("stores the outputs that the timer names, and always the JSON", async () => {
    await stage.audit('{"formats":["sarif"]}');
    expect(await stage.stored()).toEqual(
      [`${FOLDER}/report.json`, `${FOLDER}/report.sarif`, ...LISTED].sort(),
    );
  });

  test.each(["{", '{"formats":["pdf"]}', '{"formats":"csv"}', '{"format":["csv"]}', "[]", "7"])(
    "does not begin with the options %s, and says what is expected",
    async (userEvent) => {
      const { thrown, asked, lines } = await stage.audit(userEvent);
      expect(thrown?.message).toMatch(/^settings: the timer's user_event: .*"formats"/);
      expect(lines).toHaveLength(1);
      expect(asked).toEqual([]);
      expect(await stage.stored()).toEqual([]);
    },
  );
});

describe("the log line", () => {
  const audited = (lines: readonly string[]) => JSON.parse(lines[0] ?? "").audit;

  test("tells what the audit came to, in numbers", async () => {
    addSecrets();
    const { lines } = await stage.audit();
    expect(lines).toHaveLength(1);
    expect(audited(lines)).toEqual({
      complete: true,
      ...(await stage.latest()).summary,
      findings: { critical: 0, high: 0, medium: 3, low: 3 },
    });
  });

  test("names what nobody tagged since the last audit, once, and only where there is some", async () => {
    await stage.audit();
    addSecrets();
    stage.clock.advance(86_400_000);
    const topic = stage.cloud.topics.create("audits");
    const second = await stage.audit("", { topic });
    expect(audited(second.lines)).toMatchObject({ created: 4, missed: 2 });
    expect(stage.cloud.topics.messages(topic)[0]?.message).toContain(
      "\ncreated since the last audit 4, missed 2\n",
    );
    stage.clock.advance(86_400_000);
    const third = await stage.audit();
    expect(audited(third.lines)).toMatchObject({ created: 0 });
    expect(third.lines[0]).not.toContain("missed");
    expect(third.report?.audit).toMatchObject({ created: 0, missed: 0 });
  });
});

describe("a second audit of the same state", () => {
  test("has the same findings in the same order, since when they are known, and the trend", async () => {
    addSecrets();
    await stage.audit();
    const first = await stage.latest();
    stage.clock.advance(86_400_000);
    await stage.audit();
    const second = await stage.latest();

    expect(first.findings.length).toBeGreaterThan(3);
    const bare = (report: typeof first) =>
      report.findings.map(({ first_seen, last_seen, ...finding }) => finding);
    expect(bare(second)).toEqual(bare(first));
    expect(new Set(second.findings.map(({ first_seen }) => first_seen))).toEqual(
      new Set([first.startedAt]),
    );
    expect(new Set(second.findings.map(({ last_seen }) => last_seen))).toEqual(
      new Set([second.startedAt]),
    );
    expect(second.trend.map(({ at }) => at)).toEqual([first.startedAt, second.startedAt]);
    expect(await history()).toHaveLength(2);
  });

  test("remembers across one that failed what it could not see, and forgets what is gone", async () => {
    addSecrets();
    await stage.audit();
    const first = await stage.latest();
    stage.clock.advance(60_000);
    stage.cloud.addFault({ times: Number.POSITIVE_INFINITY, fault: forbidden });
    await stage.audit();
    stage.cloud.clearFaults();
    stage.clock.advance(60_000);
    stage.cloud.tagDirectly(stage.cloud.secret("untagged")?.id ?? "", {
      Owner: "kim-value",
      Environment: "dev",
    });
    await stage.audit();
    const third = await stage.latest();
    expect(new Set(third.findings.map(({ first_seen }) => first_seen))).toEqual(
      new Set([first.startedAt]),
    );
    const seen = (await stage.store.read("audits/first-seen.json")) ?? "";
    for (const { fingerprint } of third.findings) expect(seen).toContain(fingerprint);
    const gone = first.findings.filter(({ resource_name }) => resource_name === "untagged");
    for (const { fingerprint } of gone) expect(seen).not.toContain(fingerprint);
  });

  test("goes on where its past is damaged", async () => {
    await stage.store.write("audits/latest.json", "{");
    await stage.store.write("audits/history.jsonl", "nonsense\n{}\n");
    await stage.store.write("audits/first-seen.json", "[1]");
    expect((await stage.audit()).thrown).toBeNull();
    expect(await history()).toHaveLength(1);
  });
});

const forbidden = {
  kind: "answer",
  status: 403,
  body: '{"error_code":"KMS.0303","error_msg":"no"}',
} as const;

describe("an audit that is not complete", () => {
  test.each([
    ["a page fails", "ListResourceInstances", forbidden],
    ["the list of keys fails", "ListKeys", forbidden],
    ["the vocabulary fails", "ListKmsTags", forbidden],
    ["pages come short", "ListResourceInstances", { kind: "short-page", rows: 1 }],
    ["tags are missing", "ListResourceInstances", { kind: "blank-row", field: "tags" }],
  ] as const)("because %s is stored, says so first, and throws", async (_, operation, fault) => {
    addSecrets();
    stage.cloud.addFault({ operation, times: Number.POSITIVE_INFINITY, fault });
    const { thrown, lines, outcomes } = await stage.audit();

    expect(thrown?.message).toMatch(/^failed: audit incomplete: /);
    expect(outcomes).toHaveLength(1);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "error", outcome: "failed" });
    const { complete, summary } = await stage.latest();
    expect(complete).toBe(false);
    expect(summary.score ?? 0).toBeLessThan(100);
    expect(JSON.parse((await stage.store.read("audits/latest.json")) ?? "").complete).toBe(false);
    const markdown = (await stage.store.read(`${FOLDER}/report.md`)) ?? "";
    expect(markdown.slice(0, 400)).toMatch(/incomplete/i);
    expect((await history()).map((point) => point.complete)).toEqual([false]);
  });

  test("because one place fails still judges the other, wherever it stands", async () => {
    addSecrets();
    const failing = {
      ...stage.tags(),
      query: () =>
        Promise.reject(
          newError({ operation: "ListKeys" }, { code: "unreachable", detail: "ECONNREFUSED" }),
        ),
    };
    const others = [{ region: "eu-west-101", project: "b".repeat(32), tags: failing }];
    const { thrown } = await stage.audit("", { others });
    expect(thrown?.message).toContain("ECONNREFUSED");
    const { scopes, summary, types } = await stage.latest();
    expect(scopes.map(({ complete, problem }) => [complete, problem === null])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(summary).toMatchObject({ pass: 1, fail: 3 });
    expect(types.secret).toMatchObject({ counted: null, examined: 3 });
  });

  test("because the time is over is stored with what was read", async () => {
    addSecrets();
    const { thrown, lines } = await stage.audit("", { remainingMs: 10_000, queryMs: 2_500 });
    expect(thrown?.message).toContain("deadline");
    expect(lines).toHaveLength(1);
    const { complete, types } = await stage.latest();
    expect(complete).toBe(false);
    expect(types.key.examined).toBeGreaterThan(0);
    expect(types.secret.examined).toBe(0);
  });

  test("because the store takes nothing says which store and why", async () => {
    const wrapStore = (store: AuditStage["store"]) => ({
      ...store,
      write: () =>
        Promise.reject(
          new StoreError({ code: "denied", operation: "write", place: "obs://b", detail: "403" }),
        ),
    });
    const { thrown } = await stage.audit("", { wrapStore });
    expect(thrown?.message).toMatch(/^failed: the run store: .*obs:\/\/b/);
  });

  test.each<[string, keyof AuditStage["store"], string]>([
    ["of an output", "write", FOLDER],
    ["that follows its claim", "list", "claims/"],
  ])("leaves no claim behind where a call fails %s", async (_which, call, prefix) => {
    const error = new StoreError({
      code: "denied",
      operation: call,
      place: "obs://b",
      detail: "403",
    });
    const wrapStore = (store: AuditStage["store"]) => ({
      ...store,
      write: (name: string, text: Parameters<typeof store.write>[1]) =>
        call === "write" && name.startsWith(prefix)
          ? Promise.reject(error)
          : store.write(name, text),
      async *list(name: string) {
        if (call === "list" && name.startsWith(prefix)) throw error;
        yield* store.list(name);
      },
    });
    const { thrown } = await stage.audit("", { wrapStore });
    expect(thrown?.message).toMatch(/^failed: the run store: /);
    expect(await stage.stored("claims/")).toEqual([]);
  });
});

describe("a summary", () => {
  test("goes to the topic, with counts and rules and no value of a tag", async () => {
    addSecrets();
    const topic = stage.cloud.topics.create("audits");
    expect((await stage.audit("", { topic })).thrown).toBeNull();
    const [sent, ...more] = stage.cloud.topics.messages(topic);
    expect(more).toEqual([]);
    expect(sent?.message).toContain("pass 1, fail 3");
    expect(sent?.message).toContain("Owner.required: 2");
    expect(sent?.message).toContain(FOLDER);
    expect(sent?.message).not.toMatch(/anna-value|zoe-value/);
  });

  test("of an incomplete audit says so first", async () => {
    const topic = stage.cloud.topics.create("audits");
    stage.cloud.addFault({ operation: "ListKeys", times: 9, fault: forbidden });
    await stage.audit("", { topic });
    expect(stage.cloud.topics.messages(topic)[0]?.message).toMatch(/^Tag audit, INCOMPLETE\n/);
  });

  test("that cannot be sent leaves the audit stored, and is told", async () => {
    const topic = `urn:smn:${stage.cloud.region}:${stage.cloud.project}:nowhere`;
    const { thrown, lines } = await stage.audit("", { topic });
    expect(thrown?.message).toMatch(/^failed: TAGWARDEN_TOPIC: /);
    expect(lines).toHaveLength(1);
    expect((await stage.latest()).complete).toBe(true);
  });
});
