import { isJsonObject, type JsonObject, own } from "../../shared/core/json-value.ts";
import { type Block, bodiesOf, nameOf } from "./configuration.ts";
import { objectsOf } from "./expression.ts";
import schema from "./provider-schema.json" with { type: "json" };

/** What the provider's documents say of a resource, a data source or a block within one. */
export type BlockSchema = {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly computed: readonly string[];
  /** Arguments of which exactly one must be there. */
  readonly oneOf?: readonly string[];
  readonly blocks: {
    readonly [name: string]: BlockSchema & { readonly min: number; readonly max: number | null };
  };
};
type Schemas = { readonly [type: string]: BlockSchema };
type Keys = { readonly required: readonly string[]; readonly optional: readonly string[] };

export const RESOURCES: Schemas = schema.resources;
export const DATA: Schemas = schema.data;
/** The fields of what the lists of data sources hold, by data source and list. */
export const LISTS: {
  readonly [type: string]: { readonly [list: string]: readonly string[] };
} = schema.lists;
const EVENT_DATA: { readonly [type: string]: Keys } = schema.eventData;
const DESTINATION_PARAM: { readonly [type: string]: readonly string[] } = schema.destinationParam;

/** What Terraform itself takes everywhere. */
const META = ["count", "for_each", "depends_on", "provider"];
const LIFECYCLE = ["ignore_changes", "precondition"];

/** What is wrong with the arguments of resources and data sources, by the provider's documents. */
export function checkSchema(blocks: readonly Block[]): readonly string[] {
  const known = blocks.filter(({ kind }) => kind === "resource" || kind === "data");
  return known.flatMap((block) => {
    const [type = ""] = block.labels;
    const row = own(block.kind === "resource" ? RESOURCES : DATA, type);
    const where = nameOf(block);
    if (row === undefined) return [`${where}: the documents have no ${type}`];
    const { lifecycle, ...body } = block.body;
    const rest = Object.entries(body).filter(([name]) => !META.includes(name));
    return [
      ...checkBody(Object.fromEntries(rest), row, where),
      ...bodiesOf(lifecycle).flatMap((one) => checkLifecycle(one, row, where)),
    ];
  });
}

function checkBody(body: JsonObject, row: BlockSchema, where: string): readonly string[] {
  const { dynamic, ...own } = body;
  const dynamics = isJsonObject(dynamic) ? dynamic : {};
  const problems: string[] = [];
  const present = [...Object.keys(own), ...Object.keys(dynamics)];
  for (const name of present)
    if (![...row.required, ...row.optional].includes(name))
      problems.push(`${where}: unknown ${name}`);
  for (const name of row.required)
    if (!present.includes(name)) problems.push(`${where}: ${name} is missing`);
  if (row.oneOf !== undefined && row.oneOf.filter((name) => present.includes(name)).length !== 1)
    problems.push(`${where}: exactly one of ${row.oneOf.join(", ")}`);
  for (const [name, inner] of Object.entries(row.blocks)) {
    const bodies = bodiesOf(body[name]);
    const place = `${where}.${name}`;
    const count = bodies.length;
    const isDynamic = name in dynamics;
    if (!isDynamic && count < inner.min) problems.push(`${place}: at least ${inner.min}`);
    if (inner.max !== null && count > inner.max) problems.push(`${place}: at most ${inner.max}`);
    problems.push(...bodies.flatMap((one) => checkBody(one, inner, place)));
    problems.push(...bodiesOf(dynamics[name]).flatMap((one) => checkDynamic(one, inner, place)));
  }
  return problems;
}

function checkDynamic(body: JsonObject, row: BlockSchema, where: string): readonly string[] {
  const { for_each: each, content, ...other } = body;
  const contents = bodiesOf(content);
  return [
    ...Object.keys(other).map((name) => `${where}: unknown ${name} of a dynamic block`),
    ...(each === undefined || contents.length !== 1
      ? [`${where}: for_each or content is missing`]
      : []),
    ...contents.flatMap((one) => checkBody(one, row, where)),
  ];
}

function checkLifecycle(body: JsonObject, row: BlockSchema, where: string): readonly string[] {
  const ignored = Array.isArray(body.ignore_changes) ? body.ignore_changes : [];
  const names = ignored.map((text) => String(text).replace(/^\$\{(.*)\}$/, "$1"));
  const known = [...row.required, ...row.optional];
  return [
    ...Object.keys(body)
      .filter((name) => !LIFECYCLE.includes(name))
      .map((name) => `${where}: unknown ${name} of lifecycle`),
    ...names
      .filter((name) => !known.includes(name))
      .map((name) => `${where}: ignores the unknown ${name}`),
    ...bodiesOf(body.precondition).flatMap((one) =>
      Object.keys(one).sort().join() === "condition,error_message"
        ? []
        : [`${where}: a precondition`],
    ),
  ];
}

/** What is wrong with the keys of `event_data` of triggers and of `param` of failure destinations. */
export function checkEvents(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) => {
    const where = nameOf(block);
    const { type, event_data: data, on_failure: destinations } = block.body;
    if (block.labels[0] === "huaweicloud_fgs_function_trigger")
      return checkKeys(data, own(EVENT_DATA, String(type)), `${where}: event_data`);
    return bodiesOf(destinations).flatMap(({ destination, param }) => {
      const required = own(DESTINATION_PARAM, String(destination));
      return checkKeys(param, required && { required, optional: [] }, `${where}: param`);
    });
  });
}

function checkKeys(text: unknown, row: Keys | undefined, where: string): readonly string[] {
  if (row === undefined) return [`${where}: of an unknown type`];
  const objects = objectsOf(String(text));
  const [always = []] = objects.map((keys) => keys.map(({ name }) => name));
  const all = objects.flat().map(({ name }) => name);
  return [
    ...all
      .filter((name) => ![...row.required, ...row.optional].includes(name))
      .map((name) => `${where}: unknown ${name}`),
    ...row.required
      .filter((name) => !always.includes(name))
      .map((name) => `${where}: ${name} is missing`),
  ];
}
