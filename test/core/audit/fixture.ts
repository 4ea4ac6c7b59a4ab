import type { Finding } from "../../../shared/core/audit/finding.ts";
import { createJudge } from "../../../shared/core/audit/judge.ts";
import { identityOf } from "../../../shared/core/audit/record.ts";
import type { Facts, Field } from "../../../shared/core/facts.ts";
import type { InventoryItem } from "../../../shared/core/inventory/item.ts";
import type { Policy } from "../../../shared/core/policy/policy.ts";
import { tags } from "../plan/builders.ts";

/** Every test is at noon of this day. */
export const NOW_MS = Date.UTC(2027, 0, 15, 12);

/** The text itself: what goes into a fingerprint can be seen. */
export const fingerprintOf = (text: string): string => text;

export const deps = { nowMs: NOW_MS, fingerprintOf };

const HEX = "0123456789abcdef";

/** A resource id by a number. */
export function idOf(number: number): string {
  const last = [...String(number).padStart(12, "0")].map((digit) => HEX[Number(digit)]).join("");
  return `00000000-0000-4000-8000-${last}`;
}

type About = {
  readonly type?: "secret" | "key";
  readonly number?: number;
  readonly name?: string;
  readonly skip?: InventoryItem["skip"];
  readonly keyTags?: Facts["keyTags"];
  /** `undefined`: not told. */
  readonly fields?: { readonly [Name in Field]?: string | null | undefined };
};

/** A secret of which everything is known, unless the test says otherwise. */
export function item(
  held: { readonly [key: string]: string } | null,
  { type = "secret", number = 1, name = "app", skip = null, keyTags, fields = {} }: About = {},
): InventoryItem {
  const id = idOf(number);
  const known = new Map<Field, string | null>([
    ["resource.id", id],
    ["resource.type", type],
    ["resource.name", name],
    ["resource.state", "ENABLED"],
    ["resource.enterpriseProject", "0"],
    ["resource.createdAt", "2026-01-01T00:00:00.000Z"],
    ["resource.kmsKeyId", null],
    ["resource.secretType", null],
    ["resource.keySpec", null],
    ["region", "eu-west-101"],
    ["project", "p1"],
  ]);
  for (const [field, value] of Object.entries(fields))
    for (const one of [...known.keys()].filter((other) => other === field)) {
      if (value === undefined) known.delete(one);
      else known.set(one, value);
    }
  return {
    resource: { type, id, name },
    facts: {
      type,
      fields: known,
      hasEvent: false,
      ...(keyTags !== undefined && { keyTags }),
    },
    tags: held === null ? null : tags(held),
    skip,
  };
}

/** A judge whose findings have their fingerprints, as those of a report have. */
export function judgeOf(policy: Policy) {
  const judgeOne = createJudge(policy, deps);
  return (one: InventoryItem) => {
    const { findings, ...judgement } = judgeOne(one);
    const signed = findings.map((finding) => ({
      ...finding,
      fingerprint: fingerprintOf(identityOf(finding, finding.resource_id, finding.tag_key)),
    }));
    return { ...judgement, findings: signed };
  };
}

export const judge = (policy: Policy, one: InventoryItem) => judgeOf(policy)(one);

/** The columns that say what is wrong. */
export function brief(findings: readonly Finding[]) {
  return findings.map(({ rule_id, status, severity, reason, tag_key, actual, ...told }) => ({
    rule_id,
    status,
    severity,
    reason,
    tag_key,
    actual,
    expected: told.expected,
    suggestion: told.suggestion,
    fixable: told.fixable,
    fix_action: told.fix_action,
  }));
}
