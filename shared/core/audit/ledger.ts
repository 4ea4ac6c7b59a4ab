import type { InventoryItem } from "../inventory/item.ts";
import type { Policy } from "../policy/policy.ts";
import type { KeyCount } from "./audit-report.ts";
import { createDocket, type StatusCounts } from "./docket.ts";
import type { Finding, Status } from "./finding.ts";
import type { Findings } from "./findings.ts";
import { createJudge, type JudgeDeps, type Judgement } from "./judge.ts";
import { createKeyStatistics } from "./key-statistics.ts";
import { createOwnerCounts, type OwnerCounts } from "./owner-counts.ts";
import { createPolicyUse } from "./policy-use.ts";
import { createProposals, type ProposedChanges } from "./proposed-change.ts";

/** What the judgements of all resources come to. */
export type Ledger = {
  /** Judges a resource and enters it. */
  take(item: InventoryItem): Judgement;
  /**
   * `sawAll`: no resource is missing. `others`: findings that are of no resource. The findings are these, those
   * of resources and those of the policy, in their order.
   */
  end(
    sawAll: boolean,
    others: readonly Finding[],
  ): {
    readonly statuses: { readonly [Name in Status]: number };
    readonly findings: Findings;
    /** Findings by rule and status. */
    readonly counts: ReadonlyMap<string, StatusCounts>;
    /** How many findings each exemption excuses. */
    readonly exempted: ReadonlyMap<string, number>;
    readonly keys: readonly KeyCount[];
    readonly owners: OwnerCounts;
    readonly changes: ProposedChanges;
  };
};

/** Opens a ledger. Of a resource it keeps the findings, and counts. */
export function createLedger(policy: Policy, deps: JudgeDeps): Ledger {
  const judge = createJudge(policy, deps);
  const use = createPolicyUse(policy, deps);
  const statistics = createKeyStatistics(policy.tags.map(({ key }) => key));
  const owners = createOwnerCounts(policy);
  const proposals = createProposals();
  const statuses = { error: 0, fail: 0, exempt: 0, skipped: 0, pass: 0 };
  const docket = createDocket(deps.fingerprintOf);

  return {
    take(item) {
      const judgement = judge(item);
      statuses[judgement.status] += 1;
      statistics.take(judgement.tags);
      owners.take(item, judgement);
      proposals.take(judgement.changes);
      use.see(item);
      for (const finding of judgement.findings) {
        docket.add(finding);
        if (finding.status === "exempt") use.excuse(finding.exemption_id ?? "");
      }
      return judgement;
    },
    end(sawAll, others) {
      for (const { status, exemption_id } of others)
        if (status === "exempt") use.excuse(exemption_id ?? "");
      for (const finding of [...others, ...use.end(sawAll)]) docket.addWhole(finding);
      return {
        statuses,
        findings: docket.end(),
        counts: docket.counts(),
        exempted: docket.exempted(),
        keys: statistics.end(),
        owners: owners.end(),
        changes: proposals.end(),
      };
    },
  };
}
