import { describe, expect, test } from "vitest";
import type { Facts } from "../../shared/core/facts.ts";
import { KEY_LIMITS } from "../../shared/core/limits.ts";
import type { Source, TagRule } from "../../shared/core/policy/policy.ts";
import { UNREAD } from "../../shared/core/selector.ts";
import { deriveValue, type SourceContext } from "../../shared/core/source.ts";
import { constant, copyOf, facts, from, rule, source, tags } from "./plan/builders.ts";

const lookups: SourceContext["lookups"] = {
  "owners.csv": {
    "ep-fin": { email: "fin@example.com", empty: "" },
  },
};
const byProject = source({
  kind: "lookup",
  file: "owners.csv",
  by: "resource.enterpriseProject",
  column: "email",
});
const byName = source({ kind: "fromName", regex: "^(?<env>[a-z]+)(-(?<rest>.+))?$", group: "env" });
const inherited = source({ kind: "inherit", of: "kmsKey" });

function derive(
  sources: readonly Source[],
  known: Facts = facts(),
  about: Partial<TagRule> = {},
  tagValue: SourceContext["tagValue"] = () => undefined,
) {
  const limits = KEY_LIMITS.documented;
  return deriveValue(rule("Owner", { sources, ...about }), {
    lookups,
    facts: known,
    limits,
    tagValue,
  });
}

describe("a source yields", () => {
  const known = facts(
    {
      "creator.name": "alice",
      "resource.name": "prod-db",
      "resource.enterpriseProject": "ep-fin",
      region: "eu-west-101",
    },
    { keyTags: tags({ Owner: "key-owner", Team: "pay" }) },
  );
  test.each<[string, Source, string]>([
    ["const", constant("x"), "x"],
    ["creator.name", from("creator.name"), "alice"],
    ["resource.name", from("resource.name"), "prod-db"],
    ["resource.type", from("resource.type"), "secret"],
    ["region", from("region"), "eu-west-101"],
    ["fromName", byName, "prod"],
    ["lookup owners.csv", byProject, "fin@example.com"],
    ["inherit kmsKey", inherited, "key-owner"],
    ["tag Team", copyOf("Team"), "value of Team"],
  ])("%s", (name, one, value) => {
    expect(derive([one], known, {}, (key) => `value of ${key}`)).toEqual({
      kind: "value",
      source: name,
      value,
      passed: [],
    });
  });
});

describe("a source is passed over", () => {
  const known = facts({ "resource.name": "DB", "resource.enterpriseProject": null });
  test.each<[string, Source, Facts, string]>([
    ["known to be absent", from("resource.enterpriseProject"), known, "absent"],
    ["an event that lacks the field", from("creator.ip"), known, "absent"],
    ["a run without a region", from("region"), known, "absent"],
    ["a field without a value", from("creator.name"), facts({ "creator.name": "" }), "empty"],
    ["a blank constant", constant(" "), known, "empty"],
    ["a run without an event", from("creator.name"), facts({}, { hasEvent: false }), "no-event"],
    [
      "a lookup by an event's field, without an event",
      source({ kind: "lookup", file: "owners.csv", by: "creator.name", column: "email" }),
      facts({}, { hasEvent: false }),
      "no-event",
    ],
    ["a name that does not match", byName, known, "absent"],
    [
      "a group that takes no part",
      source({ kind: "fromName", regex: "^(?<env>[A-Z]+)(-(?<rest>.+))?$", group: "rest" }),
      known,
      "absent",
    ],
    [
      "a regex without groups",
      source({ kind: "fromName", regex: "^[A-Z]+$", group: "env" }),
      known,
      "absent",
    ],
    ["no field to look up by", byProject, known, "absent"],
    ["no such row", byProject, facts({ "resource.enterpriseProject": "constructor" }), "absent"],
    [
      "no such column",
      source({ kind: "lookup", file: "owners.csv", by: "resource.name", column: "toString" }),
      facts({ "resource.name": "ep-fin" }),
      "absent",
    ],
    [
      "no such file",
      source({ kind: "lookup", file: "valueOf", by: "resource.name", column: "email" }),
      facts({ "resource.name": "ep-fin" }),
      "absent",
    ],
    [
      "an empty cell",
      source({ kind: "lookup", file: "owners.csv", by: "resource.name", column: "empty" }),
      facts({ "resource.name": "ep-fin" }),
      "empty",
    ],
    ["no encrypting key", inherited, facts({}, { keyTags: null }), "absent"],
    [
      "a secret that is known to have none",
      inherited,
      facts({ "resource.kmsKeyId": null }),
      "absent",
    ],
    ["a key, which no key encrypts", inherited, facts({}, { type: "key" }), "absent"],
    ["a key without that tag", inherited, facts({}, { keyTags: tags({}) }), "absent"],
    ["a tag that is missing", copyOf("Other"), known, "absent"],
    [
      "a value that the map lacks",
      source({ kind: "const", value: "a" }, { kind: "map", table: {} }),
      known,
      "unmapped",
    ],
    [
      "a date of something else",
      source({ kind: "const", value: "a" }, { kind: "date", pattern: "yyyy" }),
      known,
      "unmapped",
    ],
    [
      "nothing left after its transforms",
      source({ kind: "const", value: "!!" }, { kind: "slug" }),
      known,
      "empty",
    ],
    [
      "a prefix of nothing",
      source({ kind: "from", field: "creator.name" }, { kind: "prefix", text: "user-" }),
      facts({ "creator.name": "" }),
      "empty",
    ],
  ])("%s", (_what, one, given, reason) => {
    const derived = derive([one], given);
    expect(derived).toMatchObject({ kind: "none", passed: [{ reason }] });
  });

  test("where the rule refuses the value", () => {
    const strict = { match: [{ regex: "^[a-z]+@example\\.com$" }] };
    expect(derive([constant("alice"), constant("a@example.com")], facts(), strict)).toEqual({
      kind: "value",
      source: "const",
      value: "a@example.com",
      passed: [{ source: "const", reason: "invalid" }],
    });
  });

  test.each(["undefined", "null", "NaN", "[object Object]", " undefined "])(
    "for the text %j",
    (text) => {
      const known = facts({ "creator.name": text });
      const derived = derive([from("creator.name"), copyOf("Team")], known, {}, () => text);
      expect(derived).toEqual({
        kind: "none",
        passed: [
          { source: "creator.name", reason: "invalid" },
          { source: "tag Team", reason: "invalid" },
        ],
      });
    },
  );

  test("for such a text that transforms hide", () => {
    const hidden = source({ kind: "from", field: "creator.name" }, { kind: "prefix", text: "u-" });
    for (const name of ["undefined", " undefined "])
      expect(derive([hidden], facts({ "creator.name": name }))).toMatchObject({
        passed: [{ reason: "invalid" }],
      });
  });
});

