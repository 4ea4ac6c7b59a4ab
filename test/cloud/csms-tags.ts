import * as z from "zod";
import { refuse, refuseParameter } from "./csms-errors.ts";
import { secretDetails } from "./details.ts";
import { queryInstances } from "./instances.ts";
import { bodyOf, type Call, NO_CONTENT, type Operation, ok, param, textField } from "./service.ts";
import type { Secret } from "./store.ts";
import {
  checkTagList,
  createTags,
  deleteTags,
  projectTags,
  SECRET_TAG_LIMITS,
  systemTags,
  tagList,
} from "./tags.ts";
import type { World } from "./world.ts";

const TagItem = z.object({ key: z.string(), value: z.string().optional() });
const BatchRequest = z.object({
  tags: z.array(TagItem),
  action: z.string(),
  sequence: z.string().max(36).optional(),
});
const CreateRequest = z.object({ tag: TagItem });

/** Tag calls of CSMS (dew-api.md 1, csms-batch-tags.txt). They name a secret by its id, never by its name. */
export function csmsTagOperations(world: World): readonly Operation[] {
  const { secrets, settings } = world;

  function secretOf(call: Call): Secret {
    const id = param(call, "id");
    const secret = secrets.visible(id);
    if (secret === undefined || secret.id !== id) throw refuse("CSMS.0005", `(${id})`);
    return secret;
  }

  function taggable(call: Call): Secret {
    const secret = secretOf(call);
    const pending = secret.state === "PENDING_DELETE";
    if (pending && settings.pendingDeletionTags === "reject") throw refuse("CSMS.0103");
    return secret;
  }

  return [
    {
      name: "BatchCreateOrDeleteTags",
      method: "POST",
      path: "/v1/{project}/csms/{id}/tags/action",
      actions: ["csms:secret:batchCreateOrDeleteTags", "csms:tag:batch"],
      trace: (body) =>
        textField(body, "action") === "delete" ? "deleteResourceTag" : "createResourceTag",
      run(call) {
        const { tags, action } = bodyOf(call, BatchRequest, refuseParameter);
        if (action !== "create" && action !== "delete") throw refuse("CSMS.0002", "(action)");
        checkTagList(tags, SECRET_TAG_LIMITS, refuseParameter);
        const secret = taggable(call);
        if (action === "create") {
          createTags(secret, tags, SECRET_TAG_LIMITS, settings, refuseParameter);
        } else deleteTags(secret, tags, settings, refuseParameter);
        secrets.touch("tags");
        return NO_CONTENT;
      },
    },
    {
      name: "CreateSecretTag",
      method: "POST",
      path: "/v1/{project}/csms/{id}/tags",
      actions: ["csms:secret:createTag", "csms:tag:create"],
      trace: () => "createResourceTag",
      run(call) {
        const { tag } = bodyOf(call, CreateRequest, refuseParameter);
        checkTagList([tag], SECRET_TAG_LIMITS, refuseParameter);
        createTags(taggable(call), [tag], SECRET_TAG_LIMITS, settings, refuseParameter);
        secrets.touch("tags");
        return NO_CONTENT;
      },
    },
    {
      name: "DeleteSecretTag",
      method: "DELETE",
      path: "/v1/{project}/csms/{id}/tags/{key}",
      actions: ["csms:secret:deleteTag", "csms:tag:delete"],
      trace: () => "deleteResourceTag",
      run(call) {
        // What CSMS answers where the tag is missing is not established.
        if (!taggable(call).tags.delete(param(call, "key")))
          throw refuse("CSMS.0002", "(no such tag)");
        secrets.touch("tags");
        return NO_CONTENT;
      },
    },
    {
      name: "ListSecretTags",
      method: "GET",
      path: "/v1/{project}/csms/{id}/tags",
      actions: ["csms:secret:listTags", "csms:tag:getBySecret"],
      run(call) {
        const secret = secretOf(call);
        return ok({ tags: tagList(secret.tags), sys_tags: systemTags(secret) });
      },
    },
    {
      name: "ListProjectSecretsTags",
      method: "GET",
      path: "/v1/{project}/csms/tags",
      actions: ["csms::listProjectTags", "csms:tag:getAll"],
      run: () => ok({ tags: projectTags(secrets.view("project tags", "items", () => true)) }),
    },
    {
      name: "ListResourceInstances",
      method: "POST",
      path: "/v1/{project}/csms/resource_instances/action",
      actions: ["csms:secret:getSecretsByTag", "csms:tag:getSecretByTag"],
      run: (call) =>
        queryInstances(call, secrets, {
          // CSMS has nothing against an offset beside `count`: it is for `filter` only and left out.
          refuse: refuseParameter,
          offsetWithCountRefused: false,
          emptyMatchRefused: false,
          scope: "secrets",
          includes: () => true,
          row: (secret) => ({
            resource_id: secret.id,
            resource_name: secret.name,
            resource_detail: secretDetails(secret),
            tags: tagList(secret.tags),
            sys_tags: systemTags(secret),
          }),
        }),
    },
  ];
}
