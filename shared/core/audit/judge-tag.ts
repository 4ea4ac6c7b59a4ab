import { matches } from "../matcher.ts";
import type { TagRule } from "../policy/policy.ts";
import { isWrite } from "../run/step.ts";
import { inScope } from "../selector.ts";
import type { TagChange } from "../tag.ts";
import { canonicalValue } from "../value.ts";
import {
  type DraftFinding,
  draft,
  type Fix,
  fixOf,
  isHeld,
  type Look,
  NO_OPINION,
  type Opinion,
  UNSURE,
} from "./draft.ts";
import { judgeMissing } from "./judge-missing.ts";
import { findMeant } from "./near-miss.ts";

/**
 * Judges a resource by one tag of the policy.
 *
 * Who is judged is who the plan is about: a tag that applies has a row in it (so has a prohibited one that
 * is there), and its reason says what the plan saw. So planning and judging cannot disagree.
 */
export function judgeTag(rule: TagRule, look: Look): Opinion {
  const row = look.outlook().rows.get(rule.key);
  if (row === undefined) return NO_OPINION;
  if (row.reason === "unread") return UNSURE;
  const { findings, unsure } = judgeApplying(rule, row, look);
  // A plan leaves alone what stays the same either way; a judgement must know whether the tag applies.
  const mustKnow = findings.length > 0 && !isWrite(row);
  const { holds } = mustKnow ? inScope(rule.applies, look.subject) : { holds: true };
  return holds === "unknown" ? UNSURE : { findings, unsure };
}

function judgeApplying(rule: TagRule, row: TagChange, look: Look): Opinion {
  if (rule.prohibited) return { findings: [prohibited(rule, look)], unsure: false };
  const aliases: DraftFinding[] = [];
  for (const alias of rule.aliases) {
    const actual = look.tags.get(alias);
    if (actual !== undefined) aliases.push(judgeAlias(alias, actual, rule, look));
  }
  const value = look.tags.get(rule.key) ?? "";
  if (value !== "") {
    const findings = [...judgeValue(rule, value, row, look), ...aliases];
    return findings.length === 0 ? NO_OPINION : { findings, unsure: false };
  }
  // What stands under an alias is told as such: one finding with its fix, not two.
  if (isHeld(rule, look.tags)) return { findings: aliases, unsure: false };
  const { findings, unsure } = judgeMissing(rule, look);
  return { findings: [...findings, ...aliases], unsure };
}

function prohibited(rule: TagRule, look: Look): DraftFinding {
  const { key, severity } = rule;
  return draft({
    rule: look.words(rule).prohibited,
    severity,
    reason: "prohibited",
    key,
    actual: look.tags.get(key) ?? null,
    expected: `no tag ${key}`,
    suggestion: `delete ${key}`,
    fix: fixOf(key, look),
  });
}

function judgeAlias(alias: string, actual: string, rule: TagRule, look: Look): DraftFinding {
  const { key, severity } = rule;
  const isConflict = look.outlook().rows.get(alias)?.reason === "conflict";
  return draft({
    rule: look.words(rule).alias,
    severity,
    reason: isConflict ? "conflict" : "alias",
    key: alias,
    actual,
    expected: isConflict ? `one value under ${key}` : `the key ${key}`,
    suggestion: isConflict ? null : key,
    fix: aliasFix(alias, key, look),
  });
}

/** The value moves where the row of its key says so; otherwise the alias just goes. */
function aliasFix(alias: string, key: string, look: Look): Fix | null {
  const fix = fixOf(alias, look);
  const moves = look.outlook().rows.get(key)?.source === `alias ${alias}`;
  return fix !== null && moves ? { do: "rename", key: alias, to: key } : fix;
}

function judgeValue(
  rule: TagRule,
  value: string,
  row: TagChange,
  look: Look,
): readonly DraftFinding[] {
  const { key, severity, values, match } = rule;
  const isAllowed = values === null || Object.hasOwn(values, value);
  const isMatched = match.length === 0 || matches(match, value);
  if (isAllowed && isMatched) return [];
  const written = isWrite(row) ? (row.to ?? null) : null;
  const about = { severity, key, actual: value, fix: fixOf(key, look) };
  const findings: DraftFinding[] = [];
  if (!isAllowed) {
    const meant = meantValue(rule, value);
    findings.push(
      draft({
        ...about,
        rule: look.words(rule).allowed,
        reason: meant === null ? "not-allowed" : "near-miss-value",
        expected: look.words(rule).values,
        suggestion: written ?? meant,
      }),
    );
  }
  if (!isMatched)
    findings.push(
      draft({
        ...about,
        rule: look.words(rule).match,
        reason: "no-match",
        expected: look.words(rule).pattern,
        suggestion: written,
      }),
    );
  return findings;
}

/** The allowed value that another one is a variant of, or nearly is. */
function meantValue(rule: TagRule, value: string): string | null {
  const canonical = canonicalValue(rule, value);
  if (canonical !== value) return canonical;
  return findMeant(value, Object.keys(rule.values ?? {}));
}
