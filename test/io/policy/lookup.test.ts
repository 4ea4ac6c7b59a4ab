import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatProblem, readPolicy } from "../../../shared/io/policy/file.ts";
import { compileGood, type Files, makeFolder, problemsOf } from "../../policies/folder.ts";

const POLICY = (source: string) => `version: 1\ntags:\n  A: { value: [${source}] }\n`;
const lookup = (file: string, rest = "column: email") =>
  POLICY(`{ lookup: ${file}, by: region, ${rest} }`);

describe("a table of CSV", () => {
  test.each([
    [
      "with a byte-order mark and CRLF",
      "\ufeffid,email\r\na,x@y\r\nb,z@y\r\n",
      { a: { email: "x@y" }, b: { email: "z@y" } },
    ],
    [
      "with quotes, commas and line breaks in cells",
      'id,"email"\n"a ""b"", c","x\ny"\n',
      { 'a "b", c': { email: "x\ny" } },
    ],
    ["with spaces and blank lines", " id , email \n\n a , x y \n\n", { a: { email: "x y" } }],
    ["with an empty cell", "id,email\na,\n", { a: { email: "" } }],
    [
      "with line ends of all kinds",
      "id,email\r\na,x\nb,y\r\n",
      { a: { email: "x" }, b: { email: "y" } },
    ],
    ["with a header only", "id,email\n", {}],
    [
      "with names that objects inherit",
      "id,email\nconstructor,x\ntoString,y\n",
      { constructor: { email: "x" }, toString: { email: "y" } },
    ],
  ])("%s is read", async (_what, text, table) => {
    const { lookups } = await compileGood(lookup("t.csv"), { "t.csv": text });
    expect(lookups).toEqual({ "t.csv": table });
  });

  test("is keyed by the column that is named, and keeps only the columns that are used", async () => {
    const text = "name,id,email,phone\nx,1,a@b,5\ny,2,c@d,6\n";
    const policy = POLICY(
      "{ lookup: t.csv, by: region, column: email, key: id }, { lookup: t.csv, by: region, column: name, key: id }, { lookup: t.csv, by: region, column: id }",
    );
    const { lookups, tags } = await compileGood(policy, { "t.csv": text });
    expect(lookups).toEqual({
      "t.csv": { x: { id: "1" }, y: { id: "2" } },
      "t.csv#id": { 1: { name: "x", email: "a@b" }, 2: { name: "y", email: "c@d" } },
    });
    expect(tags[0]?.sources).toMatchObject([
      { kind: "lookup", file: "t.csv#id", by: "region", column: "email" },
      { kind: "lookup", file: "t.csv#id" },
      { kind: "lookup", file: "t.csv" },
    ]);
  });

  test.each([
    [
      "a key that stands twice",
      "id,email\na,x\n\nb,y\na,z\n",
      ['t.csv:5:1 a: the key "a" stands twice, first in line 2; expected each key once'],
    ],
    [
      "a key of two lines that stands twice",
      'id,email\n"a\nb",x\n"a\nb",y\n',
      [
        't.csv:4:1 a\\u000ab: the key "a\\nb" stands twice, first in line 2; expected each key once',
      ],
    ],
    [
      "a row without a key",
      'id,email\n"a\nb",x\n,y\n',
      ["t.csv:4:1 (row): the row has no key; expected text in the key column"],
    ],
    [
      "rows of other lengths",
      "id,email\na\nb,x,y\n",
      [
        "t.csv:2:1 a: the row has 1 cells; expected 2 cells",
        "t.csv:3:1 b: the row has 3 cells; expected 2 cells",
      ],
    ],
    [
      "a quote that is not closed",
      'id,email\na,"x\n',
      ["t.csv:2:1 (row): a quoted cell is not closed; expected cells as in RFC 4180"],
    ],
    [
      "a column that stands twice",
      "id,email,email\n",
      ['t.csv:1:1 email: the column "email" stands twice; expected each column once'],
    ],
    [
      "a column without a name",
      "id,email,\n",
      ["t.csv:1:1 (header): column 3 has no name; expected a name"],
    ],
    [
      "a key that is no key",
      "id,email\n__proto__,x\n",
      ["t.csv:2:1 __proto__: __proto__ cannot be a key; expected another key"],
    ],
    ["nothing", "", ["t.csv:1:1 (header): the file is empty; expected a header row"]],
    [
      "no such column",
      "id,e-mail\na,x\n",
      [
        'policy.yaml:3:53 tags.A.value[0].column: t.csv has no column "email"; expected one of id or e-mail (did you mean e-mail?)',
      ],
    ],
    [
      "another separator",
      "id;email\na;x\n",
      ['policy.yaml:3:53 tags.A.value[0].column: t.csv has no column "email"; expected id;email'],
    ],
  ])("with %s is refused", async (_what, text, expected) => {
    expect(await problemsOf(lookup("t.csv"), { "t.csv": text })).toEqual(expected);
  });

  test("that is used twice tells its problems once", async () => {
    const policy = POLICY(
      "{ lookup: t.csv, by: region, column: email }, { lookup: t.csv, by: region, column: email, key: email }",
    );
    expect(await problemsOf(policy, { "t.csv": "id,email\na,x,y\n" })).toEqual([
      "t.csv:2:1 a: the row has 3 cells; expected 2 cells",
    ]);
  });

  test("with more problems than anybody reads shows the first", async () => {
    const problems = await problemsOf(lookup("t.csv"), {
      "t.csv": `id,email\n${"a\n".repeat(100)}`,
    });
    expect(problems.filter((line) => line.includes("1 cells"))).toHaveLength(20);
    expect(problems.join("\n")).toContain("80 more problems of this table");
  });
});

