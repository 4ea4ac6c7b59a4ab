import * as z from "zod";
import { atLeast } from "../length.ts";
import { parseTime } from "../time.ts";
import { guards, limits, POLICY_DEFAULTS } from "./guard-schema.ts";
import { condition, fields, matchers, type names, scope, selector } from "./matcher-schema.ts";
import { sources } from "./source-schema.ts";

const words = z.string({ error: "some text" }).regex(/\S/);

const severity = z
  .enum(["low", "medium", "high", "critical"])
  .optional()
  .meta({ default: POLICY_DEFAULTS.severity, description: "How grave a violation is." });

const valueTable = z
  .record(z.string(), z.array(z.string(), { error: "a list of variants, [] for none" }))
  .refine((table) => Object.keys(table).length > 0, { error: "at least one value" })
  .meta({ minProperties: 1 });
const valueList = z.array(z.string()).check(atLeast(1, { error: "at least one value" }));

const tag = fields(
  {
    description: z.string().optional().describe("What the tag is for; shown in reports."),
    required: z
      .union([z.boolean(), scope], { error: "true, false, { only: … } or { except: … }" })
      .optional()
      .meta({ default: false, description: "Who must have the tag. Judged only, never written." }),
    severity,
    aliases: z
      .array(z.string(), { error: "a list of keys" })
      .optional()
      .describe("Other spellings of the key; bulk retagging merges them into it."),
    match: matchers.optional().describe("What a valid value looks like."),
    values: z
      .union([valueTable, valueList], {
        error: "a mapping of each allowed value to its variants, or a list of values",
      })
      .optional()
      .describe("Allowed values, each with the variants that are brought to its spelling."),
    value: sources.optional().describe("Where the value comes from: the first that is valid wins."),
    whenPresent: z.enum(["keep", "correct", "overwrite"]).optional().meta({
      default: POLICY_DEFAULTS.whenPresent,
      description: "What happens to a value that is already there.",
    }),
    applies: z
      .union([z.literal(true), scope], { error: "true, { only: … } or { except: … }" })
      .optional()
      .meta({ default: true, description: "Who gets the tag and is judged for it." }),
    prohibited: z.boolean().optional().meta({
      default: false,
      description: "The tag must not be there; bulk retagging removes it.",
    }),
  },
  "a mapping of tag fields, {} for none",
).meta({ id: "tag", description: "All that holds for one tag." });

// Not written as a key: linters take an object with `then` for a promise.
const THEN = "then";

const rule = fields({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
      error: "an id of letters, digits, dots, hyphens and underscores",
    })
    .describe("Name of the rule in reports and exemptions."),
  description: z.string().optional().describe("What the rule is for; shown in reports."),
  severity,
  if: condition.describe("The resources that the rule is about."),
  [THEN]: fields({
    require: z
      .array(z.string(), { error: "a list of tag keys" })
      .check(atLeast(1, { error: "at least one tag key" }))
      .describe("Tags that these resources must have."),
  }).describe("What must hold for them."),
}).meta({ id: "rule", description: "Requires tags of some resources." });

const exemption = fields({
  rule: words.describe(
    "Id of a rule: <key>.<check>, the id of a conditional rule, or tag.secret, tag.personal-data, tag.unfilled, resource.tag-limit, project.vocabulary.",
  ),
  resource: condition.describe("The resources that are exempt."),
  owner: words.describe("Who answers for it."),
  reason: words.describe("Why."),
  expires: z.iso
    .date({ error: "a date such as 2027-03-31", abort: true })
    .refine((text) => parseTime(text) !== null, { error: "a date from 2000 to 2199" })
    .optional()
    .describe("The last day on which it holds, UTC."),
}).meta({ id: "exemption", description: "Excuses some resources from a rule, for a while." });

/** The policy as it is written, in YAML or JSON. */
export const policyDocument = fields(
  {
    $schema: z.string().optional().describe("Path of the JSON Schema, for editors. Not read."),
    version: z.literal(1).describe("Version of this format."),
    selectors: z
      .record(
        z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u, {
          error: "a name of letters, digits, dots, hyphens and underscores",
        }),
        selector,
      )
      .optional()
      .describe("Names for groups of resources."),
    tags: z.record(z.string(), tag).describe("One entry per tag, by its key."),
    rules: z.array(rule).optional().describe("Tags that only some resources must have."),
    limits: limits.optional(),
    guards: guards.optional(),
    exemptions: z.array(exemption).optional().describe("Who is excused from which rule."),
  },
  "a mapping with version and tags",
).meta({ title: "Tagwarden policy", description: "How secrets and keys must be tagged." });

export type PolicyDocument = z.infer<typeof policyDocument>;
export type TagText = z.infer<typeof tag>;
export type RuleText = z.infer<typeof rule>;
export type ExemptionText = z.infer<typeof exemption>;
/** Every name of a selector that a scope or a condition may hold: one or a list. */
export type NamesText = z.infer<typeof names>;

/** The JSON Schema (2020-12) of the policy, from which editors complete and check. */
export function policyJsonSchema(): unknown {
  return z.toJSONSchema(policyDocument);
}
