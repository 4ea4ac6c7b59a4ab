/**
 * Goal: judging and planning never disagree, nothing unknown passes, and nothing secret is shown.
 * Method: random policies, resources and tags (those of the plan's own properties); each is judged,
 * the bulk plan is carried out, and it is judged again.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createGlance } from "../../../shared/core/audit/glance.ts";
import { announcesSecret, sightText } from "../../../shared/core/audit/sighting.ts";
import type { Facts } from "../../../shared/core/facts.ts";
import type { InventoryItem } from "../../../shared/core/inventory/item.ts";
import { planTags } from "../../../shared/core/plan/plan.ts";
import type { TagRule } from "../../../shared/core/policy/policy.ts";
import type { TagSet } from "../../../shared/core/tag.ts";
import { isValid } from "../../../shared/core/value.ts";
import { type World, world } from "../plan/arbitraries.ts";
import { applied, isWrite } from "../plan/builders.ts";
import { idOf, judge as judgeItem, judgeOf } from "./fixture.ts";

const withoutEvent = (known: Facts): Facts => ({ ...known, hasEvent: false });

const planOf = ({ about, known, current }: World) =>
  planTags(about, withoutEvent(known), current, "bulk");

function itemOf({ known, current }: World): InventoryItem {
  const resource = { type: known.type, id: idOf(1) };
  return { resource, facts: withoutEvent(known), tags: current, skip: null };
}

const judge = (one: World) => judgeItem(one.about, itemOf(one));

/** Is the rule quiet where it is the only one? */
const isQuiet = (rule: TagRule, current: TagSet) =>
  createGlance({ tags: [rule] }, { sight: sightText, announces: announcesSecret })(current)
    .unsettled.length === 0;

const CHECKS = ["required", "allowed", "match", "prohibited", "alias"];

const fixable = (one: World) => judge(one).findings.filter((finding) => finding.fixable);

const carriedOut = (one: World): World => ({ ...one, current: applied(one.current, planOf(one)) });

/** What showed that a key's profile is too strict has been deleted: judged by other limits, as planned. */
const changesProfile = (one: World) => planOf(one).profile !== planOf(carriedOut(one)).profile;

/** As checked policies are: no conditional rule asks for a tag that is prohibited. */
const checkedWorld = world.map((one) => {
  const asked = (key: string) => one.about.tags.some((tag) => tag.key === key && !tag.prohibited);
  const rules = one.about.rules.map((rule) => ({ ...rule, require: rule.require.filter(asked) }));
  return { ...one, about: { ...one.about, rules } };
});

function always(holds: (one: World) => void) {
  fc.assert(fc.property(checkedWorld, holds), { numRuns: 300 });
}

