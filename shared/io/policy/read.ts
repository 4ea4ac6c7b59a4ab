import { readFile, stat } from "node:fs/promises";

/** Largest policy file. */
export const POLICY_BYTES_MAX = 524_288;
/** Largest lookup file. */
export const LOOKUP_BYTES_MAX = 1_048_576;

export type TextResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string; readonly expected: string };

const REASONS: { readonly [code: string]: string } = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "the file may not be read",
  EPERM: "the file may not be read",
  ELOOP: "the link leads nowhere",
};

/** Reads a file of text: UTF-8, with or without a byte-order mark, up to `bytesMax` bytes. */
export async function readText(path: string, bytesMax: number): Promise<TextResult> {
  try {
    const file = await stat(path);
    // A pipe or a device would be waited for, or never end.
    if (!file.isFile()) return { ok: false, message: "this is not a file", expected: "a file" };
    if (file.size > bytesMax) {
      const message = `the file has ${file.size} bytes`;
      return { ok: false, message, expected: `at most ${bytesMax} bytes` };
    }
    return decode(await readFile(path));
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    const message = REASONS[code] ?? `the file cannot be read (${code})`;
    return { ok: false, message, expected: "a file that can be read" };
  }
}

function decode(bytes: Uint8Array): TextResult {
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, message: "the file is not text in UTF-8", expected: "text in UTF-8" };
  }
}

/** The code of a system error such as `ENOENT`; `null` for errors of other kinds. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
