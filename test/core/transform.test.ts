import fc from "fast-check";
import { expect, test } from "vitest";
import type { Transform } from "../../shared/core/policy/policy.ts";
import { transformValue } from "../../shared/core/transform.ts";

const date: Transform = { kind: "date", pattern: "yyyy-MM-dd" };
const map: Transform = { kind: "map", table: { prd: "prod", empty: "" } };

test.each<[Transform, string, string | null]>([
  [{ kind: "lower" }, "Alice@Example.com", "alice@example.com"],
  [{ kind: "upper" }, "cc-42", "CC-42"],
  [{ kind: "trim" }, " \tx y\n", "x y"],
  [{ kind: "title" }, "mary-jane o'NEIL, 3rd", "Mary-Jane O'neil, 3rd"],
  [{ kind: "title" }, "élodie ŽIŽKA", "Élodie Žižka"],
  [{ kind: "slug" }, "  Équipe Paiement & Co. ", "equipe-paiement-co"],
  [{ kind: "slug" }, "İstanbul™", "istanbultm"],
  [{ kind: "slug" }, "支付", ""],
  [{ kind: "prefix", text: "team-" }, "a", "team-a"],
  [{ kind: "suffix", text: "@example.com" }, "a", "a@example.com"],
  [map, "prd", "prod"],
  [map, "empty", ""],
  [map, "uat", null],
  [map, "constructor", null],
  [map, "__proto__", null],
  [date, "2026-11-21T23:30:00-05:00", "2026-11-22"],
  [date, "1480000000", "2016-11-24"],
  [date, "soon", null],
])("%j makes %j into %j", (transform, value, result) => {
  expect(transformValue(value, [transform])).toBe(result);
});

test("transforms follow each other in their order", () => {
  const prefix: Transform = { kind: "prefix", text: "A" };
  expect(transformValue("b", [prefix, { kind: "lower" }])).toBe("ab");
  expect(transformValue("b", [{ kind: "lower" }, prefix])).toBe("Ab");
});

test("what one transform does not know, the next cannot save", () => {
  expect(transformValue("uat", [map, { kind: "prefix", text: "x" }])).toBeNull();
});

test("no transform leaves the value alone", () => {
  expect(transformValue(" As It Is ", [])).toBe(" As It Is ");
});

test("a slug has lower-case letters, digits and single hyphens between them", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (value) => {
      expect(transformValue(value, [{ kind: "slug" }])).toMatch(/^(?:[a-z0-9]+(?:-[a-z0-9]+)*)?$/);
    }),
  );
});
