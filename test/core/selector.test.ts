import { describe, expect, test } from "vitest";
import type { Facts } from "../../shared/core/facts.ts";
import type { Condition, Scope, Selector } from "../../shared/core/policy/policy.ts";
import {
  anyHolds,
  inScope,
  type Subject,
  selects,
  UNREAD,
  type Verdict,
} from "../../shared/core/selector.ts";
import { facts } from "./plan/builders.ts";

const selectors: { readonly [name: string]: Selector } = {
  prod: { name: [{ regex: "^prod-" }] },
  sandbox: { name: [{ regex: "^(sandbox|tmp)-" }] },
  finance: { enterpriseProject: [{ in: ["ep-fin"] }] },
};

function subject(known: Facts, tagValue: Subject["tagValue"] = () => undefined): Subject {
  return { facts: known, selectors, tagValue };
}

const secret = facts({
  "resource.name": "prod-db",
  "resource.id": "id-1",
  "resource.state": "ENABLED",
  "resource.enterpriseProject": "ep-fin",
  "resource.createdAt": "2026-11-21T10:00:00.000Z",
  region: "eu-west-101",
  project: "p-1",
});
const CREATED_MS = Date.UTC(2026, 10, 21, 10);

describe("a selector's field", () => {
  test.each<[string, Selector, boolean]>([
    ["types", { types: ["secret"] }, true],
    ["types", { types: ["key"] }, false],
    ["name", { name: [{ regex: "^prod" }] }, true],
    ["name", { name: [{ regex: "^test" }] }, false],
    ["name, ORed", { name: [{ regex: "^test" }, { in: ["prod-db"] }] }, true],
    ["id", { id: [{ in: ["id-1"] }] }, true],
    ["id", { id: [{ in: ["id-2"] }] }, false],
    ["state", { state: [{ in: ["ENABLED"] }] }, true],
    ["state", { state: [{ in: ["DISABLED"] }] }, false],
    ["enterpriseProject", { enterpriseProject: [{ in: ["ep-fin"] }] }, true],
    ["enterpriseProject", { enterpriseProject: [{ in: ["0"] }] }, false],
    ["region", { region: [{ regex: "^eu-" }] }, true],
    ["region", { region: [{ regex: "^ap-" }] }, false],
    ["project", { project: [{ in: ["p-1"] }] }, true],
    ["project", { project: [{ in: ["p-2"] }] }, false],
    ["createdBefore", { createdBeforeMs: CREATED_MS + 1 }, true],
    ["createdBefore, its own moment", { createdBeforeMs: CREATED_MS }, false],
    ["createdAfter, its own moment", { createdAfterMs: CREATED_MS }, true],
    ["createdAfter", { createdAfterMs: CREATED_MS + 1 }, false],
    ["tag", { tag: { Team: [{ in: ["pay"] }] } }, true],
    ["tag", { tag: { Team: [{ in: ["hr"] }] } }, false],
    ["tag that is empty", { tag: { Empty: [{ regex: "" }] } }, false],
    ["tag that is missing", { tag: { Other: [{ regex: "" }] } }, false],
    ["no field at all", {}, true],
  ])("%s: %j picks: %j", (_field, selector, picks) => {
    const values = new Map([
      ["Team", "pay"],
      ["Empty", ""],
    ]);
    const verdict = selects(
      selector,
      subject(secret, (key) => values.get(key)),
    );
    expect(verdict).toEqual({ holds: picks, needs: [] });
  });

  test("fields are ANDed", () => {
    const name = [{ regex: "^prod" }];
    expect(selects({ types: ["secret"], name }, subject(secret)).holds).toBe(true);
    expect(selects({ types: ["key"], name }, subject(secret)).holds).toBe(false);
  });
});

