import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonRows, parseJsonRows } from "../../shared/core/json-rows.ts";
import { isJsonObject, parseJson } from "../../shared/core/json-value.ts";

/** As `JSON.parse` would have it. */
function whole(read: unknown, field = "resources"): unknown {
  if (!(read instanceof JsonRows)) return read;
  const rows = [...read];
  expect(read).toHaveLength(rows.length);
  return isJsonObject(read.rest) ? { ...read.rest, [field]: rows } : read.rest;
}

test("says what JSON.parse says, however the list is written and whatever stands around it", () => {
  const row = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('"', "\\", '\\"', "]", "}", '{"resources":[1]}'),
  );
  const any = fc.jsonValue({ stringUnit: "binary" });
  const answer = fc.record({ a: any, resources: fc.array(fc.oneof(row, any)), z: any });
  fc.assert(
    fc.property(answer, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const read = parseJsonRows(Buffer.from(text), "resources");
      expect(whole(read)).toEqual(JSON.parse(text));
      expect(read).toBeInstanceOf(JsonRows);
    }),
    { numRuns: 300 },
  );
});

test("rows that begin alike are told apart, whatever is inside them", () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(',{"id":', '},{"id":1', [{ id: 1 }, { id: 2 }, { id: 3 }], { id: [{ id: 1 }] }),
  );
  const row = fc.oneof(
    fc.tuple(value, value).map(([id, a]) => ({ id, a })),
    fc.tuple(value, value).map(([id, a]) => ({ a, id })),
    fc.record({ id: value }),
    value,
  );
  fc.assert(
    fc.property(fc.array(row), value, fc.constantFrom(undefined, 1, "\t"), (rows, z, indent) => {
      const text = JSON.stringify({ rows, z }, null, indent);
      const read = parseJsonRows(Buffer.from(text), "rows");
      expect(whole(read, "rows")).toEqual(JSON.parse(text));
      expect(read).toHaveLength(rows.length);
    }),
    { numRuns: 300 },
  );
});

test("says of bytes that are no UTF-8 what is said of the whole text, wherever they stand", () => {
  const piece = fc.constantFrom("a", "é", "漢", "😀", '"', "\\", "~");
  const text = fc.array(piece).map((pieces) => pieces.join(""));
  const row = fc.record({ id: text, a: text }).map(({ id, a }) => ({ "i~d": id, a }));
  const stray = fc.integer({ min: 0x80, max: 0xff });
  fc.assert(
    fc.property(fc.array(row), text, fc.infiniteStream(stray), (rows, z, strays) => {
      const bytes = Buffer.from(JSON.stringify({ "~": z, rows, z }));
      for (let at = bytes.indexOf("~"); at !== -1; at = bytes.indexOf("~", at + 1))
        bytes[at] = strays.next().value ?? 0xff;
      const read = parseJsonRows(bytes, "rows");
      expect(whole(read, "rows")).toEqual(JSON.parse(bytes.toString()));
      expect(read).toBeInstanceOf(JsonRows);
    }),
    { numRuns: 300 },
  );
});

test.each([
  "",
  '\ufeff{"resources":[1]}',
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
  '{"resources":[{"a":1}]{"b":2}]}',
  '{"resources":[{"a":1},{"a":2}],"x":{"y":[{"a":3},{"a":4}],"resources":[{"b":5},{"b":6}]},"n":2}',
  '{"x":{"resources":[{"b":5},{"b":6}]},"resources":[{"a":1},{"a":2}]}',
  '{"resources":[{"a":1},{"a":2}],"res\\u006furces":[{"a":3}]}',
  '{"resources":[,{"a":1},{"a":2}]}',
  '{"resources":[{"a":1},{"a":2},]}',
  '{"resources":[{"a":1},{"a":2}{"a":3}]}',
  '{"resources":[{"a":1},{"a":2},{"a":3]}',
  '{"resources":[{"a":1},{"a":2},{"a":3}',
  '{"resources":[{"a":1},{"a":2}]]}',
  '{"resources" [1]}',
  "<html>",
])("says of %j what JSON.parse says", (text) => {
  expect(whole(parseJsonRows(Buffer.from(text), "resources"))).toEqual(parseJson(text));
});

test("knows its field and its rows, however they are spaced", () => {
  const text = '{ "a" : 0 ,\r\n"resources"\t:\r[ 1 ,\r\n[2] , "]" ] , "b" : [] }';
  const read = parseJsonRows(Buffer.from(text), "resources");
  expect(read).toBeInstanceOf(JsonRows);
  expect(read).toHaveLength(3);
  expect(whole(read)).toEqual({ a: 0, resources: [1, [2], "]"], b: [] });
});

test("a row that is no JSON is undefined, and the others are read", () => {
  const told = (rows: string) =>
    whole(parseJsonRows(Buffer.from(`{"resources":[${rows}],"total_count":3}`), "resources"));
  const expected = { resources: [{ a: 1 }, undefined, { a: 3 }], total_count: 3 };
  expect(told('{"a":1},{"a"},{"a":3}')).toEqual(expected);
  expect(told('{"a":1},{"b"},{"a":3}')).toEqual(expected);
  // Behind what is no list nobody knows what is a row.
  const damaged = { ...expected, resources: [{ a: 1 }, undefined] };
  expect(told('{"a":1},{"a":2} 2,{"a":3}')).toEqual(damaged);
  expect(told('{"a":1},{"a":2,"l":[{"a":5},{"a":6}')).toEqual(damaged);
});

test("wherever in a long list a row is damaged, or holds what looks like rows, no other one is lost by that", () => {
  const good: readonly unknown[] = Array.from({ length: 40 }, (_, a) => ({ a }));
  const nested = { a: 1, l: [{ a: 2 }, { a: 3 }, { a: 4 }] };
  const told = (at: number, row: string) => {
    const rows = good.map((one) => JSON.stringify(one)).with(at, row);
    return whole(parseJsonRows(Buffer.from(`{"rows":[${rows.join(",")}]}`), "rows"), "rows");
  };
  for (let at = 0; at < good.length; at++) {
    expect(told(at, '{"a"}')).toEqual({ rows: good.with(at, undefined) });
    expect(told(at, JSON.stringify(nested))).toEqual({ rows: good.with(at, nested) });
  }
});
