import type * as z from "zod";

export type Issue = z.core.$ZodIssue;

/** Why a value is not what one branch of a union wants. */
export type Branch = {
  readonly issues: readonly Issue[];
  /** Is it at least the right kind of value: a mapping, a list, text? */
  readonly fits: boolean;
  /** Fields that the branch does not know. */
  readonly unknown: readonly string[];
  /** Fields at its top that are wrong or missing: for a mapping of foreign fields, its own ones. */
  readonly missing: readonly string[];
  /** The words that it allows in place of the value. */
  readonly options: readonly string[];
};

/** The branches of a union, those of unions within it included. */
export function listBranches(issue: z.core.$ZodIssueInvalidUnion): readonly Branch[] {
  return issue.errors.flatMap((issues) => expand(issues)).map(describeBranch);
}

/** A union directly inside a union is only more branches. */
function expand(issues: readonly Issue[]): readonly (readonly Issue[])[] {
  const [only] = issues;
  if (only?.code !== "invalid_union" || only.path.length > 0) return [issues];
  return only.errors.flatMap((branch) => expand(branch));
}

function describeBranch(issues: readonly Issue[]): Branch {
  const atRoot = issues.filter((issue) => issue.path.length === 0);
  return {
    issues,
    fits: !atRoot.some((issue) => issue.code === "invalid_type" || issue.code === "invalid_value"),
    unknown: atRoot.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : [])),
    missing: issues.flatMap((issue) => issue.path.slice(0, 1).map(String)),
    options: atRoot.flatMap((issue) =>
      issue.code === "invalid_value" ? issue.values.map(String) : [],
    ),
  };
}
