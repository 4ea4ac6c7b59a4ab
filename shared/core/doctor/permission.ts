import { isJsonObject, own } from "../json-value.ts";
import { OPERATIONS, type OperationName } from "../permission/operation.ts";
import { RESOURCE_KINDS, type ResourceType } from "../resource.ts";
import { type Diagnosis, ok, problem, unknown } from "./diagnosis.ts";
import { bodyOf, isDone, isForbidden, type ProbeAnswer, wordsOf } from "./probe-answer.ts";

/** A resource to ask about: one that is there, or an id that nothing has. */
export type Subject = { readonly id: string; readonly name: string; readonly exists: boolean };

/** A harmless call that shows whether an operation is permitted. */
export type Permission = {
  readonly id: string;
  readonly type: ResourceType;
  /** Completes "one may …". */
  readonly does: string;
  /** What permits it. */
  readonly operation: OperationName;
  readonly call: (subject: Subject, absent: Subject, tagKey: string) => PermissionCall;
  /** Whether it is made about something that is not there: a write must be. */
  readonly aboutNothing?: true;
};

/** `below`: where the path begins, the kind's tag calls or the project's secrets (dew-api.md 1). */
export type PermissionCall = {
  readonly below: "kind" | "secrets";
  readonly path: string;
  readonly body?: object;
};

const page = { action: "filter", limit: "1", offset: "0" };

type KindOperations = {
  readonly [Call in "instances" | "vocabulary" | "tags" | "write"]: OperationName;
};

function kindRows(type: ResourceType, operations: KindOperations): readonly Permission[] {
  const plural = `${type}s`;
  return [
    {
      id: `${type}.instances`,
      type,
      does: `list ${plural} with their tags`,
      operation: operations.instances,
      call: () => ({ below: "kind", path: "/resource_instances/action", body: page }),
    },
    {
      id: `${type}.vocabulary`,
      type,
      does: `list the tags of all ${plural}`,
      operation: operations.vocabulary,
      call: () => ({ below: "kind", path: "/tags" }),
    },
    {
      id: `${type}.tags`,
      type,
      does: `read the tags of a ${type}`,
      operation: operations.tags,
      call: ({ id }) => ({ below: "kind", path: `/${id}/tags` }),
    },
    {
      id: `${type}.write`,
      type,
      does: `write tags of a ${type}`,
      operation: operations.write,
      aboutNothing: true,
      // A deletion changes nothing even if the id were somebody's; the key is one of the policy's, because a
      // permission may be limited to those.
      call: (_, { id }, key) => ({
        below: "kind",
        path: `/${id}/tags/action`,
        body: { action: "delete", tags: [{ key }] },
      }),
    },
  ];
}

/** Every operation on secrets and keys that Tagwarden uses. */
export const PERMISSIONS: readonly Permission[] = [
  ...kindRows("secret", {
    instances: "listSecrets",
    vocabulary: "listProjectSecretTags",
    tags: "listSecretTags",
    write: "writeSecretTags",
  }),
  {
    id: "secret.show",
    type: "secret",
    does: "describe a secret",
    operation: "showSecret",
    call: ({ name }) => ({ below: "secrets", path: `/${name}` }),
  },
  ...kindRows("key", {
    instances: "listKeys",
    vocabulary: "listProjectKeyTags",
    tags: "listKeyTags",
    write: "writeKeyTags",
  }),
  {
    id: "key.list",
    type: "key",
    does: "list keys",
    operation: "listAllKeys",
    call: () => ({ below: "kind", path: "/list-keys", body: { limit: "1", key_spec: "ALL" } }),
  },
  {
    id: "key.show",
    type: "key",
    does: "describe a key",
    operation: "showKey",
    call: ({ id }) => ({ below: "kind", path: "/describe-key", body: { key_id: id } }),
  },
];

/** Paths of a permission's call. */
export function pathOf({ type }: Permission, { below, path }: PermissionCall, project: string) {
  const base = { kind: RESOURCE_KINDS[type].basePath(project), secrets: `/v1/${project}/secrets` };
  return `${base[below]}${path}`;
}

/**
 * Whether an operation is permitted. Success proves it. Not found is a hint only: whether a service looks for
 * the resource before it asks for the permission is not documented; 403 means refused either way.
 */
export function judgePermission(permission: Permission, answer: ProbeAnswer): Diagnosis {
  const { type, operation } = permission;
  if (isDone(answer)) {
    if (permission.aboutNothing)
      return unknown(
        `a write to an id that nothing has was accepted (${wordsOf(answer)})`,
        "try it on a resource of your own: tagwarden plan --ids",
      );
    return ok("permitted");
  }
  if (answer.kind === "answered" && RESOURCE_KINDS[type].absentCodes.includes(answer.serviceCode))
    return ok(`seems permitted (${wordsOf(answer)})`);
  if (isForbidden(answer))
    return problem(`refused (${wordsOf(answer)})`, `allow ${actionWords(operation)}`, "access");
  return unknown(wordsOf(answer), "run doctor again; if it stays so, look at the service's status");
}

/** The action that permits an operation, by the names of both generations of IAM. */
export function actionWords(operation: OperationName): string {
  const { policy, role } = OPERATIONS[operation];
  return policy.name === role.name ? role.name : `${policy.name} (in a role: ${role.name})`;
}

/** A resource of the first page of the instance query, to ask about; `null` where it has none. */
export function firstSubject(answer: ProbeAnswer): Subject | null {
  const body = bodyOf(answer);
  const rows = isJsonObject(body) ? own(body, "resources") : undefined;
  const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
  if (!isJsonObject(row)) return null;
  const { resource_id: id, resource_name: name } = row;
  return typeof id === "string" && typeof name === "string" ? { id, name, exists: true } : null;
}
