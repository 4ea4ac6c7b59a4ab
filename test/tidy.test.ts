/**
 * Goal: the house rules hold for every file, today and after the next change.
 * Method: the TypeScript parser over all shipped files; each rule answers with the places that break
 * it. Every rule is also given a text that breaks it, so that a rule that sees nothing is noticed.
 */
import { readdirSync } from "node:fs";
import { dirname, posix } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import {
  importsOf,
  linesOf,
  matching,
  parse,
  place,
  ROOT,
  type Source,
  shipped,
  where,
} from "./tidy/source.ts";

const FILE_LINES_MAX = 200;
const FUNCTION_LINES_MAX = 60;

type Rule = {
  readonly name: string;
  /** Which files it is for. */
  readonly within: RegExp;
  readonly places: (source: Source) => readonly string[];
  /** Files that break it, each in another way. */
  readonly broken: readonly { readonly path: string; readonly text: string }[];
};

/** `shared/core`, `shared/io`, `shared/cli`, `functions/<name>`, or the package's name. */
function partOf(path: string, from: string): string {
  if (!from.startsWith(".")) return from.startsWith("node:") ? "node:*" : from;
  return posix.join(dirname(path), from).split("/").slice(0, 2).join("/");
}

const CLI_PACKAGES = ["commander", "picocolors", "string-width"];
const IO_PACKAGES = [
  "undici",
  "yaml",
  "recheck",
  "csv-parse/sync",
  "zod",
  "zod/mini",
  "@rgrove/parse-xml",
];
const SDK = "@huaweicloud/huaweicloud-sdk-core/auth/";

function mayImport(path: string, part: string): boolean {
  const own = path.split("/").slice(0, 2).join("/");
  if (own === "shared/core") return ["shared/core", "zod", "zod/mini"].includes(part);
  if (own === "shared/io")
    return (
      ["shared/core", "shared/io", "node:*", ...IO_PACKAGES].includes(part) || part.startsWith(SDK)
    );
  if (own === "shared/cli")
    return ["shared/core", "shared/io", "shared/cli", "node:*", ...CLI_PACKAGES].includes(part);
  return ["shared/core", "shared/io", own].includes(part);
}

const isFunction = (node: ts.Node): boolean =>
  ts.isFunctionDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isArrowFunction(node) ||
  ts.isConstructorDeclaration(node);

const isConst = (node: ts.AsExpression): boolean => node.type.getText() === "const";

const isDocumented = (node: ts.Node): boolean => ts.getJSDocCommentsAndTags(node).length > 0;

const isExported = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false);

/** What a module keeps nevertheless, and why nothing of one invocation is in it. */
const KEPT: ReadonlyMap<string, string> = new Map([
  ["shared/core/matcher.ts compiled", "regexes, by the compiled policy's own objects"],
  ["shared/core/value.ts spellings", "spellings, by the compiled policy's own objects"],
]);

