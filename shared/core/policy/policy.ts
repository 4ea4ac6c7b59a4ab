import type { Field } from "../facts.ts";
import type { ResourceType } from "../resource.ts";

/**
 * The policy as the functions use it: checked, resolved and reduced to data when it is built.
 *
 * Nothing here is optional or has a second spelling: defaults are filled in, globs are regexes, file
 * names of lookups are tables, `only` and `except` name selectors that exist. It is JSON, so it
 * travels in the zip as it is. Regexes are sources for `new RegExp(source, "u")`.
 */
export type Policy = {
  readonly version: 1;
  /** SHA-256 (hex) over everything else in this object, lookup tables included. */
  readonly hash: string;
  readonly selectors: { readonly [name: string]: Selector };
  /** In the order of the policy file, which is the order of effects. */
  readonly tags: readonly TagRule[];
  readonly rules: readonly ConditionalRule[];
  readonly limits: { readonly reserve: number; readonly keyProfile: KeyProfile };
  readonly guards: Guards;
  readonly exemptions: readonly Exemption[];
  /** Lookup tables by file name: rows by the text in their key column. */
  readonly lookups: { readonly [file: string]: LookupTable };
};

export type Severity = "low" | "medium" | "high" | "critical";
export type KeyProfile = "documented" | "extended";
export type WhenPresent = "keep" | "correct" | "overwrite";

/** Values are matched by a regex (searched, not anchored) or by membership. */
export type Matcher = { readonly regex: string } | { readonly in: readonly string[] };

/**
 * Picks resources. Fields are ANDed; the matchers of one field are ORed. A missing field of the
 * selector matches everything. Times are milliseconds since 1970.
 */
export type Selector = {
  readonly types?: readonly ResourceType[];
  readonly name?: readonly Matcher[];
  readonly id?: readonly Matcher[];
  readonly state?: readonly Matcher[];
  readonly enterpriseProject?: readonly Matcher[];
  readonly region?: readonly Matcher[];
  readonly project?: readonly Matcher[];
  readonly createdBeforeMs?: number;
  readonly createdAfterMs?: number;
  readonly tag?: { readonly [key: string]: readonly Matcher[] };
};

/** An inline selector that may also ask for named ones; all of it is ANDed, the names are ORed. */
export type Condition = Selector & { readonly selector?: readonly string[] };

/** Who is meant: everything, or only what some selectors pick, less what others pick. */
export type Scope = { readonly only: readonly string[] | null; readonly except: readonly string[] };

export type TagRule = {
  readonly key: string;
  readonly description: string;
  /** Who must have the tag. `null`: nobody. Only judged, never a reason to write. */
  readonly required: Scope | null;
  readonly severity: Severity;
  /** Other spellings that bulk retagging merges into `key`. */
  readonly aliases: readonly string[];
  readonly match: readonly Matcher[];
  /** Allowed values: canonical spelling to its variants. `null`: all values. */
  readonly values: { readonly [canonical: string]: readonly string[] } | null;
  readonly sources: readonly Source[];
  readonly whenPresent: WhenPresent;
  readonly applies: Scope;
  readonly prohibited: boolean;
};

export type Source = SourceOrigin & { readonly transform: readonly Transform[] };
export type SourceOrigin =
  | { readonly kind: "const"; readonly value: string }
  | { readonly kind: "from"; readonly field: Field }
  | { readonly kind: "fromName"; readonly regex: string; readonly group: string }
  | {
      readonly kind: "lookup";
      readonly file: string;
      readonly by: Field;
      readonly column: string;
    }
  | { readonly kind: "inherit"; readonly of: "kmsKey" }
  | { readonly kind: "tag"; readonly key: string };

export type Transform =
  | { readonly kind: "lower" | "upper" | "title" | "trim" | "slug" }
  /** Pattern of `yyyy MM dd HH mm ss` and literal text; times are read as UTC. */
  | { readonly kind: "date"; readonly pattern: string }
  /** A value that is not in the table is passed over (`unmapped`). */
  | { readonly kind: "map"; readonly table: { readonly [from: string]: string } }
  | { readonly kind: "prefix" | "suffix"; readonly text: string };

export type LookupTable = { readonly [rowKey: string]: { readonly [column: string]: string } };

export type ConditionalRule = {
  readonly id: string;
  readonly description: string;
  readonly severity: Severity;
  readonly if: Condition;
  readonly require: readonly string[];
};

export type Guards = {
  readonly grace: Grace;
  /** How long after its creation a resource that is not found may still become visible. */
  readonly visibleMs: number;
  readonly maxChanges: number;
  readonly maxPercent: number;
};

/** The first entry whose `agent` occurs in the user agent (case does not matter) wins. */
export type Grace = {
  readonly byAgent: readonly { readonly agent: string; readonly ms: number }[];
  readonly defaultMs: number;
};

export type Exemption = {
  /** Stable: the exemption's position in the file, from 1. */
  readonly id: string;
  readonly rule: string;
  readonly resource: Condition;
  readonly owner: string;
  readonly reason: string;
  /** The first moment at which it no longer holds: the end of its last day, UTC. */
  readonly expiresMs: number | null;
};

/** What each tag can be judged for; a rule's id is `<key>.<check>`. */
export const TAG_CHECKS = ["required", "allowed", "match", "prohibited", "alias"] as const;
export type TagCheck = (typeof TAG_CHECKS)[number];
