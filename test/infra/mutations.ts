import { isJsonObject, type JsonObject, own } from "../../shared/core/json-value.ts";
import { blocksOf, bodiesOf, nameOf, scan } from "./configuration.ts";
import { objectsOf } from "./expression.ts";
import { type BlockSchema, DATA, RESOURCES } from "./schema-check.ts";

/** One small mistake in a configuration. */
export type Mutant = { readonly what: string; readonly configuration: JsonObject };

/** Where something stands in a configuration: names of fields and places in lists. */
type Path = readonly (string | number)[];

/** A copy in which what stands at the path is replaced; where `change` answers with nothing, it is gone. */
function changed(value: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((one, at) => (at === first ? changed(one, rest, change) : one));
  const entries = Object.entries(isJsonObject(value) ? value : {}).flatMap(([name, inner]) => {
    if (name !== first) return [[name, inner]];
    const replaced = changed(inner, rest, change);
    return replaced === undefined ? [] : [[name, replaced]];
  });
  return Object.fromEntries(entries);
}

function mutant(
  what: string,
  whole: JsonObject,
  path: Path,
  change: (value: unknown) => unknown,
): Mutant {
  const configuration = changed(whole, path, change);
  return { what, configuration: isJsonObject(configuration) ? configuration : {} };
}

/** The places of every value in a value, its own not among them. */
function placesIn(
  value: unknown,
  path: Path = [],
): readonly { readonly path: Path; readonly value: unknown }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(name) : name];
    return [{ path: here, value: inner }, ...placesIn(inner, here)];
  });
}

const rename = (name: string, to: string) => (value: unknown) =>
  isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key === name ? to : key, inner]),
      )
    : value;

/** The bodies of a resource or data source, its nested blocks among them, each with its schema. */
function schemaBodies(
  body: unknown,
  row: BlockSchema,
  path: Path,
): readonly (readonly [Path, JsonObject, BlockSchema])[] {
  if (!isJsonObject(body)) return [];
  const dynamic = isJsonObject(body.dynamic) ? body.dynamic : {};
  const inner = Object.entries(row.blocks).flatMap(([name, block]) => [
    ...bodiesOf(body[name]).flatMap((one, at) => schemaBodies(one, block, [...path, name, at])),
    ...bodiesOf(dynamic[name]).flatMap((one, at) =>
      bodiesOf(one.content).flatMap((content, index) =>
        schemaBodies(content, block, [...path, "dynamic", name, at, "content", index]),
      ),
    ),
  ]);
  return [[path, body, row], ...inner];
}

const NOT_ARGUMENTS = ["dynamic", "lifecycle", "count", "for_each", "depends_on"];

/** Every argument and nested block misspelled, and every required one removed, one at a time. */
export function argumentMutants(whole: JsonObject): readonly Mutant[] {
  return blocksOf(whole).flatMap((block) => {
    const [type = ""] = block.labels;
    const row = own(block.kind === "resource" ? RESOURCES : DATA, type);
    if (row === undefined) return [];
    const start = [block.kind, ...block.labels, 0];
    return schemaBodies(block.body, row, start).flatMap(([path, body, schema]) => {
      const where = `${nameOf(block)} ${path.slice(start.length).join(".")}`;
      const names = Object.keys(body).filter((name) => !NOT_ARGUMENTS.includes(name));
      const required = [...schema.required, ...(schema.oneOf ?? [])].filter((name) => name in body);
      const dynamic = Object.keys(isJsonObject(body.dynamic) ? body.dynamic : {});
      return [
        ...names.map((name) =>
          mutant(`${where}: ${name} misspelled`, whole, path, rename(name, `${name}s_`)),
        ),
        ...required.map((name) =>
          mutant(`${where}: no ${name}`, whole, [...path, name], () => undefined),
        ),
        ...dynamic.map((name) =>
          mutant(
            `${where}: dynamic ${name} misspelled`,
            whole,
            [...path, "dynamic"],
            rename(name, `${name}s_`),
          ),
        ),
      ];
    });
  });
}

