import type { InventoryItem, InventoryPlace } from "../inventory/item.ts";
import { createKeyTags, type KeyTags } from "../inventory/key-tags.ts";
import type { Policy } from "../policy/policy.ts";
import { rulesByName } from "../policy/rules-by-name.ts";
import type { ResourceType } from "../resource.ts";
import type { InventoryCount } from "../run/run-plan.ts";
import type {
  AuditCount,
  AuditLogEntry,
  AuditReport,
  AuditScope,
  RuleCount,
} from "./audit-report.ts";
import { listAuditRules } from "./built-in-rules.ts";
import type { StatusCounts } from "./docket.ts";
import { listExemptionUses } from "./exemption-use.ts";
import { pointOf } from "./history.ts";
import type { JudgeDeps, Judgement } from "./judge.ts";
import type { JudgedTag } from "./judged-tag.ts";
import { createLedger } from "./ledger.ts";
import { createScopeTally, type ScopeTally } from "./scope-tally.ts";
import { summariseStatuses } from "./score.ts";
import { createVocabulary, type Vocabulary } from "./vocabulary.ts";

/** Judges the resources of one region and project. */
export type ScopeAudit = {
  /** Where secrets inherit tags of keys, keys come first. The judgement is in the report already. */
  take(item: InventoryItem): Judgement;
  /** All resources of the kind were taken, and came to this. */
  note(type: ResourceType, count: InventoryCount): void;
  /** Tag keys of the project's vocabulary. */
  addKeys(keys: Iterable<string>): void;
  /** Nothing comes any more; `problem`: why that is not all, as one line. */
  close(problem: string | null): void;
};

/** When an audit ran, and by which version of Tagwarden. ISO 8601. */
export type AuditRun = {
  readonly version: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** What reading each kind in each place took, where somebody counted. */
  readonly log?: readonly AuditLogEntry[];
};

/** One audit over any number of regions and projects. */
export type Auditor = {
  open(place: InventoryPlace): ScopeAudit;
  end(run: AuditRun): AuditReport;
};

/**
 * Starts an audit. Takes resources one by one and holds nothing of them but their findings and bounded
 * statistics; the order in which they come makes no difference to summary, rules and findings.
 */
export function createAuditor(policy: Policy, deps: JudgeDeps): Auditor {
  const ledger = createLedger(policy, deps);
  const rules = rulesByName(policy);
  const inherits = policy.tags.some(({ sources }) =>
    sources.some(({ kind }) => kind === "inherit"),
  );
  const scopes: { readonly tally: ScopeTally; readonly vocabulary: Vocabulary }[] = [];

  return {
    open(place) {
      const tally = createScopeTally(place);
      const vocabulary = createVocabulary(place, rules);
      const keyTags = createKeyTags();
      scopes.push({ tally, vocabulary });
      return {
        take(item) {
          if (inherits) keyTags.note(item);
          const judgement = ledger.take(inherits ? withKeyTags(item, keyTags) : item);
          tally.take(item, judgement.status);
          if (item.tags !== null && judgement.tags.some(isStranger))
            vocabulary.add(item.tags.keys());
          return judgement;
        },
        note: tally.note,
        addKeys: vocabulary.add,
        close: tally.close,
      };
    },
    end(run) {
      const places = scopes.map(({ tally }) => tally.scope());
      const complete = places.length > 0 && places.every((scope) => scope.complete);
      const ofScopes = scopes.flatMap(({ tally, vocabulary }) => [
        ...tally.findings(policy.hash, deps.fingerprintOf),
        ...vocabulary.findings(policy, deps),
      ]);
      const { statuses, counts, exempted, ...told } = ledger.end(complete, ofScopes);
      return writeReport(run, policy, {
        complete,
        scopes: places,
        summary: summariseStatuses(statuses, complete),
        rules: countRules(policy, counts),
        exemptions: listExemptionUses(policy, exempted, { sawAll: complete, nowMs: deps.nowMs }),
        ...told,
      });
    },
  };
}

/** Of a resource that is skipped there are none: its judgement tells no tags. */
function isStranger({ declared }: JudgedTag): boolean {
  return !declared;
}

function withKeyTags({ resource, facts, tags, skip }: InventoryItem, keyTags: KeyTags) {
  return { resource, facts: keyTags.addTo(facts), tags, skip };
}

type ReportParts = Omit<
  AuditReport,
  "schema" | "tool" | "startedAt" | "finishedAt" | "policy" | "types" | "log" | "trend"
>;

function writeReport(
  { version, startedAt, finishedAt, log = [] }: AuditRun,
  policy: Policy,
  parts: ReportParts,
): AuditReport {
  const { complete, scopes, summary, findings, ...told } = parts;
  return {
    schema: "tagwarden/audit/1",
    complete,
    tool: { name: "tagwarden", version },
    startedAt,
    finishedAt,
    policy: { hash: policy.hash },
    types: { secret: sumOf("secret", scopes), key: sumOf("key", scopes) },
    scopes,
    summary,
    ...told,
    log,
    findings,
    trend: [pointOf({ startedAt, complete, summary })],
  };
}

/** The sum of a kind over all scopes; `counted` is known only where each scope's is. */
function sumOf(type: ResourceType, scopes: readonly AuditScope[]): AuditCount {
  return scopes
    .map(({ types }) => types[type])
    .reduce(
      (sum, count) => ({
        counted:
          sum.counted === null || count.counted === null ? null : sum.counted + count.counted,
        examined: sum.examined + count.examined,
        skipped: sum.skipped + count.skipped,
        errors: sum.errors + count.errors,
      }),
      { counted: 0, examined: 0, skipped: 0, errors: 0 },
    );
}

function countRules(
  policy: Policy,
  counts: ReadonlyMap<string, StatusCounts>,
): readonly RuleCount[] {
  return listAuditRules(policy).map(({ id, severity, description }) => {
    const { fail, exempt, error, skipped } = counts.get(id) ?? NO_FINDINGS;
    return { id, severity, description, fail, exempt, error, skipped };
  });
}

const NO_FINDINGS: StatusCounts = { fail: 0, exempt: 0, error: 0, skipped: 0 };
