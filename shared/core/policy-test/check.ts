import { listAuditRules } from "../audit/built-in-rules.ts";
import { isJsonObject } from "../json-value.ts";
import { expectedBy, listMistakes } from "../policy/mistake.ts";
import type { Policy } from "../policy/policy.ts";
import { type Mistake, type Path, pathId, quote } from "../policy/problem.ts";
import { expectName } from "../policy/suggest.ts";
import { RESOURCE_KINDS } from "../resource.ts";
import { ANY, type PolicyTest, type PolicyTests, policyTest, policyTests } from "./schema.ts";

/** A file of tests as far as it can be read, and all that is wrong with it. */
export type CheckedTests = {
  /** `null` where something is wrong. */
  readonly tests: PolicyTests | null;
  /** The tests that the schema accepts, though it may not accept others. */
  readonly whole: readonly PlacedTest[];
  readonly mistakes: readonly Mistake[];
};

/** One test, and its path in the file. */
export type PlacedTest = { readonly test: PolicyTest; readonly path: Path };

/**
 * Checks a file of tests by its schema and by the policy: a key or a rule that the policy does not know
 * could never come, and would only ever be a mistake. `broken` are parts that are known to be unreadable.
 */
export function checkTests(input: unknown, broken: readonly Path[], policy: Policy): CheckedTests {
  const parsed = policyTests.safeParse(input, { error: expectedBy });
  const known = new Set(broken.map(pathId));
  const ofSchema = parsed.success
    ? []
    : listMistakes(parsed.error.issues, input).filter(({ path }) => !known.has(pathId(path)));
  const whole = readWhole(input);
  const mistakes = [
    ...ofSchema,
    ...checkNames(whole),
    ...whole.flatMap(({ test, path }) => checkTest(test, path, policy)),
  ];
  return { tests: parsed.success && mistakes.length === 0 ? parsed.data : null, whole, mistakes };
}

function readWhole(input: unknown): readonly PlacedTest[] {
  const listed: unknown = isJsonObject(input) ? input.tests : undefined;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((one: unknown, index): readonly PlacedTest[] => {
    const parsed = policyTest.safeParse(one);
    return parsed.success ? [{ test: parsed.data, path: ["tests", index] }] : [];
  });
}

function checkNames(tests: readonly PlacedTest[]): readonly Mistake[] {
  const seen = new Set<string>();
  return tests.flatMap(({ test: { name }, path }) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [mistake([...path, "name"], `the name ${quote(name)} stands twice`, "another name")];
  });
}

function checkTest(test: PolicyTest, path: Path, policy: Policy): readonly Mistake[] {
  return [
    ...checkFixture(test, path),
    ...checkKeys(test, path, policy),
    ...checkRules(test, path, policy),
  ];
}

function checkFixture(test: PolicyTest, path: Path): readonly Mistake[] {
  const { resource, kmsKey, created, event, expect } = test;
  const type = resource?.type;
  const mistakes: Mistake[] = [];
  if (type === undefined && event === undefined) {
    const where = resource === undefined ? path : [...path, "resource"];
    const message = resource === undefined ? "there is no resource" : "type is missing";
    mistakes.push(
      mistake(where, message, "resource: { type: secret } or { type: key }, or an event"),
    );
  }
  if (created !== undefined && event !== undefined)
    mistakes.push(mistake([...path, "event"], "there are created and event", "one of them"));
  if (kmsKey !== undefined && type !== undefined && !RESOURCE_KINDS[type].hasEncryptingKey)
    mistakes.push(mistake([...path, "kmsKey"], `no key encrypts a ${type}`, "a secret"));
  for (const part of ["creation", "ignored"] as const)
    if (expect[part] !== undefined && created === undefined && event === undefined)
      mistakes.push(
        mistake([...path, "expect", part], "nothing is created", "created or event in the test"),
      );
  return mistakes;
}

function checkKeys({ expect }: PolicyTest, path: Path, { tags }: Policy): readonly Mistake[] {
  const own = tags.map(({ key }) => key);
  const all = [...own, ...tags.flatMap(({ aliases }) => aliases)];
  const parts = [
    { part: "creation", listed: expect.creation, names: own },
    { part: "refused", listed: expect.refused, names: own },
    { part: "bulk", listed: expect.bulk, names: all },
  ];
  return parts.flatMap(({ part, listed, names }) =>
    listed === undefined || listed === ANY
      ? []
      : Object.keys(listed)
          .filter((key) => !names.includes(key))
          .map((key) => unknownName([...path, "expect", part, key], "tag", key, names, "key")),
  );
}

function checkRules({ expect }: PolicyTest, path: Path, policy: Policy): readonly Mistake[] {
  const { findings } = expect;
  if (findings === undefined || findings === ANY) return [];
  const ids = listAuditRules(policy).map(({ id }) => id);
  return findings.flatMap((entry, index) => {
    const at = [...path, "expect", "findings", index];
    const [rule, where] = typeof entry === "string" ? [entry, at] : [entry.rule, [...at, "rule"]];
    return ids.includes(rule) ? [] : [unknownName(where, "rule", rule, ids, "value")];
  });
}

function unknownName(
  path: Path,
  what: string,
  name: string,
  names: readonly string[],
  at: Mistake["at"],
): Mistake {
  const message = `the policy has no ${what} ${quote(name)}`;
  return { level: "error", path, at, message, expected: expectName(name, names, `a ${what}`) };
}

function mistake(path: Path, message: string, expected: string): Mistake {
  return { level: "error", path, at: "value", message, expected };
}
