import { piecesOf } from "../visible.ts";
import { escapeMarkup } from "../xml.ts";

/**
 * A text from outside as HTML: escaped, isolated from the writing direction around it, characters that
 * nobody would see as small names. Only for the content of elements: no value ever goes into an attribute.
 */
export function outside(text: string): string {
  if (text === "") return '<em class="m">empty</em>';
  return `<bdi>${piecesOf(text).map(pieceHtml).join("")}</bdi>`;
}

function pieceHtml({ text, unseen }: { readonly text: string; readonly unseen: boolean }): string {
  return unseen ? `<i class="u">${text}</i>` : escapeMarkup(text);
}

/** A value of a tag, or a key, as a chip in which leading and trailing spaces can be seen. */
export function chip(value: string): string {
  return value === "" ? outside(value) : `<code>${outside(value)}</code>`;
}

/** What stands where there is nothing to tell. */
export const NOTHING = '<span class="m">–</span>';

/** A text of our own, escaped. */
export const own = escapeMarkup;

/** A point in time as the reader sees it, in UTC: `2026-11-21 14:05`. */
export function timeHtml(iso: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(iso) ?? [];
  if (day === undefined) return outside(iso);
  return `${day}&nbsp;${time}&nbsp;UTC`;
}

/** The same to the second. */
export function momentHtml(iso: string): string {
  const time = clockHtml(iso);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(iso)
    ? `${iso.slice(0, 10)}&nbsp;${time}&nbsp;UTC`
    : time;
}

/** The time of day of a point in time, in UTC, to the second. */
export function clockHtml(iso: string): string {
  return /^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)/.exec(iso)?.[1] ?? outside(iso);
}

/** The day of a point in time, or a dash. */
export function dayHtml(iso: string | null): string {
  if (iso === null) return NOTHING;
  return /^\d{4}-\d\d-\d\d/.exec(iso)?.[0] ?? outside(iso);
}

/** A table in a frame that scrolls by itself where the window is narrow; its caption is read aloud only. */
export function table(
  name: string,
  caption: string,
  head: readonly string[],
  rows: readonly string[],
): string {
  const cells = head.map((cell) => {
    const number = cell.startsWith("#");
    return `<th scope="col"${number ? ' class="n"' : ""}>${number ? cell.slice(1) : cell}</th>`;
  });
  return (
    `<div class="scroll" role="group" tabindex="0" aria-label="${own(caption)}"><table class="${name}">` +
    `<caption class="vh">${own(caption)}</caption><thead><tr>${cells.join("")}</tr></thead>` +
    `<tbody>${rows.join("\n")}</tbody></table></div>`
  );
}

/** A chapter of the page, with its heading. */
export function section(id: string, name: string, body: string): string {
  return `<section id="${id}" aria-labelledby="h-${id}"><h2 id="h-${id}">${name}</h2>${body}</section>`;
}

/** A bar of parts, in percent of its width; the numbers stand beside it, so it is not read aloud. */
export function bar(parts: readonly { readonly part: string; readonly percent: number }[]): string {
  let from = 0;
  const rects = parts
    .filter(({ percent }) => percent > 0)
    .map(({ part, percent }) => {
      const rect = `<rect class="${part}" x="${round(from)}" width="${round(percent)}" height="8"/>`;
      from += percent;
      return rect;
    });
  return `<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="rest" width="100" height="8"/>${rects.join("")}</svg>`;
}

/** Two digits behind the point are finer than any screen. */
export function round(number: number): number {
  return Math.round(number * 100) / 100;
}

/** Part of a whole in percent; of nothing: 0. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
