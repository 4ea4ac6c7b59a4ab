import type { AuditCount, AuditReport, TrendPoint } from "../../shared/core/audit/audit-report.ts";
import type { Finding, FindingReason } from "../../shared/core/audit/finding.ts";
import { pointOf } from "../../shared/core/audit/history.ts";
import { compareKinds, compareTexts } from "../../shared/core/audit/order.ts";
import { summariseStatuses } from "../../shared/core/audit/score.ts";
import type { ResourceType } from "../../shared/core/resource.ts";
import { extrasOf } from "./extras.ts";
import { DESCRIPTIONS, PATTERNS } from "./patterns.ts";
import { ownersOf, type Place, scopesOf, standingsOf, statusesOf, sumOf } from "./sums.ts";

const STARTED_AT = "2026-11-21T03:00:00.000Z";
export const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
export const PROJECTS = ["0a1b2c3d4e5f60718293a4b5c6d7e8f9", "f9e8d7c6b5a4938271605f4e3d2c1b0a"];
const REGIONS = ["eu-west-101", "ap-southeast-1", "cn-north-4"];
const ENTERPRISE = ["payments", "platform", "data-lake", "sandbox", "0"];
const TEAMS = ["checkout", "ledger", "identity", "search", "billing", "fraud", "mobile", "reports"];

function hex(number: number, digits: number): string {
  return (Math.imul(number + 1, 2_654_435_761) >>> 0)
    .toString(16)
    .padStart(digits, "0")
    .slice(0, digits);
}

/** The n-th resource's id, a UUID by its form. */
export function idOf(number: number): string {
  return `${hex(number, 8)}-${hex(number * 3, 4)}-4${hex(number * 5, 3)}-8${hex(number * 7, 3)}-${hex(number * 11, 8)}${hex(number * 13, 4)}`;
}

