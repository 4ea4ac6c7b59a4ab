import * as z from "zod/mini";
import { isJsonObject, own, parseJson } from "../json-value.ts";
import { FORMAT_NAMES } from "../report/formats.ts";
import { REMEDIATIONS } from "./remediation.ts";

const optionsSchema = z.strictObject({
  /** Outputs that are stored, beside the JSON. */
  formats: z.exactOptional(z.array(z.enum(FORMAT_NAMES))),
  /** Takes the place of the setting. */
  remediate: z.exactOptional(z.enum(REMEDIATIONS)),
});
export type AuditOptions = z.infer<typeof optionsSchema>;

/** What is wrong with the event of a timer; names fields, never values. */
export class AuditOptionsError extends Error {
  override readonly name = "AuditOptionsError";
}

/** A timer's event has both; one without the text is one without options. */
const TIMER_FIELDS = ["user_event", "trigger_type"] as const;

/**
 * Reads the options of an audit from a timer's event: its `user_event` is the text that was configured
 * with the trigger, JSON or empty (functiongraph.md 3). The options themselves, and an empty event, are
 * accepted, too. Throws an `AuditOptionsError`.
 */
export function readAuditOptions(event: unknown): AuditOptions {
  const told = isJsonObject(event) && TIMER_FIELDS.some((field) => Object.hasOwn(event, field));
  const value = told ? own(event, "user_event") : event;
  const text = typeof value === "string" ? value.trim() : null;
  const options = text === null ? (value ?? {}) : text === "" ? {} : parseJson(text);
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join(".") || "the event"))];
  throw new AuditOptionsError(
    `the timer's user_event: see ${fields.join(", ")}; expected { "formats": [${FORMAT_NAMES.join(", ")}], "remediate": "${REMEDIATIONS.join(" | ")}" }`,
  );
}
