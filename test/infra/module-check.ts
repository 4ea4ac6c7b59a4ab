import { isJsonObject, type JsonObject, own } from "../../shared/core/json-value.ts";
import {
  type Block,
  blocksOf,
  bodiesOf,
  nameOf,
  referencesIn,
  scan,
  textsOf,
  typeKeysOf,
} from "./configuration.ts";
import type { Reference } from "./expression.ts";
import { checkEvents, checkSchema, DATA, LISTS, RESOURCES } from "./schema-check.ts";

const MODULE_META = ["source", "version", "providers", "count", "for_each", "depends_on"];
const ITERATOR = ["key", "value"];

/** The blocks of a kind by their last label. */
function byName(blocks: readonly Block[], kind: string): ReadonlyMap<string, Block> {
  return new Map(
    blocks
      .filter((block) => block.kind === kind)
      .map((block) => [block.labels.at(-1) ?? "", block]),
  );
}

/** What a configuration declares. */
type Declared = {
  readonly variables: ReadonlyMap<string, Block>;
  readonly locals: ReadonlySet<string>;
  /** `huaweicloud_obs_bucket.store`, and data sources likewise. */
  readonly resources: ReadonlySet<string>;
  readonly data: ReadonlySet<string>;
  /** Aliases of providers. */
  readonly aliases: ReadonlySet<unknown>;
  /** Names of the modules that it calls, and what each of them puts out. */
  readonly modules: ReadonlyMap<string, ReadonlySet<string>>;
};

function declaredBy(blocks: readonly Block[], outputs: ReadonlySet<string>): Declared {
  const labelled = (kind: string) =>
    new Set(blocks.filter((block) => block.kind === kind).map(({ labels }) => labels.join(".")));
  const locals = blocks
    .filter(({ kind }) => kind === "locals")
    .flatMap(({ body }) => Object.keys(body));
  return {
    variables: byName(blocks, "variable"),
    locals: new Set(locals),
    resources: labelled("resource"),
    data: labelled("data"),
    aliases: new Set(
      blocks.filter(({ kind }) => kind === "provider").map(({ body }) => body.alias),
    ),
    modules: new Map([...byName(blocks, "module").keys()].map((name) => [name, outputs])),
  };
}

/**
 * What is wrong with a configuration: arguments, keys of events, references, descriptions, what nobody uses.
 * `called`: the module that it calls, where it is an example.
 */
export function checkConfiguration(
  configuration: JsonObject,
  called?: JsonObject,
): readonly string[] {
  return checksOf(configuration, called).flatMap((check) => check());
}

/** Is nothing wrong with it? Stops at the first check that finds something. */
export function isRight(configuration: JsonObject, called?: JsonObject): boolean {
  return checksOf(configuration, called).every((check) => check().length === 0);
}

function checksOf(
  configuration: JsonObject,
  called?: JsonObject,
): readonly (() => readonly string[])[] {
  const blocks = blocksOf(configuration);
  const theirs = called === undefined ? [] : blocksOf(called);
  const declared = declaredBy(blocks, new Set(byName(theirs, "output").keys()));
  return [
    () => checkSchema(blocks),
    () => checkEvents(blocks),
    () => checkWords(blocks),
    () => checkCalls(blocks, byName(theirs, "variable")),
    () => checkReferences(blocks, declared),
    () => checkUse(blocks, declared),
  ];
}

function checkReferences(blocks: readonly Block[], declared: Declared): readonly string[] {
  return blocks.flatMap((block) => {
    const where = nameOf(block);
    const { body } = block;
    const dynamic = isJsonObject(body.dynamic) ? Object.keys(body.dynamic) : [];
    return textsOf(body).flatMap((text) => {
      const { references, bound } = scan(text);
      return references
        .filter((reference) => !isKnown(reference, declared, { bound, dynamic, body }))
        .map(({ root, path }) => `${where}: unknown ${[root, ...path].join(".")}`);
    });
  });
}

type Scope = {
  readonly bound: ReadonlySet<string>;
  readonly dynamic: readonly string[];
  readonly body: JsonObject;
};

function isKnown({ root, path }: Reference, declared: Declared, scope: Scope): boolean {
  const [first = "", second = "", third] = path;
  if (scope.bound.has(root)) return true;
  if (root === "var") return hasPath(declared.variables.get(first)?.body.type, path.slice(1));
  if (root === "local") return declared.locals.has(first);
  if (root === "each") return scope.body.for_each !== undefined && ITERATOR.includes(first);
  if (root === "path") return first === "module";
  if (root === "module") return declared.modules.get(first)?.has(second) === true;
  if (root === "data")
    return (
      declared.data.has(`${first}.${second}`) &&
      isExported(own(DATA, first), third) &&
      isField(first, third, path[3])
    );
  if (scope.dynamic.includes(root)) return ITERATOR.includes(first);
  if (root === "huaweicloud") return declared.aliases.has(first);
  return declared.resources.has(`${root}.${first}`) && isExported(own(RESOURCES, root), path[1]);
}