/** A list, a map or a set that could be added to, or an empty object that could be filled. */
function canGrow(value: ts.Expression, type: string): boolean {
  if (/^(readonly |Readonly|\{ readonly )/.test(type)) return false;
  if (ts.isNewExpression(value)) return /^(Weak)?(Map|Set)$/.test(value.expression.getText());
  if (ts.isObjectLiteralExpression(value)) return value.properties.length === 0;
  return ts.isArrayLiteralExpression(value);
}

function keepsState({ declarationList }: ts.VariableStatement, path: string): boolean {
  if ((declarationList.flags & ts.NodeFlags.Const) === 0) return true;
  return declarationList.declarations.some(
    ({ name, type, initializer }) =>
      initializer !== undefined &&
      !KEPT.has(`${path} ${name.getText()}`) &&
      canGrow(initializer, type?.getText() ?? ""),
  );
}

const rules: readonly Rule[] = [
  {
    name: "a part imports only what it may",
    within: /./,
    places: (source) =>
      importsOf(source)
        .filter(({ from }) => !mayImport(source.path, partOf(source.path, from)))
        .map(({ node }) => place(source, node)),
    broken: [{ path: "shared/core/a.ts", text: 'import { x } from "../io/cloud.ts";' }],
  },
  {
    name: "relative imports end in .ts",
    within: /./,
    places: (source) =>
      importsOf(source)
        .filter(({ from }) => from.startsWith(".") && !from.endsWith(".ts"))
        .map(({ node }) => place(source, node)),
    broken: [{ path: "shared/io/a.ts", text: 'import { x } from "./cloud";' }],
  },
  {
    name: "zod is imported as a namespace",
    within: /./,
    places: matching(/import \{.*\} from "zod/),
    broken: [{ path: "shared/core/a.ts", text: 'import { z } from "zod";' }],
  },
  {
    name: `a file has at most ${FILE_LINES_MAX} lines`,
    within: /./,
    places: ({ text }) => {
      const lines = text.trimEnd().split("\n").length;
      return lines > FILE_LINES_MAX ? [`${lines} lines`] : [];
    },
    broken: [{ path: "shared/core/a.ts", text: "\n".repeat(FILE_LINES_MAX + 1).concat("x") }],
  },
  {
    name: `a function has at most ${FUNCTION_LINES_MAX} lines`,
    within: /./,
    places: where((node, source) => isFunction(node) && linesOf(source, node) > FUNCTION_LINES_MAX),
    broken: [
      {
        path: "shared/core/a.ts",
        text: `function f() {${"\n1;".repeat(FUNCTION_LINES_MAX + 1)}\n}`,
      },
    ],
  },
  {
    name: "the core knows neither clock nor chance",
    within: /^shared\/core\//,
    places: matching(/Date\.now\(|new Date\(\)|Math\.random|performance\.now/),
    broken: [{ path: "shared/core/a.ts", text: "const now = Date.now();" }],
  },
  {
    name: "the core knows no Buffer but where rows are cut from bytes",
    within: /^shared\/core\/(?!json-(list|rows)\.ts)/,
    places: matching(/\bBuffer\b/),
    broken: [{ path: "shared/core/a.ts", text: "const text = Buffer.from(bytes).toString();" }],
  },
  {
    name: "outside the core, only the clock's file and the file that connects know clock and chance",
    within: /^(functions|shared\/(io\/(?!clock|connect)|cli\/))/,
    places: matching(/Date\.now\(|new Date\(\)|Math\.random|performance\.now/),
    broken: [{ path: "shared/io/a.ts", text: "const now = Date.now();" }],
  },
  {
    name: "only the frame of the functions writes to the console",
    within: /^(?!shared\/io\/function\.ts)/,
    places: matching(/\bconsole\./),
    broken: [{ path: "shared/io/a.ts", text: "console.log(1);" }],
  },
  {
    name: "the environment is read by the command line's edge only",
    within: /^(?!shared\/cli\/main\.ts)/,
    places: matching(/process\.env/),
    broken: [{ path: "shared/io/a.ts", text: "process.env.HOME;" }],
  },
  {
    name: "no type is let go",
    within: /./,
    places: where(
      (node) =>
        node.kind === ts.SyntaxKind.AnyKeyword ||
        ts.isNonNullExpression(node) ||
        ts.isTypeAssertionExpression(node) ||
        (ts.isAsExpression(node) && !isConst(node)),
    ),
    broken: [{ path: "shared/core/a.ts", text: "const a = b as string;" }],
  },
  {
    name: "nothing is suppressed and nothing is left for later",
    within: /./,
    places: matching(
      /@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable|\bTODO\b|FIXME/,
    ),
    broken: [{ path: "shared/core/a.ts", text: "// @ts-ignore" }],
  },
  {
    name: "no module keeps state that a second invocation could see",
    within: /^(?!shared\/io\/connect\.ts)/,
    places: (source) =>
      source.tree.statements
        .filter((node) => ts.isVariableStatement(node))
        .filter((node) => keepsState(node, source.path))
        .map((node) => place(source, node)),
    broken: [
      { path: "shared/core/a.ts", text: "let count = 0;" },
      { path: "shared/core/a.ts", text: "const seen = new Set<string>();" },
      { path: "shared/io/a.ts", text: "const known = new Map([[1, 2]]);" },
      { path: "shared/io/a.ts", text: "export const cache = new WeakMap<object, string>();" },
      { path: "shared/io/a.ts", text: "const failed: string[] = [];" },
      { path: "shared/io/a.ts", text: "const rows: Map<string, readonly string[]> = new Map();" },
      { path: "functions/a/index.ts", text: "const byId: { [id: string]: string } = {};" },
    ],
  },
  {
    name: "settings are read from the function's context where things are connected, and nowhere else",
    within: /^(?!shared\/io\/connect\.ts)/,
    places: where(
      (node) => ts.isCallExpression(node) && /\bgetUserData$/.test(node.expression.getText()),
    ),
    broken: [{ path: "shared/io/config.ts", text: 'context.getUserData("HUAWEICLOUD_REGION");' }],
  },
  {
    name: "a file that a comment names is there",
    within: /./,
    places: ({ text }) =>
      [...text.matchAll(/(?<![./\w-])[\w/-]+\.ts\b/g)]
        .map(([file]) => file)
        .filter((file) => !shipped.some((other) => `/${other.path}`.endsWith(`/${file}`))),
    broken: [{ path: "shared/core/a.ts", text: "/** The words of `plan-reason.ts`. */" }],
  },
  {
    name: "no code compares a kind",
    within: /./,
    places: matching(/[!=]== "(secret|key)"/),
    broken: [{ path: "shared/io/a.ts", text: 'if (type === "secret") {}' }],
  },
  {
    name: "every exported function and class says what it does",
    within: /^shared\/(core|io)\//,
    places: (source) =>
      source.tree.statements
        .filter((node) => ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node))
        .filter((node) => isExported(node) && !isDocumented(node))
        .map((node) => place(source, node)),
    broken: [{ path: "shared/core/a.ts", text: "export function f() {}" }],
  },
  {
    name: "no file is called after nothing",
    within: /./,
    places: ({ path }) => (/(util|helper|common|manager|service|misc)/.test(path) ? [path] : []),
    broken: [{ path: "shared/core/utils.ts", text: "" }],
  },
];

describe.each(rules)("$name", ({ within, places, broken }) => {
  test("holds everywhere", () => {
    const found = shipped
      .filter(({ path }) => within.test(path))
      .flatMap((source) => places(source).map((text) => `${source.path}: ${text}`));
    expect(found).toEqual([]);
  });

  test.each(broken)("sees what breaks it, $#", ({ path, text }) => {
    expect(within.test(path)).toBe(true);
    expect(places(parse(path, text))).not.toEqual([]);
  });
});

test("each file of the core is used by another shipped file", () => {
  const used = new Set(
    shipped.flatMap((source) =>
      importsOf(source).map(({ from }) => posix.join(dirname(source.path), from)),
    ),
  );
  const core = shipped.map(({ path }) => path).filter((path) => path.startsWith("shared/core/"));
  expect(core.filter((path) => !used.has(path))).toEqual([]);
});

test("the top level holds what is agreed and nothing else", () => {
  const agreed = [
    "functions",
    "shared",
    "test",
    "infra",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "esbuild.config.mjs",
    "README.md",
    "LICENSE",
  ];
  const made = ["node_modules", "dist"];
  const names = readdirSync(ROOT).filter((name) => !name.startsWith(".") && !made.includes(name));
  expect(names.sort()).toEqual(agreed.sort());
});
