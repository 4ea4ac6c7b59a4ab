import type {
  Condition,
  Exemption,
  Policy,
  Scope,
  Selector,
  TagRule,
} from "../core/policy/policy.ts";
import { listChecks, ruleId } from "../core/policy/rules.ts";
import { inScope, type Subject, selects, type Verdict } from "../core/selector.ts";

/** Whether something concerns a resource, and which selectors make it so. */
export type Applicability = {
  readonly applies: boolean | "unknown";
  readonly because: string;
};

export type RuleApplicability = Applicability & {
  readonly id: string;
  /** The exemption that takes the resource out of a rule that applies. */
  readonly exemption?: { readonly id: string; readonly owner: string; readonly reason: string };
};

/** Does a scope mean the subject, and because of which of its selectors? */
export function explainScope(scope: Scope, subject: Subject): Applicability {
  const { only, except } = scope;
  const verdict = inScope(scope, subject);
  const picking = (names: readonly string[]) =>
    names.filter((selector) => selects({ selector: [selector] }, subject).holds === true);
  switch (verdict.holds) {
    case "unknown":
      return unknown(verdict);
    case true: {
      const chosen = only === null ? EVERYTHING : list(picking(only));
      const rest = except.length === 0 ? "" : `, not ${list(except)}`;
      return { applies: true, because: `${chosen}${rest}` };
    }
    case false: {
      const excluded = picking(except);
      const because = excluded.length > 0 ? `except ${list(excluded)}` : `not ${list(only ?? [])}`;
      return { applies: false, because };
    }
  }
}

/** The reason of a scope that leaves nothing out. */
export const EVERYTHING = "everything";

/** Does each rule of the policy concern the subject? In the order of `listRules`. */
export function explainRules(
  policy: Policy,
  subject: Subject,
  nowMs: number,
): readonly RuleApplicability[] {
  const ofTags = policy.tags.flatMap((tag) =>
    listChecks(tag).map((check) => ({
      id: ruleId(tag.key, check),
      ...(check === "required"
        ? explainRequired(tag, subject)
        : explainScope(tag.applies, subject)),
    })),
  );
  const conditional = policy.rules.map((rule) => ({
    id: rule.id,
    ...explainCondition(rule.if, subject),
  }));
  return [...ofTags, ...conditional].map((rule) => exempted(rule, policy, subject, nowMs));
}

/** A tag is required of those that it applies to. */
function explainRequired({ applies, required }: TagRule, subject: Subject): Applicability {
  const applicable = explainScope(applies, subject);
  if (applicable.applies !== true || required === null) return applicable;
  const { because, ...rest } = explainScope(required, subject);
  return { ...rest, because: because.replace(EVERYTHING, applicable.because) };
}

function explainCondition(condition: Condition, subject: Subject): Applicability {
  const verdict = selects(condition, subject);
  if (verdict.holds === "unknown") return unknown(verdict);
  const parts = partsOf(condition);
  const failing = parts.filter(({ part }) => selects(part, subject).holds === false);
  const named = (verdict.holds ? parts : failing).map(({ name }) => name).join(", ");
  if (!verdict.holds) return { applies: false, because: `does not hold: ${named}` };
  return { applies: true, because: named === "" ? EVERYTHING : `holds: ${named}` };
}

/** A condition taken apart, each part in the words of the policy file. */
function partsOf({ selector, tag, ...rest }: Condition) {
  const { types, name, id, state, enterpriseProject, region, project } = rest;
  const { createdBeforeMs, createdAfterMs } = rest;
  const fields: readonly (readonly [name: string, part: Selector | undefined])[] = [
    ["types", types && { types }],
    ["name", name && { name }],
    ["id", id && { id }],
    ["state", state && { state }],
    ["enterpriseProject", enterpriseProject && { enterpriseProject }],
    ["region", region && { region }],
    ["project", project && { project }],
    ["createdBefore", createdBeforeMs === undefined ? undefined : { createdBeforeMs }],
    ["createdAfter", createdAfterMs === undefined ? undefined : { createdAfterMs }],
  ];
  const parts: { readonly name: string; readonly part: Condition }[] = fields.flatMap(
    ([field, part]) => (part === undefined ? [] : [{ name: field, part }]),
  );
  for (const [key, matchers] of Object.entries(tag ?? {}))
    parts.push({ name: `tag ${key}`, part: { tag: { [key]: matchers } } });
  if (selector !== undefined) parts.push({ name: list(selector), part: { selector } });
  return parts;
}

function exempted<Rule extends Applicability & { readonly id: string }>(
  rule: Rule,
  { exemptions }: Policy,
  subject: Subject,
  nowMs: number,
): RuleApplicability {
  const holds = ({ rule: id, resource, expiresMs }: Exemption) =>
    id === rule.id &&
    (expiresMs === null || nowMs < expiresMs) &&
    selects(resource, subject).holds === true;
  const exemption = rule.applies === true ? exemptions.find(holds) : undefined;
  if (exemption === undefined) return rule;
  const { id, owner, reason } = exemption;
  return { ...rule, exemption: { id, owner, reason } };
}

function unknown({ needs }: Verdict): Applicability {
  const fields = [...new Set(needs)].map((need) => WORDS[need] ?? need).join(", ");
  return {
    applies: "unknown",
    because: `depends on what was not read${fields === "" ? "" : `: ${fields}`}`,
  };
}

const WORDS: { readonly [need: string]: string } = { keyTags: "the encrypting key's tags" };

function list(names: readonly string[]): string {
  return `${names.length === 1 ? "selector" : "selectors"} ${names.join(", ")}`;
}
