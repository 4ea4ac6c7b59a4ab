import type { InventoryItem } from "../inventory/item.ts";
import type { Exemption, Policy, Scope } from "../policy/policy.ts";
import { formatPath } from "../policy/problem.ts";
import { inScope, type Subject, selects, type Verdict } from "../selector.ts";
import { BUILT_IN } from "./built-in-rules.ts";
import { type DraftFinding, draft } from "./draft.ts";
import { isInForce, lastDayOf } from "./exemption.ts";
import type { Finding } from "./finding.ts";
import type { JudgeDeps } from "./judge.ts";
import { placeSubject, recordFinding } from "./record.ts";
import { subjectOf } from "./subject.ts";

/** Watches which parts of a policy are about some resource. */
export type PolicyUse = {
  see(item: InventoryItem): void;
  /** The exemption excused a finding. */
  excuse(id: string): void;
  /** Findings about the policy; that something picks nothing is told only where everything was seen. */
  end(sawAll: boolean): readonly Finding[];
};

/** Starts to watch. A part is asked until it picks a resource, and then never again. */
export function createPolicyUse(policy: Policy, deps: JudgeDeps): PolicyUse {
  const [inForce, expired] = [true, false].map((holds) =>
    policy.exemptions.filter((exemption) => isInForce(exemption, deps.nowMs) === holds),
  );
  const excusing = new Set<string>();
  let idleParts: readonly Part[] = listParts(policy);
  let idleExemptions: readonly PickingExemption[] = (inForce ?? []).map(pickingExemption);
  let resources = 0;
  const isIdle = (one: Exemption) => idleExemptions.some(({ exemption }) => exemption === one);

  return {
    see(item) {
      resources += 1;
      if (idleParts.length === 0 && idleExemptions.length === 0) return;
      const subject = subjectOf(item, policy);
      idleParts = without(idleParts, subject);
      idleExemptions = without(idleExemptions, subject);
    },
    excuse: (id) => excusing.add(id),
    end(sawAll) {
      const ended = (expired ?? []).map((one) =>
        recordExemption(one, describeExpired(one), policy, deps),
      );
      if (!sawAll || resources === 0) return ended;
      const unused = (inForce ?? [])
        .filter(({ id }) => !excusing.has(id))
        .map((one) => recordExemption(one, describeUnused(isIdle(one)), policy, deps));
      const unmatched = idleParts.map((part) => recordPart(part, policy, deps));
      return [...ended, ...unused, ...unmatched];
    },
  };
}

/** What picks resources. */
type Picking = { readonly picks: (subject: Subject) => Verdict };

/** Those that do not pick the resource; what cannot be told may well pick it. Mostly that is all of them. */
function without<One extends Picking>(idle: readonly One[], subject: Subject): readonly One[] {
  for (const one of idle)
    if (one.picks(subject).holds !== false)
      return idle.filter(({ picks }) => picks(subject).holds === false);
  return idle;
}

/** A part of a policy that picks resources. */
type Part = Picking & { readonly path: string; readonly key: string | null };

type PickingExemption = Picking & { readonly exemption: Exemption };

function pickingExemption(exemption: Exemption): PickingExemption {
  return { exemption, picks: (subject) => selects(exemption.resource, subject) };
}

function listParts({ selectors, tags, rules }: Policy): readonly Part[] {
  const named = Object.entries(selectors).map(([name, selector]) => ({
    path: formatPath(["selectors", name]),
    key: null,
    picks: (subject: Subject) => selects(selector, subject),
  }));
  const scoped = tags.flatMap(({ key, applies, required }) => [
    ...scopePart(["tags", key, "applies"], key, applies),
    ...(required === null ? [] : scopePart(["tags", key, "required"], key, required)),
  ]);
  const conditional = rules.map((rule, index) => ({
    path: formatPath(["rules", index, "if"]),
    key: null,
    picks: (subject: Subject) => selects(rule.if, subject),
  }));
  return [...named, ...scoped, ...conditional];
}

/** A scope that means everybody needs no watching. */
function scopePart(path: readonly string[], key: string, scope: Scope): readonly Part[] {
  if (scope.only === null && scope.except.length === 0) return [];
  return [{ path: formatPath(path), key, picks: (subject) => inScope(scope, subject) }];
}

function recordPart({ path, key }: Part, { hash }: Policy, { fingerprintOf }: JudgeDeps): Finding {
  const rule = "policy.rule";
  const found = draft({
    rule,
    severity: BUILT_IN[rule].severity,
    reason: "unmatched",
    key,
    actual: path,
    expected: "some resource that it picks",
  });
  return recordFinding(found, placeSubject(hash), { fingerprintOf, topic: path });
}

type Described = Pick<DraftFinding, "reason" | "severity" | "expected" | "suggestion">;

function describeExpired(exemption: Exemption): Described {
  return {
    reason: "expired",
    severity: BUILT_IN["policy.exemption"].severity,
    expected: `in force; its last day was ${lastDayOf(exemption)}`,
    suggestion: "remove it, or give it a new last day",
  };
}

function describeUnused(picksNobody: boolean): Described {
  return {
    reason: "unused",
    severity: "low",
    expected: picksNobody ? "some resource that it picks" : "a finding that it excuses",
    suggestion: "remove it",
  };
}

/** The finding names the exemption, which is not what excuses it. */
function recordExemption(
  exemption: Exemption,
  described: Described,
  { hash }: Policy,
  { fingerprintOf }: JudgeDeps,
): Finding {
  const found = draft({ ...described, rule: "policy.exemption", actual: exemption.rule });
  const topic = `exemption ${exemption.id}`;
  return {
    ...recordFinding(found, placeSubject(hash), { fingerprintOf, topic }),
    exemption_id: exemption.id,
    exemption_expires: lastDayOf(exemption),
  };
}
