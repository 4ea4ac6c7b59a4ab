import { describe, expect, test } from "vitest";
import { OPEN } from "../../../shared/core/audit/curtain.ts";
import {
  createProposals,
  type ProposedChange,
  proposeChanges,
} from "../../../shared/core/audit/proposed-change.ts";
import type { TagChange } from "../../../shared/core/tag.ts";
import { item } from "./fixture.ts";

const CHANGES: readonly TagChange[] = [
  { key: "A", op: "create", to: "x", source: "const" },
  { key: "B", op: "overwrite", from: "old", to: "new", source: "canonical" },
  { key: "C", op: "delete", from: "there", reason: "merged" },
  { key: "D", op: "delete", from: "hush", reason: "prohibited" },
  { key: "E", op: "keep", from: "same", reason: "valid" },
  { key: "F", op: "refuse", reason: "no-room" },
  { key: "G", op: "delete" },
];

const outlook = (final: boolean) => () => ({
  rows: new Map(CHANGES.map((change) => [change.key, change])),
  final,
});
const ABOUT = {
  resource_type: "secret",
  resource_id: "00000000-0000-4000-8000-000000000001",
  resource_name: "app",
  region: "eu-west-101",
  project_id: "p1",
} as const;

describe("of a plan", () => {
  test("what it writes is proposed, and what it leaves is not", () => {
    const proposed = proposeChanges({ outlook: outlook(true) }, item({}), OPEN);
    expect(proposed).toEqual([
      { ...ABOUT, tag_key: "A", op: "create", from: null, to: "x", why: "const" },
      { ...ABOUT, tag_key: "B", op: "overwrite", from: "old", to: "new", why: "canonical" },
      { ...ABOUT, tag_key: "C", op: "delete", from: "there", to: null, why: "merged" },
      { ...ABOUT, tag_key: "D", op: "delete", from: "<redacted>", to: null, why: "prohibited" },
      { ...ABOUT, tag_key: "G", op: "delete", from: null, to: null, why: "" },
    ]);
  });

  test("of a nameless resource in an unknown place the changes are told all the same", () => {
    const { resource, facts } = item({}, { fields: { region: undefined, project: undefined } });
    const nameless = { resource: { type: resource.type, id: resource.id }, facts };
    const [first] = proposeChanges({ outlook: outlook(true) }, nameless, OPEN);
    expect(first).toMatchObject({ resource_name: null, region: null, project_id: null });
  });

  test("nothing is proposed where it would have to read more", () => {
    expect(proposeChanges({ outlook: outlook(false) }, item({}), OPEN)).toEqual([]);
  });
});

describe("proposals", () => {
  const change = (about: Partial<ProposedChange>): ProposedChange => ({
    ...ABOUT,
    tag_key: "Env",
    op: "create",
    from: null,
    to: "x",
    why: "const",
    ...about,
  });

  test("are told by place and resource, each resource's in their order", () => {
    const nothing = { region: null, project_id: null, resource_name: null };
    const ordered = [
      change({ ...nothing }),
      change({ ...nothing, resource_name: "A" }),
      change({ ...nothing, project_id: "A" }),
      change({ region: "A", project_id: "z" }),
      change({ project_id: "p0", resource_type: "secret" }),
      change({ resource_type: "key", resource_name: "z" }),
      change({ resource_id: "id-1", tag_key: "Z" }),
      change({ resource_id: "id-1", tag_key: "A" }),
      change({ resource_name: "b", resource_id: "id-0" }),
    ];
    const groups = ordered.map((one) => [one]).toSpliced(6, 2, ordered.slice(6, 8));
    for (const entered of [groups, groups.toReversed()]) {
      const proposals = createProposals();
      for (const changes of [...entered, []]) proposals.take(changes);
      expect(proposals.end()).toEqual({ total: 9, resources: 8, list: ordered });
    }
  });

  test("are held up to ten thousand, and counted beyond", () => {
    const proposals = createProposals();
    proposals.take(Array.from({ length: 9_999 }, () => change({})));
    proposals.take([change({}), change({})]);
    const { total, resources, list } = proposals.end();
    expect([total, resources, list.length]).toEqual([10_001, 2, 10_000]);
  });
});
