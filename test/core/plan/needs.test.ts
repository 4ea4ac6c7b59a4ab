import { describe, expect, test } from "vitest";
import type { Facts } from "../../../shared/core/facts.ts";
import { planTags } from "../../../shared/core/plan/plan.ts";
import type { Policy, Selector } from "../../../shared/core/policy/policy.ts";
import type { TagSet } from "../../../shared/core/tag.ts";
import {
  constant,
  copyOf,
  facts,
  foreignTags,
  from,
  policy,
  rule,
  source,
  tags,
} from "./builders.ts";

const ops = (plan: { changes: readonly { key: string; op: string }[] }) =>
  Object.fromEntries(plan.changes.map((change) => [change.key, change.op]));
const created = (about: Policy, known: Facts, current: TagSet) =>
  planTags(about, known, current, "creation");

describe("a plan asks only for what it needs", () => {
  const finance: Selector = { enterpriseProject: [{ in: ["ep-fin"] }] };
  const inFinance = { only: ["finance"], except: [] };
  const inherits = [source({ kind: "inherit", of: "kmsKey" })];
  const asking = policy({
    selectors: { finance },
    tags: [
      rule("Center", { sources: [from("resource.enterpriseProject"), ...inherits] }),
      rule("Approver", { sources: [constant("cfo")], applies: inFinance }),
      rule("Contact", { applies: inFinance }),
    ],
  });

  test("one thing after the other, and says that it is provisional", () => {
    const first = created(asking, facts(), tags({}));
    expect(first.needs).toEqual(["resource.enterpriseProject"]);
    expect(first.changes.slice(0, 2)).toEqual([
      {
        key: "Center",
        op: "refuse",
        reason: "unread",
        passed: [{ source: "resource.enterpriseProject", reason: "unread" }],
      },
      { key: "Approver", op: "refuse", reason: "unread" },
    ]);
    const known = facts({ "resource.enterpriseProject": null });
    expect(created(asking, known, tags({})).needs).toEqual(["resource.kmsKeyId", "keyTags"]);
  });

  test("nothing for a tag that is there and kept, or declared without a source", () => {
    const repeat = created(asking, facts(), tags({ Center: "c", Approver: "cfo" }));
    expect(repeat.needs).toEqual([]);
    expect(ops(repeat)).toEqual({ Center: "keep", Approver: "keep", Contact: "refuse" });
  });

  test("nothing for the sources of a tag that the resource does not get", () => {
    const about = policy({
      selectors: { finance },
      tags: [rule("Center", { sources: inherits, applies: inFinance })],
    });
    expect(created(about, facts(), tags({})).needs).toEqual(["resource.enterpriseProject"]);
    const other = facts({ "resource.enterpriseProject": "0" });
    expect(created(about, other, tags({}))).toMatchObject({ needs: [], changes: [] });
  });

  test("what a correction or an overwrite would be worked out from", () => {
    const whenPresent = "overwrite";
    const sources = [from("resource.enterpriseProject")];
    const about = policy({ tags: [rule("Center", { sources, whenPresent })] });
    const plan = created(about, facts(), tags({ Center: "c" }));
    expect(plan.needs).toEqual(["resource.enterpriseProject"]);
    expect(plan.changes).toMatchObject([{ op: "keep", from: "c", reason: "unread" }]);
  });

  test("through a tag that waits, once", () => {
    const sources = [from("resource.enterpriseProject")];
    const whenAny: Selector = { tag: { A: [{ regex: "" }] } };
    const about = policy({
      selectors: { whenAny },
      tags: [
        rule("A", { sources }),
        rule("B", { sources: [copyOf("A"), ...inherits] }),
        rule("C", { sources: inherits, applies: { only: ["whenAny"], except: [] } }),
      ],
    });
    expect(created(about, facts(), tags({})).needs).toEqual(["resource.enterpriseProject"]);
  });

  test("before it trusts an alias that may be about to go", () => {
    const about = policy({
      selectors: { finance },
      tags: [
        rule("Owner", { aliases: ["owner"], applies: inFinance }),
        rule("Copy", { sources: [copyOf("owner")] }),
      ],
    });
    const plan = planTags(about, facts(), tags({ owner: "o" }), "bulk");
    expect(plan.needs).toEqual(["resource.enterpriseProject"]);
    expect(plan.changes).toMatchObject([
      { key: "Owner", op: "refuse", reason: "unread" },
      { key: "owner", op: "keep", from: "o", reason: "unread" },
      { key: "Copy", op: "refuse", reason: "unread" },
    ]);
  });

  test("before it deletes an alias, even where the key itself stays as it is", () => {
    const owner = rule("Owner", { aliases: ["owner"], applies: inFinance });
    const about = policy({ selectors: { finance }, tags: [owner] });
    const current = tags({ Owner: "o", owner: "o" });
    const bulk = planTags(about, facts(), current, "bulk");
    expect(bulk.needs).toEqual(["resource.enterpriseProject"]);
    expect(ops(bulk)).toEqual({ Owner: "keep", owner: "keep" });
    expect(created(about, facts(), current).needs).toEqual([]);
  });

  test("whether a removal is meant, but not on creation, where nothing is removed", () => {
    const about = policy({
      selectors: { finance },
      tags: [rule("Password", { prohibited: true, applies: inFinance })],
    });
    expect(created(about, facts(), tags({ Password: "p" })).needs).toEqual([]);
    const bulk = planTags(about, facts(), tags({ Password: "p" }), "bulk");
    expect(bulk.needs).toEqual(["resource.enterpriseProject"]);
  });

  test("who is required, only where some fit and some do not", () => {
    const tag = (name: string) => rule(name, { sources: [constant("x")], required: inFinance });
    const about = policy({ selectors: { finance }, tags: [tag("A"), tag("B")] });
    const needs = (present: number) => created(about, facts(), tags(foreignTags(present))).needs;
    expect(needs(18)).toEqual([]);
    expect(needs(19)).toEqual(["resource.enterpriseProject"]);
    expect(needs(20)).toEqual([]);
  });
});
