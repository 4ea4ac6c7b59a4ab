import type { Key, Secret } from "./store.ts";
import type { World } from "./world.ts";

/** KeyDetails: every value is a string, what is absent is empty (dew-api.md 2.2). */
export function keyDetails(key: Key, world: World): object {
  return {
    key_id: key.id,
    domain_id: world.domain.id,
    key_alias: key.name,
    realm: world.region,
    key_spec: key.keySpec,
    key_usage: key.keyUsage,
    key_description: key.description,
    creation_date: String(key.createdAtMs),
    scheduled_deletion_date:
      key.scheduledDeletionMs === null ? "" : String(key.scheduledDeletionMs),
    key_state: key.state,
    default_key_flag: key.isDefault ? "1" : "0",
    key_type: "1",
    expiration_time: "",
    origin: key.origin,
    key_rotation_enabled: "false",
    sys_enterprise_project_id: key.enterpriseProject,
    keystore_id: "0",
    pending_days: "",
    keystore_type: "",
    multi_region_key_type: "SINGLE",
  };
}

/** Secret, as ShowSecret and ListSecrets give it: times in milliseconds, no value, no tags. */
export function secretDetails(secret: Secret): object {
  return {
    id: secret.id,
    name: secret.name,
    state: secret.state,
    kms_key_id: secret.kmsKeyId,
    description: secret.description,
    create_time: secret.createdAtMs,
    update_time: secret.updatedAtMs,
    scheduled_delete_time: secret.scheduledDeletionMs,
    secret_type: secret.secretType,
    auto_rotation: false,
    rotation_period: "",
    rotation_config: "",
    rotation_time: null,
    next_rotation_time: null,
    event_subscriptions: [],
    enterprise_project_id: secret.enterpriseProject,
    rotation_func_urn: null,
  };
}
