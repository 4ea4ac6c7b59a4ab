/**
 * Goal: whoever changes an output sees what becomes of it, and so does whoever reads the change.
 * Method: outputs as they were stand in `golden/`; the page without its style and script, which its
 * content security policy knows by their hashes. `vitest -u` writes them anew.
 */
import { describe, expect, test } from "vitest";
import { FORMATS, type FormatName } from "../../shared/core/report/formats.ts";
import { GOLDEN } from "./golden.ts";

const withoutLooks = (html: string) => html.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "<$1></$1>");

const LINES = { rules: new Map([["Owner.match", 7]]), tags: new Map([["Owner", 4]]) };
const POLICY = {
  file: "policies/tag policy.yaml",
  lines: { ...LINES, exemptions: new Map([["legacy", 30]]), parts: new Map() },
};

describe.each(Object.entries(GOLDEN))("the report with %s of what can be told", (name, report) => {
  test.each<FormatName>(["html", "md", "sarif", "junit"])(
    "is as it was read: %s",
    async (format) => {
      const { file, render } = FORMATS[format];
      const text = withoutLooks([...render(report, POLICY)].join(""));
      const golden = `${file.replace("report", name)}.txt`;
      await expect(text).toMatchFileSnapshot(`../../test/report/golden/${golden}`);
    },
  );
});
