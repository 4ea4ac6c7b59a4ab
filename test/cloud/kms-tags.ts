import * as z from "zod";
import { checkSequence, refuse, refuseBody, refuseTags } from "./kms-errors.ts";
import { bodyOf, NO_CONTENT, type Operation, ok, param, textField } from "./service.ts";
import { KEY_STATE, type Key } from "./store.ts";
import {
  checkTagList,
  createTags,
  deleteTags,
  KEY_TAG_LIMITS,
  projectTags,
  systemTags,
  tagList,
} from "./tags.ts";
import type { World } from "./world.ts";

const TagItem = z.object({ key: z.string(), value: z.string().optional() });
const BatchRequest = z.object({
  tags: z.array(TagItem),
  action: z.string(),
  sequence: z.string().optional(),
});
const CreateRequest = z.object({ tag: TagItem, sequence: z.string().optional() });

const BATCH_TRACES = { create: "batchCreateKmsTags", delete: "batchDeleteKmsTags" } as const;

/**
 * Tag calls of KMS (dew-api.md 2, kms-batch-tags.txt).
 *
 * Traces have the names of the newest list (dew-api.md 6.1, C), which names only the batch calls; the
 * single ones keep those of the list before (A). The order of checks is not published: the request's
 * form, then the key, then what the key has.
 */
export function kmsTagOperations(
  world: World,
  ownKeyOf: (id: string) => Key,
  keyOf: (id: string) => Key,
): readonly Operation[] {
  const { keys, settings } = world;
  const limits = () => KEY_TAG_LIMITS[settings.keyLimits];

  function taggable(id: string): Key {
    const key = ownKeyOf(id);
    const pending = key.state === KEY_STATE.pendingDeletion;
    if (pending && settings.pendingDeletionTags === "reject") throw refuse("KMS.0210");
    return key;
  }

  return [
    {
      name: "BatchCreateKmsTags",
      method: "POST",
      path: "/v1.0/{project}/kms/{id}/tags/action",
      actions: ["kms:cmk:createTags", "kms:cmkTag:batch"],
      trace: (body) => BATCH_TRACES[textField(body, "action") === "delete" ? "delete" : "create"],
      run(call) {
        const { tags, action, sequence } = bodyOf(call, BatchRequest, refuseBody);
        checkSequence(sequence);
        if (action !== "create" && action !== "delete") throw refuse("KMS.0404", `(${action})`);
        checkTagList(tags, limits(), refuseTags);
        const key = taggable(param(call, "id"));
        if (action === "create") createTags(key, tags, limits(), settings, refuseTags);
        else deleteTags(key, tags, settings, refuseTags);
        keys.touch("tags");
        return NO_CONTENT;
      },
    },
    {
      name: "CreateKmsTag",
      method: "POST",
      path: "/v1.0/{project}/kms/{id}/tags",
      actions: ["kms:cmk:createTag", "kms:cmkTag:create"],
      trace: () => "createKeyTag",
      run(call) {
        const { tag, sequence } = bodyOf(call, CreateRequest, refuseBody);
        checkSequence(sequence);
        checkTagList([tag], limits(), refuseTags);
        createTags(taggable(param(call, "id")), [tag], limits(), settings, refuseTags);
        keys.touch("tags");
        return NO_CONTENT;
      },
    },
    {
      name: "DeleteTag",
      method: "DELETE",
      path: "/v1.0/{project}/kms/{id}/tags/{key}",
      actions: ["kms:cmk:deleteTag", "kms:cmkTag:delete"],
      trace: () => "deleteKeyTag",
      run(call) {
        const key = taggable(param(call, "id"));
        if (!key.tags.delete(param(call, "key"))) throw refuseTags("missing", "");
        keys.touch("tags");
        return NO_CONTENT;
      },
    },
    {
      name: "ShowKmsTags",
      method: "GET",
      path: "/v1.0/{project}/kms/{id}/tags",
      actions: ["kms:cmk:getTags", "kms:cmkTag:list"],
      run(call) {
        const key = keyOf(param(call, "id"));
        const tags = tagList(key.tags);
        return ok({ tags, sys_tags: systemTags(key), existTagsNum: tags.length });
      },
    },
    {
      name: "ListKmsTags",
      method: "GET",
      path: "/v1.0/{project}/kms/tags",
      actions: ["kms::listAllTags", "kms:cmkTag:list"],
      run: () => ok({ tags: projectTags(keys.view("project tags", "items", () => true)) }),
    },
  ];
}
