import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonRows, parseJsonRows } from "../../shared/core/json-rows.ts";
import { isJsonObject, parseJson } from "../../shared/core/json-value.ts";

/** As `JSON.parse` would have it. */
function whole(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, one instanceof JsonRows ? [...one] : one]),
  );
}

test("says what JSON.parse says, however the list is written and whatever stands around it", () => {
  const row = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('"', "\\", '\\"', "]", "}", '{"resources":[1]}'),
  );
  const answer = fc.record({ a: fc.jsonValue(), resources: fc.array(row), z: fc.jsonValue() });
  fc.assert(
    fc.property(answer, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const read = parseJsonRows(text, "resources");
      expect(whole(read)).toEqual(JSON.parse(text));
      expect(isJsonObject(read) && read.resources).toBeInstanceOf(JsonRows);
    }),
    { numRuns: 300 },
  );
});

test.each([
  "",
  "null",
  "[]",
  "{}",
  '{"resources":null}',
  '{"resources":{"0":1}}',
  '{"other":[1]}',
  '{"resources":[1],"resources":[2]}',
  '{"resources":[1',
  '{"resources":[{"a',
  '{"a":["x',
  '{"resources":[1]',
  '{"resources":[1,]}',
  '{"resources":[,1]}',
  '{"resources":[1 2]}',
  '{"resources":[1]} x',
  '{"resources":[1 22]}',
  '{"resources":[1:2]}',
  '{"resources":[{}1]}',
  '{"resources":["a]}',
  '{"resources":"a]"}',
  '{"resources":["a\\"]}',
  '{"resources":[1],"resources":2}',
  '{"resources":2,"resources":[1]}',
  '["resources",[1]]',
  '[{"resources":[1]}]',
  '{resources":[1]}',
  '{"resources',
  '{"resources":[1]],"a":[2]}',
  '{"resources" [1]}',
  "<html>",
])("says of %j what JSON.parse says", (text) => {
  expect(whole(parseJsonRows(text, "resources"))).toEqual(parseJson(text));
});

test("knows its field and its rows, however they are spaced", () => {
  const read = parseJsonRows(
    '{ "a" : 0 ,\r\n"resources"\t:\r[ 1 ,\r\n[2] , "]" ] , "b" : [] }',
    "resources",
  );
  const rows = isJsonObject(read) ? read.resources : null;
  expect(rows).toBeInstanceOf(JsonRows);
  expect(rows).toHaveLength(3);
  expect(whole(read)).toEqual({ a: 0, resources: [1, [2], "]"], b: [] });
});

test("a row that is no JSON is undefined, and the others are read", () => {
  const read = parseJsonRows('{"resources":[{"a":1},{"a"},{"a":3}],"total_count":3}', "resources");
  expect(whole(read)).toEqual({ resources: [{ a: 1 }, undefined, { a: 3 }], total_count: 3 });
});
