import { type Alias, isAlias, isMap, isScalar, isSeq, type Scalar, type YAMLMap } from "yaml";
import { type Path, pathId } from "../../core/policy/problem.ts";
import { type Entry, listEntries } from "./entry.ts";
import {
  ALIAS_VALUES_MAX,
  DEPTH_MAX,
  encloses,
  findTarget,
  type NodeProblem,
  offsetOf,
  type Reading,
  refuse,
  refuseExpansion,
  type Spot,
  startReading,
} from "./reading.ts";

/** A document as plain data, with the offset of each key and value by its path (`pathId`). */
export type ReadNodes = {
  readonly value: unknown;
  readonly problems: readonly NodeProblem[];
  readonly broken: readonly Path[];
  readonly offsets: ReadonlyMap<string, { readonly key: number; readonly value: number }>;
  readonly keys: ReadonlyMap<string, readonly string[]>;
};

/** Reads a document's nodes as plain data, following aliases and merges; never through a prototype. */
export function readNodes(contents: unknown): ReadNodes {
  const reading = startReading(contents);
  const value = readValue(contents, { path: [], offset: 0 }, reading);
  return { ...reading, value };
}

function readValue(node: unknown, { path, offset }: Spot, reading: Reading): unknown {
  const spot = { path, offset: offsetOf(node) ?? offset };
  const id = pathId(path);
  if (!reading.offsets.has(id)) reading.offsets.set(id, { key: offset, value: spot.offset });
  if (reading.expanding > 0 && ++reading.aliasValues > ALIAS_VALUES_MAX) {
    return refuseExpansion(reading, spot);
  }
  if (path.length > DEPTH_MAX) {
    return refuse(reading, spot, "it is nested too deeply", `at most ${DEPTH_MAX} levels`);
  }
  if (isAlias(node)) return readAlias(node, spot, reading);
  if (isMap(node)) return readMap(node, spot, reading);
  if (isSeq(node)) {
    return node.items.map((item, index) =>
      readValue(item, { path: [...path, index], offset: spot.offset }, reading),
    );
  }
  return isScalar(node) ? readScalar(node) : null;
}

function readScalar(node: Scalar): unknown {
  const { value } = node;
  const plain =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  // Other schemas of YAML have times, bytes and more: here they are what was written.
  return plain || value === null ? value : (node.source ?? String(value));
}

function readAlias(alias: Alias, spot: Spot, reading: Reading): unknown {
  const target = findTarget(alias, reading);
  const name = alias.source;
  if (target === undefined) {
    return refuse(reading, spot, `there is no anchor &${name} before it`, `an anchor &${name}`);
  }
  if (encloses(target, spot.offset)) {
    return refuse(reading, spot, `*${name} stands inside its own anchor`, "an alias elsewhere");
  }
  reading.expanding += 1;
  const value = readValue(target, spot, reading);
  reading.expanding -= 1;
  return value;
}

function readMap(map: YAMLMap, spot: Spot, reading: Reading): unknown {
  const entries = listEntries(map, spot, reading);
  const id = pathId(spot.path);
  reading.keys.set(
    id,
    entries.map(({ key }) => key),
  );
  return Object.fromEntries(entries.map((entry) => [entry.key, readEntry(entry, spot, reading)]));
}

function readEntry(entry: Entry, { path }: Spot, reading: Reading): unknown {
  if (entry.merged) reading.expanding += 1;
  const value = readValue(
    entry.node,
    { path: [...path, entry.key], offset: entry.offset },
    reading,
  );
  if (entry.merged) reading.expanding -= 1;
  return value;
}
