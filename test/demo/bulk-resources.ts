import type { StoredResource } from "../cloud/contract.ts";
import type { LocalCloud } from "../cloud/index.ts";

type Tags = { readonly [key: string]: string };

/** How many resources there were before anybody thought of a policy. */
export const BULK_COUNT = 300;
const KEY_EVERY = 10;

const COMPLETE: Tags = {
  Environment: "prod",
  CostCenter: "CC-4711",
  DataClass: "internal",
  CreatedAt: "2024-02-29",
};

/** What five years without a policy leave behind, again and again. */
const HABITS: readonly ((team: string) => Tags)[] = [
  (team) => ({ owner: team, ...COMPLETE }),
  (team) => ({ OwnerEmail: team, Environment: "prod", Project: "apollo" }),
  (team) => ({ Owner: team, ...COMPLETE, Password: "hunter2" }),
  () => ({}),
  (team) => ({ Owner: team, "cost-center": "CC-2200", DataClass: "public" }),
  (team) => ({ Owner: team, ...COMPLETE }),
];
/** Two people disagreed: nobody can say which of the two is right. */
const CONFLICT: Tags = { Owner: "payments@example.com", owner: "shop@example.com", ...COMPLETE };
const CONFLICT_EVERY = 100;
const TEAMS = ["payments@example.com", "shop@example.com", "data@example.com"];

/** Puts them into the cloud without a trace: they are older than Tagwarden. */
export function addBulkResources(cloud: LocalCloud): readonly StoredResource[] {
  return Array.from({ length: BULK_COUNT }, (_, index) => {
    const team = TEAMS[index % TEAMS.length] ?? "";
    const habit = HABITS[index % HABITS.length];
    const tags = index % CONFLICT_EVERY === 7 ? CONFLICT : (habit?.(team) ?? {});
    const name = `old-${`${index + 1}`.padStart(3, "0")}`;
    return index % KEY_EVERY === 0 ? cloud.addKey({ name, tags }) : cloud.addSecret({ name, tags });
  });
}
