import * as z from "zod";
import { refuse, refuseParameter } from "./csms-errors.ts";
import { csmsTagOperations } from "./csms-tags.ts";
import { secretDetails } from "./details.ts";
import { wholeNumber } from "./instances.ts";
import {
  bodyOf,
  type Call,
  NO_CONTENT,
  type Operation,
  ok,
  param,
  type Reply,
  type Service,
  textField,
} from "./service.ts";
import { KEY_STATE, type Key, type Secret } from "./store.ts";
import { addKey, addSecret, CSMS_DEFAULT_KEY, type World } from "./world.ts";

/** Rows of ListSecrets: the default is documented, the maximum is not (dew-api.md 1.2). */
export const LIST_SECRETS_DEFAULT_ROWS = 50;
export const LIST_SECRETS_MAX_ROWS = 1000;
/** Largest secret value, from the SDK's CreateSecretRequestBody. */
export const SECRET_VALUE_MAX_BYTES = 32 * 1024;
/** Days until a scheduled deletion takes effect. */
export const RECOVERY_DAYS_MIN = 7;
export const RECOVERY_DAYS_MAX = 30;

const DAY_MS = 24 * 60 * 60 * 1000;
// Dots are in Terraform's documents only; accepted, because a secret may have them (dew-api.md 1.2).
const SECRET_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

const CreateRequest = z.object({
  name: z.string().regex(SECRET_NAME),
  kms_key_id: z.string().optional(),
  description: z.string().max(2048).optional(),
  secret_binary: z.string().max(SECRET_VALUE_MAX_BYTES).optional(),
  secret_string: z.string().max(SECRET_VALUE_MAX_BYTES).optional(),
  secret_type: z.string().optional(),
  enterprise_project_id: z.string().optional(),
});
const ScheduleRequest = z.object({
  recovery_window_in_days: z.int().min(RECOVERY_DAYS_MIN).max(RECOVERY_DAYS_MAX).optional(),
});

/** What CSMS makes KMS do: the trace of a key that it creates is written as the caller's. */
export type OnDefaultKey = (call: Call, key: Key) => void;

