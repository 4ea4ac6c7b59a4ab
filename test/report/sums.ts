import type { AuditCount, AuditReport, AuditScope } from "../../shared/core/audit/audit-report.ts";
import { type Finding, STATUSES, type Status, worstOf } from "../../shared/core/audit/finding.ts";
import type { OwnerCount } from "../../shared/core/audit/owner-counts.ts";
import { locationOf, SEVERITIES } from "../../shared/core/report/wording.ts";
import { RESOURCE_TYPES, type ResourceType } from "../../shared/core/resource.ts";

/** A region and project of a sample, and what could not be examined there. */
export type Place = Pick<AuditScope, "region" | "project"> & {
  /** Why the types of `unread` were not read. */
  readonly problem?: string;
  readonly unread?: readonly ResourceType[];
  /** Secrets that the service counts and nobody met. */
  readonly missing?: number;
};

/** A resource by its findings. */
export type Standing = { readonly findings: readonly Finding[]; readonly status: Status };

/** Every resource that has findings. */
export function standingsOf(findings: readonly Finding[]): readonly Standing[] {
  const byPlace = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.resource_id === null) continue;
    const place = locationOf(finding);
    byPlace.set(place, [...(byPlace.get(place) ?? []), finding]);
  }
  return [...byPlace.values()].map((own) => ({ findings: own, status: worstOf(own) }));
}

/** How many resources stand how. */
export function statusesOf(standings: readonly Standing[], pass: number) {
  const number = (wanted: Status) => standings.filter(({ status }) => status === wanted).length;
  const [error, fail, exempt, skipped] = STATUSES.map(number);
  return { error: error ?? 0, fail: fail ?? 0, exempt: exempt ?? 0, skipped: skipped ?? 0, pass };
}

/** The n-th part of a number; all parts together are the number. */
function partOf(number: number, index: number, parts: number): number {
  return Math.floor((number + index) / parts);
}

/** The places with their counts; resources that pass are spread over all that was read. */
export function scopesOf(
  places: readonly Place[],
  standings: readonly Standing[],
  pass: number,
): readonly AuditScope[] {
  const read = places.flatMap(({ unread = [] }, at) =>
    RESOURCE_TYPES.filter((type) => !unread.includes(type)).map((type) => `${type} ${at}`),
  );
  const cellOf = ({ findings: [first] }: Standing) => {
    const at = places.findIndex(
      ({ region, project }) => region === first?.region && project === first?.project_id,
    );
    return `${first?.resource_type} ${Math.max(0, at)}`;
  };
  return places.map((place, at): AuditScope => {
    const { region, project, problem = null, missing = 0 } = place;
    const countOf = (type: ResourceType): AuditCount => {
      const cell = `${type} ${at}`;
      if (!read.includes(cell)) return { counted: null, examined: 0, skipped: 0, errors: 0 };
      const own = statusesOf(
        standings.filter((one) => cellOf(one) === cell),
        partOf(pass, read.indexOf(cell), read.length),
      );
      const examined = own.pass + own.fail + own.exempt + own.skipped;
      const counted = examined + own.error + (type === "secret" ? missing : 0);
      return { counted, examined, skipped: own.skipped, errors: own.error };
    };
    const types = { secret: countOf("secret"), key: countOf("key") };
    const errors = types.secret.errors + types.key.errors;
    const complete = problem === null && missing === 0 && errors === 0;
    return { region, project, complete, problem, types };
  });
}

/** The sum of all scopes; `counted` is known only where each scope's is. */
export function sumOf(type: ResourceType, scopes: readonly AuditScope[]): AuditCount {
  const all = scopes.map(({ types }) => types[type]);
  const sum = (field: "examined" | "skipped" | "errors") =>
    all.reduce((total, count) => total + count[field], 0);
  const counted = all.reduce<number | null>(
    (total, count) => (total === null || count.counted === null ? null : total + count.counted),
    0,
  );
  return { counted, examined: sum("examined"), skipped: sum("skipped"), errors: sum("errors") };
}

const OWNERS = ["pay@example.com", "platform@example.com", "data@example.com", null];

/** The resources that were judged, dealt out to owners. */
export function ownersOf(standings: readonly Standing[], pass: number): AuditReport["owners"] {
  const judged = standings.filter(({ status }) => status === "fail" || status === "exempt");
  const list = OWNERS.map((owner, at): OwnerCount => {
    const theirs = judged.filter((_, index) => index % OWNERS.length === at);
    const failed = theirs.flatMap(({ findings }) =>
      findings.filter((one) => one.status === "fail"),
    );
    return {
      owner,
      resources: theirs.length + partOf(pass, at, OWNERS.length),
      failing: theirs.filter(({ status }) => status === "fail").length,
      findings: failed.length,
      fixable: failed.filter(({ fixable }) => fixable).length,
      worst: SEVERITIES.find((grade) => failed.some(({ severity }) => severity === grade)) ?? null,
    };
  });
  return {
    tag: "Owner",
    list: list
      .filter(({ resources }) => resources > 0)
      .sort(
        (one, other) =>
          other.failing - one.failing ||
          other.findings - one.findings ||
          other.resources - one.resources,
      ),
    others: 0,
  };
}
