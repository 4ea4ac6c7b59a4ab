import { uuid } from "./accounts.ts";
import type { Clock } from "./clock.ts";
import type { CloudSettings } from "./contract.ts";
import { KEY_STATE, type Key, type Secret, type Store } from "./store.ts";

/** What the services share: who and where they are, the time, the settings, and all that they keep. */
export type World = {
  readonly region: string;
  readonly project: string;
  readonly domain: { readonly id: string; readonly name: string };
  readonly settings: CloudSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly secrets: Store<Secret>;
  readonly keys: Store<Key>;
  /** New resources answer "not found" for this long. */
  visibleAfterMs: number;
};

export const DEFAULT_ENTERPRISE_PROJECT = "0";
/** The key that CSMS uses where a secret names none (dew-api.md 2.2). */
export const CSMS_DEFAULT_KEY = "csms/default";

/** Fields of a new secret; what is missing is as CreateSecret leaves it. */
export type SecretFields = {
  readonly name: string;
  readonly kmsKeyId: string;
  readonly description?: string;
  readonly secretType?: string;
  readonly enterpriseProject?: string;
};

export function addSecret(world: World, fields: SecretFields): Secret {
  const nowMs = world.clock.now();
  const secret: Secret = {
    type: "secret",
    id: uuid(world.random),
    tags: new Map(),
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    visibleAtMs: nowMs + world.visibleAfterMs,
    scheduledDeletionMs: null,
    state: "ENABLED",
    description: "",
    secretType: "COMMON",
    enterpriseProject: DEFAULT_ENTERPRISE_PROJECT,
    ...fields,
  };
  world.secrets.add(secret, nowMs);
  return secret;
}

/** Fields of a new key; what is missing is as CreateKey leaves it. */
export type KeyFields = {
  readonly name: string;
  readonly description?: string;
  readonly keySpec?: string;
  readonly keyUsage?: string;
  readonly origin?: "kms" | "external";
  readonly enterpriseProject?: string;
  readonly isDefault?: boolean;
};

export function addKey(world: World, fields: KeyFields): Key {
  const nowMs = world.clock.now();
  const keySpec = fields.keySpec ?? "AES_256";
  const key: Key = {
    type: "key",
    id: uuid(world.random),
    tags: new Map(),
    createdAtMs: nowMs,
    visibleAtMs: nowMs + world.visibleAfterMs,
    scheduledDeletionMs: null,
    // A key whose material comes from outside waits for it (dew-api.md 2.2, state 5).
    state: fields.origin === "external" ? KEY_STATE.pendingImport : KEY_STATE.enabled,
    isDefault: false,
    description: "",
    keyUsage: defaultUsage(keySpec),
    origin: "kms",
    enterpriseProject: DEFAULT_ENTERPRISE_PROJECT,
    ...fields,
    keySpec,
  };
  world.keys.add(key, nowMs);
  return key;
}

// Key usages by specification as the CreateKey page of the api reference lists them.
function defaultUsage(keySpec: string): string {
  if (keySpec.startsWith("HMAC_")) return "GENERATE_VERIFY_MAC";
  return /^(RSA|EC)_/.test(keySpec) ? "SIGN_VERIFY" : "ENCRYPT_DECRYPT";
}
