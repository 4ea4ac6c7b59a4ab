import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Policy } from "../core/policy/policy.ts";
import { formatProblem } from "../core/policy/problem.ts";
import { compareTest } from "../core/policy-test/compare.ts";
import { coverPolicy } from "../core/policy-test/coverage.ts";
import { evaluateTest } from "../core/policy-test/evaluate.ts";
import { suitesPieces } from "../core/report/junit-suite.ts";
import { toIsoTime } from "../core/time.ts";
import { type FileTest, readTests } from "../io/policy-test/file.ts";
import { EXIT, type ExitCode, Stop } from "./exit-code.ts";
import { requireOutput, writeOutput } from "./output-file.ts";
import { requirePolicy } from "./policy-choice.ts";
import { showCoverage, showResults, suiteOf, type TestResult } from "./policy-test-text.ts";
import { examples, type Session, type Verb } from "./verb.ts";

type Options = {
  readonly filter?: string;
  readonly requireCoverage?: true;
  readonly out?: string;
};

/** Checks that a policy leads to the tags and findings that its tests list, and to nothing else. */
export const test: Verb = {
  name: "test",
  define: (command, act) =>
    command
      .description("Check that a policy does what its tests say, and nothing else.")
      .argument("[files...]", "files of tests (default: <policy>.test.yaml beside the policy)")
      .option("--filter <text>", "only tests with this text in their name")
      .option("--require-coverage", "fail where no test touches a part of the policy")
      .option("--out <junit=file>", "write the results as JUnit XML, too")
      .addHelpText(
        "after",
        examples([
          ["test", "the tests beside the policy; nothing is sent anywhere"],
          ["test --filter production", "some of them"],
          ["test --require-coverage --out junit=policy.xml", "for a pipeline"],
        ]),
      )
      .action((files: readonly string[], options: Options) =>
        act((session) => run(session, files, options)),
      ),
};

async function run(
  session: Session,
  named: readonly string[],
  options: Options,
): Promise<ExitCode> {
  const { world, terminal } = session;
  const { filter, requireCoverage = false } = options;
  if (filter !== undefined && requireCoverage)
    throw new Stop(EXIT.usage, "--require-coverage is of all tests: leave --filter out");
  const output = await readOutput(options.out, session);
  const { file: policyFile, policy } = await requirePolicy(session);
  const files = named.length > 0 ? [...new Set(named)] : [findTests(policyFile, session)];
  const tests = await readAll(files, policy, session);
  const chosen = tests.filter(({ test }) => test.name.includes(filter ?? ""));
  if (chosen.length === 0) throw new Stop(EXIT.usage, `no test has ${filter} in its name`);

  const evaluated = chosen.map((one) => {
    const came = evaluateTest({ ...one, policy });
    return { ...one, came, mismatches: compareTest(one.test.expect, came) };
  });
  const results = evaluated.map(toResult);
  const coverage =
    filter === undefined
      ? coverPolicy(
          policy,
          evaluated.map(({ test, came }) => ({ expected: test.expect, came })),
        )
      : null;
  showResults({ policy: { file: policyFile, hash: policy.hash }, results, coverage }, session);
  if (coverage !== null) showCoverage(coverage, requireCoverage, terminal);
  if (output !== null) {
    const suites = files.map((file) => suiteOf(file, results));
    await writeOutput(output, [...suitesPieces(toIsoTime(world.now()), suites)].join(""), world);
  }
  const lacking = requireCoverage && coverage !== null && coverage.untouched.length > 0;
  return lacking || results.some(({ ok }) => !ok) ? EXIT.violations : EXIT.clean;
}

async function readOutput(out: string | undefined, { world }: Session): Promise<string | null> {
  if (out === undefined) return null;
  const file = /^junit=(.+)$/.exec(out)?.[1];
  if (file === undefined)
    throw new Stop(EXIT.usage, "--out expects junit=file, such as junit=policy.xml");
  await requireOutput(file, world);
  return file;
}

const ENDINGS = [".test.yaml", ".test.yml", ".test.json"] as const;

/** The tests beside a policy. */
function findTests(policyFile: string, { world }: Session): string {
  const stem = policyFile.replace(/\.(ya?ml|json)$/, "");
  const found = ENDINGS.map((ending) => `${stem}${ending}`).find((file) =>
    existsSync(resolve(world.cwd, file)),
  );
  if (found !== undefined) return found;
  throw new Stop(EXIT.usage, `no tests: looked for ${stem}${ENDINGS[0]}; name a file of tests`);
}

type NamedTest = FileTest & { readonly file: string };

/** The tests of all files. Ends the command with all problems of all of them. */
async function readAll(
  files: readonly string[],
  policy: Policy,
  { world, terminal }: Session,
): Promise<readonly NamedTest[]> {
  const tests: NamedTest[] = [];
  const broken: string[] = [];
  for (const file of files) {
    const read = await readTests(resolve(world.cwd, file), policy);
    if (read.ok) {
      tests.push(...read.tests.map((one) => ({ ...one, file })));
      continue;
    }
    broken.push(file);
    for (const problem of read.problems) terminal.fail(formatProblem({ ...problem, file }));
  }
  if (broken.length === 0) return tests;
  throw new Stop(EXIT.usage, `nothing was tested: see the problems of ${broken.join(", ")}`);
}

function toResult({
  file,
  place,
  test: { name },
  mismatches,
}: NamedTest & Pick<TestResult, "mismatches">): TestResult {
  return { file, ...place, name, ok: mismatches.length === 0, mismatches };
}
