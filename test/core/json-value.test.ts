import { expect, test } from "vitest";
import {
  literalTextOf,
  objectOf,
  own,
  parseJson,
  textOf,
  valueAt,
} from "../../shared/core/json-value.ts";

test("a field of the prototype is not a field", () => {
  expect(own({}, "constructor")).toBeUndefined();
  expect(own({ toString: 1 }, "toString")).toBe(1);
  expect(own(undefined, "toString")).toBeUndefined();
  expect(valueAt({}, ["__proto__", "toString"])).toBeUndefined();
});

test("text that is not JSON is undefined, which JSON cannot say", () => {
  expect(parseJson("{")).toBeUndefined();
  expect(parseJson("undefined")).toBeUndefined();
  expect(parseJson("null")).toBeNull();
});

test("an object may be wrapped in text, three times at most", () => {
  let value: unknown = { a: 1 };
  for (let encodings = 0; encodings <= 3; encodings++) {
    expect(objectOf(value)).toEqual({ a: 1 });
    value = JSON.stringify(value);
  }
  expect(objectOf(value)).toBeNull();
});

test.each([[null], [undefined], [[]], ["[]"], [7], ["7"], ["text"], [""]])(
  "%j is no object",
  (value) => {
    expect(objectOf(value)).toBeNull();
  },
);

test("a path leads through objects and through text that holds them", () => {
  const value = { secret: JSON.stringify({ owner: { id: "x" } }), list: [{ id: "y" }] };
  expect(valueAt(value, ["secret", "owner", "id"])).toBe("x");
  expect(valueAt(value, [])).toBe(value);
  for (const path of [["list", "0", "id"], ["secret", "none", "id"], ["none"]])
    expect(valueAt(value, path)).toBeUndefined();
});

test("literal text is any text that is not blank", () => {
  for (const value of [" a ", "null", "undefined"]) expect(literalTextOf(value)).toBe(value);
  for (const value of ["", " \t", 0, null, undefined, {}, ["a"]])
    expect(literalTextOf(value)).toBeNull();
});

test("text is kept as it is, and an absent value's name is no text", () => {
  expect(textOf(" a ")).toBe(" a ");
  for (const value of ["", " \t", "null", "undefined", 0, null, undefined, {}, ["a"]])
    expect(textOf(value)).toBeNull();
});
