import type { ResourceType } from "../resource.ts";

/** A trace name that means: a resource exists now and should carry its tags. */
export type Creation = {
  /** `trace_name` as the services write it. */
  readonly name: string;
  readonly type: ResourceType;
  /** Whether the trace's user is the resource's creator. Who restores a resource is not. */
  readonly createdByUser: boolean;
};

/**
 * Every trace that a creation function acts on (dew-api.md 6.1 and 6.2); the triggers subscribe to these.
 *
 * `cancelKeyDeletion` is for a key what `restoreSecretFromDeletedStatus` is for a secret: resources that
 * wait for their deletion are skipped everywhere else, so their tags may be out of date.
 */
export const CREATION_TRACES: readonly Creation[] = [
  { name: "createKey", type: "key", createdByUser: true },
  { name: "cancelKeyDeletion", type: "key", createdByUser: false },
  { name: "createSecret", type: "secret", createdByUser: true },
  { name: "restoreSecretFromBackupBlob", type: "secret", createdByUser: false },
  { name: "restoreSecretFromDeletedStatus", type: "secret", createdByUser: false },
];

/**
 * Traces of calls that tag: our own among them, so a function that acted on one would call itself.
 *
 * KMS renamed them twice, and CSMS and TMS have their own (dew-api.md 6.1 and 6.2).
 */
export const TAG_TRACES: readonly string[] = [
  "createKeyTag",
  "deleteKeyTag",
  "batchCreateKeyTags",
  "batchDeleteKeyTags",
  "dealUnifiedTags",
  "batchCreateKmsTags",
  "batchDeleteKmsTags",
  "createResourceTag",
  "deleteResourceTag",
  "batchCreateResourceTags",
  "batchDeleteResourceTags",
];

/** Why a trace that brings new resources is left to the audit. */
export type UntraceableReason = "replica" | "batch-import";

/**
 * Traces of creations that name no resource of this region. Their trace names are not established
 * (dew-api.md, "Not established" 11), so they are recognised by their words and the resource type.
 *
 * - `replica`: the new key is in another region, with the same id as its original.
 * - `batch-import`: neither request nor answer has the ids of the new secrets (dew-api.md 1.2).
 */
export const UNTRACEABLE_CREATIONS: readonly {
  readonly reason: UntraceableReason;
  readonly type: ResourceType;
  /** All of them must occur in the trace's name. */
  readonly words: readonly RegExp[];
}[] = [
  { reason: "replica", type: "key", words: [/^replicate/i] },
  { reason: "batch-import", type: "secret", words: [/import/i, /secret|batch/i] },
];

const creations: ReadonlyMap<string, Creation> = new Map(
  CREATION_TRACES.map((row) => [row.name.toLowerCase(), row]),
);
const tagTraces: ReadonlySet<string> = new Set(TAG_TRACES.map((name) => name.toLowerCase()));

/** The creation that a trace's name stands for, without case; `null` where it stands for none. */
export function creationOf(traceName: string): Creation | null {
  return creations.get(traceName.trim().toLowerCase()) ?? null;
}

/** Is it a call that tags, of any generation of names? */
export function isTagTrace(traceName: string): boolean {
  return tagTraces.has(traceName.trim().toLowerCase());
}
