import { randomUUID } from "node:crypto";
import { open, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { faultCode } from "../io/failure.ts";
import { EXIT, Stop } from "./exit-code.ts";
import type { World } from "./world.ts";

/** Only the user may read what holds tag values. */
const PRIVATE = 0o600;

/** Makes sure, before long work, that a file can be put there. Throws a `Stop` where it cannot. */
export async function requireOutput(path: string, { cwd }: World): Promise<void> {
  const target = resolve(cwd, path);
  if (!(await isFolder(dirname(target))))
    throw new Stop(EXIT.usage, `${path}: there is no folder for it`);
  if (await isFolder(target))
    throw new Stop(EXIT.usage, `${path} is a folder; expected the name of a file`);
}

/**
 * Writes a file that only the user may read, in one step: whoever looks sees the old file, none, or the
 * whole new one. A text in pieces is never held whole. Throws a `Stop` where it cannot be written.
 */
export async function writeOutput(
  path: string,
  text: string | Iterable<string>,
  { cwd }: World,
): Promise<void> {
  const target = resolve(cwd, path);
  // Of its own length: the target's name may be as long as names can be.
  const partial = join(dirname(target), `.tagwarden-${randomUUID()}.part`);
  try {
    const file = await open(partial, "wx", PRIVATE);
    try {
      await writeFile(file, text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    const code = faultCode(error);
    if (code === "") throw error;
    throw new Stop(EXIT.usage, `${path} cannot be written (${code})`);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (faultCode(error) === "") throw error;
    return false;
  }
}
