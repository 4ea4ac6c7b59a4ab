import { describe, expect, test } from "vitest";
import type { KeyProfile } from "../../../shared/core/policy/policy.ts";
import type { TagsMessage } from "../../../shared/core/run/message.ts";
import { messageWork } from "../../../shared/core/run/message-work.ts";
import type { WorkDecision } from "../../../shared/core/run/work.ts";
import type { TagChange } from "../../../shared/core/tag.ts";
import { foreignTags, tags } from "../plan/builders.ts";

const ID = "0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";
type Entries = { readonly [key: string]: string };

const message = (about: Partial<TagsMessage>): TagsMessage => ({
  resource: { type: "secret", id: ID },
  action: "create",
  tags: [{ key: "A", value: "1" }],
  ...about,
});
const decide = (
  about: Partial<TagsMessage>,
  current: Entries,
  profile: KeyProfile = "documented",
): WorkDecision => messageWork(message(about), profile).decide(tags(current));

const KEY = { type: "key", id: ID } as const;
const creates = (key: string, to: string): TagChange => ({
  key,
  op: "create",
  to,
  source: "message",
});

describe("a creation", () => {
  test.each<[string, Partial<TagsMessage>, Entries, TagChange]>([
    ["writes a key that is not there", {}, { B: "2" }, creates("A", "1")],
    ["writes an empty value where none is given", { tags: [{ key: "A" }] }, {}, creates("A", "")],
    [
      "replaces another value where the message says so",
      { overwrite: true },
      { A: "2" },
      { key: "A", op: "overwrite", from: "2", to: "1", source: "message" },
    ],
  ])("%s", (_what, about, current, row) => {
    const written = { do: "write", changes: [row], left: [row], profile: "documented" };
    expect(decide(about, current)).toEqual(written);
  });

  test.each<[string, Partial<TagsMessage>, Entries, TagChange]>([
    [
      "leaves a key that has the value",
      { overwrite: true },
      { A: "1" },
      { key: "A", op: "keep", from: "1", reason: "valid" },
    ],
    [
      "leaves a key that has another value",
      {},
      { A: "2" },
      { key: "A", op: "keep", from: "2", to: "1", reason: "present" },
    ],
    [
      "leaves it where the message says not to overwrite",
      { overwrite: false },
      { A: "2" },
      { key: "A", op: "keep", from: "2", to: "1", reason: "present" },
    ],
    [
      "takes an empty value for another one",
      { tags: [{ key: "A" }] },
      { A: "2" },
      { key: "A", op: "keep", from: "2", to: "", reason: "present" },
    ],
  ])("%s", (_what, about, current, row) => {
    const ending = { kind: "unchanged", tags: [row] };
    expect(decide(about, current)).toEqual({ do: "end", ending, wrote: false });
  });

  test.each<[string, Partial<TagsMessage>, Entries, string, TagChange]>([
    [
      "whose key does not fit",
      { tags: [{ key: "A*", value: "*" }] },
      {},
      "key-does-not-fit",
      { key: "A*", op: "refuse", to: "*", reason: "key-does-not-fit" },
    ],
    [
      "whose value does not fit",
      { tags: [{ key: "A", value: "1*" }] },
      {},
      "value-does-not-fit",
      { key: "A", op: "refuse", to: "1*", reason: "value-does-not-fit" },
    ],
    [
      "that would replace a value by one that does not fit",
      { tags: [{ key: "A", value: "1*" }], overwrite: true },
      { A: "2" },
      "value-does-not-fit",
      { key: "A", op: "refuse", from: "2", to: "1*", reason: "value-does-not-fit" },
    ],
  ])("%s fails for good", (_what, about, current, reason, row) => {
    const ending = { kind: "failed", reason, tags: [row] };
    expect(decide(about, current)).toEqual({ do: "end", ending, wrote: false });
  });

  test("writes what is missing and tells what is kept", () => {
    const kept: TagChange = { key: "B", op: "keep", from: "2", reason: "valid" };
    const both = [
      { key: "A", value: "1" },
      { key: "B", value: "2" },
    ];
    expect(decide({ tags: both }, { B: "2" })).toEqual({
      do: "write",
      changes: [creates("A", "1"), kept],
      left: [creates("A", "1")],
      profile: "documented",
    });
  });

  test("writes nothing at all where one of its tags does not fit", () => {
    const both = [
      { key: "A", value: "1" },
      { key: "B", value: "2*" },
    ];
    expect(decide({ tags: both }, {})).toEqual({
      do: "end",
      ending: {
        kind: "failed",
        reason: "value-does-not-fit",
        tags: [
          { key: "A", op: "refuse", to: "1", source: "message", reason: "not-written" },
          { key: "B", op: "refuse", to: "2*", reason: "value-does-not-fit" },
        ],
      },
      wrote: false,
    });
  });
});