describe("a table of JSON", () => {
  test.each([
    ["rows by key", '{ "a": { "email": "x", "n": "y" } }', "column: email", { a: { email: "x" } }],
    [
      "texts by key",
      '{ "a": "x", "constructor": "y" }',
      "column: value",
      { a: { value: "x" }, constructor: { value: "y" } },
    ],
    [
      "a list of rows",
      '[{ "id": "a", "email": "x" }, { "id": "b" }]',
      "column: email",
      { a: { email: "x" }, b: {} },
    ],
    [
      "a list with a key column",
      '[{ "id": "a", "email": "x" }]',
      "column: id, key: email",
      { x: { id: "a" } },
    ],
  ])("of %s is read", async (_what, text, rest, table) => {
    const { lookups } = await compileGood(lookup("t.json", rest), { "t.json": `\ufeff${text}` });
    expect(Object.values(lookups)).toEqual([table]);
  });

  test.each([
    [
      "a number as a cell",
      '{\n "a": { "email": 5 }\n}',
      ["t.json:2:18 a.email: this is not text; expected text in quotes"],
    ],
    [
      "a row that is none",
      '[\n 5, { "id": "a", "email": "x" }\n]',
      [
        "t.json:2:2 [0]: this is not a row; expected an object of row key to { column: text } or to text, or a list of row objects",
      ],
    ],
    [
      "a key that stands twice",
      '{ "a": { "email": "x" },\n "a": { "email": "y" } }',
      ['t.json:2:2 a: the key "a" stands twice; expected each key once'],
    ],
    [
      "a row that stands twice",
      '[{ "id": "a", "email": "x" },\n { "id": "a", "email": "y" }]',
      ['t.json:2:2 a: the key "a" stands twice, first in line 1; expected each key once'],
    ],
    [
      "something else",
      "5",
      [
        "t.json:1:1 (document): this is not a table; expected an object of row key to { column: text } or to text, or a list of row objects",
      ],
    ],
    [
      "broken syntax",
      "{",
      ["t.json:1:2 (document): Flow map must end with a }; expected valid YAML or JSON"],
    ],
  ])("with %s is refused", async (_what, text, expected) => {
    const problems = await problemsOf(lookup("t.json"), { "t.json": text });
    expect(problems).toEqual(expected);
  });
});

describe("a lookup's file", () => {
  const first = async (policy: string, files: Files = {}) => (await problemsOf(policy, files))[0];

  test("must be there", async () => {
    expect(await problemsOf(lookup("t.csv"))).toEqual([
      'policy.yaml:3:26 tags.A.value[0].lookup: "t.csv": there is no such file; expected a file that can be read',
    ]);
  });

  test("must be a file, in UTF-8, of a bearable size", async () => {
    expect(await first(lookup("t.csv"), { "t.csv/x": "" })).toContain("this is not a file");
    expect(await first(lookup("t.csv"), { "t.csv": new Uint8Array([0xff]) })).toContain(
      "not text in UTF-8",
    );
    expect(await first(lookup("t.csv"), { "t.csv": " ".repeat(1_100_000) })).toContain(
      "1100000 bytes",
    );
    const rows = Array.from({ length: 20_001 }, (_, n) => `${n},x\n`).join("");
    expect(await first(lookup("t.csv"), { "t.csv": `id,email\n${rows}` })).toContain("20001 rows");
  });

  test("may stand in a folder below the policy", async () => {
    const { lookups } = await compileGood(lookup("./data/t.csv"), { "data/t.csv": "id,email\n" });
    expect(Object.keys(lookups)).toEqual(["./data/t.csv"]);
  });

  test.each(["../t.csv", "data/../../t.csv", "/etc/t.csv"])("must not be %s", async (file) => {
    expect(await problemsOf(lookup(file))).toEqual([
      `policy.yaml:3:26 tags.A.value[0].lookup: "${file}" leaves the folder of the policy; expected a file in the same folder or below it`,
    ]);
  });

  test("must not be a link out of the folder", async () => {
    const outside = await makeFolder({ "t.csv": "id,email\n" });
    const folder = await makeFolder({ "policy.yaml": lookup("t.csv") });
    await symlink(join(outside, "t.csv"), join(folder, "t.csv"));
    const result = await readPolicy(join(folder, "policy.yaml"));
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      expect.stringContaining('"t.csv" leaves the folder of the policy'),
    ]);
  });
});
