import type { SeenRequest } from "./contract.ts";

/** An operation that exists in the cloud and not here. */
export type Unsupported = {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly service: SeenRequest["service"];
};

const KMS_POSTS: { readonly [path: string]: string } = {
  "create-datakey": "CreateDatakey",
  "create-datakey-without-plaintext": "CreateDatakeyWithoutPlaintext",
  "encrypt-datakey": "EncryptDatakey",
  "decrypt-datakey": "DecryptDatakey",
  "encrypt-data": "EncryptData",
  "decrypt-data": "DecryptData",
  sign: "Sign",
  verify: "ValidateSignature",
  "gen-random": "CreateRandom",
  "get-publickey": "ShowPublicKey",
  "generate-mac": "GenerateMac",
  "verify-mac": "VerifyMac",
  "update-key-alias": "UpdateKeyAlias",
  "update-key-description": "UpdateKeyDescription",
  "enable-key-rotation": "EnableKeyRotation",
  "disable-key-rotation": "DisableKeyRotation",
  "update-key-rotation-interval": "UpdateKeyRotationInterval",
  "get-key-rotation-status": "ShowKeyRotationStatus",
  "create-grant": "CreateGrant",
  "revoke-grant": "CancelGrant",
  "retire-grant": "CancelSelfGrant",
  "list-grants": "ListGrants",
  "list-retirable-grants": "ListRetirableGrants",
  "get-parameters-for-import": "CreateParametersForImport",
  "import-key-material": "ImportKeyMaterial",
  "delete-imported-key-material": "DeleteImportedKeyMaterial",
};

const CSMS_CALLS: readonly (readonly [string, string, string])[] = [
  ["UpdateSecret", "PUT", "secrets/{name}"],
  ["CreateSecretVersion", "POST", "secrets/{name}/versions"],
  ["ListSecretVersions", "GET", "secrets/{name}/versions"],
  ["ShowSecretVersion", "GET", "secrets/{name}/versions/{version}"],
  ["UpdateVersion", "PUT", "secrets/{name}/versions/{version}"],
  ["ShowSecretStage", "GET", "secrets/{name}/stages/{stage}"],
  ["UpdateSecretStage", "PUT", "secrets/{name}/stages/{stage}"],
  ["DeleteSecretStage", "DELETE", "secrets/{name}/stages/{stage}"],
  ["RotateSecret", "POST", "secrets/{name}/rotate"],
  ["DownloadSecretBlob", "POST", "secrets/{name}/backup"],
  ["UploadSecretBlob", "POST", "secrets/restore"],
  ["BatchImportSecrets", "POST", "secrets/batch-import"],
  ["CreateSecretEvent", "POST", "csms/events"],
  ["ListSecretEvents", "GET", "csms/events"],
  ["ListNotificationRecords", "GET", "csms/notification-records"],
];

/** Services that a later version of this cloud is to have: their places are kept (see `index.ts`). */
const OTHER_CALLS: readonly (readonly [string, string, string])[] = [
  ["InvokeFunction", "POST", "/v2/{project}/fgs/functions/{urn}/invocations"],
  ["SendKafkaMessage", "POST", "/v2/{project}/instances/{instance}/messages/action"],
  ["ListEventSources", "GET", "/v1/{project}/sources"],
  ["BatchCreateResourceTags", "POST", "/v1.0/resource-tags/batch-create"],
  ["BatchDeleteResourceTags", "POST", "/v1.0/resource-tags/batch-delete"],
];

/** Answered with 501: known, documented, and not done here. */
export const UNSUPPORTED: readonly Unsupported[] = [
  ...Object.entries(KMS_POSTS).map(([path, name]) => {
    return { name, method: "POST", path: `/v1.0/{project}/kms/${path}`, service: "kms" } as const;
  }),
  {
    name: "ReplicateKey",
    method: "POST",
    path: "/v2/{project}/kms/keys/{id}/replicate",
    service: "kms",
  },
  {
    name: "ShowUserInstances",
    method: "GET",
    path: "/v1.0/{project}/kms/user-instances",
    service: "kms",
  },
  {
    name: "ShowUserQuotas",
    method: "GET",
    path: "/v1.0/{project}/kms/user-quotas",
    service: "kms",
  },
  ...CSMS_CALLS.map(([name, method, path]) => {
    return { name, method, path: `/v1/{project}/${path}`, service: "csms" } as const;
  }),
  ...OTHER_CALLS.map(([name, method, path]) => ({ name, method, path, service: "other" }) as const),
];
