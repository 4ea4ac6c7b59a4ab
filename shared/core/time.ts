const YEAR_MIN_MS = Date.UTC(2000, 0, 1);
const YEAR_MAX_MS = Date.UTC(2200, 0, 1);
// Between the two, 10-digit seconds end in the year 2200 and 13-digit milliseconds begin in 2000.
const SECONDS_BELOW = 1e11;
const MINUTE_MS = 60_000;

const NUMERIC = /^\d{1,16}(?:\.\d{1,9})?$/;
const WRITTEN =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:(?:T| +)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? *(?:Z|(?:GMT|UTC)?(?:([+-])(\d{1,2}):?(\d{2})?)?)$/i;

/**
 * Reads a time: milliseconds since 1970, or `null` where it is not one.
 *
 * Accepts every form that traces come in (functiongraph.md section 3): a number or numeric text, in
 * milliseconds or in seconds (told apart by magnitude), ISO 8601, and
 * `2016/12/08 11:07:28 GMT+08:00`. A time without a zone is UTC. Before 2000 or after 2199 is absurd.
 */
export function parseTime(value: unknown): number | null {
  if (typeof value === "number") return sane(value < SECONDS_BELOW ? value * 1000 : value);
  if (typeof value !== "string") return null;
  const text = value.trim();
  return NUMERIC.test(text) ? parseTime(Number(text)) : parseWritten(text);
}

function parseWritten(text: string): number | null {
  const match = WRITTEN.exec(text);
  if (match === null) return null;
  const part = (group: number) => Number(match[group] ?? 0);
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part);
  const fraction = Number(`0.${match[7] ?? 0}`);
  const ms = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
  // Date.UTC carries over: the 31st of April would quietly be the 1st of May, and 3:60 be 4:00.
  const date = new Date(ms);
  const carried = date.getUTCMonth() + 1 !== month || date.getUTCHours() !== hour;
  if (carried || part(6) > 59 || part(9) > 18 || part(10) > 59) return null;
  const offsetMs = (match[8] === "-" ? -1 : 1) * (part(9) * 60 + part(10)) * MINUTE_MS;
  return sane(ms + fraction * 1000 - offsetMs);
}

function sane(ms: number): number | null {
  return ms >= YEAR_MIN_MS && ms < YEAR_MAX_MS ? Math.round(ms) : null;
}

/** A time as ISO 8601 in UTC, with milliseconds. `ms` is what {@link parseTime} gives. */
export function toIsoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** Writes a time in UTC. Tokens are `yyyy MM dd HH mm ss`; everything else is literal text. */
export function formatTime(ms: number, pattern: string): string {
  const iso = toIsoTime(ms);
  const tokens: { readonly [token: string]: string } = {
    yyyy: iso.slice(0, 4),
    MM: iso.slice(5, 7),
    dd: iso.slice(8, 10),
    HH: iso.slice(11, 13),
    mm: iso.slice(14, 16),
    ss: iso.slice(17, 19),
  };
  return pattern.replace(/yyyy|MM|dd|HH|mm|ss/g, (token) => tokens[token] ?? token);
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", MINUTE_MS],
  ["h", 60 * MINUTE_MS],
  ["d", 24 * 60 * MINUTE_MS],
]);

/** Reads a duration such as `500ms`, `30s`, `10m`, `1h` or `2d`: milliseconds, or `null`. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text.trim());
  const unitMs = UNIT_MS.get(match?.[2] ?? "");
  return unitMs === undefined ? null : Number(match?.[1]) * unitMs;
}
