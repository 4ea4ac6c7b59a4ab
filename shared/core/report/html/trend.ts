import type { TrendPoint } from "../../audit/audit-report.ts";
import { grouped, percentText } from "../coverage.ts";
import { dayHtml, round, table, timeHtml } from "./markup.ts";

/** Older audits are in the history, not in the picture. */
const POINTS_MAX = 60;
const WIDTH = 640;
const HEIGHT = 190;
const EDGE = { top: 12, right: 14, bottom: 24, left: 40 };

type Dot = { readonly x: number; readonly y: number; readonly point: TrendPoint };

/** Are there two scores to draw a line between? */
export function hasTrend(trend: readonly TrendPoint[]): boolean {
  return trend.slice(-POINTS_MAX).filter(({ score }) => score !== null).length > 1;
}

/**
 * The score over the past audits as a line, oldest on the left, each audit one step; a hollow point is an
 * audit that was incomplete. The numbers stand in a table below it.
 */
export function trendHtml(trend: readonly TrendPoint[]): string {
  const points = trend.slice(-POINTS_MAX);
  return `${chart(points)}<details><summary>The numbers</summary>${numbers(points)}</details>`;
}

function chart(points: readonly TrendPoint[]): string {
  const scores = points.flatMap(({ score }) => (score === null ? [] : [score]));
  const low = Math.min(90, Math.floor(Math.min(...scores) / 10) * 10);
  const bottom = HEIGHT - EDGE.bottom;
  const yOf = (score: number) =>
    round(bottom - ((score - low) / (100 - low)) * (bottom - EDGE.top));
  const step = (WIDTH - EDGE.left - EDGE.right) / Math.max(1, points.length - 1);
  const dots = points.flatMap((point, index): readonly Dot[] =>
    point.score === null
      ? []
      : [{ x: round(EDGE.left + index * step), y: yOf(point.score), point }],
  );
  const grid = [low, (low + 100) / 2, 100].map(
    (score) =>
      `<line class="grid" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${yOf(score)}" y2="${yOf(score)}"/>` +
      `<text x="${EDGE.left - 6}" y="${yOf(score) + 4}" text-anchor="end">${score} %</text>`,
  );
  const line = dots.map(({ x, y }) => `${x},${y}`).join(" ");
  const [first, last] = [dots[0], dots[dots.length - 1]];
  const area = `${first?.x},${bottom} ${line} ${last?.x},${bottom}`;
  const circles = dots.map(
    ({ x, y, point }) =>
      `<circle${point.complete ? "" : ' class="part"'} cx="${x}" cy="${y}" r="4"/>`,
  );
  return (
    `<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="trend-title trend-desc">` +
    `<title id="trend-title">Score over time</title><desc id="trend-desc">${description(points)}</desc>${grid.join("")}` +
    `<polygon class="area" points="${area}"/><polyline class="line" points="${line}"/>${circles.join("")}` +
    `<text x="${EDGE.left}" y="${HEIGHT - 6}">${dayOf(points[0])}</text>` +
    `<text x="${WIDTH - EDGE.right}" y="${HEIGHT - 6}" text-anchor="end">${dayOf(points[points.length - 1])}</text></svg>`
  );
}

function dayOf(point: TrendPoint | undefined): string {
  return point === undefined ? "" : (/^\d{4}-\d\d-\d\d/.exec(point.at)?.[0] ?? "");
}

function description(points: readonly TrendPoint[]): string {
  const [first, last] = [points[0], points[points.length - 1]];
  return `${points.length} audits: from ${percentText(first?.score ?? null)} on ${dayOf(first)} to ${percentText(last?.score ?? null)} on ${dayOf(last)}.`;
}

function numbers(points: readonly TrendPoint[]): string {
  const rows = [...points]
    .reverse()
    .map(
      ({ at, score, fail, resources, complete }) =>
        `<tr><td>${/T\d\d:\d\d/.test(at) ? timeHtml(at) : dayHtml(at)}</td><td class="n">${percentText(score)}</td><td class="n">${grouped(fail)}</td><td class="n">${grouped(resources)}</td><td>${complete ? "complete" : "incomplete"}</td></tr>`,
    );
  const head = ["Audit", "#Score", "#Failing", "#Resources", "State"];
  return table("trend-numbers", "Past audits, newest first", head, rows);
}