describe("what was not read", () => {
  test.each<[Selector, string]>([
    [{ name: [{ regex: "" }] }, "resource.name"],
    [{ id: [{ regex: "" }] }, "resource.id"],
    [{ state: [{ regex: "" }] }, "resource.state"],
    [{ enterpriseProject: [{ regex: "" }] }, "resource.enterpriseProject"],
    [{ createdAfterMs: 0 }, "resource.createdAt"],
    [{ createdBeforeMs: 0 }, "resource.createdAt"],
  ])("leaves %j unknown and names %s", (selector, need) => {
    expect(selects(selector, subject(facts()))).toEqual({ holds: "unknown", needs: [need] });
  });

  test("does not matter where another field fails", () => {
    const selector: Selector = { types: ["key"], name: [{ regex: "" }] };
    expect(selects(selector, subject(facts()))).toEqual({ holds: false, needs: [] });
  });

  test("is named in the order of the fields", () => {
    const selector: Selector = { createdAfterMs: 0, state: [{ regex: "" }], name: [{ regex: "" }] };
    const needs = ["resource.name", "resource.state", "resource.createdAt"];
    expect(selects(selector, subject(facts()))).toEqual({ holds: "unknown", needs });
  });

  test("does not matter where something holds beside it", () => {
    const known = subject(facts({ "resource.name": "prod-db" }));
    const selector: Selector = { name: [{ regex: "^prod" }], state: [{ regex: "" }] };
    const unknown = { holds: "unknown", needs: ["resource.state"] };
    expect(selects(selector, known)).toEqual(unknown);
    expect(selects({ ...selector, selector: ["prod"] }, known)).toEqual(unknown);
  });

  test("does not matter where a time fails", () => {
    const selector: Selector = { createdBeforeMs: 0, tag: { Team: [{ in: ["pay"] }] } };
    const old = subject(secret, () => UNREAD);
    expect(selects(selector, old)).toEqual({ holds: false, needs: [] });
  });

  test("is not the same as a time that nobody can read, which never matches", () => {
    const odd = subject(facts({ "resource.createdAt": "soon" }));
    expect(selects({ createdBeforeMs: CREATED_MS }, odd).holds).toBe(false);
    expect(selects({ createdAfterMs: 0 }, odd).holds).toBe(false);
  });

  test("is not the same as known to be absent, which never matches", () => {
    const absent = facts({ "resource.name": null, "resource.createdAt": null });
    expect(selects({ name: [{ regex: "" }] }, subject(absent)).holds).toBe(false);
    expect(selects({ createdAfterMs: 0 }, subject(absent)).holds).toBe(false);
  });

  test("a region or a project that is not given cannot be read, and never matches", () => {
    expect(selects({ region: [{ regex: "" }] }, subject(facts())).holds).toBe(false);
    expect(selects({ project: [{ regex: "" }] }, subject(facts())).holds).toBe(false);
  });

  test("a tag that depends on it leaves its selectors unknown", () => {
    const verdict = selects(
      { tag: { Team: [{ in: ["pay"] }] } },
      subject(facts(), () => UNREAD),
    );
    expect(verdict).toEqual({ holds: "unknown", needs: [] });
  });
});

describe("a condition with named selectors", () => {
  test.each<[Condition, boolean]>([
    [{ selector: ["prod"] }, true],
    [{ selector: ["sandbox"] }, false],
    [{ selector: ["sandbox", "prod"] }, true],
    [{ selector: ["prod"], types: ["key"] }, false],
    [{ selector: [] }, false],
    [{ selector: ["constructor"] }, false],
  ])("%j holds: %j", (condition, holds) => {
    expect(selects(condition, subject(secret)).holds).toBe(holds);
  });

  test("is decided by one that picks, whatever is unread about the others", () => {
    const named = subject(facts({ "resource.name": "prod-db" }));
    expect(selects({ selector: ["finance", "prod"] }, named)).toEqual({ holds: true, needs: [] });
    expect(selects({ selector: ["finance", "sandbox"] }, named)).toEqual({
      holds: "unknown",
      needs: ["resource.enterpriseProject"],
    });
  });
});

describe("a scope", () => {
  const named = subject(facts({ "resource.name": "prod-db" }));
  test.each<[string, Scope, boolean | "unknown"]>([
    ["everything", { only: null, except: [] }, true],
    ["only what is picked", { only: ["prod"], except: [] }, true],
    ["not what is not picked", { only: ["sandbox"], except: [] }, false],
    ["nobody", { only: [], except: [] }, false],
    ["everything but", { only: null, except: ["sandbox"] }, true],
    ["not the exceptions", { only: null, except: ["prod"] }, false],
    ["not the exceptions of what is picked", { only: ["prod"], except: ["prod"] }, false],
    ["unknown while it is unread", { only: ["finance"], except: [] }, "unknown"],
    ["unknown while an exception is unread", { only: ["prod"], except: ["finance"] }, "unknown"],
    ["an exception decides", { only: ["finance"], except: ["prod"] }, false],
    ["not being picked decides", { only: ["sandbox"], except: ["finance"] }, false],
  ])("means %s", (_what, scope, holds) => {
    const needs = holds === "unknown" ? ["resource.enterpriseProject"] : [];
    expect(inScope(scope, named)).toEqual({ holds, needs });
  });
});

describe("one of several verdicts", () => {
  const yes: Verdict = { holds: true, needs: [] };
  const no: Verdict = { holds: false, needs: [] };
  const named: Verdict = { holds: "unknown", needs: ["resource.name"] };
  const keyed: Verdict = { holds: "unknown", needs: ["keyTags"] };

  test.each<[string, readonly Verdict[], Verdict]>([
    ["none of none", [], no],
    ["none", [no, no], no],
    ["one", [no, yes, no], yes],
    ["one, whatever the others come to", [named, yes, keyed], yes],
    ["one, perhaps", [no, named], named],
    [
      "one of two, perhaps",
      [named, keyed],
      { holds: "unknown", needs: ["resource.name", "keyTags"] },
    ],
  ])("holds: %s", (_what, verdicts, verdict) => {
    expect(anyHolds(verdicts)).toEqual(verdict);
  });
});
