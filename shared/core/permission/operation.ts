/** What an operation is done to, as far as a permission can name it. */
export type OperationTarget = "any" | "bucket" | "objects" | "function";

/** An IAM action, and whether a document at hand names it: where none does, it is only likely. */
export type Action = { readonly name: string; readonly established: boolean };

/** A request that a function may send, and what permits it in both generations of IAM. */
export type Operation = {
  /** What it does, as the beginning of a sentence that says why. */
  readonly does: string;
  /** Action of roles and their policies (Version 1.1). */
  readonly role: Action;
  /** Action of identity policies (IAM 5, Version 5.0). */
  readonly policy: Action;
  /** Where the actions are named. */
  readonly source: string;
  readonly target: OperationTarget;
  /** Does it create, change or delete tags? Then a condition may say which. */
  readonly writesTags: boolean;
};

const DEW = "dew-api.md 9";
const READS = { target: "any", writesTags: false, source: DEW } as const;
const WRITES = { target: "any", writesTags: true, source: DEW } as const;
const OBS_SOURCE = "api-obs obs_04_0112 (role)";
const OBJECTS = { target: "objects", writesTags: false, source: OBS_SOURCE } as const;

const known = (name: string): Action => ({ name, established: true });
const likely = (name: string): Action => ({ name, established: false });

/**
 * Every request that a function may send. The actions of KMS and CSMS are those of dew-api.md section 9, where
 * a batch deletion has the action of a batch creation. Those of OBS are in api-obs obs_04_0112 and usermanual-iam
 * iam_01_0019 (roles) and usermanual-iam5 iam_01_1289 (only `listBucket`); of SMN in the API reference's "Message
 * Publishing"; of FunctionGraph in the samples of T Cloud Public's user guides. The tables of identity policies
 * of those three (usermanual-organizations org_20_0103 and org_20_1072, api-smn smn_api_80015) are not at hand, so
 * their actions are written as those services write theirs, and are not established.
 */
export const OPERATIONS = {
  listSecretTags: {
    does: "read the tags of a secret",
    role: known("csms:tag:getBySecret"),
    policy: known("csms:secret:listTags"),
    ...READS,
  },
  writeSecretTags: {
    does: "write and delete tags of a secret",
    role: known("csms:tag:batch"),
    policy: known("csms:secret:batchCreateOrDeleteTags"),
    ...WRITES,
  },
  showSecret: {
    does: "look a secret up by its name, without its value",
    role: known("csms:secret:get"),
    policy: known("csms:secret:get"),
    ...READS,
  },
  listSecrets: {
    does: "list and count secrets with their tags",
    role: known("csms:tag:getSecretByTag"),
    policy: known("csms:secret:getSecretsByTag"),
    ...READS,
  },
  listProjectSecretTags: {
    does: "read which tags the project's secrets have",
    role: known("csms:tag:getAll"),
    policy: known("csms::listProjectTags"),
    ...READS,
  },
  listKeyTags: {
    does: "read the tags of a key",
    role: known("kms:cmkTag:list"),
    policy: known("kms:cmk:getTags"),
    ...READS,
  },
  writeKeyTags: {
    does: "write and delete tags of a key",
    role: known("kms:cmkTag:batch"),
    policy: known("kms:cmk:createTags"),
    ...WRITES,
  },
  showKey: {
    does: "look a key up by its id",
    role: known("kms:cmk:get"),
    policy: known("kms:cmk:get"),
    ...READS,
  },
  listKeys: {
    does: "list and count keys with their tags",
    role: known("kms:cmkTag:listInstance"),
    policy: known("kms:cmk:listKeysByTag"),
    ...READS,
  },
  listAllKeys: {
    does: "list keys of every specification and state",
    role: known("kms:cmk:list"),
    policy: known("kms:cmk:list"),
    ...READS,
  },
  listProjectKeyTags: {
    does: "read which tags the project's keys have",
    role: known("kms:cmkTag:list"),
    policy: known("kms::listAllTags"),
    ...READS,
  },
  readObject: {
    does: "read from the run store",
    role: known("obs:object:GetObject"),
    policy: likely("obs:object:getObject"),
    ...OBJECTS,
  },
  writeObject: {
    does: "write to the run store",
    role: known("obs:object:PutObject"),
    policy: likely("obs:object:putObject"),
    ...OBJECTS,
  },
  deleteObject: {
    does: "remove from the run store",
    role: known("obs:object:DeleteObject"),
    policy: likely("obs:object:deleteObject"),
    ...OBJECTS,
  },
  listObjects: {
    does: "list the run store",
    role: known("obs:bucket:ListBucket"),
    policy: known("obs:bucket:listBucket"),
    source: "usermanual-iam iam_01_0019, usermanual-iam5 iam_01_1289",
    target: "bucket",
    writesTags: false,
  },
  invokeFunction: {
    does: "invoke a function asynchronously",
    role: known("functiongraph:function:invokeAsync"),
    policy: likely("functiongraph:function:invokeAsync"),
    source: "T Cloud Public, Config user guide, custom rules (role)",
    target: "function",
    writesTags: false,
  },
  publishMessage: {
    does: "publish to an SMN topic",
    role: known("smn:topic:publish"),
    policy: likely("smn:topic:publish"),
    source: "api-smn, Message Publishing (role)",
    target: "any",
    writesTags: false,
  },
} as const satisfies { readonly [name: string]: Operation };

export type OperationName = keyof typeof OPERATIONS;