/** The secret management service: secrets, without their values, and their tags (dew-api.md 1, 3 and 4.2). */
export function createCsms(world: World, onDefaultKey: OnDefaultKey): Service {
  const { secrets, keys } = world;

  /** Ordinary calls name a secret by its name (dew-api.md 1). */
  function secretOf(call: Call): Secret {
    const name = param(call, "name");
    const secret = secrets.visible(name);
    if (secret === undefined || secret.name !== name) throw refuse("CSMS.0005", `(${name})`);
    return secret;
  }

  /** The key that encrypts a new secret: the named one, else `csms/default`, created at need. */
  function encryptingKey(call: Call, keyId: string | undefined): Key {
    if (keyId !== undefined) {
      const key = keys.visible(keyId);
      if (key?.id !== keyId || key.state !== KEY_STATE.enabled)
        throw refuse("CSMS.0401", `(${keyId})`);
      return key;
    }
    const existing = keys.any(CSMS_DEFAULT_KEY);
    if (existing?.isDefault) return existing;
    const key = addKey(world, { name: CSMS_DEFAULT_KEY, isDefault: true });
    onDefaultKey(call, key);
    return key;
  }

  const operations: readonly Operation[] = [
    {
      name: "CreateSecret",
      method: "POST",
      path: "/v1/{project}/secrets",
      actions: [],
      trace: () => "createSecret",
      run(call) {
        const body = bodyOf(call, CreateRequest, refuseParameter);
        if ((body.secret_binary === undefined) === (body.secret_string === undefined)) {
          throw refuse("CSMS.0002", "(either secret_binary or secret_string)");
        }
        if (secrets.any(body.name)?.name === body.name) throw refuse("CSMS.0101", `(${body.name})`);
        const key = encryptingKey(call, body.kms_key_id);
        const secret = addSecret(world, {
          name: body.name,
          kmsKeyId: key.id,
          ...(body.description === undefined ? {} : { description: body.description }),
          ...(body.secret_type === undefined ? {} : { secretType: body.secret_type }),
          ...(body.enterprise_project_id === undefined
            ? {}
            : { enterpriseProject: body.enterprise_project_id }),
        });
        return ok({ secret: secretDetails(secret) }, secret);
      },
    },
    {
      name: "ShowSecret",
      method: "GET",
      path: "/v1/{project}/secrets/{name}",
      actions: ["csms:secret:get"],
      run: (call) => ok({ secret: secretDetails(secretOf(call)) }),
    },
    {
      name: "ListSecrets",
      method: "GET",
      path: "/v1/{project}/secrets",
      actions: ["csms:secret:list"],
      run: (call) => listSecrets(call, world),
    },
    {
      name: "DeleteSecret",
      method: "DELETE",
      path: "/v1/{project}/secrets/{name}",
      actions: [],
      trace: () => "forceDeleteSecret",
      run(call) {
        secrets.remove(secretOf(call));
        return NO_CONTENT;
      },
    },
    {
      name: "DeleteSecretForSchedule",
      method: "POST",
      path: "/v1/{project}/secrets/{name}/scheduled-deleted-tasks/create",
      actions: [],
      trace: () => "scheduleDelSecret",
      run(call) {
        const body = bodyOf(call, ScheduleRequest, refuseParameter);
        const secret = secretOf(call);
        if (secret.state === "PENDING_DELETE") throw refuse("CSMS.0107");
        secret.state = "PENDING_DELETE";
        const days = body.recovery_window_in_days ?? RECOVERY_DAYS_MAX;
        secrets.schedule(secret, call.nowMs + days * DAY_MS);
        return ok({ secret: secretDetails(secret) });
      },
    },
    {
      name: "RestoreSecret",
      method: "POST",
      path: "/v1/{project}/secrets/{name}/scheduled-deleted-tasks/cancel",
      actions: [],
      trace: () => "restoreSecretFromDeletedStatus",
      run(call) {
        const secret = secretOf(call);
        if (secret.state !== "PENDING_DELETE") throw refuse("CSMS.0108");
        secret.state = "ENABLED";
        secrets.schedule(secret, null);
        return ok({ secret: secretDetails(secret) });
      },
    },
  ];

  return {
    name: "csms",
    traceType: "secret",
    operations: [...operations, ...csmsTagOperations(world)],
    subject(params, body) {
      const idOrName = params.id ?? params.name ?? textField(body, "name");
      if (idOrName === undefined) return undefined;
      const secret = secrets.any(idOrName);
      if (secret !== undefined && params.id === undefined && params.name === undefined) {
        return { id: "", name: idOrName }; // to be created, and the name is taken
      }
      const unknown =
        params.id === undefined ? { id: "", name: idOrName } : { id: idOrName, name: "" };
      return secret ?? unknown;
    },
    refuse: {
      malformed: () => refuse("CSMS.0004"),
      denied: (action) => refuse("CSMS.0302", `(${action})`),
      foreignProject: () => refuse("CSMS.0302", "(another project)"),
    },
  };
}

function listSecrets(call: Call, world: World): Reply {
  const limit = wholeNumber(call.query.get("limit") ?? undefined, LIST_SECRETS_DEFAULT_ROWS);
  if (limit < 1 || limit > LIST_SECRETS_MAX_ROWS) throw refuse("CSMS.0002", "(limit)");
  const rows = world.secrets.view("list", "items", () => true);
  const marker = call.query.get("marker") ?? "";
  const markedAt = marker === "" ? -1 : rows.findIndex(({ name }) => name === marker);
  // What the service makes of a marker whose secret is gone is not established.
  if (marker !== "" && markedAt === -1) throw refuse("CSMS.0002", "(marker)");
  const page = rows.slice(markedAt + 1, markedAt + 1 + limit);
  const more = markedAt + 1 + page.length < rows.length;
  return ok({
    secrets: page.map(secretDetails),
    page_info: {
      next_marker: more ? (page.at(-1)?.name ?? null) : null,
      previous_marker: marker === "" ? null : marker,
      current_count: page.length,
    },
  });
}
