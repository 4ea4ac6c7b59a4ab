import { isAlias, isMap, isScalar, isSeq, type Pair, type YAMLMap } from "yaml";
import { quote } from "../../core/policy/problem.ts";
import {
  ALIAS_VALUES_MAX,
  encloses,
  findTarget,
  offsetOf,
  type Reading,
  refuseExpansion,
  report,
  type Spot,
} from "./reading.ts";

/** One key of a mapping, with the offset of the key and the node of its value. */
export type Entry = {
  readonly key: string;
  readonly offset: number;
  readonly node: unknown;
  readonly merged: boolean;
};

/** The entries of a mapping: its own, and behind them those that it merges (`<<`). */
export function listEntries(map: YAMLMap, spot: Spot, reading: Reading): readonly Entry[] {
  const own = new Map<string, Entry>();
  const merged: Entry[] = [];
  for (const pair of map.items) {
    const offset = offsetOf(pair.key) ?? spot.offset;
    if (isMerge(pair)) {
      merged.push(...mergedEntries(pair.value, { path: spot.path, offset }, reading));
      continue;
    }
    const key = keyText(pair.key, { path: spot.path, offset }, reading);
    if (key === null) continue;
    if (own.has(key)) {
      const path = [...spot.path, key];
      report(reading, { path, offset }, `the key ${quote(key)} stands twice`, "each key once");
      continue;
    }
    own.set(key, { key, offset, node: pair.value, merged: false });
  }
  for (const entry of merged) {
    if (!own.has(entry.key)) own.set(entry.key, { ...entry, merged: true });
  }
  return [...own.values()];
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && typeof key.value === "symbol";
}

function mergedEntries(node: unknown, spot: Spot, reading: Reading): readonly Entry[] {
  if (reading.aliasValues > ALIAS_VALUES_MAX) {
    refuseExpansion(reading, spot);
    return [];
  }
  const target = isAlias(node) ? findTarget(node, reading) : node;
  if (isMap(target) && !encloses(target, spot.offset)) {
    const entries = listEntries(target, spot, reading);
    reading.aliasValues += entries.length;
    return entries;
  }
  if (isSeq(target) && target === node) {
    return target.items.flatMap((item) => mergedEntries(item, spot, reading));
  }
  report(reading, spot, "<< merges nothing", "a mapping, an alias of one, or a list of them");
  return [];
}

function keyText(node: unknown, spot: Spot, reading: Reading): string | null {
  const target = isAlias(node) ? findTarget(node, reading) : node;
  if (!isScalar(target) || (target.value === null && !target.source)) {
    report(reading, spot, "this is not a key", "text as the key");
    return null;
  }
  const key =
    typeof target.value === "string" ? target.value : (target.source ?? String(target.value));
  if (key !== "__proto__") return key;
  report(reading, { ...spot, path: [...spot.path, key] }, `${key} cannot be a key`, "another key");
  return null;
}
