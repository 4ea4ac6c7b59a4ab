import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { checkRegexSafety } from "../../../shared/io/policy/redos.ts";
import { makeFolder } from "../../policies/folder.ts";

const use = (source: string, name = "r") => ({ source, path: [name] });

describe("a regex that can take exponentially long is an error", () => {
  test.each([
    "(a+)+$",
    "(a|a)*$",
    "(.*)*x",
    "^(\\w+\\s?)*$",
    "^(a|aa)+$",
    "(x+x+)+y",
    "^(?:\\p{L}+\\s?)+$",
    "^([^@]+)@([^@]+\\.)+com$",
    "^(?:[a-z]{1,30}){1,30}$",
  ])("%s", async (source) => {
    const { mistakes, unsafe } = await checkRegexSafety([use(source)]);
    expect(mistakes).toMatchObject([{ level: "error", path: ["r"], at: "value" }]);
    expect(mistakes[0]?.message).toMatch(/can take exponentially long, for instance on '/);
    expect(unsafe).toEqual(new Set([source]));
  });
});

describe("any other regex is fine", () => {
  test.each([
    "^[^@\\s]+@example\\.com$",
    "^(sandbox|tmp)-",
    "^(?<env>[a-z]+)-",
    "^[a-z0-9]+(?:-[a-z0-9]+)*$",
    "^CC-[0-9]{4}$",
    "^[\\p{L}\\p{N}_.-]{1,43}$",
    "^(?!test-).*-prod$",
    "^(?<a>.)\\k<a>$",
    "",
    // Polynomial: fast enough for values of 255 characters.
    ".*.*x",
  ])("%s", async (source) => {
    expect(await checkRegexSafety([use(source)])).toEqual({ mistakes: [], unsafe: new Set() });
  });
});

test("a regex that stands in several places is told at each", async () => {
  const { mistakes } = await checkRegexSafety([use("(a+)+$", "a"), use("b"), use("(a+)+$", "c")]);
  expect(mistakes.map(({ path }) => path)).toEqual([["a"], ["c"]]);
});

test("where the time for all regexes is over, the rest gets a warning", async () => {
  let nowMs = 0;
  const clock = {
    now() {
      nowMs += 30_000;
      return nowMs;
    },
  };
  const { mistakes, unsafe } = await checkRegexSafety([use("^(?!x).{1,255}$")], clock);
  expect(mistakes).toMatchObject([{ level: "warning", path: ["r"] }]);
  expect(mistakes[0]?.message).toMatch(/^it could not be told whether/);
  expect(unsafe.size).toBe(1);
});

test("syntax that the checker does not know is refused", async () => {
  // Newer engines compile it, the runtime of the functions does not.
  const { mistakes } = await checkRegexSafety([use("(?i:a)")]);
  expect(mistakes).toMatchObject([
    { level: "error", message: '"(?i:a)" uses syntax that cannot be checked' },
  ]);
});

test("the check works in a CommonJS bundle", async () => {
  const folder = await makeFolder({});
  await build({
    entryPoints: [new URL("../../../shared/io/policy/redos.ts", import.meta.url).pathname],
    outfile: join(folder, "bundle.js"),
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    logLevel: "silent",
  });
  const bundle = createRequire(import.meta.url)(join(folder, "bundle.js"));
  const { mistakes } = await bundle.checkRegexSafety([use("(a+)+$"), use("a+")]);
  expect(mistakes).toHaveLength(1);
});
