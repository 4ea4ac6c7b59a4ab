import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";

export const ROOT = new URL("../..", import.meta.url).pathname;

/** A file as the house rules look at it; `path` is relative to the repository. */
export type Source = {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
};

/** Reads a text as the file that it is or could be. */
export function parse(path: string, text: string): Source {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true) };
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Every file that is shipped. */
export const shipped = ["functions", "shared"]
  .flatMap(filesBelow)
  .filter((path) => path.endsWith(".ts"))
  .map((path) => parse(path, readFileSync(join(ROOT, path), "utf8")));

function nodesOf(tree: ts.SourceFile): ts.Node[] {
  const all: ts.Node[] = [];
  const visit = (node: ts.Node) => {
    all.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return all;
}

export function place({ tree }: Source, node: ts.Node): string {
  const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
  return `line ${line}: ${node.getText(tree).split("\n")[0]?.slice(0, 60)}`;
}

/** Places of the nodes that break a rule. */
export const where =
  (found: (node: ts.Node, source: Source) => boolean) =>
  (source: Source): string[] =>
    nodesOf(source.tree)
      .filter((node) => found(node, source))
      .map((node) => place(source, node));

/** Places of the lines that break a rule. */
export const matching =
  (pattern: RegExp) =>
  ({ text }: Source): string[] =>
    text
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`line ${index + 1}: ${line.trim()}`] : []));

export function importsOf({ tree }: Source): { node: ts.Node; from: string }[] {
  return nodesOf(tree).flatMap((node) =>
    (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
    node.moduleSpecifier !== undefined &&
    ts.isStringLiteral(node.moduleSpecifier)
      ? [{ node, from: node.moduleSpecifier.text }]
      : [],
  );
}

export function linesOf({ tree }: Source, node: ts.Node): number {
  const line = (position: number) => tree.getLineAndCharacterOfPosition(position).line;
  return line(node.end) - line(node.getStart(tree)) + 1;
}
