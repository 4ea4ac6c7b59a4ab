import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Facts, Field, Need } from "../../../shared/core/facts.ts";
import { encodeValue, exceeds, fitsKey, fitsValue } from "../../../shared/core/limits.ts";
import { planTags, samePlan, type TagPlan } from "../../../shared/core/plan/plan.ts";
import { RESOURCE_KINDS } from "../../../shared/core/resource.ts";
import { isValid } from "../../../shared/core/value.ts";
import { type World, world } from "./arbitraries.ts";
import { applied, isWrite, writesNothing } from "./builders.ts";

const plan = ({ about, known, current, mode }: World): TagPlan =>
  planTags(about, known, current, mode);

const carriedOut = (one: World): World => ({ ...one, current: applied(one.current, plan(one)) });

const limitsOf = (one: World) => RESOURCE_KINDS[one.known.type].limits(plan(one).profile);

/** A documented exception: what showed that the profile is too strict has been deleted. */
const changesProfile = (one: World) => plan(one).profile !== plan(carriedOut(one)).profile;

/** The other one: creation merges nothing, so it does not stop at what bulk leaves alone. */
const hasConflict = (one: World) =>
  plan({ ...one, mode: "bulk" }).changes.some(({ reason }) => reason === "conflict");

const creationWritesNothing = (one: World) =>
  hasConflict(one) || writesNothing(plan({ ...one, mode: "creation" }));

function always(holds: (one: World) => void) {
  fc.assert(fc.property(world, holds), { numRuns: 600 });
}

describe("whatever the policy, the resource and its tags", () => {
  test("a plan that was carried out leaves nothing to write", () => {
    always((one) => {
      const last = changesProfile(one) ? carriedOut(carriedOut(one)) : carriedOut(one);
      expect(plan(last).changes.filter(isWrite)).toEqual([]);
    });
  });

  test("after bulk, creation has nothing to write; after both, in either order, neither has", () => {
    always((one) => {
      const bulk = carriedOut({ ...one, mode: "bulk" });
      const settled = changesProfile({ ...one, mode: "bulk" }) ? carriedOut(bulk) : bulk;
      expect(creationWritesNothing(settled)).toBe(true);

      const tagged = carriedOut({ ...one, mode: "creation" });
      const both = carriedOut(carriedOut({ ...tagged, mode: "bulk" }));
      expect(writesNothing(plan({ ...both, mode: "bulk" }))).toBe(true);
      expect(creationWritesNothing(both)).toBe(true);
    });
  });

  test("no key is spoken of that no rule names", () => {
    always((one) => {
      const named = new Set(one.about.tags.flatMap(({ key, aliases }) => [key, ...aliases]));
      for (const { key } of plan(one).changes) expect(named.has(key)).toBe(true);
    });
  });

  test("no key is spoken of twice, and each wanted tag that applies to all is", () => {
    always((one) => {
      const keys = plan(one).changes.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      for (const { key, applies, prohibited } of one.about.tags)
        if (!prohibited && applies.only === null && applies.except.length === 0)
          expect(keys).toContain(key);
    });
  });

  test("each row fits what was read, and has its source or its reason", () => {
    always((one) => {
      for (const { key, op, from, to, source, reason } of plan(one).changes) {
        expect(from).toBe(one.current.get(key));
        if (op === "create") expect(from).toBeUndefined();
        if (op === "overwrite" || op === "delete") expect(from).toBeDefined();
        if (op === "overwrite") expect(to).not.toBe(from);
        if (reason === "conflict") expect(one.mode).toBe("bulk");
        const writes = op === "create" || op === "overwrite";
        expect([writes, source !== undefined && to !== undefined, reason === undefined]).toEqual(
          writes ? [true, true, true] : [false, reason === "no-room", false],
        );
      }
    });
  });

  test("there are no more tags than fit, unless there were more", () => {
    always((one) => {
      const most = Math.max(limitsOf(one).tagsMax, one.current.size);
      expect(carriedOut(one).current.size).toBeLessThanOrEqual(most);
    });
  });

  test("what is written fits, and is valid unless it is an alias's own value", () => {
    always((one) => {
      const limits = limitsOf(one);
      for (const { key, op, to = "", source } of plan(one).changes) {
        if (op !== "create" && op !== "overwrite") continue;
        expect(fitsValue(to, limits)).toBe(true);
        if (op === "create") expect(fitsKey(key, limits)).toBe(true);
        expect(to.trim() === "" && !source?.startsWith("alias")).toBe(false);
        const rule = one.about.tags.find((tag) => tag.key === key);
        const carried = rule?.aliases.map((alias) =>
          encodeValue(one.current.get(alias) ?? "", limits),
        );
        const moved = source?.startsWith("alias") && carried?.includes(to);
        expect(moved || (rule !== undefined && isValid(rule, to))).toBe(true);
      }
    });
  });

  test("nothing is deleted but prohibited tags and merged aliases, and only in bulk", () => {
    always((one) => {
      const prohibited = one.about.tags.filter((tag) => tag.prohibited).map(({ key }) => key);
      const aliases = one.about.tags.flatMap((tag) => tag.aliases);
      for (const { key, op } of plan(one).changes)
        if (op === "delete") {
          expect(one.mode).toBe("bulk");
          expect([...prohibited, ...aliases]).toContain(key);
        }
    });
  });

  test("a profile is only widened where the tags go beyond it", () => {
    always((one) => {
      const policys = one.about.limits.keyProfile;
      const limits = RESOURCE_KINDS[one.known.type].limits(policys);
      const beyond = one.known.type === "key" && exceeds(limits, one.current);
      expect(plan(one).profile).toBe(beyond ? "extended" : policys);
    });
  });
});

describe("what was not read", () => {
  const FORGETTABLE: readonly Field[] = [
    "resource.name",
    "resource.state",
    "resource.enterpriseProject",
    "resource.kmsKeyId",
  ];

  function forget(known: Facts): Facts {
    const fields = new Map(known.fields);
    for (const field of FORGETTABLE) fields.delete(field);
    const { type, hasEvent } = known;
    return { type, hasEvent, fields };
  }

  function learn(partial: Facts, known: Facts, needs: readonly Need[]): Facts {
    const fields = new Map(partial.fields);
    for (const need of needs)
      if (need !== "keyTags") fields.set(need, known.fields.get(need) ?? null);
    const { type, hasEvent } = known;
    const keyTags = needs.includes("keyTags") ? (known.keyTags ?? null) : partial.keyTags;
    return { type, hasEvent, fields, ...(keyTags !== undefined && { keyTags }) };
  }

  test("reading only what a plan asks for leads where knowing everything does", () => {
    always((one) => {
      let partial = forget(one.known);
      for (let round = 0; round < 6; round++) {
        const { needs } = plan({ ...one, known: partial });
        if (needs.length === 0) break;
        const before = partial;
        partial = learn(partial, one.known, needs);
        for (const need of needs)
          expect(need === "keyTags" ? before.keyTags : before.fields.get(need)).toBeUndefined();
      }
      const found = plan({ ...one, known: partial });
      expect(found.needs).toEqual([]);
      expect(samePlan(found, plan(one))).toBe(true);
    });
  });

  test("nothing is asked for where everything is known", () => {
    always((one) => {
      expect(plan(one).needs).toEqual([]);
    });
  });
});
