// Cuts the provider's documented schema down to what infra/ uses, for the tests beside this file.
//   node test/infra/cut-schema.mjs <the whole schema, JSON made from the provider's documents>
// The whole one has a row for each resource with its arguments, blocks, types and exported attributes.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What the documents of the data sources say of their lists (docs/data-sources/*.md), as types of Terraform. */
const LISTS = {
  huaweicloud_identity_projects: {
    projects: { id: "string", name: "string", enabled: "bool" },
  },
  huaweicloud_eg_event_channels: {
    channels: { id: "string", name: "string", provider_type: "string" },
  },
  huaweicloud_cts_operations: {
    operations: {
      service_type: "string",
      resource_type: "string",
      operation_list: ["list", "string"],
    },
  },
};

/** Arguments of which one is required, because the provider says so where its documents do not. */
const ONE_OF = {
  huaweicloud_identity_agency: ["delegated_domain_name", "delegated_service_name"],
};

const sorted = (names) => [...new Set(names)].sort();

/** A type that only the text of the documents has belongs to another block of the page. */
const strays = ({ types = {} }) =>
  Object.keys(types).filter((name) => String(types[name]).startsWith("md:"));

function cutBlock(row, oneOf = []) {
  const stray = strays(row);
  const known = (names = []) => names.filter((name) => !stray.includes(name));
  const blocks = Object.entries(row.blocks ?? {}).filter(([name]) =>
    [...(row.required ?? []), ...(row.optional ?? [])].includes(name),
  );
  const isArgument = ([name, type]) => !stray.includes(name) && !String(type).startsWith("block_");
  return {
    required: sorted(known(row.required).filter((name) => !oneOf.includes(name))),
    optional: sorted([
      ...known(row.optional),
      ...oneOf,
      ...(row.internal_undocumented ?? []).filter((name) => oneOf.includes(name)),
    ]),
    computed: sorted(row.computed_only ?? []),
    types: Object.fromEntries(Object.entries(row.types ?? {}).filter(isArgument)),
    ...(oneOf.length > 0 ? { oneOf } : {}),
    blocks: Object.fromEntries(
      blocks.map(([name, block]) => [
        name,
        {
          nesting: block.nesting,
          min: block.min_items ?? (row.required.includes(name) ? 1 : 0),
          max: block.max_items ?? null,
          ...cutBlock(block),
        },
      ]),
    ),
  };
}

function cutData(name, row) {
  const computed = row.exported_attributes;
  const lists = Object.entries(LISTS[name] ?? {});
  return {
    required: row.required,
    optional: row.optional,
    computed,
    types: Object.fromEntries(lists.map(([list, fields]) => [list, ["list", ["object", fields]]])),
    blocks: {},
  };
}

async function main(path) {
  const whole = JSON.parse(await readFile(path, "utf8"));
  const folder = join(ROOT, "infra");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".tf"));
  const text = (await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")))).join(
    "\n",
  );
  const used = (pattern) => sorted([...text.matchAll(pattern)].map(([, name]) => name));
  const resources = used(/^resource "(\w+)"/gm);
  const data = used(/^\s*data "(\w+)"/gm);
  const triggers = used(/^ {2}type\s+= "([A-Z]+)"$/gm).filter((type) => type in whole._event_data);
  const cut = {
    provider: {
      source: whole._meta.provider_source,
      release: whole._meta.latest_release_seen,
      commit: whole._meta.commit,
    },
    resources: Object.fromEntries(
      resources.map((name) => [name, cutBlock(whole[name], ONE_OF[name])]),
    ),
    data: Object.fromEntries(data.map((name) => [name, cutData(name, whole._data_sources[name])])),
    lists: Object.fromEntries(
      data.map((name) => [
        name,
        Object.fromEntries(
          Object.entries(LISTS[name]).map(([list, fields]) => [list, Object.keys(fields)]),
        ),
      ]),
    ),
    eventData: Object.fromEntries(
      triggers.map((type) => {
        const { required, optional } = whole._event_data[type];
        return [type, { required, optional }];
      }),
    ),
    destinationParam: whole._async_destination_param,
  };
  await writeFile(
    new URL("provider-schema.json", import.meta.url),
    `${JSON.stringify(cut, null, 1)}\n`,
  );
}

await main(process.argv[2]);
