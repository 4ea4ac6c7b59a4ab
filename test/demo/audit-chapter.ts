import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fieldAt } from "./bulk-words.ts";
import { openShell } from "./shell.ts";
import type { Chapter, ChapterResult, Stage } from "./stage.ts";

const PERSON = "grace";
const REPORT = "report.html";
const RULES_SHOWN = 5;
const RULE_WIDTH = 28;

/** What is there in the end, judged by the policy, as a page that anybody can open. */
export const auditChapter: Chapter = async (stage) => {
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-demo-"));
  try {
    return await play(stage, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function play(stage: Stage, folder: string): Promise<ChapterResult> {
  const { cloud, paint, say, bundles, policyFile, signal } = stage;
  say([
    paint.bold("Audit"),
    "Every secret and key is read with its tags and judged by the policy, a thousand",
    "a request.",
    "",
  ]);
  const credentials = cloud.user(PERSON);
  const env = { TAGWARDEN_RPS: "300" };
  const shell = openShell({
    cloud,
    credentials,
    cwd: folder,
    env,
    signal,
    home: bundles,
    watch: null,
  });
  const seenBefore = cloud.seen.length;
  const page = join(bundles, REPORT);
  const { data, exit, err } = await shell.json([
    "--policy",
    policyFile,
    "audit",
    "--out",
    `html=${page}`,
  ]);
  const calls = cloud.seen.length - seenBefore;
  const counted = ["secret", "key"].map((type) => ({
    type,
    counted: Number(fieldAt(data, "types", type, "counted")),
    examined: Number(fieldAt(data, "types", type, "examined")),
  }));
  const score = fieldAt(data, "summary", "score");
  say([
    `  ${paint.bold("$ tagwarden audit --out html=report.html")}`,
    ...counted.map(
      ({ type, counted, examined }) =>
        `    ${type}s: the API counts ${counted}, examined ${examined}`,
    ),
    `    score ${score} %, by rule:`,
    ...rulesOf(data).map(([rule, fail]) => `      ${rule.padEnd(RULE_WIDTH)}${fail} fail`),
    "",
  ]);
  const shown = relative(process.cwd(), page);
  const problems = [
    ...(exit === 1 ? [] : [`the audit ended with ${exit}, not with 1: ${err}`]),
    ...(fieldAt(data, "complete") === true ? [] : ["the audit is not complete"]),
    ...counted.flatMap(({ type, counted, examined }) =>
      counted === examined ? [] : [`${type}s: counted ${counted}, examined ${examined}`],
    ),
  ];
  return {
    summary: [
      `  audited   ${counted.reduce((sum, { examined }) => sum + examined, 0)} resources in ${calls} calls: score ${score} %`,
      `  report    ${shown}`,
    ],
    problems,
  };
}

/** The rules that most resources break, and how many do. */
function rulesOf(data: unknown): readonly (readonly [rule: string, fail: number])[] {
  const rules = fieldAt(data, "rules");
  const all = Array.isArray(rules) ? rules : [];
  return all
    .map((rule: unknown) => [String(fieldAt(rule, "id")), Number(fieldAt(rule, "fail"))] as const)
    .filter(([, fail]) => fail > 0)
    .sort(([, one], [, other]) => other - one)
    .slice(0, RULES_SHOWN);
}
