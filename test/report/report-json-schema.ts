import * as z from "zod";
import { auditReportSchema } from "../../shared/core/report/report-schema.ts";

/** What the fields mean, for those who read a report with a program; the same name means the same. */
const FIELDS: { readonly [field: string]: string } = {
  schema: "What the file is, and the version of its format.",
  complete: "Was everything examined that the API counts?",
  tool: "What made the report.",
  name: "Name of the tool.",
  version: "Version of the tool.",
  startedAt: "ISO 8601, UTC.",
  finishedAt: "ISO 8601, UTC.",
  policy: "The policy that was in force.",
  hash: "SHA-256 of the compiled policy.",
  types: "Resources by type; of the whole report: the sum over all scopes.",
  secret: "CSMS secrets.",
  key: "KMS keys; of a tag: its key.",
  counted: "By the service's own count; null: it gave none.",
  examined: "Those whose tags were read, skipped ones included.",
  skipped: "Never to be tagged: default keys, pending deletion.",
  errors: "Those that could not be examined.",
  scopes: "One entry for each region and project.",
  region: "Region; null: only an endpoint is known.",
  project: "Id of the project.",
  problem: "Why not everything could be examined; null: everything was.",
  summary: "How many resources stand how.",
  error: "Could not be examined.",
  fail: "Something is wrong.",
  exempt: "Something is wrong, and the policy excuses it.",
  pass: "Nothing is wrong.",
  score:
    "Percent of the taggable ones that pass or are exempt, rounded down to a tenth; null: there is none.",
  scoreOfAll: "The same of all resources.",
  rules: "Every rule, with its findings by status.",
  id: "The rule's id.",
  severity: "How grave it is.",
  description: "What the rule wants.",
  keys: "Every tag key that is declared or in use.",
  declared: "Does a rule of the policy name the key?",
  resources: "How many resources.",
  distinct: "How many different values, up to a limit.",
  more: "Was the limit of different values passed?",
  values: "The most frequent values, most frequent first; none that looks like a secret.",
  value: "Value of the tag.",
  invalid: "How many values the policy does not allow.",
  owners: "Who has what to do.",
  tag: "The tag whose value is the owner; null: the enterprise project stands in for it.",
  list: "One entry for each; changes: by place and resource, up to a limit.",
  others: "Resources of owners beyond those that are told apart.",
  owner: "Who it is; of an owner's count: null: none is named; <redacted>: may not be shown.",
  failing: "Resources with a finding that fails.",
  worst: "The gravest severity that fails; null: none does.",
  exemptions: "Every exemption of the policy, and what came of it.",
  rule: "Id of the rule that it is about.",
  resource: "Whom it is about, in words.",
  expires: "Last day, UTC; null: it never ends.",
  changes: "What a plan by the policy would do.",
  total: "How many, those that are not listed included.",
  op: "What happens to the key.",
  from: "What is there; null: nothing; <redacted>: may not be shown.",
  to: "What would be written; null: nothing.",
  why: "Where the new value comes from, or why the tag goes.",
  log: "What was asked of the services, for auditors.",
  type: "Type of the resources.",
  requests: "Answers that were wanted: pages of lists, counts, the vocabulary.",
  pages: "Those of them that were pages of lists.",
  retries: "Requests that had to be sent again.",
  findings: "All findings, gravest first; of an owner or an exemption: how many.",
  fingerprint: "The same for the same finding in the next audit.",
  rule_id: "Id of the rule.",
  status: "How the finding stands.",
  reason: "Why there is a finding, or an exemption.",
  resource_type: "Null: the finding is about the policy or a project.",
  resource_id: "Id of the resource.",
  resource_name: "Name of the secret, or alias of the key.",
  project_id: "Id of the project.",
  enterprise_project: "Id of the enterprise project.",
  state: "State as the service gives it; of an exemption: what came of it.",
  created_at: "ISO 8601, UTC.",
  creator: "The tag that the policy fills with the creator's name.",
  tag_key: "The key that it is about.",
  actual: "What is there; <redacted> where it looks like a secret or personal data.",
  expected: "What the rule wants.",
  suggestion: "What to write instead.",
  fixable: "Would a plan by the policy put it right? Of an owner: how many it would.",
  fix_action: "How a plan would put it right.",
  exemption_id: "The exemption that excuses it.",
  exemption_expires: "Last day of the exemption.",
  first_seen: "ISO 8601; null: there is no history.",
  last_seen: "ISO 8601; null: there is no history.",
  tags_count: "How many tags the resource has.",
  tag_limit: "How many it may have.",
  policy_hash: "SHA-256 of the compiled policy.",
  trend: "Audits before this one, oldest first; this one last.",
  at: "ISO 8601, UTC.",
};

/** The JSON Schema (2020-12) of an audit's report, as it is published for those who read reports. */
export function reportJsonSchema(): object {
  const { $schema, ...made } = z.toJSONSchema(auditReportSchema, { io: "input" });
  const title = "Tagwarden audit report";
  const description =
    "What an audit came to: written by the audit function and by tagwarden audit.";
  const text = JSON.stringify({ $schema, title, description, ...made });
  return JSON.parse(text, (key, value) => (key === "properties" ? describeFields(value) : value));
}

function describeFields(properties: object): object {
  const described = Object.entries(properties).map(([field, node]: [string, object]) => {
    const description = FIELDS[field];
    return [field, description === undefined ? node : { description, ...node }];
  });
  return Object.fromEntries(described);
}
