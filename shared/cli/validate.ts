import { listBuiltInRules } from "../core/audit/built-in-rules.ts";
import type { Policy } from "../core/policy/policy.ts";
import { formatProblem } from "../core/policy/problem.ts";
import { listRules, type RuleInfo } from "../core/policy/rules.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { checkPolicy, choosePolicy } from "./policy-choice.ts";
import type { Terminal } from "./terminal.ts";
import { examples, type Session, type Verb } from "./verb.ts";

/** Checks a policy file: every problem at once, or its hash and its rules. */
export const validate: Verb = {
  name: "validate",
  define: (command, act) =>
    command
      .description("Check a policy: all problems at once, or its hash and rules.")
      .argument("[policy]", "policy file, the same as --policy")
      .addHelpText(
        "after",
        examples([
          ["validate", "check infra/policy/tag-policy.yaml, or ./tag-policy.yaml"],
          ["validate my-policy.yaml --format json", "the same as data"],
        ]),
      )
      .action((policy: string | undefined) => act((session) => run(session, policy))),
};

async function run(session: Session, named: string | undefined): Promise<ExitCode> {
  const { world, terminal, options } = session;
  const file = choosePolicy(named ?? options.policy, world);
  const result = await checkPolicy(file, world);
  const json = options.format === "json";
  if (!result.ok) {
    const { problems } = result;
    if (json) terminal.json({ ok: false, problems });
    else for (const problem of problems) terminal.data(formatProblem(problem));
    terminal.fail(`${file}: ${problems.length} ${problems.length === 1 ? "problem" : "problems"}`);
    return EXIT.usage;
  }

  const { policy, warnings } = result;
  const rules = listRules(policy);
  for (const warning of warnings) terminal.warn(formatProblem(warning));
  if (json)
    terminal.json({ ok: true, hash: policy.hash, rules, builtIn: listBuiltInRules(), warnings });
  else showRules(policy, rules, terminal);
  terminal.note(`${file} holds: ${policy.tags.length} tags, ${rules.length} rules`);
  return EXIT.clean;
}

function showRules({ hash }: Policy, rules: readonly RuleInfo[], terminal: Terminal): void {
  terminal.data(`hash ${hash}`);
  const tables = [
    { name: "RULE", listed: rules },
    { name: "RULE OF EVERY POLICY", listed: listBuiltInRules() },
  ];
  for (const { name, listed } of tables.filter((table) => table.listed.length > 0)) {
    terminal.data("");
    const rows = listed.map(({ id, severity, description }) => [id, severity, description]);
    terminal.table({ head: [name, "SEVERITY", "CHECKS THAT"], rows });
  }
}
