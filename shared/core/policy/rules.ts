import { type Policy, type Severity, TAG_CHECKS, type TagCheck, type TagRule } from "./policy.ts";
import { listWords } from "./problem.ts";

/** A rule that resources can break, as `validate` and the reports list it. */
export type RuleInfo = {
  readonly id: string;
  readonly severity: Severity;
  /** What the rule asks for; of a conditional rule, the policy's own words where it has some. */
  readonly description: string;
};

/** Every rule of the policy: the checks that each tag declares, then the conditional rules. */
export function listRules(policy: Pick<Policy, "tags" | "rules">): readonly RuleInfo[] {
  const ofTags = policy.tags.flatMap((tag) =>
    listChecks(tag).map((check) => ({
      id: ruleId(tag.key, check),
      severity: tag.severity,
      description: describeCheck(tag, check),
    })),
  );
  const conditional = policy.rules.map(({ id, severity, description, require }) => ({
    id,
    severity,
    description:
      description === "" ? `${require.join(", ")} must be present on some resources` : description,
  }));
  return [...ofTags, ...conditional];
}

/** The id of one check of a tag: `Owner.required`. */
export function ruleId(key: string, check: TagCheck): string {
  return `${key}.${check}`;
}

/** What a tag can be judged for, by what the policy says of it. */
export function listChecks(tag: TagRule): readonly TagCheck[] {
  const declared: { readonly [Check in TagCheck]: boolean } = {
    required: tag.required !== null,
    allowed: tag.values !== null,
    match: tag.match.length > 0,
    prohibited: tag.prohibited,
    alias: tag.aliases.length > 0,
  };
  return TAG_CHECKS.filter((check) => declared[check]);
}

function describeCheck(tag: TagRule, check: TagCheck): string {
  switch (check) {
    case "required":
      return `${tag.key} must be present`;
    case "allowed":
      return `${tag.key} must be ${listWords(Object.keys(tag.values ?? {}))}`;
    case "match":
      return `${tag.key} must match its pattern`;
    case "prohibited":
      return `${tag.key} must not be present`;
    case "alias":
      return `${listWords(tag.aliases)} must be written ${tag.key}`;
  }
}
