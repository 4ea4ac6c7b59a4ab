import { describe, expect, test } from "vitest";
import type { Judgement } from "../../../shared/core/audit/judge.ts";
import { createOwnerCounts } from "../../../shared/core/audit/owner-counts.ts";
import type { UnsignedFinding } from "../../../shared/core/audit/record.ts";
import type { Policy } from "../../../shared/core/policy/policy.ts";
import { from, policy, rule } from "../plan/builders.ts";
import { finding } from "./finding-fixture.ts";
import { item } from "./fixture.ts";

const owned = policy({ tags: [rule("Owner", { aliases: ["owner", "by"] })] });

type Held = { readonly [key: string]: string | null };

function judged(held: Held, ...findings: readonly Partial<UnsignedFinding>[]): Judgement {
  const tags = Object.entries(held).map(([key, value]) => ({
    key,
    value,
    declared: true,
    invalid: false,
  }));
  return { status: "fail", findings: findings.map(finding), tags, changes: [] };
}

function count(about: Policy, judgements: readonly Judgement[]) {
  const counter = createOwnerCounts(about);
  for (const one of judgements) counter.take(item({}), one);
  return counter.end();
}

describe("the owner", () => {
  const created = rule("Maker", { sources: [from("creator.name")] });
  test.each([
    ["a tag of that name, in any case", [rule("DataOwner"), created, rule("OWNER")], "OWNER"],
    ["else one whose name ends so", [rule("OwnerMail"), created, rule("dataowner")], "dataowner"],
    ["never a prohibited one", [rule("Owner", { prohibited: true }), rule("AppOwner")], "AppOwner"],
    ["else whoever created it", [rule("OwnerMail"), created], "Maker"],
    ["else nobody", [rule("OwnerMail")], null],
  ])("is %s", (_, tags, tag) => expect(count(policy({ tags }), []).tag).toBe(tag));

  test.each<[string, Held, string | null]>([
    ["the value of the tag", { by: "bob", Owner: "ann" }, "ann"],
    ["that of its first alias that has one", { by: "bob", owner: "", Owner: "" }, "bob"],
    ["nobody where there is none", { Owner: "", Env: "ann" }, null],
    ["not named where it must not be shown", { Owner: null }, "<redacted>"],
  ])("of a resource is %s", (_, held, owner) =>
    expect(count(owned, [judged(held)]).list.map((one) => one.owner)).toEqual([owner]),
  );

  test("without any such tag is the enterprise project, as far as it is told", () => {
    const counter = createOwnerCounts(policy({ tags: [rule("Env")] }));
    for (const project of ["ep-1", undefined, null])
      counter.take(
        item({}, { fields: { "resource.enterpriseProject": project } }),
        judged({ Env: "x" }),
      );
    expect(counter.end().list.map(({ owner, resources }) => [owner, resources])).toEqual([
      [null, 2],
      ["ep-1", 1],
    ]);
  });
});

describe("of each owner", () => {
  test("what fails is counted, with the gravest of it", () => {
    const { list } = count(owned, [
      judged(
        { Owner: "ann" },
        { severity: "low", fixable: false },
        { severity: "high", fixable: true },
        { severity: "medium", fixable: true },
        { severity: "critical", status: "exempt" },
        { severity: "critical", status: "error" },
      ),
      judged({ Owner: "ann" }, { severity: "critical", status: "skipped" }),
    ]);
    expect(list).toEqual([
      { owner: "ann", resources: 2, failing: 1, findings: 3, fixable: 2, worst: "high" },
    ]);
  });

  test("skipped and unreadable resources are nobody's", () => {
    const counter = createOwnerCounts(owned);
    counter.take(item({}, { skip: "default-key" }), judged({ Owner: "ann" }));
    counter.take(item(null), judged({ Owner: "ann" }));
    expect(counter.end()).toEqual({ tag: "Owner", list: [], others: 0 });
  });

  test("most failing resources come first, then findings, resources and names", () => {
    const entered = [
      judged({}),
      judged({ Owner: "Zoe" }),
      judged({ Owner: "Ann" }),
      judged({ Owner: "many" }),
      judged({ Owner: "many" }),
      judged({ Owner: "one" }, {}),
      judged({ Owner: "two" }, {}, {}),
      judged({ Owner: "both" }, {}),
      judged({ Owner: "both" }, {}),
    ];
    for (const judgements of [entered, entered.toReversed()])
      expect(count(owned, judgements).list.map(({ owner }) => owner)).toEqual([
        "both",
        "two",
        "one",
        "many",
        null,
        "Ann",
        "Zoe",
      ]);
  });

  test("beyond two thousand resources of others are counted together", () => {
    const owners = Array.from({ length: 2_000 }, (_, number) => `owner ${number}`);
    const entered = [...owners, "more", "another", "owner 7"];
    const { list, others } = count(
      owned,
      entered.map((Owner) => judged({ Owner })),
    );
    expect([list.length, others]).toEqual([2_000, 2]);
    expect(list[0]).toMatchObject({ owner: "owner 7", resources: 2 });
  });
});
