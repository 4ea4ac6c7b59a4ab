import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { compileFunction } from "node:vm";
import { isJsonObject, own } from "../core/json-value.ts";
import type { Policy } from "../core/policy/policy.ts";
import { EXIT, Stop } from "./exit-code.ts";

/** Something that a built file exports and that can be called. */
export type Callable = (...given: readonly unknown[]) => unknown;

/** Says what to do where something that the build makes is missing. */
function requireBuilt(path: string, what: string): void {
  if (!existsSync(path)) throw new Stop(EXIT.usage, `${what}, after: npm run build`);
}

/** Loads a tool that the build put beside the command line and answers with one of its exports. */
export function loadTool(path: string, name: string, what: string): Callable {
  requireBuilt(path, what);
  const loaded: unknown = createRequire(path)(path);
  return callableOf(loaded, name, path);
}

/**
 * Loads a built function as the platform would, CommonJS in a module of its own, but with a console
 * that hands its lines to `log`: our stdout is for data. Answers with its handler.
 */
export function loadHandler(folder: string, log: (line: string) => void): Callable {
  const path = join(folder, "index.js");
  requireBuilt(path, `replay runs the built function ${path}`);
  const code = readFileSync(path, "utf8");
  const parameters = ["exports", "require", "module", "__filename", "__dirname", "console"];
  const compiled: unknown = compileFunction(code, parameters, { filename: path });
  const module = { exports: {} };
  const write = (...parts: readonly unknown[]) => log(parts.join(" "));
  const lines = { log: write, info: write, warn: write, error: write, debug: write };
  if (typeof compiled === "function")
    compiled(module.exports, createRequire(path), module, path, dirname(path), lines);
  return callableOf(module.exports, "handler", path);
}

/** The policy that the build compiled into a function's folder. */
export function readBuiltPolicy(folder: string): Policy {
  const path = join(folder, "policy.json");
  requireBuilt(path, `replay works by the built policy ${path}`);
  const policy: Policy = JSON.parse(readFileSync(path, "utf8"));
  return policy;
}

function callableOf(loaded: unknown, name: string, path: string): Callable {
  const exported = isJsonObject(loaded) ? own(loaded, name) : undefined;
  if (typeof exported !== "function") throw new Error(`${path} exports no ${name}`);
  return (...given) => exported(...given);
}
