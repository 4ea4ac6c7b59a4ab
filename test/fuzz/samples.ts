import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ID = "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";
const tags = [{ key: "Owner", value: "core@example.com" }];

/** Events as they are delivered, from a folder of recorded shapes. */
export function readEvents(root: string): readonly unknown[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json") && name !== "manifest.json")
    .map((name) => JSON.parse(readFileSync(join(root, name), "utf8")));
}

/** Messages of each kind. */
export const MESSAGES: readonly unknown[] = [
  { kind: "run", version: 1, run: "20261121-120000-abcdef" },
  { kind: "job", version: 1, selection: { types: ["secret"] }, edits: [] },
  { kind: "tags", version: 1, resource: { type: "secret", id: ID }, action: "create", tags },
  { resource: { type: "key", id: ID }, action: "delete", tags, overwrite: false },
];

/** What the services answer, each to another call. */
export const ANSWERS: readonly unknown[] = [
  { tags, sys_tags: [{ key: "_sys_enterprise_project_id", value: "0" }], existTagsNum: 1 },
  { tags: [{ key: "Owner", values: ["core@example.com"] }] },
  {
    resources: [
      {
        resource_id: ID,
        resource_name: "n",
        resource_detail: {
          id: ID,
          name: "n",
          state: "ENABLED",
          kms_key_id: ID,
          create_time: 1_760_000_000_000,
        },
        tags,
      },
    ],
    total_count: 1,
  },
  {
    secret: {
      id: ID,
      name: "n",
      state: "ENABLED",
      kms_key_id: ID,
      create_time: 1,
      secret_type: "COMMON",
    },
  },
  {
    key_info: {
      key_id: ID,
      key_alias: "n",
      key_state: "2",
      key_spec: "AES_256",
      creation_date: "1760000000000",
      default_key_flag: "0",
    },
  },
  {
    keys: [ID],
    key_details: [{ key_id: ID, key_state: "2", default_key_flag: "0" }],
    next_marker: "",
    truncated: "false",
    total: 1,
  },
  { secrets: [{ id: ID, name: "n" }], page_info: { next_marker: null, current_count: 1 } },
];
