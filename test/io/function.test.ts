import { afterEach, expect, test, vi } from "vitest";
import type { Outcome } from "../../shared/core/outcome.ts";
import { dependencies, disconnect } from "../../shared/io/connect.ts";
import { defineFunction, type FunctionContext } from "../../shared/io/function.ts";
import { startCloud } from "../cloud/index.ts";
import { readTestPolicy } from "../functions/stage.ts";

afterEach(disconnect);

const unused = () => {
  throw new Error("not used");
};
const context: FunctionContext = {
  getRequestID: () => "request-1",
  getRemainingTimeInMilliSeconds: () => 10_000,
  getUserData: unused,
  getProjectID: unused,
  getSecurityAccessKey: unused,
  getSecuritySecretKey: unused,
  getSecurityToken: unused,
};

const connectedTo = (endpoint: string, project = "p") =>
  dependencies({ endpoint, region: null, graceMs: null, rps: 18 }, project, { ak: "a", sk: "s" });

test("a report over a megabyte comes without what is done, and its summary counts everything", async () => {
  const policy = await readTestPolicy("outcomes");
  const many: Outcome[] = Array.from({ length: 20_000 }, () => ({
    kind: "unchanged",
    tags: [],
    calls: 1,
    event: "a-trace-id-of-the-usual-length",
  }));
  const handler = defineFunction("large", {
    isLost: ({ kind }) => kind === "failed",
    useCase: async () => ({ outcomes: many }),
    connect: (_, { signal, budgetMs: deadlineMs }) => ({
      ...connectedTo("http://127.0.0.1:1"),
      policy,
      signal,
      deadlineMs,
    }),
  });
  const log = vi.spyOn(console, "log").mockImplementation(() => {});

  const report = await handler({}, context);

  expect(report).toMatchObject({ outcomes: [], leftOut: 20_000, calls: 20_000 });
  expect(report.summary.unchanged).toBe(20_000);
  expect(log).toHaveBeenCalledTimes(1);
});

test("connecting elsewhere does not take the connections of those who are at work", async () => {
  const cloud = await startCloud({ settings: { ratePerSecond: null } });
  const { id } = cloud.addSecret({ name: "prod-db", tags: { Owner: "a" } });
  const keys = cloud.user("alice");
  const config = { endpoint: cloud.endpoint, region: null, graceMs: null, rps: 18 };
  const here = dependencies(config, cloud.project, keys);

  connectedTo("http://127.0.0.1:1");

  const signal = new AbortController().signal;
  const budget = { signal, deadlineMs: here.clock.now() + 10_000, countCall: () => {} };
  const tags = await here.tags.readTags({ type: "secret", id }, budget);
  expect([...tags.keys()]).toEqual(["Owner"]);
  await cloud.stop();
});
