import { subjectOf } from "../audit/subject.ts";
import type { Policy } from "../policy/policy.ts";
import { formatPath } from "../policy/problem.ts";
import { listRules } from "../policy/rules.ts";
import { selects } from "../selector.ts";
import { nameOf } from "../source.ts";
import type { TagChange } from "../tag.ts";
import type { Came } from "./evaluate.ts";
import { ANY, type Expectation } from "./schema.ts";

/** A part of a policy that tests can touch: `selector production`, `tags.Owner.value[1]`. */
export type PolicyPart = {
  readonly kind: "selector" | "tag" | "source" | "alias" | "rule" | "exemption";
  readonly name: string;
};

/** Which parts of a policy some test touches. */
export type PolicyCoverage = {
  readonly parts: number;
  /** In the order of the policy. */
  readonly untouched: readonly PolicyPart[];
};

/** A test's part that is `any` was not looked at, and touches nothing. */
export type Tested = { readonly expected: Expectation; readonly came: Came };

/**
 * Says which parts of a policy no test touches: a selector that picks the resource of none, a tag that none
 * writes, keeps or judges, a source that gives none its value, an alias that is merged or found in none, a
 * rule that none breaks, an exemption that excuses none.
 */
export function coverPolicy(policy: Policy, tests: readonly Tested[]): PolicyCoverage {
  const touched = new Set(tests.flatMap((tested) => touchedBy(tested, policy)).map(idOf));
  const parts = listParts(policy);
  return { parts: parts.length, untouched: parts.filter((part) => !touched.has(idOf(part))) };
}

function idOf({ kind, name }: PolicyPart): string {
  return `${kind} ${name}`;
}

function listParts(policy: Policy): readonly PolicyPart[] {
  return [
    ...Object.keys(policy.selectors).map((name) => part("selector", name)),
    ...policy.tags.flatMap(({ key, sources, aliases }) => [
      part("tag", key),
      ...sources.map((_, index) => part("source", sourceName(key, index))),
      ...aliases.map((alias) => part("alias", alias)),
    ]),
    ...listRules(policy).map(({ id }) => part("rule", id)),
    ...policy.exemptions.map(({ id }) => part("exemption", exemptionName(id))),
  ];
}

function part(kind: PolicyPart["kind"], name: string): PolicyPart {
  return { kind, name };
}

function sourceName(key: string, index: number): string {
  return formatPath(["tags", key, "value", index]);
}

/** An exemption's id is its position from 1. */
function exemptionName(id: string): string {
  return formatPath(["exemptions", Number(id) - 1]);
}

function touchedBy({ expected, came }: Tested, policy: Policy): readonly PolicyPart[] {
  const { item } = came;
  const findings = expected.findings === ANY ? [] : came.findings;
  const rows = [
    ...(expected.creation === ANY ? [] : (came.creation ?? [])),
    ...(expected.bulk === ANY ? [] : came.bulk),
  ];
  const picked =
    item === null
      ? []
      : Object.keys(policy.selectors).filter(
          (name) => selects({ selector: [name] }, subjectOf(item, policy)).holds === true,
        );
  return [
    ...picked.map((name) => part("selector", name)),
    ...rows.flatMap((row) => touchedByRow(row, policy)),
    ...findings.flatMap(({ rule_id, tag_key, exemption_id }) => [
      part("rule", rule_id),
      part("tag", tag_key ?? ""),
      part("alias", tag_key ?? ""),
      ...(exemption_id === null ? [] : [part("exemption", exemptionName(exemption_id))]),
    ]),
  ];
}

function touchedByRow(
  { key, op, source, passed = [] }: TagChange,
  { tags }: Policy,
): readonly PolicyPart[] {
  const rule = tags.find((tag) => tag.key === key);
  if (rule === undefined) return op === "delete" ? [part("alias", key)] : [];
  // Nothing was there, and nothing came: the policy did nothing for this tag.
  if (op === "refuse") return [];
  // The sources before the one that gave the value were passed over.
  const index = passed.length;
  const giver = rule.sources[index];
  const gave = giver !== undefined && source === nameOf(giver);
  return [part("tag", key), ...(gave ? [part("source", sourceName(key, index))] : [])];
}
