import type { Policy } from "../policy/policy.ts";
import { type Demands, type Deployment, demandsOf, type FunctionName } from "./demand.ts";
import { OPERATIONS, type Operation } from "./operation.ts";

/** One statement of a document of IAM. */
export type Statement = {
  /** Roles have no such field. */
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: {
    readonly [operator: string]: { readonly [key: string]: readonly string[] };
  };
};

/** The policy of a role (1.1), or an identity policy (5.0). */
export type IamDocument = {
  readonly Version: "1.1" | "5.0";
  readonly Statement: readonly Statement[];
};

/** What the agency of a function may do, in both generations of IAM. */
export type FunctionPermissions = { readonly role: IamDocument; readonly policy: IamDocument };
export type Generation = keyof FunctionPermissions;

/** The statement that denies tag keys; who edits tags that the policy does not name leaves it out. */
export const KEYS_STATEMENT = "OnlyKeysOfThePolicy";

/** The permissions of all functions under a policy: what `dist/permissions.json` holds. */
export function permissionsOf(
  policy: Policy,
  deployment: Deployment,
): { readonly [Name in FunctionName]: FunctionPermissions } {
  const of = (name: FunctionName) => documentsOf(demandsOf(name, policy, deployment), deployment);
  return {
    "secret-created": of("secret-created"),
    "key-created": of("key-created"),
    retag: of("retag"),
    audit: of("audit"),
  };
}

/**
 * Writes demands down as IAM reads them. Actions of OBS stand in statements of their own: its roles are global,
 * all others are of a project (terraform-schema.json, `huaweicloud_identity_role`, types AX and XA).
 */
export function documentsOf(demands: Demands, deployment: Deployment): FunctionPermissions {
  return {
    role: { Version: "1.1", Statement: allowing(demands, deployment, "role") },
    policy: {
      Version: "5.0",
      Statement: [...allowing(demands, deployment, "policy"), ...denyingKeys(demands)],
    },
  };
}

/** One statement for each resource that actions are limited to, the unlimited ones first. */
function allowing(
  { demands }: Demands,
  deployment: Deployment,
  generation: Generation,
): readonly Statement[] {
  const statements = new Map<string, { resource: string | null; actions: Set<string> }>();
  for (const { operation } of demands) {
    const row: Operation = OPERATIONS[operation];
    const { name } = row[generation];
    const resource = resourceOf(row, deployment, generation);
    const group = `${resource} ${name.split(":", 1)[0] === "obs"}`;
    const statement = statements.get(group) ?? { resource, actions: new Set() };
    statement.actions.add(name);
    statements.set(group, statement);
  }
  return [...statements.values()].map(({ resource, actions }) => ({
    Effect: "Allow",
    Action: [...actions].sort(),
    ...(resource === null ? {} : { Resource: [resource] }),
  }));
}

/**
 * The resource that an operation is limited to, `null` for any. The forms are those of usermanual-obs obs_03_0154
 * and, for roles, usermanual-functiongraph functiongraph_01_0407; FunctionGraph's for identity policies is not
 * established, nor is any of SMN's: those are not limited.
 */
function resourceOf(
  { target }: Operation,
  { store, queue }: Deployment,
  generation: Generation,
): string | null {
  const bucket = typeof store === "string" ? null : store;
  const called = typeof queue === "string" || generation === "policy" ? null : queue;
  switch (target) {
    case "any":
      return null;
    case "bucket":
      return bucket && `obs:*:*:bucket:${bucket.bucket}`;
    case "objects":
      return bucket && `obs:*:*:object:${bucket.bucket}/${bucket.prefix}*`;
    case "function":
      return called && `functiongraph:*:*:function:${called.package}/${called.function}`;
  }
}

/**
 * Denies every tag key that the policy does not name (`g:TagKeys`: the keys in a request, usermanual-iam5
 * iam_01_1229; both services know it, dew-api.md 9). Written as the Organizations guide's syntax page writes
 * such a condition (`ForAnyValue:StringNotEquals` in a denial), because what `ForAllValues` makes of a request
 * without keys is not established. Roles know no such condition.
 */
function denyingKeys({ demands, keys }: Demands): readonly Statement[] {
  const rows = demands.map(({ operation }): Operation => OPERATIONS[operation]);
  const actions = rows.filter(({ writesTags }) => writesTags).map(({ policy }) => policy.name);
  if (keys === null || actions.length === 0) return [];
  return [
    {
      Sid: KEYS_STATEMENT,
      Effect: "Deny",
      Action: [...actions].sort(),
      Condition: { "ForAnyValue:StringNotEquals": { "g:TagKeys": [...new Set(keys)].sort() } },
    },
  ];
}
