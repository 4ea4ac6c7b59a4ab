import fc from "fast-check";
import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import { widthOf } from "../../shared/cli/text-width.ts";
import { OUTCOME_KINDS } from "../../shared/core/outcome.ts";
import type { TagChange } from "../../shared/core/tag.ts";
import { WIDTH } from "./stage.ts";
import { renderTrace, type TraceView } from "./trace-view.ts";

const plain = picocolors.createColors(false);
const colored = picocolors.createColors(true);

const tagged = (...tags: TagChange[]): TraceView => ({
  type: "secret",
  name: "prod-db",
  deed: "createSecret by alice",
  outcome: { kind: "tagged", calls: 2, tags },
  unnamed: new Map(),
  note: undefined,
});
const rowsOf = (view: TraceView) => renderTrace(view, plain).slice(1);

describe("a block", () => {
  test("begins with what was created, by whom, and how that ended", () => {
    expect(renderTrace(tagged(), plain)).toEqual([
      "secret prod-db            createSecret by alice                  tagged, 2 calls",
    ]);
  });

  test("says the reason where nothing was called", () => {
    const outcome = { kind: "ignored", reason: "default-key", calls: 0, tags: [] } as const;
    expect(renderTrace({ ...tagged(), outcome }, plain)[0]).toMatch(/ {2}ignored: default-key$/);
  });

  test("leaves the text of an error to the problems at the end", () => {
    const outcome = { kind: "failed", reason: "x".repeat(200), calls: 1, tags: [] } as const;
    expect(renderTrace({ ...tagged(), outcome }, plain)[0]).toMatch(/ {2}failed, 1 call$/);
  });

  test("says so where no function answered", () => {
    expect(renderTrace({ ...tagged(), outcome: null }, plain)[0]).toMatch(/ {2}no answer$/);
  });

  test("has its note below the headline", () => {
    expect(rowsOf({ ...tagged(), note: "restored" })).toEqual(["  restored"]);
  });
});

describe("a tag", () => {
  test.each<[TagChange, RegExp]>([
    [{ key: "Env", op: "create", to: "dev", source: "const" }, /^ {2}\+ Env +dev +const$/],
    [
      { key: "Env", op: "overwrite", from: "x", to: "dev", source: "const" },
      /^ {2}~ Env +dev \(was x\) +const$/,
    ],
    [{ key: "Env", op: "keep", from: "dev", reason: "valid" }, /^ {2}= Env +dev +kept$/],
    [{ key: "Env", op: "delete", from: "x", reason: "prohibited" }, /^ {2}- Env +\(was x\) +/],
    [{ key: "Env", op: "refuse", reason: "no-room" }, /^ {4}Env +\(not set\) +the resource/],
    [{ key: "Env", op: "keep", reason: "alias-present" }, /^ {4}Env +\(not set\) +missing/],
  ])("shows %o", (change, row) => {
    expect(rowsOf(tagged(change))[0]).toMatch(row);
  });

  test("shows what it was before it was made to fit", () => {
    const change = {
      key: "By",
      op: "create",
      to: "a_b",
      source: "x",
      adjustedFrom: "a&b",
    } as const;
    expect(rowsOf(tagged(change)).map((row) => row.trim().split(/ {2,}/))).toEqual([
      ["+ By", "a_b", "x"],
      ["(a&b)", "made to fit the limits"],
    ]);
  });

  test("has no row where every block would have the same", () => {
    const left = { key: "Contact", op: "refuse", reason: "no-source" } as const;
    const unwritten = { key: "Env", op: "refuse", to: "dev", reason: "not-written" } as const;
    expect(rowsOf(tagged(left, unwritten))).toEqual([]);
  });

  test("is shown where no rule names it", () => {
    const rows = rowsOf({ ...tagged(), unnamed: new Map([["Team", "search"]]) });
    expect(rows).toEqual([expect.stringMatching(/^ {2}= Team +search +no rule names it$/)]);
  });
});

const text = fc.string({ unit: "grapheme", maxLength: 120 });
const maybe = { nil: undefined, freq: 2 };
const views = fc.record({
  type: fc.constantFrom("secret", "key"),
  name: text,
  deed: text,
  outcome: fc.option(
    fc.record({
      kind: fc.constantFrom(...OUTCOME_KINDS),
      calls: fc.nat(99),
      tags: fc.array(
        fc.record({
          key: text,
          op: fc.constantFrom("create", "overwrite", "delete", "keep", "refuse"),
          from: text,
          to: text,
          source: text,
          adjustedFrom: text,
        }),
        { maxLength: 3 },
      ),
    }),
  ),
  unnamed: fc.dictionary(text, text, { maxKeys: 2 }).map((tags) => new Map(Object.entries(tags))),
  note: fc.option(text, maybe),
});

test("no line is too wide or steers the terminal, whatever is in the texts", () => {
  fc.assert(
    fc.property(views, (view) => {
      for (const line of renderTrace(view, plain)) {
        expect(widthOf(line)).toBeLessThanOrEqual(WIDTH);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
    }),
  );
});

test("colours change nothing but the colours", () => {
  const codes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
  fc.assert(
    fc.property(views, (view) => {
      const bare = renderTrace(view, colored).map((line) => line.replaceAll(codes, "").trimEnd());
      expect(bare).toEqual(renderTrace(view, plain).map((line) => line.trimEnd()));
    }),
  );
});
