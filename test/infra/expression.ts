/** A reference in an expression: `var.audit.schedule` has the root `var`; indices are left out of the path. */
export type Reference = {
  readonly root: string;
  readonly path: readonly string[];
  /** Where its last name stands in the text. */
  readonly at: number;
};

/** A key of an object in an expression, and the code of its value. */
export type Key = { readonly name: string; readonly at: number; readonly value: string };

const REFERENCE = /(?<![\w.\]-])([a-z_][\w-]*)((?:\s*\.\s*[\w*-]+|\[[^\]]*\])+)/g;
const FOR = /\bfor\s+([\w-]+)(?:\s*,\s*([\w-]+))?\s+in\b/g;
const KEY = /(?<=[{,\n]\s*)([\w-]+)\s*=(?![=>])/g;

/**
 * The code of a template (a text with `${…}` in it), at its places; what is literal is blank. The parser gives
 * expressions as such texts, and its own list of references leaves out those behind a `for` or an index.
 */
export function codeOf(template: string): string {
  const code: string[] = [...template].map((char) => (char === "\n" ? char : " "));
  // Within a text, or so deep within braces of an expression.
  const stack: ("text" | number)[] = ["text"];
  for (let at = 0; at < template.length; at++) {
    const char = template[at] ?? "";
    const state = stack.at(-1);
    if (state === "text") {
      if (char === "\\") at += 1;
      else if (template.startsWith("${", at) && template[at - 1] !== "$") {
        stack.push(0);
        at += 1;
      } else if (char === '"' && stack.length > 1) stack.pop();
      continue;
    }
    if (char === '"') {
      stack.push("text");
      continue;
    }
    const depth = (state ?? 0) + (char === "{" ? 1 : char === "}" ? -1 : 0);
    stack.pop();
    if (depth < 0) continue;
    stack.push(depth);
    code[at] = char;
  }
  return code.join("");
}

/** All references of a template, and the names that its `for` expressions bind. */
export function referencesOf(template: string): {
  readonly references: readonly Reference[];
  readonly bound: ReadonlySet<string>;
} {
  const code = codeOf(template);
  const references = [...code.matchAll(REFERENCE)].map((match) => {
    const [whole, root = "", chain = ""] = match;
    const names = [
      ...chain
        .replaceAll(/\[[^\]]*\]/g, (index) => " ".repeat(index.length))
        .matchAll(/\.\s*([\w*-]+)/g),
    ];
    const last = names.at(-1);
    const within = last === undefined ? 0 : last.index + last[0].length - (last[1] ?? "").length;
    return {
      root,
      path: names.map(([, name = ""]) => name).filter((name) => name !== "*"),
      at: match.index + (whole.length - chain.length) + within,
    };
  });
  const bound = new Set(
    [...code.matchAll(FOR)].flatMap(([, one, other]) =>
      [one, other].filter((name) => name !== undefined),
    ),
  );
  return { references, bound };
}

/** The keys of each outermost object in a template, in their order. */
export function objectsOf(template: string): readonly (readonly Key[])[] {
  const code = codeOf(template);
  const objects: Key[][] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < code.length; at++) {
    if (code[at] === "{" && depth++ === 0) start = at;
    if (code[at] === "}" && --depth === 0) objects.push(keysWithin(code, start, at));
  }
  return objects;
}

function keysWithin(code: string, start: number, end: number): Key[] {
  const flat = [...code.slice(start, end)];
  let depth = 0;
  for (const [at, char] of flat.entries()) {
    if ("{[(".includes(char)) depth += 1;
    // What is deeper belongs to other objects.
    if (depth > 1 && char !== "\n") flat[at] = " ";
    if ("}])".includes(char)) depth -= 1;
  }
  const found = [...flat.join("").matchAll(KEY)];
  return found.map((match, index) => {
    const from = start + match.index + match[0].length;
    const next = found[index + 1];
    const to = next === undefined ? end : start + next.index;
    return { name: match[1] ?? "", at: start + match.index, value: code.slice(from, to).trim() };
  });
}