function isExported(
  row: (typeof RESOURCES)[string] | undefined,
  name: string | undefined,
): boolean {
  if (row === undefined) return false;
  return (
    name === undefined || ["id", ...row.required, ...row.optional, ...row.computed].includes(name)
  );
}

/** Has what a list of a data source holds such a field? */
function isField(type: string, list = "", field?: string): boolean {
  return field === undefined || own(LISTS[type] ?? {}, list)?.includes(field) === true;
}

/** Does a variable of this type have the attributes? What is in a map or a list is not told by a type's keys. */
function hasPath(type: unknown, path: readonly string[]): boolean {
  if (type === undefined) return false;
  const [name, ...rest] = path;
  const keys = typeKeysOf(String(type));
  if (name === undefined || keys === null) return true;
  return hasPath(keys.find((key) => key.name === name)?.value, rest);
}

/** Variables, locals and data sources that nobody refers to. */
function checkUse(blocks: readonly Block[], declared: Declared): readonly string[] {
  const used = new Set(
    blocks.flatMap((block) =>
      referencesIn(block.body)
        // A variable's own validation is no use of it.
        .filter(
          ({ root, path }) =>
            !(block.kind === "variable" && root === "var" && path[0] === block.labels[0]),
        )
        .map(({ root, path }) => [root, ...path.slice(0, root === "data" ? 2 : 1)].join(".")),
    ),
  );
  const declarations = [
    ...[...declared.variables.keys()].map((name) => `var.${name}`),
    ...[...declared.locals].map((name) => `local.${name}`),
    ...[...declared.data].map((name) => `data.${name}`),
  ];
  return declarations.filter((name) => !used.has(name)).map((name) => `${name} is not used`);
}

/** Variables and outputs say what they are. */
function checkWords(blocks: readonly Block[]): readonly string[] {
  const wanted: { readonly [kind: string]: readonly string[] } = {
    variable: ["description", "type"],
    output: ["description", "value"],
  };
  const allowed = ["default", "sensitive", "validation", "nullable", "ephemeral"];
  return blocks.flatMap((block) => {
    const needed = own(wanted, block.kind);
    if (needed === undefined) return [];
    const where = nameOf(block);
    return [
      ...needed
        .filter((name) => !(name in block.body))
        .map((name) => `${where}: ${name} is missing`),
      ...Object.keys(block.body)
        .filter((name) => ![...needed, ...allowed].includes(name))
        .map((name) => `${where}: unknown ${name}`),
      ...bodiesOf(block.body.validation).flatMap((one) =>
        Object.keys(one).sort().join() === "condition,error_message"
          ? []
          : [`${where}: a validation`],
      ),
    ];
  });
}

/** What a call of the module gives it, against the variables that the module has. */
function checkCalls(
  blocks: readonly Block[],
  variables: ReadonlyMap<string, Block>,
): readonly string[] {
  return blocks
    .filter(({ kind }) => kind === "module")
    .flatMap((block) => {
      const where = nameOf(block);
      const given = Object.entries(block.body).filter(([name]) => !MODULE_META.includes(name));
      const names = given.map(([name]) => name);
      return [
        ...(block.body.source === "../.." ? [] : [`${where}: source`]),
        ...names.filter((name) => !variables.has(name)).map((name) => `${where}: unknown ${name}`),
        ...[...variables]
          .filter(([name, { body }]) => !("default" in body) && !names.includes(name))
          .map(([name]) => `${where}: ${name} is missing`),
        ...given.flatMap(([name, value]) =>
          checkObject(value, String(variables.get(name)?.body.type ?? ""), `${where}.${name}`),
        ),
      ];
    });
}

function checkObject(value: unknown, type: string, where: string): readonly string[] {
  const keys = typeKeysOf(type);
  if (!isJsonObject(value) || keys === null) return [];
  return [
    ...Object.entries(value).flatMap(([name, inner]) => {
      const key = keys.find((one) => one.name === name);
      return key === undefined
        ? [`${where}: unknown ${name}`]
        : checkObject(inner, key.value, `${where}.${name}`);
    }),
    ...keys
      .filter((key) => !key.value.startsWith("optional(") && !(key.name in value))
      .map((key) => `${where}: ${key.name} is missing`),
  ];
}