describe("whatever the policy, the resource and its tags", () => {
  test("what a plan writes is fixable, and nothing else is", () => {
    always((one) => {
      const written = planOf(one)
        .changes.filter(isWrite)
        .map(({ key }) => key);
      for (const { tag_key: key, fixable: is, fix_action: action, rule_id: rule } of judge(one)
        .findings) {
        if (!rule.startsWith("tag.s"))
          expect([key, is]).toEqual([key, written.includes(key ?? "")]);
        expect(action === null).toBe(!is);
        if (is) expect(written).toContain(key);
      }
    });
  });

  test("a plan that was carried out leaves nothing that was fixable, and nothing that is", () => {
    always((one) => {
      if (changesProfile(one)) return;
      const after = judge(carriedOut(one)).findings;
      expect(after.filter((finding) => finding.fixable)).toEqual([]);
      const left = new Set(after.map(({ fingerprint }) => fingerprint));
      for (const { fingerprint } of fixable(one)) expect(left.has(fingerprint)).toBe(false);
    });
  });

  test("where nothing is fixable, a plan writes nothing, or only over valid values", () => {
    always((one) => {
      if (fixable(one).length > 0) return;
      for (const { key, op, from = "" } of planOf(one).changes.filter(isWrite)) {
        const rule = one.about.tags.find((tag) => tag.key === key);
        expect([op, rule?.whenPresent]).toEqual(["overwrite", "overwrite"]);
        expect(rule !== undefined && isValid(rule, from)).toBe(true);
      }
    });
  });

  test("what is proposed is what a plan by the whole policy writes, or nothing where that would ask", () => {
    always((one) => {
      const { changes, needs } = planOf(one);
      const written = needs.length > 0 ? [] : changes.filter(isWrite);
      expect(judge(one).changes.map(({ op, why }) => [op, why])).toEqual(
        written.map(({ op, source, reason }) => [op, source ?? reason]),
      );
    });
  });

  test("a resource passes exactly where it has no finding, and no two have one fingerprint", () => {
    always((one) => {
      const { status, findings } = judge(one);
      expect(status === "pass").toBe(findings.length === 0);
      expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
    });
  });

  test("knowing less never makes it better: the same status, or an error", () => {
    always((one) => {
      const fields = new Map(one.known.fields);
      for (const name of [
        "resource.name",
        "resource.state",
        "resource.enterpriseProject",
        "resource.kmsKeyId",
      ] as const)
        fields.delete(name);
      const { type, hasEvent } = one.known;
      const { status } = judge({ ...one, known: { type, hasEvent, fields } });
      expect(["error", judge(one).status]).toContain(status);
    });
  });

  test("what is told at a glance is what the plan says: nothing to write, to ask or to find", () => {
    let quiet = 0;
    fc.assert(
      fc.property(world, (one) => {
        const { about, current } = one;
        const rules = about.tags.filter((rule) => isQuiet(rule, current));
        quiet += rules.length;
        const alone = { ...one, about: { ...about, tags: rules, rules: [] } };
        expect(planOf(alone)).toMatchObject({ needs: [] });
        expect(planOf(alone).changes.filter(isWrite)).toEqual([]);
        const keys = new Set<string | null>(rules.flatMap(({ key, aliases }) => [key, ...aliases]));
        const named = rules.flatMap(({ key }) => CHECKS.map((check) => `${key}.${check}`));
        for (const { rule_id, tag_key } of judge(one).findings) {
          expect(named).not.toContain(rule_id);
          if (rule_id === "tag.unfilled") expect(keys).not.toContain(tag_key);
        }
      }),
      { numRuns: 500 },
    );
    expect(quiet).toBeGreaterThan(100);
  });

  test("a judge who saw others before judges alike", () => {
    fc.assert(
      fc.property(world, fc.array(world, { maxLength: 3 }), (one, others) => {
        const experienced = judgeOf(one.about);
        for (const other of others) experienced(itemOf(other));
        expect(experienced(itemOf(one))).toEqual(judge(one));
      }),
      { numRuns: 200 },
    );
  });
});

test("no field of a finding, and no counted tag, holds what was sighted", () => {
  const sighted = fc.constantFrom(
    "wJ4lrXUtn7FEMI9K7MDENGbPx2RfiCYzEXA3mPk1",
    "pw=hunter2-and-more",
    "alice@example.com",
    "+4930901820",
  );
  const key = fc.constantFrom("A", "B", "A1", "B2", "Z", "a", "b.1");
  const held = fc.array(fc.tuple(key, sighted), { minLength: 1, maxLength: 4 });
  const secretKey = fc.option(sighted);
  fc.assert(
    fc.property(world, held, secretKey, (one, secrets, name) => {
      // Rules that allow everything, or fill in persons, would mean it.
      const tags = one.about.tags.map((rule) => ({ ...rule, match: [{ regex: "^x$" }] }));
      const current = new Map([...one.current, ...secrets]);
      if (name !== null) current.set(name, "there");
      const sources = tags.map((rule) => ({
        ...rule,
        sources: rule.sources.filter(({ kind }) => kind === "const"),
      }));
      const told = judge({ ...one, about: { ...one.about, tags: sources }, current });
      const text = JSON.stringify(told).toLowerCase();
      for (const secret of [...secrets.map(([, value]) => value), ...(name === null ? [] : [name])])
        expect(text.includes(secret.toLowerCase())).toBe(false);
    }),
    { numRuns: 300 },
  );
});
