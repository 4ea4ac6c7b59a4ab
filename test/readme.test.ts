/**
 * Goal: every line of the README holds.
 * Method: what it shows is made and compared; what it lists is compared with the code's own lists.
 */
import { existsSync, statSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { functionNames } from "../functions/bundle.mjs";
import { VERBS } from "../shared/cli/verbs.ts";
import { EXCUSABLE_RULES } from "../shared/core/audit/finding.ts";
import { INSTALLED } from "../shared/core/doctor/installed.ts";
import { FIELDS } from "../shared/core/facts.ts";
import { KEY_LIMITS, SECRET_LIMITS } from "../shared/core/limits.ts";
import { OUTCOME_KINDS } from "../shared/core/outcome.ts";
import { ANY_DEPLOYMENT } from "../shared/core/permission/demand.ts";
import { KEYS_STATEMENT, permissionsOf } from "../shared/core/permission/document.ts";
import { CREATION_TRACES } from "../shared/core/trace/creation-trace.ts";
import { IGNORE_REASONS } from "../shared/core/trace/decision.ts";
import { CREATION_THROWS_ON } from "../shared/io/creation.ts";
import { formatProblem, readPolicy } from "../shared/io/policy/file.ts";
import { formatPeers, formatRows, type Results } from "./bench/table.ts";
import { tagwarden } from "./cli/fixture.ts";
import { formatVerdict, formatWork, type KeptSoak } from "./soak/table.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const readme = await readFile(join(ROOT, "README.md"), "utf8");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tagwarden-readme-"));
  await cp(join(ROOT, "test/policies/sample/owners.csv"), join(folder, "owners.csv"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The fenced blocks of a language. */
function blocks(language: string): readonly string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return [...readme.matchAll(fence)].map(([, text]) => text ?? "");
}

/** The cells of the table whose first heading this is, without the marks of code. */
function table(heading: string): readonly (readonly string[])[] {
  const lines = readme.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  expect(start).toBeGreaterThan(-1);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("|"));
  return lines
    .slice(start + 2, end)
    .map((line) => line.split(" | ").map((cell) => cell.replaceAll(/[|`]/g, "").trim()));
}

const column = (heading: string, index: number) => table(heading).map((row) => row[index] ?? "");

describe("the policy chapter", () => {
  test("shows a policy that holds, without a warning", async () => {
    const [policy = ""] = blocks("yaml");
    const path = join(folder, "tag-policy.yaml");
    await writeFile(path, policy);
    expect(await readPolicy(path)).toMatchObject({ ok: true, warnings: [] });
  });

  test("shows a mistake as it is told", async () => {
    const path = join(folder, "mistaken.yaml");
    await writeFile(path, "version: 1\ntags:\n  Owner:\n    whenPresnt: keep\n");
    const result = await readPolicy(path);
    const told = result.ok ? [] : result.problems.map(formatProblem);
    expect(told.map((line) => line.replace(/^.*:4:/, "tag-policy.yaml:4:"))).toEqual([
      blocks("text")[1]?.trim(),
    ]);
  });

  test("shows a policy test that holds, and how it fails without its source", async () => {
    const [policy = "", tests = ""] = blocks("yaml");
    await writeFile(join(folder, "tag-policy.test.yaml"), tests);
    const run = async (text: string) => {
      await writeFile(join(folder, "tag-policy.yaml"), text);
      return tagwarden(["test"], { cwd: folder });
    };
    expect(await run(policy)).toMatchObject({ exit: 0 });
    const { exit, out } = await run(policy.replace(/^.*lookup: owners.*\n/m, ""));
    expect([exit, out]).toEqual([1, blocks("text")[2]]);
  });

  test("lists what a policy test can expect, all of it", async () => {
    const file = join(ROOT, "infra/schema/policy-test.schema.json");
    const { $defs } = JSON.parse(await readFile(file, "utf8"));
    const parts = Object.keys($defs.expectation.properties);
    expect(column("Part", 0).toSorted()).toEqual(parts.toSorted());
  });

  test("names every field, source, transform and effect that the schema knows, and no other", async () => {
    const schema = await readFile(join(ROOT, "infra/policy/tag-policy.schema.json"), "utf8");
    for (const field of FIELDS) expect(readme).toContain(`\`${field}\``);
    const chapter = readme.slice(readme.indexOf("## Policy"), readme.indexOf("## Limits"));
    const fields = [...chapter.matchAll(/`((creator|event|resource)\.\w+)`/g)].map(
      ([, name]) => name,
    );
    expect(new Set(fields)).toEqual(new Set(FIELDS.filter((field) => field.includes("."))));
    const sources = column("Source", 0).map((cell) => /^\{ (\w+):/.exec(cell)?.[1] ?? cell);
    expect(sources).toEqual(["const", "from", "fromName", "lookup", "inherit", "tag"]);
    for (const word of [...sources, "lower", "upper", "title", "trim", "slug", "prefix", "suffix"])
      expect(schema).toContain(`"${word}"`);
  });
});

test("the outcomes are the code's, and those that throw do", () => {
  const kinds = column("Outcome", 0);
  const throwing = kinds.filter((_, index) => column("Outcome", 2)[index] === "throws");
  expect(OUTCOME_KINDS).toEqual(expect.arrayContaining([...kinds]));
  expect(throwing.toSorted()).toEqual(CREATION_THROWS_ON.toSorted());
});

test("the reasons are those that a plan for a creation gives", async () => {
  const plan = await readFile(join(ROOT, "shared/core/plan/reason.ts"), "utf8");
  const known = [...plan.matchAll(/\| "([a-z-]+)"/g)].map(([, reason]) => reason ?? "");
  const bulkOnly = ["conflict", "no-event", "merged"];
  const expected = [
    ...known.filter((reason) => ![...bulkOnly, "unread"].includes(reason)),
    "not-written",
    "lost",
  ];
  expect(column("Reason", 0).toSorted()).toEqual(expected.toSorted());
});

test("the reasons of ignored traces are the code's", () => {
  for (const reason of IGNORE_REASONS) expect(readme).toContain(`\`${reason}\``);
});

test("the limits are the code's", () => {
  const rows = [SECRET_LIMITS, KEY_LIMITS.documented, KEY_LIMITS.extended].map(
    ({ tagsMax, keyLengthMax, valueLengthMax }) =>
      [tagsMax, keyLengthMax, valueLengthMax].map(String),
  );
  expect(table("Kind").map((row) => row.slice(1))).toEqual(rows);
});

test("the settings are those that a function reads", async () => {
  const files = ["shared/io/config.ts", "shared/io/run/config.ts"];
  const config = (
    await Promise.all(files.map((file) => readFile(join(ROOT, file), "utf8")))
  ).join();
  const read = new Set(
    [...config.matchAll(/"((?:HUAWEICLOUD|TAGWARDEN)_[A-Z_]+)"/g)].map(([, name]) => name),
  );
  expect(new Set(column("Setting", 0))).toEqual(read);
});

test("the variables of the command line are those that it reads, Terraform's names among them", async () => {
  const code = await readFile(join(ROOT, "shared/cli/environment.ts"), "utf8");
  const read = [...code.matchAll(/"((?:HUAWEICLOUD|HW)_(?!KMS_)[A-Z_]+)"/g)].map(
    ([, name]) => name,
  );
  const shown = table("Variable").flatMap((row) => row.slice(0, 2));
  expect(new Set(shown)).toEqual(new Set(read));
});

test("no function needs more time than is asked for", () => {
  for (const { timeoutMinSeconds } of [INSTALLED.retag, INSTALLED.audit])
    expect(readme).toContain(`\`retag\` and \`audit\`: ${timeoutMinSeconds} seconds at the least`);
});

test("every file that a link names exists", () => {
  const targets = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
  const files = targets.filter((target) => !/^(https:|#)/.test(target));
  expect(files).toContain("infra/report.png");
  for (const file of files)
    expect(existsSync(join(ROOT, file.replace(/#.*/, ""))), file).toBe(true);
});

test("the picture is small, and says what it shows", () => {
  expect(statSync(join(ROOT, "infra/report.png")).size).toBeLessThan(200_000);
  expect(readme).toMatch(/!\[[^\]]{40,}\]\(infra\/report\.png\)/);
});

test("what an exemption may name beside the policy's rules is the code's", () => {
  for (const rule of EXCUSABLE_RULES) expect(readme).toContain(`\`${rule}\``);
});

test("the commands and scripts exist", async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  const named = [...readme.matchAll(/npm (?:run )?(start|test|\w+)(?= |$|`)/gm)].map(
    ([, name]) => name,
  );
  for (const name of named.filter((one) => one !== "ci" && one !== "run"))
    expect(Object.keys(scripts)).toContain(name);
  const verbs = VERBS.map(({ name }) => `tagwarden ${name}`);
  expect(column("Command", 0)).toEqual(verbs);
  const used = [...readme.matchAll(/npx (tagwarden \w+)/g)].map(([, command]) => command);
  expect(verbs).toEqual(expect.arrayContaining(used));
});

test("the agencies may what the documents of the example policy say", async () => {
  const { policy } = await readExample();
  const rows = table("Agency of").map(([name = "", may = ""]) => [name, may.split(" ").sort()]);
  const documents = Object.entries(permissionsOf(policy, ANY_DEPLOYMENT));
  const granted = documents.map(([name, { role }]) => [
    name,
    role.Statement.flatMap(({ Action }) => Action).sort(),
  ]);
  expect(rows).toEqual(granted);
  expect(readme).toContain(`\`${KEYS_STATEMENT}\``);
  // What else the services know: secret versions and values, data keys, creation and deletion.
  expect(JSON.stringify(granted)).not.toMatch(/[vV]ersion|dek|crypt|:create|:delete|secret:[^g]/);
});

async function readExample() {
  const result = await readPolicy(join(ROOT, "infra/policy/tag-policy.yaml"));
  if (!result.ok) throw new Error("the example policy does not hold");
  return result;
}

test("the traces to subscribe to and the files to upload are all there are", async () => {
  for (const { name } of CREATION_TRACES) expect(readme).toContain(`\`${name}\``);
  for (const name of await functionNames()) expect(readme).toContain(`dist/${name}.zip`);
});

test("every file that it names is there", async () => {
  const paths = [...readme.matchAll(/(?:test|infra|shared|functions)\/[\w./-]+\.\w+/g)];
  expect(paths.length).toBeGreaterThan(3);
  for (const [path] of paths) await expect(readFile(join(ROOT, path))).resolves.toBeDefined();
});

test("shows what the benchmarks came to when they were last kept", async () => {
  const kept = await readFile(join(ROOT, "test/bench/results.json"), "utf8");
  const { rows, peers }: Results = JSON.parse(kept);
  expect(readme).toContain(`\n${formatRows(rows)}\n`);
  expect(readme).toContain(`\n${formatPeers(peers)}\n`);
  const missed = rows.filter(({ holds }) => !holds).map(({ what }) => what);
  expect(missed).toEqual(["Audit of 100,000, each with findings: time, against pages parsed"]);
  expect(readme).toContain("is missed: the time of an audit in which each resource has findings.");
});

test("shows what a day of a busy account came to when it was last kept", async () => {
  const kept = await readFile(join(ROOT, "test/soak/results.json"), "utf8");
  const soak: KeptSoak = JSON.parse(kept);
  expect(readme).toContain(formatWork(soak));
  expect(readme).toContain(`\n${formatVerdict(soak)}\n`);
});
