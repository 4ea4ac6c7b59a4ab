import { isJsonObject, own } from "../json-value.ts";
import { RESOURCE_KINDS, type ResourceType } from "../resource.ts";
import { type Diagnosis, ok, problem, unknown } from "./diagnosis.ts";
import { bodyOf, isDone, isForbidden, type ProbeAnswer, wordsOf } from "./probe-answer.ts";

/** IAM actions of an operation in both generations (dew-api.md 9). */
type Actions = { readonly identity: string; readonly role: string };

/** A resource to ask about: one that is there, or an id that nothing has. */
export type Subject = { readonly id: string; readonly name: string; readonly exists: boolean };

/** A harmless call that shows whether an operation is permitted. */
export type Permission = {
  readonly id: string;
  readonly type: ResourceType;
  /** Completes "one may …". */
  readonly does: string;
  readonly actions: Actions;
  readonly operation: string;
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

function kindRows(type: ResourceType, actions: readonly Actions[]): readonly Permission[] {
  const [instances, vocabulary, tags, write] = actions;
  if (!instances || !vocabulary || !tags || !write) return [];
  const plural = `${type}s`;
  return [
    {
      id: `${type}.instances`,
      type,
      does: `list ${plural} with their tags`,
      actions: instances,
      operation: "ListResourceInstances",
      call: () => ({ below: "kind", path: "/resource_instances/action", body: page }),
    },
    {
      id: `${type}.vocabulary`,
      type,
      does: `list the tags of all ${plural}`,
      actions: vocabulary,
      operation: "ListProjectTags",
      call: () => ({ below: "kind", path: "/tags" }),
    },
    {
      id: `${type}.tags`,
      type,
      does: `read the tags of a ${type}`,
      actions: tags,
      operation: "ListTags",
      call: ({ id }) => ({ below: "kind", path: `/${id}/tags` }),
    },
    {
      id: `${type}.write`,
      type,
      does: `write tags of a ${type}`,
      actions: write,
      operation: "BatchTags",
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

/** Every operation on secrets and keys that Tagwarden uses (dew-api.md 9). */
export const PERMISSIONS: readonly Permission[] = [
  ...kindRows("secret", [
    { identity: "csms:secret:getSecretsByTag", role: "csms:tag:getSecretByTag" },
    { identity: "csms::listProjectTags", role: "csms:tag:getAll" },
    { identity: "csms:secret:listTags", role: "csms:tag:getBySecret" },
    { identity: "csms:secret:batchCreateOrDeleteTags", role: "csms:tag:batch" },
  ]),
  {
    id: "secret.show",
    type: "secret",
    does: "describe a secret",
    actions: { identity: "csms:secret:get", role: "csms:secret:get" },
    operation: "ShowSecret",
    call: ({ name }) => ({ below: "secrets", path: `/${name}` }),
  },
  ...kindRows("key", [
    { identity: "kms:cmk:listKeysByTag", role: "kms:cmkTag:listInstance" },
    { identity: "kms::listAllTags", role: "kms:cmkTag:list" },
    { identity: "kms:cmk:getTags", role: "kms:cmkTag:list" },
    { identity: "kms:cmk:createTags", role: "kms:cmkTag:batch" },
  ]),
  {
    id: "key.list",
    type: "key",
    does: "list keys",
    actions: { identity: "kms:cmk:list", role: "kms:cmk:list" },
    operation: "ListKeys",
    call: () => ({ below: "kind", path: "/list-keys", body: { limit: "1", key_spec: "ALL" } }),
  },
  {
    id: "key.show",
    type: "key",
    does: "describe a key",
    actions: { identity: "kms:cmk:get", role: "kms:cmk:get" },
    operation: "DescribeKey",
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
  const { type, actions } = permission;
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
    return problem(`refused (${wordsOf(answer)})`, `allow ${actionWords(actions)}`, "access");
  return unknown(wordsOf(answer), "run doctor again; if it stays so, look at the service's status");
}

/** An action by both of its names. */
export function actionWords({ identity, role }: Actions): string {
  return identity === role ? identity : `${identity} (in a role: ${role})`;
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
