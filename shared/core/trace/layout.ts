import { textOf, valueAt } from "../json-value.ts";
import { isDefaultKeyAlias, isResourceId, isSecretName, type ResourceType } from "../resource.ts";
import type { Trace } from "./trace.ts";

/** Where a value stands in a trace: field names from `request` or `response` down. */
export type TracePath = readonly ["request" | "response", ...string[]];

/** Fields of the resource that a trace may tell and that are more than its id and name. */
export const DETAIL_FIELDS = [
  "resource.kmsKeyId",
  "resource.secretType",
  "resource.keySpec",
  "resource.state",
  "resource.enterpriseProject",
] as const;
export type DetailField = (typeof DETAIL_FIELDS)[number];

/**
 * Where the traces of one kind of resource keep what we look for; best place first.
 *
 * No real trace of KMS or CSMS is known (dew-api.md 6.4): these are the fields of the services'
 * requests and answers (dew-api.md 1.2, 2.2 and 8), which CTS documents to be carried along.
 */
export type TraceLayout = {
  readonly ids: readonly TracePath[];
  /** Names that the caller gave or the service confirmed; `resource_name` is no such name. */
  readonly names: readonly TracePath[];
  readonly isName: (text: string) => boolean;
  /** Whether the service can find the resource by its name. */
  readonly findsByName: boolean;
  /** What the path of `resource_url` holds, not checked yet. */
  readonly idInUrl: (path: string) => string | null;
  readonly nameInUrl: (path: string) => string | null;
  readonly createdAt: readonly TracePath[];
  /** `null`: this kind of resource has no such field. */
  readonly details: { readonly [F in DetailField]: readonly TracePath[] | null };
  /** Whether the service owns the resource and lets nobody tag it. */
  readonly isDefault: (trace: Trace, names: readonly (string | null)[]) => boolean;
  readonly isReplica: (trace: Trace) => boolean;
};

// The facts give no alphabet for aliases. What is in UUID form is the key's id in the alias's place.
const KEY_ALIAS = /^\P{C}{1,255}$/u;
const REGION_TYPES: readonly TracePath[] = [
  ["response", "key_info", "multi_region_key_type"],
  ["response", "multi_region_key_type"],
  ["request", "multi_region_key_type"],
];

export const TRACE_LAYOUTS: { readonly [Type in ResourceType]: TraceLayout } = {
  secret: {
    ids: [["response", "secret", "id"]],
    names: [
      ["request", "name"],
      ["response", "secret", "name"],
    ],
    isName: isSecretName,
    findsByName: true,
    // The tag calls address a secret by its id, all others by its name (dew-api.md 1).
    idInUrl: (path) => segmentAfter(path, "csms"),
    nameInUrl: (path) => {
      const name = segmentAfter(path, "secrets");
      return name === "restore" || name === "batch-import" ? null : name;
    },
    createdAt: [["response", "secret", "create_time"]],
    details: {
      "resource.kmsKeyId": [
        ["response", "secret", "kms_key_id"],
        ["request", "kms_key_id"],
      ],
      "resource.secretType": [
        ["response", "secret", "secret_type"],
        ["request", "secret_type"],
      ],
      "resource.keySpec": null,
      "resource.state": [["response", "secret", "state"]],
      "resource.enterpriseProject": [
        ["request", "enterprise_project_id"],
        ["response", "secret", "enterprise_project_id"],
      ],
    },
    isDefault: () => false,
    isReplica: () => false,
  },
  key: {
    ids: [
      ["response", "key_info", "key_id"],
      ["response", "key_id"],
      ["request", "key_id"],
    ],
    names: [
      ["request", "key_alias"],
      ["response", "key_info", "key_alias"],
    ],
    isName: (text) => KEY_ALIAS.test(text) && !isResourceId(text),
    findsByName: false,
    idInUrl: onlyIdIn,
    nameInUrl: () => null,
    createdAt: [["response", "key_info", "creation_date"]],
    details: {
      "resource.kmsKeyId": null,
      "resource.secretType": null,
      "resource.keySpec": [
        ["response", "key_info", "key_spec"],
        ["request", "key_spec"],
      ],
      "resource.state": [
        ["response", "key_info", "key_state"],
        ["response", "key_state"],
      ],
      "resource.enterpriseProject": [
        ["request", "enterprise_project_id"],
        ["response", "key_info", "sys_enterprise_project_id"],
      ],
    },
    isDefault: (trace, names) =>
      names.some(isDefaultKeyAlias) ||
      textsAt(trace, [["response", "key_info", "default_key_flag"]]).includes("1"),
    isReplica: (trace) => textsAt(trace, REGION_TYPES).some((text) => /^replica$/i.test(text)),
  },
};

/** The texts that stand at some paths of a trace, in the order of the paths. */
export function textsAt(trace: Trace, paths: readonly TracePath[]): readonly string[] {
  return paths.flatMap((path) => textOf(valueAt(trace, path)) ?? []);
}

function segmentAfter(path: string, collection: string): string | null {
  const segments = path.split("/");
  const index = segments.indexOf(collection);
  return index < 0 ? null : (segments[index + 1] ?? null);
}

/** A path with two ids does not say whose is whose. */
function onlyIdIn(path: string): string | null {
  const [id = null, ...others] = new Set(path.split("/").filter(isResourceId));
  return others.length === 0 ? id : null;
}