/** Every reference in every expression misspelled, one at a time. */
export function referenceMutants(whole: JsonObject): readonly Mutant[] {
  return placesIn(whole).flatMap(({ path, value }) => {
    if (typeof value !== "string") return [];
    const { references, bound } = scan(value);
    return references
      .filter(
        ({ root, path: names }) => !bound.has(root) && names.length > 0 && isChecked(root, names),
      )
      .map(({ root, path: names, at }) =>
        mutant(`${path.join(".")}: ${[root, ...names].join(".")} misspelled`, whole, path, () =>
          [value.slice(0, at), "x_", value.slice(at)].join(""),
        ),
      );
  });
}

/** What an object holds that a loop goes over, or a local value, is known to Terraform alone. */
function isChecked(root: string, names: readonly string[]): boolean {
  return (
    names.length === 1 ||
    ["var", "data", "module"].includes(root) ||
    root.startsWith("huaweicloud_")
  );
}

/** Every key of every `event_data` and `param` misspelled, and every one that is required removed. */
export function eventMutants(
  whole: JsonObject,
  isRequired: (key: string, text: string) => boolean,
): readonly Mutant[] {
  const places = placesIn(whole).filter(({ path }) =>
    ["event_data", "param"].includes(String(path.at(-1))),
  );
  return places.flatMap(({ path, value }) => {
    const text = String(value);
    return objectsOf(text)
      .flat()
      .flatMap(({ name, at }) => [
        mutant(
          `${path.join(".")}: ${name} misspelled`,
          whole,
          path,
          () => `${text.slice(0, at)}x_${text.slice(at)}`,
        ),
        ...(isRequired(name, text)
          ? [
              mutant(
                `${path.join(".")}: no ${name}`,
                whole,
                path,
                () =>
                  // Under the name of its neighbour it is not there.
                  `${text.slice(0, at)}${otherKey(text, name)}${text.slice(at + name.length)}`,
              ),
            ]
          : []),
      ]);
  });
}

function otherKey(text: string, name: string): string {
  const names = objectsOf(text)
    .flat()
    .map((key) => key.name);
  return names.find((one) => one !== name) ?? "none";
}

/** Every input of every call of the module misspelled at any depth, and every one that it needs removed. */
export function callMutants(whole: JsonObject, needed: readonly string[]): readonly Mutant[] {
  return blocksOf(whole)
    .filter(({ kind }) => kind === "module")
    .flatMap(({ labels, body }) => {
      const start = ["module", ...labels, 0];
      const inputs = placesIn(body).filter(
        ({ path }) =>
          !["providers", "source"].includes(String(path[0])) &&
          typeof path.at(-1) === "string" &&
          !isFree(path),
      );
      return [
        ...inputs.map(({ path }) =>
          mutant(
            `${path.join(".")} misspelled`,
            whole,
            [...start, ...path.slice(0, -1)],
            rename(String(path.at(-1)), `${path.at(-1)}x_`),
          ),
        ),
        ...needed.map((name) => mutant(`no ${name}`, whole, [...start, name], () => undefined)),
      ];
    });
}

/** The keys of a map are the caller's own. */
const isFree = ([name, ...rest]: Path) =>
  ["tags", "subscriptions"].includes(String(name)) && rest.length > 0;

/** Each variable, output and local undeclared, and one more of each declared that nobody uses. */
export function declarationMutants(whole: JsonObject): readonly Mutant[] {
  const variables = Object.keys(isJsonObject(whole.variable) ? whole.variable : {});
  const added = { description: "Nobody's.", type: "string", default: null };
  return [
    ...variables.map((name) =>
      mutant(`no variable ${name}`, whole, ["variable", name], () => undefined),
    ),
    ...variables.flatMap((name) =>
      ["type", "description"].map((field) =>
        mutant(`no ${field} of ${name}`, whole, ["variable", name, 0, field], () => undefined),
      ),
    ),
    mutant("a variable that nobody uses", whole, ["variable"], (all) => ({
      ...(isJsonObject(all) ? all : {}),
      unused: [added],
    })),
    mutant("a local that nobody uses", whole, ["locals"], (all) => [
      ...bodiesOf(all),
      { unused: "x" },
    ]),
  ];
}
