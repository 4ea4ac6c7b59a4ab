import type { FunctionName } from "../../shared/core/permission/demand.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { timerEvent } from "../functions/audit-stage.ts";
import type { Came, PermissionStage } from "./stage.ts";

/** One use of a function from its beginning, as often as one likes. */
export type Scenario = {
  readonly about: string;
  readonly run: (stage: PermissionStage, policy: Policy) => Promise<Came>;
};

let made = 0;

/** A trace that says who, when and which, and nothing else that could save a request. */
function traceOf(names: object, { cloud }: PermissionStage, about: object): object {
  return {
    cts: {
      trace_id: "3c0d7f52-c9a1-11f0-8b3e-fa163e5d2c41",
      trace_rating: "normal",
      code: 200,
      time: cloud.clock.now(),
      user: { name: "alice", id: "u-1", domain: { name: "acme", id: "d-1" } },
      project_id: cloud.project,
      ...names,
      ...about,
    },
  };
}

const CREATE_SECRET = { trace_name: "createSecret", resource_type: "secret" };
const CREATE_KEY = { trace_name: "createKey", resource_type: "cmk" };

function newSecret({ cloud }: PermissionStage) {
  const key = cloud.addKey({ name: `prod-key-${made++}`, tags: { CostCenter: "CC-4711" } });
  return cloud.addSecret({ name: `prod-db-${made++}`, kmsKeyId: key.id });
}

const newKey = ({ cloud }: PermissionStage) => cloud.addKey({ name: `prod-key-${made++}` });

function tagsMessage(type: string, id: string): object {
  const tags = [{ key: "Owner", value: `owner-${made++}@example.com` }];
  return { resource: { type, id }, action: "create", tags, overwrite: true };
}

/** All of them would take their time, and ask for nothing more. */
const ONE_FORMAT = JSON.stringify({ formats: ["csv"] });

/** What is used of each function where a policy leaves nothing out. */
export const SCENARIOS: { readonly [Name in FunctionName]: readonly Scenario[] } = {
  "secret-created": [
    {
      about: "a secret that is known by its name only",
      run(stage, policy) {
        const event = traceOf(CREATE_SECRET, stage, { resource_name: newSecret(stage).name });
        return stage.invoke("secret-created", event, { policy });
      },
    },
    {
      about: "a secret that is known by its id only",
      run(stage, policy) {
        const event = traceOf(CREATE_SECRET, stage, { resource_id: newSecret(stage).id });
        return stage.invoke("secret-created", event, { policy });
      },
    },
  ],
  "key-created": [
    {
      about: "a key that is known by its id only",
      run(stage, policy) {
        const event = traceOf(CREATE_KEY, stage, { resource_id: newKey(stage).id });
        return stage.invoke("key-created", event, { policy });
      },
    },
  ],
  retag: [
    {
      about: "tags for a secret",
      run: (stage) => stage.invoke("retag", tagsMessage("secret", newSecret(stage).id)),
    },
    {
      about: "tags for a key",
      run: (stage) => stage.invoke("retag", tagsMessage("key", newKey(stage).id)),
    },
    {
      about: "a job",
      run(stage) {
        const { id } = newSecret(stage);
        return stage.invoke("retag", { kind: "job", version: 1, selection: { ids: [id] } });
      },
    },
    {
      about: "a message whose time has not come",
      run(stage) {
        const notBefore = new Date(stage.cloud.clock.now() + 60_000).toISOString();
        const message = { ...tagsMessage("key", newKey(stage).id), notBefore };
        return stage.invoke("retag", message, { remainingMs: 1_600 });
      },
    },
  ],
  audit: [
    {
      about: "an audit that only reads",
      run: (stage) => stage.invoke("audit", timerEvent(ONE_FORMAT)),
    },
    {
      about: "an audit that puts right what it finds",
      run(stage) {
        newSecret(stage);
        newKey(stage);
        const settings = { TAGWARDEN_REMEDIATE: "apply" };
        return stage.invoke("audit", timerEvent(ONE_FORMAT), { settings });
      },
    },
  ],
};