test("a text that only becomes such a residue is none either", () => {
  const lowered = source({ kind: "from", field: "creator.name" }, { kind: "lower" });
  for (const name of ["UNDEFINED", " UNDEFINED "])
    expect(derive([lowered], facts({ "creator.name": name }))).toMatchObject({
      passed: [{ reason: "invalid" }],
    });
});

test("a constant or a map may mean what would otherwise be a residue", () => {
  const mapped = source(
    { kind: "from", field: "creator.name" },
    { kind: "trim" },
    { kind: "map", table: { null: "nobody" } },
  );
  expect(derive([constant("null")])).toMatchObject({ kind: "value", value: "null" });
  expect(derive([mapped], facts({ "creator.name": "null" }))).toMatchObject({ value: "nobody" });
});

test("the first valid value wins, and says who was passed over before it", () => {
  const sources = [byProject, from("creator.name"), constant("last"), constant("never")];
  expect(derive(sources, facts({ "resource.enterpriseProject": null }))).toEqual({
    kind: "value",
    value: "last",
    source: "const",
    passed: [
      { source: "lookup owners.csv", reason: "absent" },
      { source: "creator.name", reason: "absent" },
    ],
  });
});

test("a value is transformed, spelled and encoded, and says what it was before encoding", () => {
  const shouted = source({ kind: "from", field: "creator.name" }, { kind: "upper" });
  expect(derive([shouted], facts({ "creator.name": "a,b" }))).toMatchObject({
    value: "A_B",
    adjustedFrom: "A,B",
  });
  const values = { values: { prod: ["prd"] } };
  expect(derive([constant("PRD")], facts(), values)).toMatchObject({ value: "prod" });
});

describe("a source that waits for something unread", () => {
  test.each<[string, Source, Facts, readonly string[]]>([
    ["a field", from("resource.state"), facts(), ["resource.state"]],
    ["a lookup's field", byProject, facts(), ["resource.enterpriseProject"]],
    ["a name", byName, facts(), ["resource.name"]],
    ["the encrypting key", inherited, facts(), ["resource.kmsKeyId", "keyTags"]],
    ["its tags", inherited, facts({ "resource.kmsKeyId": "k" }), ["keyTags"]],
  ])("names it: %s", (_what, one, given, needs) => {
    expect(derive([one], given)).toMatchObject({ kind: "unread", needs });
  });

  test("keeps later sources from being asked", () => {
    expect(derive([constant(""), byProject, constant("last")])).toEqual({
      kind: "unread",
      needs: ["resource.enterpriseProject"],
      passed: [
        { source: "const", reason: "empty" },
        { source: "lookup owners.csv", reason: "unread" },
      ],
    });
  });

  test("is never asked where an earlier one yields", () => {
    expect(derive([constant("first"), byProject])).toMatchObject({ kind: "value", value: "first" });
  });

  test("may be another tag, which says itself what it waits for", () => {
    expect(derive([copyOf("Team")], facts(), {}, () => UNREAD)).toMatchObject({
      kind: "unread",
      needs: [],
    });
  });
});
