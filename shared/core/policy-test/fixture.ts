import type { Field } from "../facts.ts";
import { DESCRIPTIONS, describeItem, type InventoryItem } from "../inventory/item.ts";
import type { JsonObject } from "../json-value.ts";
import { RESOURCE_KINDS, type ResourceType } from "../resource.ts";
import type { TagSet } from "../tag.ts";
import { parseTime } from "../time.ts";
import { CREATION_TRACES } from "../trace/creation-trace.ts";
import type { CreatedText, PolicyTest, ResourceText } from "./schema.ts";

/** The ids of a resource, and of the key that encrypts it, where the test gives none. */
const MADE_UP_ID = "00000000-0000-4000-8000-000000000001";
const MADE_UP_KEY_ID = "00000000-0000-4000-8000-000000000002";

/** Fields of a resource by their names in a test. */
const FIELD_NAMES: readonly (readonly [field: Field, name: keyof ResourceText])[] = [
  ["resource.name", "name"],
  ["resource.enterpriseProject", "enterpriseProject"],
  ["resource.state", "state"],
  ["resource.createdAt", "createdAt"],
  ["resource.kmsKeyId", "kmsKeyId"],
  ["resource.secretType", "secretType"],
  ["resource.keySpec", "keySpec"],
  ["region", "region"],
  ["project", "project"],
];

/** The id of a test's resource, as far as no trace tells it. */
export function idOf({ resource = {} }: PolicyTest): string {
  return resource.id ?? MADE_UP_ID;
}

/** The tags of the key that encrypts the test's secret; `null`: there is none to read. */
export function keyTagsOf({ kmsKey }: PolicyTest): TagSet | null {
  return kmsKey === undefined ? null : new Map(Object.entries(kmsKey.tags));
}

/** What the test says of its resource, over what its trace told. */
function sayOf(
  { resource = {}, kmsKey }: PolicyTest,
  traced: ReadonlyMap<Field, string | null>,
): ReadonlyMap<Field, string> {
  const said = new Map<Field, string>();
  for (const [field, name] of FIELD_NAMES) {
    const given = resource[name];
    const value = typeof given === "string" ? given : traced.get(field);
    if (value !== null && value !== undefined) said.set(field, value);
  }
  if (kmsKey !== undefined && !said.has("resource.kmsKeyId"))
    said.set("resource.kmsKeyId", MADE_UP_KEY_ID);
  return said;
}

/**
 * The resource of a test as a list of many would tell it; what neither the test nor the trace says is
 * known to be absent. `traced` are the facts of its creation; empty where there was none.
 */
export function listResource(
  test: PolicyTest,
  type: ResourceType,
  id: string,
  traced: ReadonlyMap<Field, string | null>,
): InventoryItem {
  const said = sayOf(test, traced);
  const kind = DESCRIPTIONS[type];
  const detail: JsonObject = {
    [kind.name]: said.get("resource.name"),
    [kind.createdAt]: said.get("resource.createdAt"),
    ...Object.fromEntries(Array.from(kind.texts, ([field, name]) => [name, said.get(field)])),
  };
  const item = describeItem(
    type,
    { id, detail, name: null, tags: null },
    { region: said.get("region") ?? null, project: said.get("project") ?? null },
  );
  const facts = { ...item.facts, keyTags: keyTagsOf(test) };
  return { ...item, facts, tags: new Map(Object.entries(test.resource?.tags ?? {})) };
}

/** The event of a creation, as a CTS trigger delivers it (functiongraph.md 3, dew-api.md 6.4). */
export function createEvent(
  created: CreatedText,
  type: ResourceType,
  test: PolicyTest,
  nowMs: number,
): JsonObject {
  const { name, enterpriseProject, project } = test.resource ?? {};
  const [traceType] = RESOURCE_KINDS[type].traceTypes;
  const usual = CREATION_TRACES.find((row) => row.type === type && row.createdByUser);
  return {
    cts: {
      trace_name: created.trace ?? usual?.name,
      trace_rating: "normal",
      resource_type: traceType,
      resource_id: idOf(test),
      resource_name: name,
      enterprise_project_id: enterpriseProject,
      project_id: project,
      time: parseTime(created.at) ?? nowMs,
      user: {
        name: created.by,
        id: created.id,
        type: created.type,
        domain: { name: created.domain },
      },
      source_ip: created.ip,
      user_agent: created.agent,
    },
  };
}
