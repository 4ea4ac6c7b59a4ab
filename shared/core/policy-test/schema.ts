import * as z from "zod";
import { atLeast } from "../length.ts";
import { fields, instant } from "../policy/matcher-schema.ts";
import { RESOURCE_ID, RESOURCE_TYPES } from "../resource.ts";
import { IGNORE_REASONS } from "../trace/decision.ts";

const words = z.string({ error: "some text" }).regex(/\S/);
const text = z.string();
const id = z.string({ error: "an id, a UUID" }).regex(RESOURCE_ID);

/** Stands for a part of which a test says nothing at all. */
export const ANY = "any";

const tags = z.record(z.string(), z.string()).describe("Tags that are there: key to value.");

const resource = fields(
  {
    type: z.enum(RESOURCE_TYPES).optional().describe("What it is. An event tells it, too."),
    name: text.optional().describe("Name of the secret, alias of the key."),
    id: id.optional().describe("Id. Default: one that is made up."),
    enterpriseProject: text.optional().describe("Id of the enterprise project."),
    state: text
      .optional()
      .describe("State as the service reports it; PENDING_DELETE, or 4 of a key."),
    createdAt: instant.optional().describe("When it was created. Default: by the creation."),
    kmsKeyId: id.optional().describe("Id of the key that encrypts a secret."),
    secretType: text.optional().describe("Type of a secret."),
    keySpec: text.optional().describe("Algorithm of a key."),
    region: text.optional().describe("Region."),
    project: text.optional().describe("Id of the project."),
    tags: tags.optional(),
  },
  "a mapping of the fields of a resource",
).meta({ id: "resource", description: "A resource. What is not said of it, it has not." });

const created = fields(
  {
    by: text.optional().describe("Name of the creator (creator.name)."),
    id: text.optional().describe("Id of the creator (creator.id)."),
    type: text.optional().describe("Type of the creator (creator.type)."),
    domain: text.optional().describe("Account of the creator (creator.domain)."),
    ip: text.optional().describe("Address that the call came from (creator.ip)."),
    agent: text.optional().describe("User agent of the call (creator.agent)."),
    at: instant.optional().describe("When (event.time). Default: now."),
    trace: words.optional().describe("Name of the trace. Default: createSecret or createKey."),
  },
  "a mapping of who created it, {} for somebody",
).meta({ id: "created", description: "The creation of the resource, as its trace tells it." });

const WRITTEN = "a value, or { to, from, source }";
const change = fields({
  to: text.describe("The value that is written."),
  from: text.optional().describe("The value that was there."),
  source: words.optional().describe("Where the value comes from, such as lookup owners.csv."),
});

const creationTags = z.record(z.string(), z.union([text, change], { error: WRITTEN }));
const bulkTags = z.record(
  z.string(),
  z.union([text, z.null(), change], { error: `${WRITTEN}, or null where it is removed` }),
);

const RULE = "the id of a rule, or { rule, status, tag, reason, severity }";
const finding = z.union(
  [
    words,
    fields({
      rule: words.describe("Id of the rule."),
      status: z
        .enum(["fail", "exempt", "error"])
        .optional()
        .meta({ default: "fail", description: "How the finding stands." }),
      tag: text.optional().describe("Key of the tag that it is about."),
      reason: words.optional().describe("Why there is a finding, such as near-miss-key."),
      severity: z
        .enum(["low", "medium", "high", "critical"])
        .optional()
        .describe("How grave it is."),
    }),
  ],
  { error: RULE },
);

const expectation = fields(
  {
    creation: z
      .union([z.literal(ANY), creationTags], { error: `a mapping of key to ${WRITTEN}, or any` })
      .optional()
      .describe("All tags that the creation function writes. Default: none."),
    ignored: z
      .enum(IGNORE_REASONS)
      .optional()
      .describe("Why the creation is no reason to tag anything. Default: it is one."),
    refused: z
      .record(z.string(), words)
      .optional()
      .describe(
        "All tags that are wanted and not written, each with its reason. Default: not looked at.",
      ),
    bulk: z
      .union([z.literal(ANY), bulkTags], {
        error: `a mapping of key to ${WRITTEN} (null where it is removed), or any`,
      })
      .optional()
      .describe("All that bulk retagging changes afterwards; null: removed. Default: nothing."),
    findings: z
      .union([z.literal(ANY), z.array(finding)], { error: `a list of rules, [] for none, or any` })
      .optional()
      .describe("All that an audit finds afterwards. Default: nothing."),
    skipped: z
      .enum(["default-key", "pending-deletion"])
      .optional()
      .describe("Why bulk retagging and audits pass it over. Default: they do not."),
  },
  "a mapping of what is expected",
)
  .refine((value) => Object.keys(value).length > 0, {
    error: "at least one of creation, ignored, refused, bulk, findings or skipped",
  })
  .meta({
    id: "expectation",
    minProperties: 1,
    description:
      "What must come of it: each part is exact, and a part that is not there means none.",
  });

/** One test. */
export const policyTest = fields(
  {
    name: words.describe("What holds, as a sentence."),
    now: instant.optional().describe("When it is, where that is not the file's own time."),
    resource: resource.optional(),
    kmsKey: fields({ tags }).optional().describe("The key that encrypts the secret."),
    created: created.optional(),
    event: words
      .optional()
      .describe(
        "File with a recorded event of one trace, as JSON; its path is relative to this file.",
      ),
    expect: expectation,
  },
  "a test: { name, resource, expect, … }",
).meta({ id: "test", description: "A resource, what happened to it, and what must come of that." });

/** The tests of a policy as they are written, in YAML or JSON. */
export const policyTests = fields(
  {
    $schema: z.string().optional().describe("Path of the JSON Schema, for editors. Not read."),
    version: z.literal(1).describe("Version of this format."),
    now: instant.describe("When it is in every test: exemptions end, and creations have a time."),
    tests: z
      .array(policyTest, { error: "a list of tests" })
      .check(atLeast(1, { error: "at least one test" }))
      .describe("The tests."),
  },
  "a mapping with version, now and tests",
).meta({
  title: "Tagwarden policy tests",
  description: "Resources and events, with the tags and findings that a policy must lead to.",
});

export type PolicyTests = z.infer<typeof policyTests>;
export type PolicyTest = z.infer<typeof policyTest>;
export type ResourceText = z.infer<typeof resource>;
export type CreatedText = z.infer<typeof created>;
export type Expectation = z.infer<typeof expectation>;
export type ChangeText = z.infer<typeof change>;
export type FindingText = z.infer<typeof finding>;

/** The JSON Schema (2020-12) of a file of tests, from which editors complete and check. */
export function policyTestJsonSchema(): unknown {
  return z.toJSONSchema(policyTests);
}
