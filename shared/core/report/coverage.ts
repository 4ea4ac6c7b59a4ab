import type { AuditCount, AuditReport, AuditScope } from "../audit/audit-report.ts";
import { RESOURCE_TYPES, type ResourceType } from "../resource.ts";

/** The best score that an incomplete audit can show: nobody knows about the rest. */
const INCOMPLETE_SCORE_MAX = 99.9;

/** One type of resource in one region and project. */
export type Coverage = {
  readonly scope: AuditScope;
  readonly type: ResourceType;
  readonly count: AuditCount;
  /**
   * Is this where something is missing? Never so in a complete scope, nor where all was examined and the other
   * type tells what is missing; where neither does, both are meant by the scope's problem.
   */
  readonly short: boolean;
};

/** What was counted and examined, by region, project and type. */
export function coverageOf({ scopes }: AuditReport): readonly Coverage[] {
  return scopes.flatMap((scope) => {
    const lacking = RESOURCE_TYPES.filter((type) => lacks(scope, scope.types[type]));
    const told = lacking.length > 0 || scope.problem === null ? lacking : RESOURCE_TYPES;
    return RESOURCE_TYPES.map((type): Coverage => {
      const short = !scope.complete && told.includes(type);
      return { scope, type, count: scope.types[type], short };
    });
  });
}

/** A type without a count was not read to its end where the scope has a problem. */
function lacks({ problem }: AuditScope, { counted, examined, errors }: AuditCount): boolean {
  return errors > 0 || (counted === null ? problem !== null : counted !== examined);
}

/** `the API counts 120, examined 118, skipped 2, errors 1`. */
export function coverageText({ counted, examined, skipped, errors }: AuditCount): string {
  return [
    counted === null ? "the API gives no count" : `the API counts ${grouped(counted)}`,
    `examined ${grouped(examined)}`,
    `skipped ${grouped(skipped)}`,
    `errors ${grouped(errors)}`,
  ].join(", ");
}

/** Where a scope is: `eu-west-101 / 0123…`; a region that is not known is left out. */
export function scopeText({ region, project }: Pick<AuditScope, "region" | "project">): string {
  return region === null ? project : `${region} / ${project}`;
}

/** Says first of all whether everything was examined. */
export function completenessText(report: AuditReport): string {
  if (report.complete) return "Complete: everything that the API counts was examined.";
  const open = report.scopes.filter(({ complete }) => !complete).length;
  const where =
    open === 0
      ? ""
      : ` Something is missing in ${open} of ${numbered(report.scopes.length, "scope")}.`;
  return `Incomplete: not everything could be examined.${where} Scores and findings are about the rest.`;
}

/** The score in percent as it may be shown: an incomplete audit is never 100 %; `null`: there is none. */
export function shownScore(report: AuditReport, score: number | null): number | null {
  if (score === null) return null;
  return report.complete ? score : Math.min(score, INCOMPLETE_SCORE_MAX);
}

/** `97.5 %`, or a dash. */
export function percentText(percent: number | null): string {
  return percent === null ? "–" : `${percent} %`;
}

/** `12,345`. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 finding`, `2 findings`. */
export function numbered(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
}
