import { type Alias, isAlias, isMap, isPair, isScalar, isSeq, type Node } from "yaml";
import { formatPath, type Path, type Problem } from "../../core/policy/problem.ts";

/** Deepest nesting that is read. */
export const DEPTH_MAX = 64;
/** Most values that aliases may stand for, all together: what bounds a "billion laughs" file. */
export const ALIAS_VALUES_MAX = 10_000;

export type NodeProblem = Pick<Problem, "path" | "message" | "expected"> & {
  readonly offset: number;
};

/** The nodes of each anchor's name, in the order of the text. */
type Anchors = ReadonlyMap<string, readonly Node[]>;

/** What is known while the nodes of one document are read. */
export type Reading = {
  readonly problems: NodeProblem[];
  readonly broken: Path[];
  /** Offsets of each key and value, by `pathId`. */
  readonly offsets: Map<string, { readonly key: number; readonly value: number }>;
  readonly keys: Map<string, readonly string[]>;
  readonly anchors: Anchors;
  /** How many aliases and merges the reading is inside of. */
  expanding: number;
  /** Values read there so far. */
  aliasValues: number;
};

/** A path of the document, and the offset of what stands there. */
export type Spot = { readonly path: Path; readonly offset: number };

/** Nothing read yet, but for the anchors, which an alias may look back to. */
export function startReading(contents: unknown): Reading {
  return {
    problems: [],
    broken: [],
    offsets: new Map(),
    keys: new Map(),
    anchors: listAnchors(contents),
    expanding: 0,
    aliasValues: 0,
  };
}

function listAnchors(contents: unknown): Anchors {
  const anchors = new Map<string, Node[]>();
  // Not recursive, and no `push(...items)`: neither depth nor width is bounded yet.
  const left: unknown[] = [contents];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (isPair(node)) left.push(node.key ?? null, node.value ?? null);
    if (isMap(node) || isSeq(node)) for (const item of node.items) left.push(item);
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) {
      const nodes = anchors.get(node.anchor);
      if (nodes === undefined) anchors.set(node.anchor, [node]);
      else nodes.push(node);
    }
  }
  for (const nodes of anchors.values()) {
    nodes.sort((one, other) => (offsetOf(one) ?? 0) - (offsetOf(other) ?? 0));
  }
  return anchors;
}

/** What an alias stands for: the last node before it that has its name. */
export function findTarget(alias: Alias.Parsed | Alias, { anchors }: Reading): Node | undefined {
  const end = offsetOf(alias) ?? 0;
  return anchors.get(alias.source)?.findLast((node) => (offsetOf(node) ?? 0) < end);
}

/** Notes a problem of the text, once for each place. */
export function report(reading: Reading, spot: Spot, message: string, expected: string): void {
  // What is aliased is read more than once, and would be reported as often.
  const known = reading.problems.some((p) => p.offset === spot.offset && p.message === message);
  if (known) return;
  reading.problems.push({ path: formatPath(spot.path), offset: spot.offset, message, expected });
}

/** Gives up a part of the document. */
export function refuse(reading: Reading, spot: Spot, message: string, expected: string): null {
  report(reading, spot, message, expected);
  reading.broken.push(spot.path);
  return null;
}

const TOO_MUCH = "aliases stand for too much";

/** Gives up a part because aliases stand for too much, which is said once. */
export function refuseExpansion(reading: Reading, spot: Spot): null {
  reading.broken.push(spot.path);
  if (!reading.problems.some(({ message }) => message === TOO_MUCH)) {
    report(reading, spot, TOO_MUCH, `at most ${ALIAS_VALUES_MAX} values behind aliases`);
  }
  return null;
}

/**
 * Does the node reach around the offset, so that an alias there would contain itself? Targets stand
 * before their aliases, so there is no other way to a circle.
 */
export function encloses({ range }: Node, offset: number): boolean {
  return range !== null && range !== undefined && range[0] < offset && offset < range[1];
}

/** Where a node begins; `undefined` for what is not written down. */
export function offsetOf(node: unknown): number | undefined {
  const known = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  return known ? node.range?.[0] : undefined;
}
