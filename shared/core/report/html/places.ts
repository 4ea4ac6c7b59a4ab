import type { AuditReport } from "../../audit/audit-report.ts";
import { RESOURCE_TYPES } from "../../resource.ts";
import { grouped, percentText } from "../coverage.ts";
import { bar, outside, share, table } from "./markup.ts";
import type { Cell, Tally } from "./tally.ts";

const ROWS_MAX = 40;
const COLUMNS_MAX = 16;
const SHADES = 4;

/** Failing resources by type and region, and by type, region and enterprise project. */
export function placesHtml(report: AuditReport, { cells }: Tally): string {
  return (
    `<section id="places" aria-labelledby="h-places"><h2 id="h-places">By type and region</h2>` +
    `<p class="lead">Resources that fail or could not be read, each counted once.</p>${regions(report, cells)}` +
    `<h3 class="gap">By enterprise project</h3>${heat(cells)}</section>`
  );
}

function regions({ scopes }: AuditReport, cells: readonly Cell[]): string {
  if (scopes.length === 0) return "<p>No place was audited.</p>";
  const names = [...new Set(scopes.map(({ region }) => region ?? "–"))];
  const rows = names.flatMap((region) =>
    RESOURCE_TYPES.map((type) => {
      const within = scopes.filter((scope) => (scope.region ?? "–") === region);
      const examined = within.reduce((sum, { types }) => sum + types[type].examined, 0);
      const failing = sum(cells.filter((cell) => cell.type === type && cell.region === region));
      const percent = Math.min(100, share(failing, examined));
      return (
        `<tr><th scope="row">${outside(region)}</th><td>${type}</td><td class="n">${grouped(examined)}</td><td class="n">${grouped(failing)}</td>` +
        `<td class="barcell">${bar([{ part: "fail", percent }])}<span class="m">${percentText(Math.round(percent * 10) / 10)}</span></td></tr>`
      );
    }),
  );
  const head = ["Region", "Type", "#Examined", "#Failing", "Share"];
  return table("regions", "Failing resources by region and type", head, rows);
}

function heat(cells: readonly Cell[]): string {
  if (cells.length === 0) return '<p class="m">No resource fails.</p>';
  const rows = ranked(cells, ({ enterpriseProject }) => enterpriseProject);
  const columns = ranked(cells, columnOf);
  const most = Math.max(...cells.map(({ failing }) => failing));
  const numbers = new Map(
    cells.map((cell) => [nameOf(cell.enterpriseProject, columnOf(cell)), cell.failing]),
  );
  const lines = rows.slice(0, ROWS_MAX).map((row) => {
    const all = sum(cells.filter(({ enterpriseProject }) => enterpriseProject === row));
    const shades = columns.slice(0, COLUMNS_MAX).map((column) => {
      const number = numbers.get(nameOf(row, column)) ?? 0;
      return `<td class="h${Math.ceil((SHADES * number) / most)}">${number === 0 ? "·" : grouped(number)}</td>`;
    });
    return `<tr><th scope="row">${outside(row)}</th>${shades.join("")}<td>${grouped(all)}</td></tr>`;
  });
  const head = ["Enterprise project", ...columns.slice(0, COLUMNS_MAX).map(outside), "All"];
  const caption = "Failing resources by enterprise project, type and region";
  const cut = rows.length > ROWS_MAX || columns.length > COLUMNS_MAX;
  const note = cut
    ? '<p class="m">The places with the fewest failing resources are in the CSV only.</p>'
    : "";
  return table("heat", caption, head, lines) + note;
}

function columnOf({ type, region }: Cell): string {
  return `${type} ${region}`;
}

function nameOf(row: string, column: string): string {
  return JSON.stringify([row, column]);
}

function sum(cells: readonly Cell[]): number {
  return cells.reduce((all, { failing }) => all + failing, 0);
}

/** The names that the cells have, most failing resources first, then by name. */
function ranked(cells: readonly Cell[], name: (cell: Cell) => string): readonly string[] {
  const sums = new Map<string, number>();
  for (const cell of cells) sums.set(name(cell), (sums.get(name(cell)) ?? 0) + cell.failing);
  return [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([one]) => one);
}
