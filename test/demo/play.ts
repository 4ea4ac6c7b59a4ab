import { RESOURCE_KINDS, type ResourceType } from "../../shared/core/resource.ts";
import { creationOf } from "../../shared/core/trace/creation-trace.ts";
import type { Answer, CloudClient } from "../cloud/client.ts";
import type { StoredResource } from "../cloud/contract.ts";
import type { LocalCloud, RecordedTrace } from "../cloud/index.ts";
import type { Creation, Deed, Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

const RECOVERY_DAYS = 7;

/** A scene whose creation has happened, with the creation traces that it left. */
export type Played = { readonly scene: Scene; readonly traces: readonly RecordedTrace[] };

/** The kind of resource that a creation is about. */
export function typeOf({ do: what }: Creation): ResourceType {
  return what === "create-key" ? "key" : "secret";
}

/**
 * Makes the creation's call. Scenes are to be created one after the other, so that what they leave
 * behind (the default key comes with the first secret) is the same each time.
 */
export async function create(scene: Scene, stage: Stage): Promise<Played> {
  const { cloud } = stage;
  const { creation, refused = false } = scene;
  if (creation.do === "restore-secret") await prepareRestore(creation, stage);
  const traceCount = cloud.traces.length;
  const answer = await call(creation, cloud, stage.as(scene.by, scene.agent));
  if (isRefused(answer) !== refused)
    throw new Error(`${creation.do} ${creation.name} was answered ${answer.status}`);
  // Others may be tagging meanwhile.
  const traces = cloud.traces.slice(traceCount);
  return { scene, traces: traces.filter(({ trace_name }) => creationOf(trace_name) !== null) };
}

/** Does what the creator does afterwards. */
export async function follow({ by, agent, creation, next }: Scene, stage: Stage): Promise<void> {
  if (next === undefined) return;
  const { cloud, signal } = stage;
  if (next.afterMs > 0) await cloud.clock.sleep(next.afterMs, signal);
  const client = stage.as(by, agent);
  for (const deed of next.deeds) {
    const answer = await act(deed, creation, cloud, client);
    if (isRefused(answer))
      throw new Error(`${deed.do} after ${creation.name} was answered ${answer.status}`);
  }
}

function call(creation: Creation, cloud: LocalCloud, client: CloudClient): Promise<Answer> {
  const secrets = `/v1/${cloud.project}/secrets`;
  switch (creation.do) {
    case "create-secret": {
      const { name, key, enterpriseProject } = creation;
      return client.call("POST", secrets, {
        name,
        secret_string: "not a real secret",
        ...(key === undefined ? {} : { kms_key_id: idOf(cloud.key(key)) }),
        ...(enterpriseProject === undefined ? {} : { enterprise_project_id: enterpriseProject }),
      });
    }
    case "create-key": {
      const { name, enterpriseProject, spec, origin } = creation;
      return client.call("POST", `${RESOURCE_KINDS.key.basePath(cloud.project)}/create-key`, {
        key_alias: name,
        ...(enterpriseProject === undefined ? {} : { enterprise_project_id: enterpriseProject }),
        ...(spec === undefined ? {} : { key_spec: spec }),
        ...(origin === undefined ? {} : { origin }),
      });
    }
    case "restore-secret":
      return client.call("POST", `${secrets}/${creation.name}/scheduled-deleted-tasks/cancel`, {});
  }
}

/** The secret was there before the function was: no trace of its creation, but tags. */
async function prepareRestore(
  { name, tags }: Extract<Creation, { readonly do: "restore-secret" }>,
  { cloud, as }: Stage,
): Promise<void> {
  cloud.addSecret({ name, tags });
  const path = `/v1/${cloud.project}/secrets/${name}/scheduled-deleted-tasks/create`;
  const answer = await as("olga").call("POST", path, { recovery_window_in_days: RECOVERY_DAYS });
  if (isRefused(answer)) throw new Error(`deleting ${name} was answered ${answer.status}`);
}

function act(
  deed: Deed,
  creation: Creation,
  cloud: LocalCloud,
  client: CloudClient,
): Promise<Answer> {
  const type = typeOf(creation);
  const id = idOf(type === "key" ? cloud.key(creation.name) : cloud.secret(creation.name));
  switch (deed.do) {
    case "tag":
      return client.tag(type, id, deed.tags);
    case "delete": {
      const path = `${RESOURCE_KINDS.key.basePath(cloud.project)}/schedule-key-deletion`;
      return client.call("POST", path, { key_id: id, pending_days: String(RECOVERY_DAYS) });
    }
  }
}

function idOf(resource: StoredResource | undefined): string {
  if (resource === undefined) throw new Error("the scene's resource does not exist");
  return resource.id;
}

function isRefused({ status }: Answer): boolean {
  return status >= 400;
}
