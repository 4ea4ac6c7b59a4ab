import { KEY_LIMITS, SECRET_LIMITS, type TagLimits } from "./limits.ts";
import type { KeyProfile } from "./policy/policy.ts";

export type ResourceType = "secret" | "key";
export const RESOURCE_TYPES: readonly ResourceType[] = ["secret", "key"];

export type ResourceRef = {
  readonly type: ResourceType;
  /** Lower-case UUID form; checked before it goes into a path. */
  readonly id: string;
  readonly name?: string;
};

/**
 * What distinguishes one kind of resource from another. Code never compares kinds: what differs stands
 * in a table by kind, here or (traces: `TRACE_LAYOUTS`; descriptions: `io/tag-api.ts`) beside its use.
 */
export type ResourceKind = {
  readonly type: ResourceType;
  /** `resource_type` of its traces, in lower case (dew-api.md 6.1 and 6.2). */
  readonly traceTypes: readonly string[];
  /** Path of its tag calls below the host: `/v1/<project>/csms` (dew-api.md 1 and 2). */
  readonly basePath: (project: string) => string;
  readonly limits: (profile: KeyProfile) => TagLimits;
  /** A secret is encrypted by a key, whose tags `inherit` takes over; a key is encrypted by none. */
  readonly hasEncryptingKey: boolean;
  /** Error codes that say "there is no such resource", whatever the status (dew-api.md 4). */
  readonly absentCodes: readonly string[];
  /** Error codes that say "this one can never be tagged (now)", with the reason we report. */
  readonly untaggableCodes: {
    readonly [code: string]: "default-key" | "pending-deletion" | "replica";
  };
  /** Codes of a refused create that neither replacing a value nor making room would help (dew-api.md 4.3). */
  readonly hopelessCodes: readonly string[];
  /** Codes of a create that was one tag too many: keys that are to go, go first; else it failed (dew-api.md 4.3). */
  readonly fullCodes: readonly string[];
};

/** One row a kind. */
export const RESOURCE_KINDS: { readonly [Type in ResourceType]: ResourceKind } = {
  secret: {
    type: "secret",
    traceTypes: ["secret", "secrets", "csms"],
    basePath: (project) => `/v1/${project}/csms`,
    limits: () => SECRET_LIMITS,
    hasEncryptingKey: true,
    absentCodes: ["CSMS.0005", "CSMS.0106"],
    untaggableCodes: { "CSMS.0103": "pending-deletion", "CSMS.0107": "pending-deletion" },
    hopelessCodes: [],
    fullCodes: [],
  },
  key: {
    type: "key",
    traceTypes: ["cmk", "key", "kms"],
    basePath: (project) => `/v1.0/${project}/kms`,
    limits: (profile) => KEY_LIMITS[profile],
    hasEncryptingKey: false,
    absentCodes: ["KMS.0207"],
    untaggableCodes: {
      "KMS.0211": "default-key",
      "KMS.0210": "pending-deletion",
      "KMS.0105": "replica",
      "KMS.0106": "replica",
    },
    // A tag policy of the organisation, the value, the list, and lengths.
    hopelessCodes: ["KMS.5022", "KMS.0405", "KMS.0407", "KMS.0410", "KMS.0411"],
    fullCodes: ["KMS.0409"],
  },
};

/** An id that may go into a path: the form that KMS documents for `key_id` (dew-api.md 2). */
export const RESOURCE_ID = /^[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}$/;
const SECRET_NAME = /^(?!\.{1,2}$)[a-zA-Z0-9_.-]{1,64}$/;

/** Is it an id that may go into a path? */
export function isResourceId(text: unknown): text is string {
  return typeof text === "string" && RESOURCE_ID.test(text);
}

/** Is it a secret's name that may go into a path? Dots are in Terraform's documents only (dew-api.md 1.2). */
export function isSecretName(text: unknown): text is string {
  return typeof text === "string" && SECRET_NAME.test(text);
}

/** A default key belongs to a service and cannot be tagged; its alias tells (dew-api.md 2.2). */
export function isDefaultKeyAlias(alias: string | null | undefined): boolean {
  return alias?.endsWith("/default") ?? false;
}
