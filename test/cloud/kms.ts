import * as z from "zod";
import { keyDetails } from "./details.ts";
import { queryInstances, wholeNumber } from "./instances.ts";
import { checkSequence, refuse, refuseBody, refuseQuery } from "./kms-errors.ts";
import { kmsTagOperations } from "./kms-tags.ts";
import {
  bodyOf,
  type Call,
  type Operation,
  ok,
  type Reply,
  type Service,
  textField,
} from "./service.ts";
import { KEY_STATE, type Key } from "./store.ts";
import { tagList } from "./tags.ts";
import { addKey, type World } from "./world.ts";

/** Rows of list-keys: the default is documented (dew-api.md 2.2), that it is also the maximum is not. */
export const LIST_KEYS_ROWS = 2000;
/** Days until a scheduled deletion, from the page "Scheduling the Deletion of a CMK". */
export const PENDING_DAYS_MIN = 7;
export const PENDING_DAYS_MAX = 1096;

const DAY_MS = 24 * 60 * 60 * 1000;
const KEY_ID = /^[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}$/;
// Page "Creating a CMK".
const ALIAS = /^[a-zA-Z0-9:/_-]{1,255}$/;

const KeyRequest = z.object({ key_id: z.string(), sequence: z.string().optional() });
const CreateRequest = z.object({
  key_alias: z.string(),
  key_spec: z.string().optional(),
  key_usage: z.string().optional(),
  key_description: z.string().max(255).optional(),
  origin: z.enum(["kms", "external"]).optional(),
  enterprise_project_id: z.string().optional(),
  sequence: z.string().optional(),
});
const ListRequest = z.object({
  limit: z.string().optional(),
  marker: z.string().optional(),
  key_state: z
    .string()
    .regex(/^[1-5]$/)
    .optional(),
  key_spec: z.string().optional(),
  enterprise_project_id: z.string().optional(),
  sequence: z.string().optional(),
});
const ScheduleRequest = KeyRequest.extend({ pending_days: z.string() });

