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
  const nested = issues.find((issue) => issue.code === "invalid_union" && issue.path.length === 0);
  if (nested?.code !== "invalid_union") return [issues];
  const others = issues.filter((issue) => issue !== nested);
  return nested.errors.flatMap((branch) => expand(branch)).map((branch) => [...others, ...branch]);
}

function describeBranch(issues: readonly Issue[]): Branch {
  const atRoot = issues.filter((issue) => issue.path.length === 0);
  return {
    issues,
    fits: !atRoot.some((issue) => issue.code === "invalid_type" || issue.code === "invalid_value"),
    unknown: atRoot.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : [])),
    missing: issues.flatMap((issue) => (issue.path.length === 1 ? [String(issue.path[0])] : [])),
    options: atRoot.flatMap((issue) =>
      issue.code === "invalid_value" ? issue.values.map(String) : [],
    ),
  };
}