/** One of the items, round and round. */
export function pick<Item>(items: readonly Item[], number: number): Item {
  const item = items[number % items.length];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

/** A finding that is nothing special, with some fields set. */
export function finding(number: number, fields: Partial<Finding> = {}): Finding {
  const resource = Math.floor(number / 1.3);
  const region = Math.floor(resource / 7) % 3;
  const type: ResourceType = resource % 3 === 0 ? "key" : "secret";
  const pattern = pick(PATTERNS, Math.floor(number * 1.618));
  return {
    fingerprint: `${hex(number, 8)}${hex(number * 17, 8)}${hex(number * 19, 8)}${hex(number * 23, 8)}`,
    status: "fail",
    resource_type: type,
    resource_id: idOf(resource),
    resource_name: `${pick(["prod", "test", "dev"], resource)}-${pick(TEAMS, resource * 5)}-${type === "key" ? "cmk" : "db-password"}-${resource}`,
    region: pick(REGIONS, region),
    project_id: pick(PROJECTS, region),
    enterprise_project: pick(ENTERPRISE, Math.floor(resource / 4)),
    state: type === "key" ? "2" : "ENABLED",
    created_at: `2026-0${1 + (resource % 9)}-1${resource % 10}T08:15:00.000Z`,
    creator: pick(["alice", "ci-deploy", "bob", null], resource),
    actual: null,
    expected: null,
    suggestion: null,
    fix_action: null,
    exemption_id: null,
    exemption_expires: null,
    first_seen: `2026-1${number % 2}-0${1 + (number % 9)}T03:00:00.000Z`,
    last_seen: "2026-11-21T03:00:00.000Z",
    tags_count: resource % 20,
    tag_limit: type === "key" ? 10 : 20,
    policy_hash: HASH,
    ...pattern,
    ...fields,
  };
}

/** What is counted of one type. */
export function counts(
  counted: number | null,
  examined: number,
  skipped: number,
  errors = 0,
): AuditCount {
  return { counted, examined, skipped, errors };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((one, other) => {
    const rank = compareKinds(one, other);
    if (rank !== 0) return rank;
    for (const column of ORDER) {
      const order = compareTexts(one[column] ?? "", other[column] ?? "");
      if (order !== 0) return order;
    }
    return 0;
  });
}

const ORDER = [
  "resource_name",
  "resource_id",
  "tag_key",
  "region",
  "project_id",
  "fingerprint",
] as const;

/** The regions and projects of the samples. */
export const PLACES: readonly Place[] = REGIONS.map((region, index) => ({
  region,
  project: pick(PROJECTS, index),
}));

type Around = {
  readonly places?: readonly Place[];
  /** Resources without a finding. */
  readonly pass?: number;
};

/** A report about findings, whose sums agree with them and with each other. */
export function report(
  findings: readonly Finding[],
  changes: Partial<AuditReport> = {},
  { places = PLACES, pass: wanted }: Around = {},
): AuditReport {
  const standings = standingsOf(findings);
  const pass = wanted ?? Math.max(12, Math.ceil(standings.length * 1.6));
  const scopes = scopesOf(places, standings, pass);
  const complete = scopes.every((scope) => scope.complete);
  const summary = summariseStatuses(statusesOf(standings, pass), complete);
  const judged = summary.pass + summary.fail + summary.exempt;
  const ids = new Set([...DESCRIPTIONS.keys(), ...findings.map(({ rule_id }) => rule_id)]);
  return {
    schema: "tagwarden/audit/1",
    complete,
    tool: { name: "tagwarden", version: "0.1.0" },
    startedAt: STARTED_AT,
    finishedAt: "2026-11-21T03:00:41.512Z",
    policy: { hash: HASH },
    types: { secret: sumOf("secret", scopes), key: sumOf("key", scopes) },
    scopes,
    summary,
    rules: [...ids].map((id) => {
      const own = findings.filter(({ rule_id }) => rule_id === id);
      const of = (status: Finding["status"]) => own.filter((one) => one.status === status).length;
      const named = [...own, ...PATTERNS].find(({ rule_id }) => rule_id === id);
      return {
        id,
        severity: named?.severity ?? "low",
        description: DESCRIPTIONS.get(id) ?? "",
        fail: of("fail"),
        exempt: of("exempt"),
        error: of("error"),
        skipped: of("skipped"),
      };
    }),
    keys: keysOf(judged, findings),
    owners: ownersOf(standings, pass),
    ...extrasOf(findings, scopes),
    findings: inOrder(findings),
    trend: trendTo(pointOf({ startedAt: STARTED_AT, complete, summary })),
    ...changes,
  };
}

/** Findings that say of a key's value that it is not a valid one. */
const INVALID: readonly FindingReason[] = ["not-allowed", "near-miss-value", "no-match"];

function keysOf(resources: number, findings: readonly Finding[]): AuditReport["keys"] {
  const key = (
    name: string,
    part: number,
    values: readonly (readonly [string, number])[],
    declared = true,
  ) => {
    const shown = values
      .map(([value, share]) => ({ value, resources: Math.floor(resources * share) }))
      .filter(({ resources: number }) => number > 0);
    const holders = Math.round(resources * part);
    const rest = shown.reduce((left, one) => left - one.resources, holders);
    return {
      key: name,
      declared,
      resources: holders,
      distinct: shown.length + rest,
      more: name === "CreatedBy" && resources > 1_000,
      values: shown,
      invalid: findings.filter(
        ({ tag_key, reason }) => tag_key === name && INVALID.includes(reason),
      ).length,
    };
  };
  return [
    key("Environment", 0.94, [
      ["prod", 0.5],
      ["test", 0.3],
      ["dev", 0.12],
      ["Prod ", 0.02],
    ]),
    key("Owner", 0.81, [
      ["pay@example.com", 0.22],
      ["platform@example.com", 0.2],
      ["data@example.com", 0.11],
    ]),
    key("CreatedBy", 0.66, [
      ["ci-deploy", 0.4],
      ["alice", 0.1],
    ]),
    key("CostCenter", 0.4, [
      ["4711", 0.2],
      ["0815", 0.1],
    ]),
    key("Cost-Center ", 0.03, [["4711", 0.03]], false),
    key("note", 0.01, [], false),
  ];
}

/** A fortnight that led up to a point, one of its audits incomplete. */
function trendTo(now: TrendPoint): AuditReport["trend"] {
  const before = Array.from({ length: 13 }, (_, index) => {
    const back = 13 - index;
    const score = Math.round(((now.score ?? 0) - back * 1.4 - (back % 3)) * 10) / 10;
    return {
      ...now,
      at: `2026-11-${String(21 - back).padStart(2, "0")}T03:00:00.000Z`,
      complete: back !== 5,
      score: Math.max(0, score),
      fail: now.fail + back * 3,
      resources: now.resources + back * 3,
    };
  });
  return [...before, now];
}