describe("a deletion", () => {
  const action = "delete";
  test.each<[string, Partial<TagsMessage>]>([
    ["names no value", { tags: [{ key: "A" }] }],
    ["names the value that is there", { tags: [{ key: "A", value: "1" }] }],
  ])("removes the tag where it %s", (_what, about) => {
    const row: TagChange = { key: "A", op: "delete", from: "1", reason: "message" };
    const written = { do: "write", changes: [row], left: [row], profile: "documented" };
    expect(decide({ action, ...about }, { A: "1" })).toEqual(written);
  });

  test.each<[string, Partial<TagsMessage>, Entries, TagChange]>([
    ["there is none", {}, { B: "1" }, { key: "A", op: "keep", reason: "absent" }],
    [
      "it names another value",
      { tags: [{ key: "A", value: "" }] },
      { A: "1" },
      { key: "A", op: "keep", from: "1", reason: "present" },
    ],
  ])("keeps the tag where %s", (_what, about, current, row) => {
    const ending = { kind: "unchanged", tags: [row] };
    expect(decide({ action, ...about }, current)).toEqual({ do: "end", ending, wrote: false });
  });
});

describe("the limits of the kind", () => {
  const two = [
    { key: "A", value: "1" },
    { key: "B", value: "2" },
  ];

  test.each<[string, Partial<TagsMessage>, Entries, WorkDecision["do"]]>([
    ["hold as many tags as they allow", { tags: two }, foreignTags(18), "write"],
    ["hold no tag more", { tags: two }, foreignTags(19), "end"],
    ["count what is new only", { tags: two }, { ...foreignTags(18), B: "2" }, "write"],
    [
      "do not keep a full resource from a replacement",
      { overwrite: true },
      { ...foreignTags(19), A: "2" },
      "write",
    ],
    ["nor one that is over them", { overwrite: true }, { ...foreignTags(20), A: "2" }, "write"],
    ["nor from a deletion", { action: "delete" }, { ...foreignTags(20), A: "1" }, "write"],
  ])("%s", (_what, about, current, does) => {
    expect(decide(about, current).do).toBe(does);
  });

  test("are told where they leave no room", () => {
    expect(decide({}, foreignTags(20))).toEqual({
      do: "end",
      ending: {
        kind: "failed",
        reason: "no-room",
        tags: [{ key: "A", op: "refuse", to: "1", source: "message", reason: "not-written" }],
      },
      wrote: false,
    });
  });

  test.each<[string, KeyProfile, number, string]>([
    ["a key by the policy's profile", "documented", 10, "failed"],
    ["a key by the wider profile", "extended", 10, "extended"],
    ["a key that has more than its profile allows", "documented", 11, "extended"],
    ["a key that has as many as its profile allows less one", "documented", 9, "documented"],
  ])("are those of %s", (_what, profile, count, wanted) => {
    const decision = decide({ resource: KEY }, foreignTags(count), profile);
    expect(decision.do === "write" ? decision.profile : decision.ending.kind).toBe(wanted);
  });
});

test.each([
  ["without a name", { type: "secret", id: ID, project: "p" } as const, { type: "secret", id: ID }],
  ["with its name", { ...KEY, name: "db" }, { ...KEY, name: "db" }],
])("the resource is told %s, and nothing is wanted before it was read", (_what, given, told) => {
  const work = messageWork(message({ resource: given }), "documented");
  expect([work.resource, work.wanted]).toStrictEqual([told, []]);
});
