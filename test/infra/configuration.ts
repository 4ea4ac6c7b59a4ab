import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import hcl from "@cdktn/hcl2json";
import { isJsonObject, type JsonObject } from "../../shared/core/json-value.ts";
import { type Key, objectsOf, type Reference, referencesOf } from "./expression.ts";

/** A block as the parser gives it: arguments and blocks by name, expressions as texts with `${…}`. */
export type Block = {
  /** `resource`, `data`, `variable`, `output`, `module`, `locals`, `check`, `provider` or `terraform`. */
  readonly kind: string;
  /** Its labels: the type and the name, or the name. */
  readonly labels: readonly string[];
  readonly body: JsonObject;
};

/** All files of a folder, parsed as one. Throws where they are no HCL. */
export async function parseFolder(folder: string): Promise<JsonObject> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".tf")).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return parseText(texts.join("\n"));
}

export async function parseText(text: string): Promise<JsonObject> {
  return hcl.parse("all.tf", text);
}

/** Kinds of blocks by the number of their labels. */
const LABELS: { readonly [kind: string]: number } = {
  terraform: 0,
  locals: 0,
  provider: 1,
  variable: 1,
  output: 1,
  module: 1,
  check: 1,
  resource: 2,
  data: 2,
};

/** The blocks of a configuration. Throws where there is one of an unknown kind. */
export function blocksOf(configuration: JsonObject): readonly Block[] {
  return Object.entries(configuration).flatMap(([kind, value]) => {
    const depth = LABELS[kind];
    if (depth === undefined) throw new Error(`a block of the unknown kind ${kind}`);
    return unfold(kind, [], depth, value);
  });
}

function unfold(kind: string, labels: readonly string[], depth: number, value: unknown): Block[] {
  if (depth > 0)
    return Object.entries(isJsonObject(value) ? value : {}).flatMap(([label, inner]) =>
      unfold(kind, [...labels, label], depth - 1, inner),
    );
  return bodiesOf(value).map((body) => ({ kind, labels, body }));
}

/** The bodies of a block that may stand several times. */
export function bodiesOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** How one would call a block: `resource huaweicloud_obs_bucket.store`. */
export const nameOf = ({ kind, labels }: Block) => [kind, labels.join(".")].join(" ").trim();

/** Every text in a value, arguments of nested blocks included. */
export function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** A function of a text that remembers: the same texts are met in every mutant. */
function remember<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text) ?? work(text);
    known.set(text, found);
    return found;
  };
}

/** `referencesOf`, remembered. */
export const scan = remember(referencesOf);

/** The keys of a variable's type, where it is an object; `null` for any other type. */
export const typeKeysOf = remember((type: string): readonly Key[] | null => {
  if (!/^(\$\{)?\s*(optional\()?object\(/.test(type)) return null;
  const [keys = []] = objectsOf(type.startsWith("${") ? type : `\${${type}}`);
  return keys;
});

/** Every reference in a value. */
export function referencesIn(value: unknown): readonly Reference[] {
  return textsOf(value).flatMap((text) => scan(text).references);
}
