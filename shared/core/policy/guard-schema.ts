import * as z from "zod";
import { parseDuration } from "../time.ts";
import { fields } from "./matcher-schema.ts";

/** Longest `grace`: a waiting function occupies an instance. */
export const GRACE_MS_MAX = 3_600_000;
/** Longest `visible`: a day. */
export const VISIBLE_MS_MAX = 86_400_000;
/** Highest `maxChanges`. */
export const CHANGES_MAX = 1_000_000;
/** Highest `reserve`: one less than the most tags that a resource may carry (dew-api.md 3). */
export const RESERVE_MAX = 19;

/** What holds where the policy says nothing. */
export const POLICY_DEFAULTS = {
  severity: "medium",
  whenPresent: "keep",
  reserve: 0,
  keyProfile: "documented",
  grace: "30s",
  visible: "10m",
  maxChanges: 500,
  maxPercent: 10,
} as const;

const DURATION = /^(0|[1-9][0-9]{0,8})(ms|s|m|h)$/;

function duration(limitMs: number, expected: string) {
  // The error of the schema is that of its checks, too.
  return z
    .string({ error: expected })
    .regex(DURATION, { abort: true })
    .refine((text) => (parseDuration(text) ?? 0) <= limitMs);
}

const grace = duration(GRACE_MS_MAX, "a duration such as 30s, 500ms, 2m or 0s, at most 1h");
const graceTable = z
  .object({ default: grace.describe("For everyone else.") })
  .catchall(grace)
  .meta({
    description: "Text that occurs in the user agent to duration; the first that occurs holds.",
    // For editors; the check that tells the place is `checkGrace`.
    propertyNames: { pattern: "\\S" },
  });

export const guards = fields({
  grace: z
    .union([grace, graceTable], {
      error: "a duration such as 30s, or a mapping such as { terraform: 120s, default: 5s }",
    })
    .optional()
    .meta({
      default: POLICY_DEFAULTS.grace,
      description: "How long after its creation a resource is left to its creator's own tag call.",
    }),
  visible: duration(VISIBLE_MS_MAX, "a duration such as 10m, at most 24h").optional().meta({
    default: POLICY_DEFAULTS.visible,
    description: "How long after its creation a resource that is not found may still appear.",
  }),
  maxChanges: z
    .int({ error: "a whole number" })
    .min(0, { error: "a whole number that is not negative" })
    .max(CHANGES_MAX, { error: `a whole number up to ${CHANGES_MAX}` })
    .optional()
    .meta({ default: POLICY_DEFAULTS.maxChanges, description: "Most changes of one run." }),
  maxPercent: z.number({ error: "a number from 0 to 100" }).min(0).max(100).optional().meta({
    default: POLICY_DEFAULTS.maxPercent,
    description: "Most changes of one run, in percent of the selected resources.",
  }),
}).describe("What stops a run before its first write, and how long to wait.");

const RESERVE = `a whole number from 0 to ${RESERVE_MAX}`;

export const limits = fields({
  reserve: z.int({ error: RESERVE }).min(0).max(RESERVE_MAX).optional().meta({
    default: POLICY_DEFAULTS.reserve,
    description: "Tags to keep free on each resource; audits report those that have fewer.",
  }),
  key: fields({
    profile: z.enum(["documented", "extended"]).optional().meta({
      default: POLICY_DEFAULTS.keyProfile,
      description: "Limits of a key: what every document allows, or the same as for a secret.",
    }),
  })
    .optional()
    .describe("Limits of KMS keys."),
}).describe("How much of what the services allow is used.");

export type GuardsText = z.infer<typeof guards>;
