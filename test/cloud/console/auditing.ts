import * as z from "zod";
import { parseJson } from "../../../shared/core/json-value.ts";
import { RESOURCE_TYPES } from "../../../shared/core/resource.ts";
import type { Desk } from "./desk.ts";
import { problemOf } from "./refusal-words.ts";
import type { AuditView, View } from "./view.ts";

const RULES_SHOWN = 8;
const LATEST = "audits/latest.json";
/** Folder of an audit in the store. */
const FOLDER = /^audits\/([0-9A-Za-z-]+)$/;
/** What the page may ask for by name. */
export const AUDIT_NAME = /^[0-9A-Za-z-]{1,40}$/;

const latestSchema = z.object({ path: z.string() });
const count = z.object({
  counted: z.number().nullable(),
  examined: z.number(),
  skipped: z.number(),
  errors: z.number(),
});
const reportSchema = z.object({
  complete: z.boolean(),
  finishedAt: z.string(),
  types: z.object({ secret: count, key: count }),
  scopes: z.array(z.object({ project: z.string(), problem: z.string().nullable() })),
  summary: z.object({
    fail: z.number(),
    error: z.number(),
    exempt: z.number(),
    skipped: z.number(),
    pass: z.number(),
    score: z.number().nullable(),
  }),
  rules: z.array(z.object({ id: z.string(), severity: z.string(), fail: z.number() })),
});
const resultSchema = z.object({ errorMessage: z.string() });

/** Starts an audit: an asynchronous invocation, as anybody with the permission may make. */
export async function startAudit({ cloud, audit, own }: Desk): Promise<string | null> {
  const path = `/v2/${cloud.project}/fgs/functions/${encodeURIComponent(audit.urn)}/invocations-async`;
  const answer = await own.call("POST", path, { formats: ["html"] });
  return answer.status < 300 ? null : problemOf(answer);
}

/** The latest audit, as the function left it in the run store, and how the latest try stands. */
export function createAuditReader(desk: Desk) {
  const { cloud, audit, runs } = desk;
  let known: AuditView | null = null;

  async function readLatest(): Promise<AuditView | null> {
    const latest = latestSchema.safeParse(parseJson((await runs.store.read(LATEST)) ?? ""));
    const name = latest.success ? FOLDER.exec(latest.data.path)?.[1] : undefined;
    if (name === undefined || name === known?.name) return known;
    const text = (await runs.store.read(`audits/${name}/report.json`)) ?? "";
    const report = reportSchema.parse(parseJson(text));
    const notices = cloud.topics.messages(audit.topic);
    known = viewOf(name, report, notices.at(-1)?.message ?? "");
    return known;
  }

  return async (): Promise<View["audit"]> => {
    const own = cloud.functions.invocations.filter((one) => one.function === audit.name);
    const last = own.at(-1);
    const failure = resultSchema.safeParse(last?.result);
    const timer = cloud.timers.list().find((one) => one.function === audit.name);
    return {
      running: own.some(({ state }) => state === "waiting" || state === "running"),
      failed: last?.state === "failed" && failure.success ? failure.data.errorMessage : null,
      latest: await readLatest(),
      nextMs: timer?.nextMs ?? null,
    };
  };
}

function viewOf(name: string, report: z.infer<typeof reportSchema>, notice: string): AuditView {
  const { score, ...counts } = report.summary;
  return {
    name,
    finishedAt: report.finishedAt,
    complete: report.complete,
    completeness: [
      ...RESOURCE_TYPES.map((type) => {
        const { counted, examined, skipped, errors } = report.types[type];
        const more = [
          ...(skipped > 0 ? [`skipped ${skipped}`] : []),
          ...(errors > 0 ? [`errors ${errors}`] : []),
        ];
        const head = `${type}s: the API counts ${counted ?? "nothing"}, examined ${examined}`;
        return [head, ...more].join(", ");
      }),
      ...report.scopes.flatMap(({ problem }) => (problem === null ? [] : [problem])),
    ],
    score,
    counts: Object.entries(counts).map(([status, number]) => ({ status, count: number })),
    rules: report.rules
      .filter(({ fail }) => fail > 0)
      .sort((one, other) => other.fail - one.fail)
      .slice(0, RULES_SHOWN),
    notice,
  };
}
