import { Cron } from "croner";

/** When a timer fires, in the words of the trigger's form (terraform-schema.json, `_event_data`). */
export type Schedule = { readonly scheduleType: "Rate" | "Cron"; readonly schedule: string };

/** The first moment after `ms` (both milliseconds since 1970); `null`: there is none. */
export type NextMoment = (ms: number) => number | null;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const UNITS: { readonly [unit: string]: { readonly ms: number; readonly most: number } } = {
  m: { ms: MINUTE_MS, most: 60 },
  h: { ms: HOUR_MS, most: 24 },
  d: { ms: 24 * HOUR_MS, most: 30 },
};
const EVERY = /^@every (?=\d)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/;
const ZONE = /^CRON_TZ=([A-Za-z0-9_+/-]+) (.*)$/s;
/** Digits, `* , - / ?`, and names: what the library knows beyond that is not documented for the service. */
const FIELD =
  /^(?:[\d*,/?-]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)+$/i;

/**
 * Reads a schedule as functiongraph.md 4 has it: Rate `<n>m` up to 60, `<n>h` up to 24, `<n>d` up to 30; Cron
 * `@every 1h30m`, or `sec min hour dom month [dow]` behind an optional `CRON_TZ=Area/City `. Intervals count
 * from `startMs`. Throws on anything else. Which zone holds without CRON_TZ is not established: here UTC.
 */
export function nextMomentOf({ scheduleType, schedule }: Schedule, startMs: number): NextMoment {
  const everyMs = scheduleType === "Rate" ? rateMs(schedule) : everyMsOf(schedule);
  if (everyMs === null) return cronMoment(schedule);
  return (ms) => startMs + (Math.floor((ms - startMs) / everyMs) + 1) * everyMs;
}

/** A schedule as somebody types it: `30m` is a rate, everything else Cron. */
export function scheduleOf(text: string): Schedule {
  return { scheduleType: /^\d+[a-z]$/.test(text) ? "Rate" : "Cron", schedule: text };
}

function rateMs(text: string): number {
  const [, digits = "", name = ""] = /^(\d{1,2})([mhd])$/.exec(text) ?? [];
  const unit = UNITS[name];
  const number = Number(digits);
  if (unit === undefined || number < 1 || number > unit.most)
    throw new Error(`the rate "${text}" must be 1m to 60m, 1h to 24h, or 1d to 30d`);
  return number * unit.ms;
}

/** `null` where it is no `@every`. */
function everyMsOf(text: string): number | null {
  if (!text.startsWith("@")) return null;
  const [whole, hours = "0", minutes = "0", seconds = "0"] = EVERY.exec(text) ?? [];
  const ms = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * 1_000;
  if (whole === undefined || ms === 0) throw new Error(`"${text}" must be such as @every 1h30m`);
  return ms;
}

function cronMoment(text: string): NextMoment {
  const [, timezone = "UTC", pattern = text] = ZONE.exec(text) ?? [];
  const fields = pattern.trim().split(/\s+/);
  const wrong = `"${text}" must be sec min hour dom month [dow], or @every 1h30m`;
  if (fields.length < 5 || fields.length > 6 || !fields.every((field) => FIELD.test(field)))
    throw new Error(wrong);
  const [second = "", minute = "", hour = "", day = "", month = "", weekday = "*"] = fields;
  const six = [second, minute, hour, day, month, weekday].join(" ");
  let cron: Cron;
  try {
    cron = new Cron(six, { timezone, paused: true, sloppyRanges: true });
    cron.nextRun(new Date(0));
  } catch (error) {
    throw new Error(wrong, { cause: error });
  }
  return (ms) => cron.nextRun(new Date(ms))?.getTime() ?? null;
}
