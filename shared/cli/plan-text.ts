import { RESOURCE_TYPES, type ResourceRef } from "../core/resource.ts";
import { brokenGuards, type RunGuards } from "../core/run/guard.ts";
import type { InventoryCount, PlannedResource, RunPlan } from "../core/run/run-plan.ts";
import { isWrite } from "../core/run/step.ts";
import type { TagChange, TagOp } from "../core/tag.ts";
import type { MadePlan } from "../io/run/planning.ts";
import type { Cell } from "./table.ts";
import { changeCells } from "./tag-text.ts";
import type { Terminal } from "./terminal.ts";

/** Longer plans are shown up to here; the file holds all. */
const ROWS_SHOWN_MAX = 100;
const NAMES_SHOWN_MAX = 10;

/** Was everything examined that the selection may mean? */
export function isComplete({ plan, missing, unreadable }: MadePlan): boolean {
  const whole = Object.values(plan.inventory).every(isWhole);
  return whole && missing.length === 0 && unreadable.length === 0;
}

function isWhole({ counted, examined, unreadable }: InventoryCount): boolean {
  return unreadable === 0 && (counted === null || counted === examined);
}

/** Shows a plan as tables, totals and what the service counts; it is data. */
export function showPlan(
  { resources, unresolved, selected, inventory }: RunPlan,
  terminal: Terminal,
): void {
  const written = resources.map((one) => ({ ...one, changes: one.changes.filter(isShown) }));
  showRows(written, terminal);
  if (unresolved.length > 0) {
    terminal.data("left as they are, although something is wrong:");
    terminal.data("");
    showRows(unresolved, terminal);
  }
  terminal.data(totals(resources, selected));
  for (const type of RESOURCE_TYPES) {
    const counts = inventory[type];
    if (counts !== undefined) terminal.data(`${type}s: ${inventoryText(counts)}`);
  }
}

/** Tags for which no value is at hand are in the file; here they would hide what changes. */
function isShown({ reason }: TagChange): boolean {
  return reason !== "no-source" && reason !== "no-value";
}

function showRows(resources: readonly PlannedResource[], terminal: Terminal): void {
  const rows = resources.flatMap(({ resource, changes }) =>
    changes.map((change, index): readonly (string | Cell)[] => [
      index === 0 ? nameOf(resource) : "",
      change.key,
      ...changeCells(change, terminal),
    ]),
  );
  if (rows.length === 0) return;
  terminal.table({
    head: ["RESOURCE", "TAG", "CHANGE", "WHY"],
    rows: rows.slice(0, ROWS_SHOWN_MAX),
  });
  const more = rows.length - ROWS_SHOWN_MAX;
  if (more > 0) terminal.data(`and ${more} more; -o plan.json holds all`);
  terminal.data("");
}

function nameOf({ type, id, name }: ResourceRef): string {
  return `${type} ${name ?? id}`;
}

const WORDS: readonly (readonly [op: TagOp, word: string])[] = [
  ["create", "to create"],
  ["overwrite", "to overwrite"],
  ["delete", "to delete"],
];

function totals(resources: readonly PlannedResource[], selected: number): string {
  if (resources.length === 0) return `nothing to change in ${numbered(selected, "resource")}`;
  const writes = resources.flatMap(({ changes }) => changes.filter(isWrite));
  const parts = WORDS.flatMap(([op, word]) => {
    const number = writes.filter((change) => change.op === op).length;
    return number === 0 ? [] : [`${number} ${word}`];
  });
  return `${resources.length} of ${numbered(selected, "resource")} to change; tags: ${parts.join(", ")}`;
}

function inventoryText({ counted, examined, skipped, unreadable }: InventoryCount): string {
  return [
    counted === null ? "the API gives no count" : `the API counts ${counted}`,
    `examined ${examined}`,
    ...(skipped > 0 ? [`skipped ${skipped}`] : []),
    ...(unreadable > 0 ? [`unreadable ${unreadable}`] : []),
  ].join(", ");
}

function numbered(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Says what the plan does not cover, and which guards stand in its way. */
export function tellGaps(made: MadePlan, guards: RunGuards, terminal: Terminal): void {
  const { plan, missing, unreadable, skipped } = made;
  tellNames("no such resource", missing, terminal);
  tellNames("could not be read", unreadable.map(nameOf), terminal);
  tellNames(
    "never tagged",
    skipped.map(({ resource, reason }) => `${nameOf(resource)} (${reason})`),
    terminal,
  );
  for (const type of RESOURCE_TYPES) {
    const counts = plan.inventory[type];
    if (counts !== undefined && !isWhole(counts))
      terminal.warn(`not every ${type} was examined: ${inventoryText(counts)}`);
  }
  for (const broken of brokenGuards(plan, guards))
    terminal.warn(`a guard stops this plan: ${broken}`);
}

function tellNames(what: string, names: readonly string[], terminal: Terminal): void {
  if (names.length === 0) return;
  const more = names.length - NAMES_SHOWN_MAX;
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(", ");
  terminal.warn(`${what}: ${shown}${more > 0 ? ` and ${more} more` : ""}`);
}

/** Says how the plan is carried out; nothing where there is nothing to do. */
export function tellNext(
  { resources }: RunPlan,
  out: string | undefined,
  terminal: Terminal,
): void {
  if (resources.length === 0) return;
  terminal.note(
    out === undefined
      ? "next: the same with -o plan.json, then tagwarden apply plan.json"
      : `next: tagwarden apply ${out}`,
  );
}
