import type { AuditCount, AuditReport, AuditScope } from "../../shared/core/audit/audit-report.ts";
import type { Finding, FindingReason, Status } from "../../shared/core/audit/finding.ts";
import type { Severity } from "../../shared/core/policy/policy.ts";
import type { ResourceType } from "../../shared/core/resource.ts";

/** Values as somebody would set them who wishes the reader of a report no good. */
export const HOSTILE: readonly string[] = [
  "<script>alert(1)</script>",
  '"onmouseover=alert(1) x="',
  "'><img src=x onerror=alert(1)>",
  "]]>",
  "--><!--",
  "</style></title></textarea></script><b>",
  "&lt;already&amp;escaped&#39;",
  "=cmd|' /C calc'!A0",
  "+1",
  "-2+3",
  "@SUM(A1)",
  "\t=1",
  "\r\n=1",
  "'=1",
  "''",
  " =1",
  "＝1",
  "a;=1;b",
  'quote " and "" and ,',
  "line\nbreak\r\nand\rmore",
  "pipe | and \\| and \\\\|",
  "`code` ``two`` ```three",
  "`",
  " lead and trail ",
  "   ",
  "",
  "@everyone please review #1 !2 ~label https://example.com www.example.com a@example.com",
  "[link](https://example.com) ![image](x) **bold** <https://example.com>",
  "{0} {placeholder} [text](1) \\[x\\]",
  "\u202egnp.exe\u202c",
  "\u2067עברית\u2069 and العربية",
  "zero\u200bwidth\u2060\ufeff",
  "\u0000\u0001\u001f\u007f\u009f",
  "\ud800 lone \udfff",
  "\ufffe\uffff",
  "\u{1d4b6}".repeat(255),
  "👩‍👩‍👧 emoji",
  "$`x^2`$ {{template}} %{x}",
  "x".repeat(4_000),
  "__proto__",
];

const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];
export const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const PROJECTS = ["0a1b2c3d4e5f60718293a4b5c6d7e8f9", "f9e8d7c6b5a4938271605f4e3d2c1b0a"];
const REGIONS = ["eu-west-101", "ap-southeast-1", "cn-north-4"];
const ENTERPRISE = ["payments", "platform", "data-lake", "sandbox", "0"];
const TEAMS = ["checkout", "ledger", "identity", "search", "billing", "fraud", "mobile", "reports"];

type Pattern = Pick<Finding, "rule_id" | "severity" | "reason" | "tag_key" | "fixable"> &
  Partial<Finding>;

/** What is wrong with the resources of the samples, in turn. */
const PATTERNS: readonly Pattern[] = [
  {
    rule_id: "Password.prohibited",
    severity: "critical",
    reason: "prohibited",
    tag_key: "Password",
    fixable: true,
    actual: "<redacted>",
    expected: "no such tag",
    fix_action: "delete Password",
  },
  {
    rule_id: "tag.secret",
    severity: "critical",
    reason: "secret",
    tag_key: "note",
    fixable: false,
    actual: "<redacted>",
    expected: "nothing that looks like a secret",
  },
  {
    rule_id: "Owner.required",
    severity: "high",
    reason: "untagged",
    tag_key: "Owner",
    fixable: true,
    expected: "a value",
    suggestion: "unassigned@example.com",
    fix_action: "create Owner",
  },
  {
    rule_id: "Owner.required",
    severity: "high",
    reason: "missing",
    tag_key: "Owner",
    fixable: true,
    expected: "a value",
    suggestion: "pay@example.com",
    fix_action: "create Owner",
  },
  {
    rule_id: "Owner.match",
    severity: "high",
    reason: "no-match",
    tag_key: "Owner",
    fixable: false,
    actual: "Jane Doe",
    expected: "a match of ^[^@\\s]+@example\\.com$",
  },
  {
    rule_id: "Owner.alias",
    severity: "high",
    reason: "alias",
    tag_key: "Owner",
    fixable: true,
    actual: "owner=pay@example.com",
    expected: "Owner",
    suggestion: "Owner",
    fix_action: "rename owner to Owner",
  },
  {
    rule_id: "Environment.allowed",
    severity: "medium",
    reason: "near-miss-value",
    tag_key: "Environment",
    fixable: true,
    actual: "Prod ",
    expected: "one of prod, test, dev",
    suggestion: "prod",
    fix_action: "overwrite Environment",
  },
  {
    rule_id: "Environment.allowed",
    severity: "medium",
    reason: "not-allowed",
    tag_key: "Environment",
    fixable: false,
    actual: "staging-7",
    expected: "one of prod, test, dev",
  },
  {
    rule_id: "prod-needs-contact",
    severity: "medium",
    reason: "condition",
    tag_key: "Contact",
    fixable: false,
    expected: "Contact where Environment is prod",
  },
  {
    rule_id: "resource.tag-limit",
    severity: "medium",
    reason: "near-limit",
    tag_key: null,
    fixable: false,
    actual: "19 of 20 tags",
    expected: "2 places left",
  },
  {
    rule_id: "CostCenter.required",
    severity: "low",
    reason: "near-miss-key",
    tag_key: "CostCenter",
    fixable: false,
    actual: "Cost-Center ",
    expected: "CostCenter",
    suggestion: "CostCenter",
  },
];

const DESCRIPTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "Password.prohibited": "Nobody may have the tag Password.",
    "tag.secret": "No tag looks like a secret.",
    "Owner.required": "Everybody has an Owner.",
    "Owner.match": "Owner is an address of the company.",
    "Owner.alias": "Owner is spelled so.",
    "Environment.allowed": "Environment is prod, test or dev.",
    "prod-needs-contact": "What is prod has a Contact.",
    "resource.tag-limit": "Places are left for tags.",
    "CostCenter.required": "Everybody has a CostCenter.",
    "CreatedBy.required": "Everybody has a CreatedBy.",
    "resource.taggable": "Default keys and what is to be deleted are never tagged.",
    "resource.readable": "Tags can be read.",
  }),
);

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

function pick<Item>(items: readonly Item[], number: number): Item {
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

function counts(counted: number | null, examined: number, skipped: number, errors = 0): AuditCount {
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

function many(number: number): readonly Finding[] {
  return Array.from({ length: number }, (_, index) => {
    if (index % 17 === 5)
      return finding(index, {
        status: "exempt",
        exemption_id: "Owner.required legacy-*",
        exemption_expires: "2027-03-31",
        rule_id: "Owner.required",
        reason: "missing",
        severity: "high",
      });
    if (index % 41 === 7)
      return finding(index, {
        status: "skipped",
        rule_id: "resource.taggable",
        reason: "default-key",
        severity: "low",
        tag_key: null,
        fixable: false,
        actual: null,
        expected: null,
        suggestion: null,
        fix_action: null,
      });
    return finding(index);
  });
}

const OF_POLICY = {
  resource_type: null,
  resource_id: null,
  resource_name: null,
  region: null,
  project_id: null,
  enterprise_project: null,
  state: null,
  created_at: null,
  creator: null,
  tags_count: null,
  tag_limit: null,
  actual: null,
  suggestion: null,
  fix_action: null,
  fixable: false,
} as const;

/** A few dozen findings of every kind. */
export const SMALL = report([
  ...many(60),
  finding(70, {
    ...OF_POLICY,
    rule_id: "policy.exemption",
    reason: "expired",
    severity: "medium",
    tag_key: null,
    expected: "an exemption that has not expired",
    exemption_id: "Owner.required sandbox",
    exemption_expires: "2026-10-31",
  }),
  finding(71, {
    ...OF_POLICY,
    rule_id: "project.vocabulary",
    reason: "undeclared",
    severity: "low",
    tag_key: "Cost-Center ",
    region: "eu-west-101",
    project_id: PROJECTS[0] ?? null,
    expected: "a key that a rule knows",
  }),
]);

/** As many findings as one wants. */
export function large(number: number): AuditReport {
  return report(many(number));
}

/** Nothing was found. */
export const CLEAN = report([], {
  summary: { error: 0, fail: 0, exempt: 0, skipped: 2, pass: 300, score: 100, scoreOfAll: 99.3 },
});

/** There is nothing at all: no resource, no rule, no history. */
export const EMPTY: AuditReport = {
  ...CLEAN,
  types: { secret: counts(0, 0, 0), key: counts(0, 0, 0) },
  scopes: [],
  summary: { error: 0, fail: 0, exempt: 0, skipped: 0, pass: 0, score: null, scoreOfAll: null },
  rules: [],
  keys: [],
  trend: [],
};

/** One region could not be read at all, in another the counts differ; what could be read is clean. */
export const INCOMPLETE: AuditReport = {
  ...SMALL,
  complete: false,
  summary: { ...SMALL.summary, score: 100, scoreOfAll: 100, error: 3 },
  scopes: SMALL.scopes.map((scope, index) => {
    if (index === 1)
      return {
        ...scope,
        complete: false,
        problem: "forbidden: KMS.0303 (403) listing keys, request 01af",
        types: { ...scope.types, key: counts(null, 0, 0, 1) },
      };
    if (index === 2)
      return {
        ...scope,
        complete: false,
        types: {
          ...scope.types,
          secret: counts(scope.types.secret.examined + 2, scope.types.secret.examined, 0, 2),
        },
      };
    return scope;
  }),
};

/** Every finding is exempt. */
export const EXEMPT = report(
  many(40).map((one) => ({
    ...one,
    status: "exempt" as const,
    exemption_id: "everything",
    exemption_expires: null,
  })),
);

/** Every text field, one after the other, holds every hostile value. */
export const HOSTILE_REPORT: AuditReport = (() => {
  const findings = HOSTILE.map((value, index) =>
    finding(index, {
      rule_id: `${value}.required`,
      resource_name: value,
      region: value,
      enterprise_project: value,
      state: value,
      creator: value,
      tag_key: value,
      actual: value,
      expected: value,
      suggestion: value,
      fix_action: `overwrite ${value}`,
      exemption_id: value,
      reason: pick<FindingReason>(["no-match", "not-allowed", "missing"], index),
      status: pick<Finding["status"]>(["fail", "exempt", "error", "skipped"], index),
    }),
  );
  const base = report(findings);
  return {
    ...base,
    complete: false,
    scopes: base.scopes.map((scope, index) => ({
      ...scope,
      region: HOSTILE[index] ?? null,
      complete: false,
      problem: HOSTILE[index + 1] ?? null,
    })),
    rules: base.rules.map((rule) => ({ ...rule, description: rule.id })),
    keys: HOSTILE.map((value) => ({
      key: value,
      declared: false,
      resources: 3,
      distinct: 1,
      more: false,
      values: HOSTILE.map((one) => ({ value: one, resources: 1 })).slice(0, 5),
      invalid: 1,
    })),
  };
})();