/** The key management service: keys and their tags (dew-api.md 2, 3 and 4.3). */
export function createKms(world: World): Service {
  const { keys } = world;

  /** The key that a request names, or the refusal: by form, then by existence. */
  function keyOf(id: string): Key {
    if (!KEY_ID.test(id)) throw refuse("KMS.0205", `(${id})`);
    const key = keys.visible(id);
    if (key === undefined) throw refuse("KMS.0207", `(${id})`);
    return key;
  }

  function ownKeyOf(id: string): Key {
    const key = keyOf(id);
    if (key.isDefault) throw refuse("KMS.0211");
    return key;
  }

  function changeState(call: Call, state: Key["state"]): Reply {
    const { key_id, sequence } = bodyOf(call, KeyRequest, refuseBody);
    checkSequence(sequence);
    const key = ownKeyOf(key_id);
    if (key.state === KEY_STATE.pendingDeletion) throw refuse("KMS.0210");
    if (key.state === KEY_STATE.pendingImport) throw refuse("KMS.0308", "(no key material)");
    key.state = state;
    keys.touch("state");
    return ok({ key_info: { key_id: key.id, key_state: key.state } });
  }

  const lifecycle: readonly Operation[] = [
    {
      ...post("CreateKey", "create-key"),
      trace: () => "createKey",
      run(call) {
        const body = bodyOf(call, CreateRequest, refuseBody);
        checkSequence(body.sequence);
        const alias = body.key_alias;
        // Names ending in /default belong to the services' own keys (dew-api.md 2.2).
        if (!ALIAS.test(alias) || alias.endsWith("/default")) {
          throw refuse("KMS.0308", `(key_alias: ${alias})`);
        }
        const key = addKey(world, {
          name: alias,
          ...(body.key_spec === undefined ? {} : { keySpec: body.key_spec }),
          ...(body.key_usage === undefined ? {} : { keyUsage: body.key_usage }),
          ...(body.key_description === undefined ? {} : { description: body.key_description }),
          ...(body.origin === undefined ? {} : { origin: body.origin }),
          ...(body.enterprise_project_id === undefined
            ? {}
            : { enterpriseProject: body.enterprise_project_id }),
        });
        return ok({ key_info: { key_id: key.id, domain_id: world.domain.id } }, key);
      },
    },
    {
      ...post("DisableKey", "disable-key"),
      trace: () => "disableKey",
      run: (call) => changeState(call, KEY_STATE.disabled),
    },
    {
      ...post("EnableKey", "enable-key"),
      trace: () => "enableKey",
      run: (call) => changeState(call, KEY_STATE.enabled),
    },
    {
      ...post("DeleteKey", "schedule-key-deletion"),
      trace: () => "scheduleKeyDeletion",
      run(call) {
        const { key_id, pending_days, sequence } = bodyOf(call, ScheduleRequest, refuseBody);
        checkSequence(sequence);
        const days = wholeNumber(pending_days, -1);
        if (days < PENDING_DAYS_MIN || days > PENDING_DAYS_MAX) {
          throw refuse("KMS.0308", `(pending_days: ${pending_days})`);
        }
        const key = ownKeyOf(key_id);
        if (key.state === KEY_STATE.pendingDeletion) throw refuse("KMS.0210");
        key.state = KEY_STATE.pendingDeletion;
        keys.schedule(key, call.nowMs + days * DAY_MS);
        return ok({ key_id: key.id, key_state: key.state });
      },
    },
    {
      ...post("CancelKeyDeletion", "cancel-key-deletion"),
      trace: () => "cancelKeyDeletion",
      run(call) {
        const { key_id, sequence } = bodyOf(call, KeyRequest, refuseBody);
        checkSequence(sequence);
        const key = ownKeyOf(key_id);
        // Which code the service has for this is not established.
        if (key.state !== KEY_STATE.pendingDeletion) throw refuse("KMS.0308", "(not scheduled)");
        key.state = KEY_STATE.disabled;
        keys.schedule(key, null);
        return ok({ key_id: key.id, key_state: key.state });
      },
    },
  ];

  const queries: readonly Operation[] = [
    {
      ...post("ListKeyDetail", "describe-key", ["kms:cmk:get"]),
      run(call) {
        const { key_id, sequence } = bodyOf(call, KeyRequest, refuseBody);
        checkSequence(sequence);
        return ok({ key_info: keyDetails(keyOf(key_id), world) });
      },
    },
    {
      ...post("ListKeys", "list-keys", ["kms:cmk:list"]),
      run: (call) => listKeys(call, world),
    },
    {
      ...post("ListKmsByTags", "resource_instances/action", [
        "kms:cmk:listKeysByTag",
        "kms:cmkTag:listInstance",
      ]),
      run(call) {
        checkSequence(textField(call.body, "sequence"));
        const withDefaults = world.settings.defaultKeysInQuery;
        return queryInstances(call, keys, {
          refuse: refuseQuery,
          emptyMatchRefused: true,
          offsetWithCountRefused: true,
          scope: withDefaults ? "all keys" : "own keys",
          includes: (key) => withDefaults || !key.isDefault,
          row: (key) => ({
            resource_id: key.id,
            resource_detail: keyDetails(key, world),
            resource_name: key.name,
            tags: tagList(key.tags),
          }),
        });
      },
    },
  ];

  return {
    name: "kms",
    traceType: "cmk",
    operations: [...lifecycle, ...queries, ...kmsTagOperations(world, ownKeyOf, keyOf)],
    subject(params, body) {
      const id = params.id ?? textField(body, "key_id");
      if (id !== undefined) return { id, name: keys.any(id)?.name ?? "" };
      const name = textField(body, "key_alias");
      return name === undefined ? undefined : { id: "", name };
    },
    refuse: {
      malformed: () => refuse("KMS.0202"),
      denied: (action) => refuse("KMS.0307", `(${action})`),
      foreignProject: () => refuse("KMS.0321"),
    },
  };
}

function post(name: string, path: string, actions: readonly string[] = []) {
  return { name, method: "POST", path: `/v1.0/{project}/kms/${path}`, actions } as const;
}

function listKeys(call: Call, world: World): Reply {
  const body = bodyOf(call, ListRequest, refuseBody);
  checkSequence(body.sequence);
  const limit = wholeNumber(body.limit, LIST_KEYS_ROWS);
  if (limit < 1 || limit > LIST_KEYS_ROWS) throw refuse("KMS.1601", `(${body.limit})`);
  const start = wholeNumber(body.marker, 0);
  if (start < 0) throw refuse("KMS.1602", `(${body.marker})`);

  // Only AES_256 unless another specification, or ALL, is asked for (dew-api.md 2.2).
  const { key_state: state, key_spec: spec = "AES_256", enterprise_project_id: project } = body;
  const rows = world.keys.view(
    JSON.stringify(["list-keys", state, spec, project]),
    "items",
    (key) =>
      (state === undefined || key.state === state) &&
      (spec === "ALL" || key.keySpec === spec) &&
      (project === undefined || project === "all" || key.enterpriseProject === project),
  );
  const page = rows.slice(start, start + limit);
  const next = start + page.length;
  const truncated = next < rows.length;
  return ok({
    keys: page.map(({ id }) => id),
    key_details: page.map((key) => keyDetails(key, world)),
    next_marker: truncated ? String(next) : "",
    truncated: String(truncated),
    total: rows.length,
  });
}
