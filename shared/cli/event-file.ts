import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { faultCode } from "../io/failure.ts";
import { EXIT, Stop } from "./exit-code.ts";
import { untilInterrupted } from "./interruption.ts";
import { findJsonError, positionAt } from "./json-position.ts";
import type { World } from "./world.ts";

/** An asynchronous event has at most 256 KB (functiongraph.md 6); this leaves room for exports. */
export const EVENT_BYTES_MAX = 10_000_000;

/** Stands for the standard input in place of a file's name. */
export const STDIN = "-";

/**
 * Reads an event as JSON from a file, or from the standard input (`-`). A byte order mark is
 * accepted. Whatever is wrong with it ends the command with `usage` and a sentence that names the file
 * and, where it is not JSON, line and column; nothing of the content is quoted.
 */
export async function readEvent(path: string, world: World): Promise<unknown> {
  const name = path === STDIN ? "standard input" : path;
  const source = path === STDIN ? world.stdin : createReadStream(resolve(world.cwd, path));
  const text = decode(await untilInterrupted(readAll(source, name), world.signal), name);
  if (text.trim() === "") throw bad(`${name} is empty; expected an event as JSON`);
  try {
    return JSON.parse(text);
  } catch {
    const offset = findJsonError(text) ?? text.length;
    const { line, column } = positionAt(text, offset);
    const problem = offset >= text.trimEnd().length ? "it ends too early" : "unexpected character";
    throw bad(`${name}:${line}:${column}: not JSON: ${problem}`);
  }
}

async function readAll(source: AsyncIterable<Uint8Array | string>, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of source) {
      const buffer = Buffer.from(chunk);
      bytes += buffer.length;
      // A pipe has no size beforehand, and a device no end.
      if (bytes > EVENT_BYTES_MAX) break;
      chunks.push(buffer);
    }
  } catch (error) {
    throw bad(READ_FAULTS[faultCode(error)]?.(name) ?? `cannot read ${name} (${faultCode(error)})`);
  }
  if (bytes > EVENT_BYTES_MAX)
    throw bad(`${name} has more than ${EVENT_BYTES_MAX / 1e6} MB; that is no event`);
  return Buffer.concat(chunks);
}

const READ_FAULTS: { readonly [code: string]: (name: string) => string } = {
  ENOENT: (name) => `no such file: ${name}`,
  EISDIR: (name) => `${name} is a directory; expected a file with an event as JSON`,
  EACCES: (name) => `no permission to read ${name}`,
};

/** Without its byte order mark; UTF-8 only. */
function decode(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw bad(`${name} is not UTF-8 text; expected an event as JSON`);
  }
}

function bad(message: string): Stop {
  return new Stop(EXIT.usage, message);
}
