import type { Severity } from "../policy/policy.ts";
import type { ResourceType } from "../resource.ts";
import type { ExemptionUse } from "./exemption-use.ts";
import type { Status } from "./finding.ts";
import type { Findings } from "./findings.ts";
import type { OwnerCounts } from "./owner-counts.ts";
import type { ProposedChanges } from "./proposed-change.ts";

/** How many resources of a kind the service counts, and what became of them. */
export type AuditCount = {
  /** By the service's own count; `null`: it gave none. */
  readonly counted: number | null;
  /** Those whose tags were read, skipped ones included. */
  readonly examined: number;
  readonly skipped: number;
  /** Those that could not be examined. */
  readonly errors: number;
};

/** One region and project of an audit. */
export type AuditScope = {
  readonly region: string | null;
  readonly project: string;
  readonly complete: boolean;
  /** Why nothing, or not everything, could be examined: an error as one line; `null`: all was. */
  readonly problem: string | null;
  readonly types: { readonly [Type in ResourceType]: AuditCount };
};

/** How many resources stand how; `score` in percent of the taggable ones, `scoreOfAll` of all of them. */
export type AuditSummary = { readonly [Name in Status]: number } & {
  /** pass and exempt of pass, exempt, fail and error, rounded down to a tenth; `null`: there is none. */
  readonly score: number | null;
  readonly scoreOfAll: number | null;
};

/** One rule over all resources. */
export type RuleCount = {
  readonly id: string;
  readonly severity: Severity;
  readonly description: string;
  /** Findings by status. */
  readonly fail: number;
  readonly exempt: number;
  readonly error: number;
  readonly skipped: number;
};

/** One tag key over all resources: the inventory of tags. Values that look secret are not among `values`. */
export type KeyCount = {
  readonly key: string;
  readonly declared: boolean;
  readonly resources: number;
  /** Distinct values, up to a limit that `more` says was passed. */
  readonly distinct: number;
  readonly more: boolean;
  /** The most frequent ones, most frequent first. */
  readonly values: readonly { readonly value: string; readonly resources: number }[];
  readonly invalid: number;
};

/** What it took to read one kind in one region and project. Times are those of the place, ISO 8601. */
export type AuditLogEntry = {
  readonly region: string | null;
  readonly project: string;
  readonly type: ResourceType;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Answers that were wanted: pages of lists, counts, the vocabulary. */
  readonly requests: number;
  /** Those of them that were pages. */
  readonly pages: number;
  /** Requests that had to be sent again. */
  readonly retries: number;
};

/** What an audit came to. Findings are in a fixed order: gravest first, then by rule and resource. */
export type AuditReport = {
  readonly schema: "tagwarden/audit/1";
  readonly complete: boolean;
  readonly tool: { readonly name: "tagwarden"; readonly version: string };
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly policy: { readonly hash: string };
  /** The sum over all scopes. */
  readonly types: { readonly [Type in ResourceType]: AuditCount };
  readonly scopes: readonly AuditScope[];
  readonly summary: AuditSummary;
  readonly rules: readonly RuleCount[];
  readonly keys: readonly KeyCount[];
  readonly owners: OwnerCounts;
  readonly exemptions: readonly ExemptionUse[];
  /** What a plan by the policy would do. */
  readonly changes: ProposedChanges;
  /** What was asked of the services, for auditors. */
  readonly log: readonly AuditLogEntry[];
  readonly findings: Findings;
  /** Audits before this one, oldest first; this one last. */
  readonly trend: readonly TrendPoint[];
};

/** One audit of the past, as the history keeps it. */
export type TrendPoint = {
  readonly at: string;
  readonly complete: boolean;
  readonly score: number | null;
  readonly fail: number;
  readonly resources: number;
};
