import type { AuditReport } from "../audit/audit-report.ts";
import type { Finding, FindingReason } from "../audit/finding.ts";
import { isResourceId } from "../resource.ts";
import { grouped, numbered } from "./coverage.ts";

/** Something that the reader of an audit can do, with the commands for it. Holds no tag and no value. */
export type NextStep = { readonly text: string; readonly commands: readonly string[] };

type Advice = {
  readonly reasons: readonly FindingReason[];
  readonly text: (number: number) => string;
  readonly commands: readonly string[];
};

/** What helps where no plan does; commands name placeholders, never a value that was found. */
const ADVICE: readonly Advice[] = [
  {
    reasons: ["secret", "personal-data"],
    text: (number) =>
      `${numbered(number, "tag")} may hold a secret or personal data: change the secret itself first, then remove the tag.`,
    commands: ["tagwarden plan --unset <key> -o clean.json", "tagwarden apply clean.json"],
  },
  {
    reasons: ["near-miss-key", "undeclared"],
    text: (number) =>
      `${numbered(number, "finding")} about keys that no rule knows or that are nearly right: declare them, add them as aliases, or rename them.`,
    commands: ["tagwarden plan --rename <found>=<wanted> -o rename.json"],
  },
  {
    reasons: ["conflict"],
    text: (number) =>
      `${numbered(number, "resource")} with an alias and a key that differ: choose a value by hand, a plan leaves both untouched.`,
    commands: [],
  },
  {
    reasons: ["expired", "unused", "unmatched"],
    text: (number) =>
      `Parts of the policy without effect: ${grouped(number)}. Correct the policy file.`,
    commands: ["tagwarden validate"],
  },
  {
    reasons: ["near-limit", "full"],
    text: (number) =>
      `${numbered(number, "resource")} with no room left, or little: remove tags that nobody needs.`,
    commands: ["tagwarden plan --unset <key> -o room.json"],
  },
];

/** What to do next, most urgent first; nothing where the audit is complete and clean. */
export function nextSteps({ complete, findings }: AuditReport): readonly NextStep[] {
  const { reasons: counts, ...rest } = countFailing(findings);
  return [
    ...(complete
      ? []
      : [
          {
            text: "See to what could not be examined (permissions, network, projects), then audit again.",
            commands: ["tagwarden audit --out html=report.html"],
          },
        ]),
    ...planStep(rest),
    ...ADVICE.flatMap(({ reasons, text, commands }) => {
      const number = reasons.reduce((sum, reason) => sum + (counts.get(reason) ?? 0), 0);
      return number === 0 ? [] : [{ text: text(number), commands }];
    }),
    ...explainStep(rest),
  ];
}

type Failing = {
  /** Findings that a plan puts right. */
  readonly fixable: number;
  /** Findings about resources that no plan puts right, and the first of them that can be explained. */
  readonly left: number;
  readonly first: Finding | null;
};

/** One pass: there may be more findings than fit into memory. */
function countFailing(findings: Iterable<Finding>) {
  const reasons = new Map<FindingReason, number>();
  let [fixable, left] = [0, 0];
  let first: Finding | null = null;
  for (const finding of findings) {
    if (finding.status !== "fail") continue;
    reasons.set(finding.reason, (reasons.get(finding.reason) ?? 0) + 1);
    if (finding.fixable) fixable += 1;
    else if (finding.resource_id !== null) {
      left += 1;
      if (first === null && isResourceId(finding.resource_id)) first = finding;
    }
  }
  return { reasons, fixable, left, first };
}

function planStep({ fixable }: Failing): readonly NextStep[] {
  if (fixable === 0) return [];
  const text = `${numbered(fixable, "finding")} can be put right by the policy: make a plan, read it, apply it.`;
  return [{ text, commands: ["tagwarden plan -o plan.json", "tagwarden apply plan.json"] }];
}

function explainStep({ left, first }: Failing): readonly NextStep[] {
  if (first === null) return [];
  const text = `${numbered(left, "finding")} that no plan puts right: see which source of a value was passed over, and why.`;
  return [{ text, commands: [`tagwarden explain ${first.resource_type}:${first.resource_id}`] }];
}
