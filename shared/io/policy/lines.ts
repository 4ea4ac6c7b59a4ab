import { compileTag } from "../../core/policy/compile.ts";
import type { TagCheck } from "../../core/policy/policy.ts";
import type { PolicyLines } from "../../core/policy/policy-lines.ts";
import { formatPath, type Path } from "../../core/policy/problem.ts";
import { listChecks, ruleId } from "../../core/policy/rules.ts";
import type { PolicyDocument } from "../../core/policy/schema.ts";
import type { ParsedText } from "./text.ts";

/** The field of a tag that declares a check. */
const FIELDS: { readonly [Check in TagCheck]: string } = {
  required: "required",
  allowed: "values",
  match: "match",
  prohibited: "prohibited",
  alias: "aliases",
};

/** Where rules, tags, exemptions and selectors of a policy without mistakes stand in its text. */
export function findLines(document: PolicyDocument, { placeOf }: ParsedText): PolicyLines {
  const line = (path: Path) => placeOf(path, "key").line;
  const tags = Object.entries(document.tags);
  const rules = [...(document.rules ?? []).entries()];
  const checks = tags.flatMap(([key, tag]) =>
    listChecks(compileTag(key, tag)).map(
      (check) => [ruleId(key, check), line(["tags", key, FIELDS[check]])] as const,
    ),
  );
  const parts: readonly Path[] = [
    ...Object.keys(document.selectors ?? {}).map((name) => ["selectors", name]),
    ...tags.flatMap(([key]) => [
      ["tags", key, "applies"],
      ["tags", key, "required"],
    ]),
    ...rules.map(([index]) => ["rules", index, "if"]),
  ];
  return {
    rules: new Map([
      ...checks,
      ...rules.map(([index, { id }]) => [id, line(["rules", index, "id"])] as const),
    ]),
    tags: new Map(tags.map(([key]) => [key, line(["tags", key])])),
    exemptions: new Map(
      (document.exemptions ?? []).map((_, index) => [
        `${index + 1}`,
        line(["exemptions", index, "rule"]),
      ]),
    ),
    parts: new Map(parts.map((path) => [formatPath(path), line(path)])),
  };
}
