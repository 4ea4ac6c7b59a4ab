import type { AuditCount, AuditReport, AuditScope } from "../../shared/core/audit/audit-report.ts";
import type { Finding, Status } from "../../shared/core/audit/finding.ts";
import type { Severity } from "../../shared/core/policy/policy.ts";
import type { ResourceType } from "../../shared/core/resource.ts";
import { extrasOf } from "./extras.ts";
import { DESCRIPTIONS, PATTERNS } from "./patterns.ts";

const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];
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

function add(one: AuditCount, other: AuditCount): AuditCount {
  return {
    counted: one.counted === null || other.counted === null ? null : one.counted + other.counted,
    examined: one.examined + other.examined,
    skipped: one.skipped + other.skipped,
    errors: one.errors + other.errors,
  };
}

const GRADE: { readonly [Name in Status]: number } = {
  error: 0,
  fail: 1,
  exempt: 2,
  skipped: 3,
  pass: 4,
};

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(
    (one, other) =>
      GRADE[one.status] - GRADE[other.status] ||
      SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
      (one.rule_id < other.rule_id ? -1 : Number(one.rule_id > other.rule_id)),
  );
}

/** A report about findings, with sums that fit them. */
export function report(
  findings: readonly Finding[],
  changes: Partial<AuditReport> = {},
): AuditReport {
  const worst = new Map<string, Status>();
  for (const { resource_id, status } of findings) {
    if (resource_id === null) continue;
    const before = worst.get(resource_id) ?? "pass";
    worst.set(resource_id, GRADE[status] < GRADE[before] ? status : before);
  }
  const number = (status: Status) => [...worst.values()].filter((one) => one === status).length;
  const pass = Math.max(12, Math.ceil(worst.size * 1.6));
  const summary = {
    error: number("error"),
    fail: number("fail"),
    exempt: number("exempt"),
    skipped: number("skipped"),
    pass,
  };
  const taggable = summary.error + summary.fail + summary.exempt + pass;
  const score = Math.floor((1000 * (pass + summary.exempt)) / taggable) / 10;
  const examined = Math.ceil((taggable + summary.skipped) / 3);
  const scopes = REGIONS.map((region, index): AuditScope => {
    const secrets = counts(Math.ceil((examined * 2) / 3), Math.ceil((examined * 2) / 3), 0);
    const keys = counts(
      Math.floor(examined / 3),
      Math.floor(examined / 3),
      index === 0 ? summary.skipped : 0,
    );
    return {
      region,
      project: pick(PROJECTS, index),
      complete: true,
      problem: null,
      types: { secret: secrets, key: keys },
    };
  });
  const ids = new Set([...DESCRIPTIONS.keys(), ...findings.map(({ rule_id }) => rule_id)]);
  return {
    schema: "tagwarden/audit/1",
    complete: true,
    tool: { name: "tagwarden", version: "0.1.0" },
    startedAt: "2026-11-21T03:00:00.000Z",
    finishedAt: "2026-11-21T03:00:41.512Z",
    policy: { hash: HASH },
    types: {
      secret: scopes.map(({ types }) => types.secret).reduce(add),
      key: scopes.map(({ types }) => types.key).reduce(add),
    },
    scopes,
    summary: {
      ...summary,
      score,
      scoreOfAll: Math.floor((1000 * (pass + summary.exempt)) / (taggable + summary.skipped)) / 10,
    },
    rules: [...ids].map((id) => {
      const own = findings.filter(({ rule_id }) => rule_id === id);
      const of = (status: Status) => own.filter((one) => one.status === status).length;
      const severity = PATTERNS.find(({ rule_id }) => rule_id === id)?.severity ?? "low";
      return {
        id,
        severity,
        description: DESCRIPTIONS.get(id) ?? "",
        fail: of("fail"),
        exempt: of("exempt"),
        error: of("error"),
        skipped: of("skipped"),
      };
    }),
    keys: keysOf(examined * 3),
    ...extrasOf(findings, scopes),
    findings: inOrder(findings),
    trend: trendTo(score, summary.fail, taggable),
    ...changes,
  };
}

function keysOf(resources: number): AuditReport["keys"] {
  const key = (
    name: string,
    part: number,
    values: readonly (readonly [string, number])[],
    invalid = 0,
    declared = true,
  ) => ({
    key: name,
    declared,
    resources: Math.round(resources * part),
    distinct: values.length + (part > 0.6 ? 180 : 0),
    more: name === "CreatedBy",
    values: values.map(([value, share]) => ({ value, resources: Math.round(resources * share) })),
    invalid,
  });
  return [
    key(
      "Environment",
      0.94,
      [
        ["prod", 0.5],
        ["test", 0.3],
        ["dev", 0.12],
        ["Prod ", 0.02],
      ],
      14,
    ),
    key(
      "Owner",
      0.81,
      [
        ["pay@example.com", 0.22],
        ["platform@example.com", 0.2],
        ["data@example.com", 0.11],
      ],
      9,
    ),
    key("CreatedBy", 0.66, [
      ["ci-deploy", 0.4],
      ["alice", 0.1],
    ]),
    key(
      "CostCenter",
      0.4,
      [
        ["4711", 0.2],
        ["0815", 0.1],
      ],
      2,
    ),
    key("Cost-Center ", 0.03, [["4711", 0.03]], 0, false),
    key("note", 0.01, [], 0, false),
  ];
}

function trendTo(score: number, fail: number, resources: number): AuditReport["trend"] {
  return Array.from({ length: 14 }, (_, index) => {
    const back = 13 - index;
    const day = String(21 - back).padStart(2, "0");
    const was = Math.max(0, Math.round((score - back * 1.4 - (back % 3)) * 10) / 10);
    return {
      at: `2026-11-${day}T03:00:41.512Z`,
      complete: back !== 5,
      score: was,
      fail: fail + back * 3,
      resources,
    };
  });
}
