import Ajv from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COLUMNS } from "../../shared/core/report/column.ts";
import { FORMATS } from "../../shared/core/report/formats.ts";
import { readReport } from "../../shared/core/report/report-schema.ts";
import { anyReport } from "./any-report.ts";
import { reportJsonSchema } from "./report-json-schema.ts";
import { CLEAN, EMPTY, EXEMPT, HOSTILE_REPORT, INCOMPLETE, SMALL } from "./samples.ts";

const render = (report: Parameters<typeof FORMATS.json.render>[0]) =>
  [...FORMATS.json.render(report)].join("");
const accepts = new Ajv({ strict: true, allowUnionTypes: true }).compile(reportJsonSchema());

// `npx vitest -u` writes the file anew.
test("the published JSON Schema of a report is the one that its zod schema makes", async () => {
  const text = `${JSON.stringify(reportJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot("../../infra/schema/audit.schema.json");
});

test("every field of the JSON Schema of a report has a description", () => {
  const bare: string[] = [];
  JSON.parse(JSON.stringify(reportJsonSchema()), (key, value) => {
    if (key === "properties")
      for (const [name, field] of Object.entries(value))
        if (!("description" in Object(field))) bare.push(name);
    return value;
  });
  expect(bare).toEqual([]);
});

describe("the JSON of a report", () => {
  test.each(Object.entries({ CLEAN, EMPTY, EXEMPT, HOSTILE_REPORT, INCOMPLETE, SMALL }))(
    "gives %s back exactly, and fits its schema",
    (_name, report) => {
      const parsed: unknown = JSON.parse(render(report));
      expect(parsed).toEqual(report);
      expect(accepts(parsed), JSON.stringify(accepts.errors)).toBe(true);
      expect(readReport(parsed)).toEqual(report);
    },
  );

  test("gives any report back exactly, and fits its schema", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const parsed: unknown = JSON.parse(render(report));
        expect(parsed).toEqual(report);
        expect(accepts(parsed), JSON.stringify(accepts.errors)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test("has the fields of a finding in the order of the columns, a finding a line", () => {
    const lines = render(SMALL).split("\n");
    const [line = ""] = lines.filter((one) => one.startsWith('{"fingerprint"'));
    expect(Object.keys(JSON.parse(line.replace(/,$/, "")))).toEqual(COLUMNS);
    expect(lines.filter((one) => one.startsWith('{"fingerprint"'))).toHaveLength(
      SMALL.findings.length,
    );
  });

  test.each([
    { schema: "tagwarden/audit/2" },
    { complete: "yes" },
    { findings: [{}] },
    { unknown: 1 },
    { summary: { ...SMALL.summary, score: 101 } },
  ])("is refused when it is not one, $#", (change) => {
    expect(accepts({ ...SMALL, ...change })).toBe(false);
    expect(() => readReport({ ...SMALL, ...change })).toThrow();
  });
});
