import type { UnsignedFinding } from "../audit/record.ts";
import type { Mismatch } from "./compare.ts";
import type { FindingText } from "./schema.ts";

/** What a test says of one finding. */
type Wanted = Exclude<FindingText, string>;

/**
 * Compares findings with those that are listed. Each answers one entry, in whichever way most of them
 * agree: an entry that says less must not take the finding of one that says more.
 */
export function compareFindings(
  listed: readonly FindingText[],
  findings: readonly UnsignedFinding[],
): readonly Mismatch[] {
  const wanted = listed.map((entry) =>
    typeof entry === "string" ? { rule: entry } : { ...entry },
  );
  const taken = assign(wanted, findings);
  const answered = new Set(taken.values());
  const absent = wanted.filter((want) => !answered.has(want));
  const unlisted = findings.filter((finding) => !taken.has(finding));
  return [
    ...absent.map(
      (want): Mismatch => ({
        part: "findings",
        about: want.rule,
        expected: wantedText(want),
        got: null,
      }),
    ),
    ...unlisted.map(
      (finding): Mismatch => ({
        part: "findings",
        about: finding.rule_id,
        expected: null,
        got: findingText(finding),
        finding,
      }),
    ),
  ];
}

/** The entry that each finding answers (augmenting paths; there are few of both). */
function assign(
  wanted: readonly Wanted[],
  findings: readonly UnsignedFinding[],
): ReadonlyMap<UnsignedFinding, Wanted> {
  const taken = new Map<UnsignedFinding, Wanted>();
  const place = (want: Wanted, tried: Set<UnsignedFinding>): boolean =>
    findings.some((finding) => {
      if (tried.has(finding) || !isAs(want, finding)) return false;
      tried.add(finding);
      const holder = taken.get(finding);
      if (holder !== undefined && !place(holder, tried)) return false;
      taken.set(finding, want);
      return true;
    });
  for (const want of wanted) place(want, new Set());
  return taken;
}

function isAs(
  { rule, status = "fail", tag, reason, severity }: Wanted,
  finding: UnsignedFinding,
): boolean {
  return (
    finding.rule_id === rule &&
    finding.status === status &&
    (tag === undefined || finding.tag_key === tag) &&
    (reason === undefined || finding.reason === reason) &&
    (severity === undefined || finding.severity === severity)
  );
}

function wantedText({ status = "fail", tag, reason, severity }: Wanted): string {
  return told(status, reason, tag, severity);
}

function findingText({ status, tag_key: tag, reason, severity }: UnsignedFinding): string {
  return told(status, reason, tag ?? undefined, severity);
}

function told(
  status: string,
  reason: string | undefined,
  tag: string | undefined,
  severity: string | undefined,
): string {
  return [status, reason, tag === undefined ? undefined : `of ${tag}`, severity]
    .filter((part) => part !== undefined)
    .join(", ");
}
