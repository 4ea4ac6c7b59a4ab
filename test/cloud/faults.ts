import type { Fault, FaultRule } from "./contract.ts";

type ActiveRule = { readonly rule: FaultRule; toLetPass: number; left: number };

/** The scripted faults. Rules are tried in the order in which they were added; the first that hits wins. */
export function createFaults() {
  let rules: ActiveRule[] = [];

  return {
    add(rule: FaultRule): void {
      rules.push({ rule, toLetPass: rule.after ?? 0, left: rule.times });
    },
    clear(): void {
      rules = [];
    },
    /** The fault that this request meets, if any; using it up is part of asking. */
    take(operation: string, resource: string | undefined): Fault | undefined {
      for (const active of rules) {
        if (!matches(active.rule, operation, resource)) continue;
        if (active.toLetPass > 0) {
          active.toLetPass -= 1;
          continue;
        }
        if (active.left <= 0) continue;
        active.left -= 1;
        return active.rule.fault;
      }
      return undefined;
    },
  };
}

export type Faults = ReturnType<typeof createFaults>;

function matches(rule: FaultRule, operation: string, resource: string | undefined): boolean {
  if (rule.operation !== undefined && rule.operation !== operation) return false;
  return rule.resource === undefined || rule.resource === resource;
}

/** Lists of an answer that are pages: rows go together where there are two (list-keys). */
const PAGE_FIELDS = ["resources", "keys", "key_details", "secrets", "traces"] as const;

/** Damages a page as the fault says: rows left out at its end, or one field of its first row. */
export function damagePage(body: object, fault: Fault): object {
  if (fault.kind !== "short-page" && fault.kind !== "blank-row") return body;
  const damaged: Record<string, unknown> = { ...body };
  for (const field of PAGE_FIELDS) {
    const rows: unknown = damaged[field];
    if (!Array.isArray(rows)) continue;
    damaged[field] =
      fault.kind === "short-page"
        ? rows.slice(0, Math.max(0, rows.length - fault.rows))
        : rows.map((row: unknown, index) => (index === 0 ? without(row, fault.field) : row));
  }
  return damaged;
}

function without(row: unknown, field: string): unknown {
  if (typeof row !== "object" || row === null) return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== field));
}
