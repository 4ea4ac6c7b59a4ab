import type { AuditCount, AuditReport, AuditScope } from "../../shared/core/audit/audit-report.ts";
import { type Finding, STATUSES } from "../../shared/core/audit/finding.ts";
import { pointOf } from "../../shared/core/audit/history.ts";
import { compareKinds } from "../../shared/core/audit/order.ts";
import { summariseStatuses } from "../../shared/core/audit/score.ts";
import { SEVERITIES } from "../../shared/core/report/wording.ts";
import { RESOURCE_TYPES } from "../../shared/core/resource.ts";
import { standingsOf, statusesOf, sumOf } from "./sums.ts";

type Agreement = readonly [what: string, told: unknown, counted: unknown];

/** What a report tells more than once: as it tells it, and as it follows from what else it tells. */
export function agreementsOf(report: AuditReport): readonly Agreement[] {
  return [
    ...ofScopes(report),
    ...ofSummary(report),
    ...ofRules(report),
    ...ofOwners(report),
    ...ofExemptions(report),
    ...ofChanges(report),
    ...ofKeys(report),
    ...ofHistory(report),
  ];
}

function ofScopes(report: AuditReport): readonly Agreement[] {
  const { complete, scopes, types, log, findings } = report;
  const differing = [...findings].filter(({ reason }) => reason === "count-differs");
  const examinedAt = ({ region, project_id, resource_type }: Finding) => {
    const scope = scopes.find((one) => one.region === region && one.project === project_id);
    return `${resource_type === null ? "" : scope?.types[resource_type].examined} examined`;
  };
  const isWhole = ({ counted, examined, errors }: AuditCount) =>
    errors === 0 && (counted ?? examined) === examined;
  const isComplete = (scope: AuditScope) =>
    scope.problem === null && RESOURCE_TYPES.every((type) => isWhole(scope.types[type]));
  const places = new Set(scopes.map(({ region, project }) => `${region} ${project}`));
  return [
    ["types", types, { secret: sumOf("secret", scopes), key: sumOf("key", scopes) }],
    ["complete scopes", scopes.map((scope) => scope.complete), scopes.map(isComplete)],
    ["complete", complete, scopes.length > 0 && scopes.every(isComplete)],
    ["counts that differ", differing.map(({ actual }) => actual), differing.map(examinedAt)],
    ["log", log.filter(({ region, project }) => !places.has(`${region} ${project}`)), []],
  ];
}

function ofSummary({ complete, summary, types, findings }: AuditReport): readonly Agreement[] {
  const statuses = statusesOf(standingsOf([...findings]), summary.pass);
  const sum = (field: "examined" | "skipped" | "errors") =>
    RESOURCE_TYPES.reduce((all, type) => all + types[type][field], 0);
  return [
    ["summary", summary, summariseStatuses(statuses, complete)],
    [
      "resources",
      pointOf({ startedAt: "", complete, summary }).resources,
      sum("examined") + sum("errors"),
    ],
    ["skipped", summary.skipped, sum("skipped")],
    ["errors", summary.error, sum("errors")],
  ];
}

function ofRules({ rules, findings, policy }: AuditReport): readonly Agreement[] {
  const all = [...findings];
  const ids = rules.map(({ id }) => id);
  const severities = new Map(rules.map(({ id, severity }) => [id, severity]));
  return [
    ["rules", ids, [...new Set(ids)]],
    ["findings' rules", all.filter(({ rule_id }) => !severities.has(rule_id)), []],
    [
      "severities",
      all.filter(
        // A full resource is graver than one that is nearly so.
        ({ rule_id, severity, reason }) =>
          reason !== "full" && severities.get(rule_id) !== severity,
      ),
      [],
    ],
    ["policy", all.filter(({ policy_hash }) => policy_hash !== policy.hash), []],
    ["order", all, all.toSorted(compareKinds)],
    ...rules.map(({ id, fail, exempt, error, skipped }): Agreement => {
      const number = (status: (typeof STATUSES)[number]) =>
        all.filter((one) => one.rule_id === id && one.status === status).length;
      const [errors, failed, excused, passedOver] = STATUSES.map(number);
      return [
        `findings of ${id}`,
        [error, fail, exempt, skipped],
        [errors, failed, excused, passedOver],
      ];
    }),
  ];
}

function ofOwners({ owners, types, findings, summary }: AuditReport): readonly Agreement[] {
  const failed = [...findings].filter(
    ({ status, resource_id }) => status === "fail" && resource_id !== null,
  );
  const judged = RESOURCE_TYPES.reduce(
    (all, type) => all + types[type].examined - types[type].skipped,
    0,
  );
  const sum = (field: "resources" | "failing" | "findings" | "fixable") =>
    owners.list.reduce((all, owner) => all + owner[field], 0);
  const worst = SEVERITIES.find((grade) => failed.some(({ severity }) => severity === grade));
  const worsts = owners.list.map((owner) => owner.worst);
  return [
    ["owners' resources", sum("resources") + owners.others, judged],
    ["owners' failing", sum("failing"), summary.fail],
    ["owners' findings", sum("findings"), failed.length],
    ["owners' fixable", sum("fixable"), failed.filter(({ fixable }) => fixable).length],
    ["owners' worst", SEVERITIES.find((grade) => worsts.includes(grade)), worst],
  ];
}

function ofExemptions({ exemptions, findings, complete }: AuditReport): readonly Agreement[] {
  const excused = [...findings].filter(({ status }) => status === "exempt");
  const idle = exemptions.filter(({ state }) => state === (complete ? "unknown" : "unused"));
  return [
    ["excused", excused.length, exemptions.reduce((all, one) => all + one.findings, 0)],
    ["idle exemptions", idle, []],
    ...exemptions.map(({ id, findings: number, state }): Agreement => {
      const own = excused.filter(({ exemption_id }) => exemption_id === id).length;
      return [`exemption ${id}`, [number, state === "in-use"], [own, own > 0]];
    }),
  ];
}

function ofChanges({ changes, findings }: AuditReport): readonly Agreement[] {
  const changed = new Set(changes.list.map(({ resource_id }) => resource_id));
  const fixable = [...findings].filter(({ status, fixable }) => status === "fail" && fixable);
  return [
    ["changes", changes.total, changes.list.length],
    ["changed resources", changes.resources, changed.size],
    [
      "fixed by no change",
      fixable.filter(({ resource_id }) => !changed.has(resource_id ?? "")),
      [],
    ],
  ];
}

function ofKeys({ keys, types }: AuditReport): readonly Agreement[] {
  const examined = types.secret.examined + types.key.examined;
  return keys.map(({ key, resources, distinct, values, invalid }) => {
    const shown = values.reduce((all, value) => all + value.resources, 0);
    const fits =
      resources <= examined && distinct <= resources && shown <= resources && invalid <= resources;
    return [`key ${key}`, fits && values.length <= distinct, true];
  });
}

function ofHistory(report: AuditReport): readonly Agreement[] {
  const late = [...report.findings].filter(({ last_seen }) => (last_seen ?? "") > report.startedAt);
  return [
    ["trend", report.trend.at(-1), pointOf(report)],
    ["seen later", late, []],
  ];
}
