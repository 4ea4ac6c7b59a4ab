import { BUILT_IN_RULES, EXCUSABLE_RULES } from "../audit/finding.ts";
import { own } from "../json-value.ts";
import { compileTag } from "./compile.ts";
import type { Draft } from "./draft.ts";
import { TAG_CHECKS } from "./policy.ts";
import { type Mistake, type Path, quote } from "./problem.ts";
import { listChecks, ruleId } from "./rules.ts";
import { expectName } from "./suggest.ts";

/** Conditional rules: ids of their own, and tags that can be required. */
export function checkRules({ document, declared }: Draft): readonly Mistake[] {
  const rules = document.rules ?? [];
  const seen = new Set<string>();
  return rules.flatMap(({ id, then }, index) => {
    const path = ["rules", index, "id"];
    const twice = seen.has(id);
    seen.add(id);
    const tagLike = TAG_CHECKS.find((check) => id.endsWith(`.${check}`));
    const builtIn = BUILT_IN_RULES.some((rule) => rule === id);
    return [
      ...(twice ? [mistake(path, `the id ${quote(id)} stands twice`, "an id of its own")] : []),
      ...(tagLike === undefined
        ? []
        : [
            mistake(path, `${quote(id)} looks like the rule of a tag`, `an id without .${tagLike}`),
          ]),
      ...(builtIn
        ? [mistake(path, `${quote(id)} is a rule that every policy has`, "an id of its own")]
        : []),
      ...then.require.flatMap((key, position) =>
        checkRequired(key, ["rules", index, "then", "require", position], { document, declared }),
      ),
    ];
  });
}

function checkRequired(
  key: string,
  path: Path,
  { document, declared }: Pick<Draft, "document" | "declared">,
): readonly Mistake[] {
  if (declared.tags !== null && !declared.tags.has(key)) {
    const expected = expectName(key, [...declared.tags], "a key from `tags`");
    return [mistake(path, `there is no tag ${quote(key)}`, expected)];
  }
  const prohibited = own(document.tags, key)?.prohibited === true;
  return prohibited ? [mistake(path, `the tag ${quote(key)} is prohibited`, "another tag")] : [];
}

/** Exemptions must name rules that exist: those of the policy, or those that every policy has. */
export function checkExemptions({ document, declared, mistakes }: Draft): readonly Mistake[] {
  // A tag that is partly unreadable may declare more checks than can be seen.
  const broken = new Set(
    mistakes.flatMap(({ path }) => (path[0] === "tags" ? [String(path[1])] : [])),
  );
  const checks = Object.entries(document.tags).flatMap(([key, tag]) =>
    listChecks(compileTag(key, tag)).map((check) => ruleId(key, check)),
  );
  const known = [...checks, ...(declared.rules ?? [])];
  const excusable: readonly string[] = [...known, ...EXCUSABLE_RULES];
  if (declared.tags === null || declared.rules === null) return [];
  return (document.exemptions ?? []).flatMap(({ rule }, index) => {
    const ofBroken = TAG_CHECKS.some(
      (check) => rule.endsWith(`.${check}`) && broken.has(rule.slice(0, -check.length - 1)),
    );
    if (excusable.includes(rule) || ofBroken) return [];
    const path = ["exemptions", index, "rule"];
    if (BUILT_IN_RULES.some((one) => one === rule))
      return [mistake(path, `nobody is excused from ${rule}`, expectName("", excusable, "a rule"))];
    return [
      mistake(path, `there is no rule ${quote(rule)}`, expectName(rule, excusable, "a rule")),
    ];
  });
}

function mistake(path: Path, message: string, expected: string): Mistake {
  return { level: "error", path, at: "value", message, expected };
}
