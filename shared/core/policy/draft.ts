import { isJsonObject } from "../json-value.ts";
import { expectedBy, listMistakes, type SchemaMistake } from "./mistake.ts";
import { type Path, pathId } from "./problem.ts";
import { type PolicyDocument, policyDocument } from "./schema.ts";

/** Names that the document declares, broken entries included; `null` where that cannot be told. */
export type DeclaredNames = {
  readonly selectors: ReadonlySet<string> | null;
  readonly tags: ReadonlySet<string> | null;
  readonly rules: ReadonlySet<string> | null;
};

/** A policy as far as it can be read: the parts that the schema accepts, and what it says of the rest. */
export type Draft = {
  readonly document: PolicyDocument;
  readonly declared: DeclaredNames;
  readonly mistakes: readonly SchemaMistake[];
  /** Where a part of `document` stands in the file: parts that were left out shift list entries. */
  readonly locate: (path: Path) => Path;
};

const EMPTY: PolicyDocument = { version: 1, tags: {} };
const PASSES_MAX = 20;

/**
 * Reads a policy by its schema. What is broken is left out, with as little around it as possible,
 * so that the rest can still be checked. `broken` are parts that are known to be unreadable.
 */
export function draftPolicy(input: unknown, broken: readonly Path[]): Draft {
  const dropped = new Set(broken.map(pathId));
  const declared = listDeclared(input);
  let mistakes: readonly SchemaMistake[] = [];

  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const { value, locate } = prune(input, dropped);
    const candidate = pass === 0 ? value : withDefaults(value);
    const parsed = policyDocument.safeParse(candidate, { error: expectedBy });
    if (parsed.success) return { document: parsed.data, declared, mistakes, locate };

    const found = listMistakes(parsed.error.issues, candidate);
    if (pass === 0) {
      mistakes = found
        .map((mistake) => ({ ...mistake, path: locate(mistake.path) }))
        .filter(({ path }) => !dropped.has(pathId(path)));
    }
    // At first only what is wrong itself goes, then what cannot be without it.
    for (const { path, drop } of found) dropped.add(pathId(locate(pass === 0 ? path : drop)));
  }
  return { document: EMPTY, declared, mistakes, locate: (path) => path };
}

const EXEMPTION = { resource: {}, owner: "?", reason: "?" };
const RULE = { if: {} };

/** Stands in for missing fields that say nothing of the others. */
function withDefaults(value: unknown): unknown {
  if (!isJsonObject(value)) return EMPTY;
  const { exemptions, rules } = value;
  return {
    ...EMPTY,
    ...value,
    ...(Array.isArray(exemptions) && { exemptions: exemptions.map((one) => fill(one, EXEMPTION)) }),
    ...(Array.isArray(rules) && { rules: rules.map((one) => fill(one, RULE)) }),
  };
}

function fill(value: unknown, missing: object): unknown {
  return isJsonObject(value) ? { ...missing, ...value } : value;
}

/** Copies a value without the dropped parts. */
function prune(input: unknown, dropped: ReadonlySet<string>) {
  const kept = new Map<string, readonly number[]>();

  function copy(value: unknown, path: Path): unknown {
    const isKept = (step: string | number) => !dropped.has(pathId([...path, step]));
    if (Array.isArray(value)) {
      const indexes = [...value.keys()].filter(isKept);
      kept.set(pathId(path), indexes);
      return indexes.map((index) => copy(value[index], [...path, index]));
    }
    if (!isJsonObject(value)) return value;
    const entries = Object.entries(value).filter(([key]) => isKept(key));
    return Object.fromEntries(entries.map(([key, item]) => [key, copy(item, [...path, key])]));
  }

  function locate(path: Path): Path {
    const located: (string | number)[] = [];
    for (const step of path) {
      const index = typeof step === "number" ? kept.get(pathId(located))?.[step] : undefined;
      located.push(index ?? step);
    }
    return located;
  }

  return { value: dropped.has(pathId([])) ? undefined : copy(input, []), locate };
}

function listDeclared(input: unknown): DeclaredNames {
  const top = isJsonObject(input) ? input : {};
  const rules = top.rules ?? [];
  return {
    selectors: keysOf(top.selectors ?? {}),
    tags: keysOf(top.tags ?? {}),
    rules: Array.isArray(rules) ? new Set(rules.flatMap(ruleId)) : null,
  };
}

function keysOf(value: unknown): ReadonlySet<string> | null {
  return isJsonObject(value) ? new Set(Object.keys(value)) : null;
}

function ruleId(rule: unknown): readonly string[] {
  return isJsonObject(rule) && typeof rule.id === "string" ? [rule.id] : [];
}
