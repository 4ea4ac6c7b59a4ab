import { randomUUID } from "node:crypto";
import type { Dirent } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { faultCode } from "../failure.ts";
import { folderFault, isAbsence, isWithoutFlush } from "./folder-fault.ts";
import type { Store } from "./store.ts";
import {
  isReadableName,
  requireOwnName,
  requirePrefix,
  requireReadableName,
  TEMPORARY,
} from "./store-name.ts";
import { piecesOf, type StoreText } from "./store-text.ts";

// Plans and journals hold values of tags.
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * A store in a folder, which comes into being with the first write.
 *
 * A write goes into a file of its own beside the object, is flushed, and takes the object's place by being
 * renamed. One that was killed leaves that file behind: it is never listed or read and may be deleted.
 * An object cannot be below another (`a` and `a/b`), as in a bucket; symbolic links are not listed.
 */
export function createFolderStore(root: string): Store {
  const pathOf = (name: string) => join(root, ...name.split("/"));

  return {
    url: root,
    async read(name) {
      const path = pathOf(requireReadableName(name));
      try {
        return await readFile(path, "utf8");
      } catch (error) {
        if (isAbsence(error)) return null;
        throw folderFault("read", path, error);
      }
    },
    async write(name, text) {
      const path = pathOf(requireOwnName(name));
      try {
        await replace(path, text);
      } catch (error) {
        throw folderFault("write", path, error);
      }
    },
    async remove(name) {
      const path = pathOf(requireReadableName(name));
      try {
        await unlink(path);
        await flushFolder(dirname(path));
      } catch (error) {
        if (!isAbsence(error)) throw folderFault("remove", path, error);
      }
    },
    async *list(prefix, after = "") {
      yield* walk(root, "", { prefix: requirePrefix(prefix), after });
    },
    async *folders(prefix) {
      yield* childFolders(root, requirePrefix(prefix));
    },
  };
}

async function replace(path: string, text: StoreText): Promise<void> {
  const folder = dirname(path);
  const firstMade = await makeFolders(folder);
  const temporary = join(folder, `${TEMPORARY}${randomUUID()}`);
  try {
    await writeFlushed(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    // What failed first is what must be told.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await flushFolder(folder);
  if (firstMade !== undefined) await flushUpTo(dirname(firstMade), folder);
}

/**
 * Makes a folder and those above it that are missing; answers with the topmost one that it made. Level by
 * level: Node's own recursion never ends where a file system denies that a folder exists which it has.
 */
async function makeFolders(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder, { mode: FOLDER_MODE });
    return folder;
  } catch (error) {
    const code = faultCode(error);
    if (code === "EEXIST") return undefined;
    const above = dirname(folder);
    if (code !== "ENOENT" || above === folder) throw error;
    const firstMade = await makeFolders(above);
    // Once more, and not for ever: what is still denied now will stay so.
    await mkdir(folder, { mode: FOLDER_MODE }).catch(onlyExisting);
    return firstMade ?? folder;
  }
}

function onlyExisting(error: unknown): void {
  if (faultCode(error) !== "EEXIST") throw error;
}

async function writeFlushed(path: string, text: StoreText): Promise<void> {
  const file = await open(path, "wx", FILE_MODE);
  try {
    await writeFile(file, piecesOf(text));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes new folders as durable as what is in them: each is an entry of the one above. */
async function flushUpTo(top: string, folder: string): Promise<void> {
  for (let at = folder; at !== top && at !== dirname(at); ) {
    at = dirname(at);
    await flushFolder(at);
  }
}

async function flushFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!isWithoutFlush(error)) throw error;
  }
}

type Wanted = { readonly prefix: string; readonly after: string };

/** All names below a folder of the store (`""` or `a/b/`), in order, read folder by folder. */
async function* walk(root: string, folder: string, wanted: Wanted): AsyncGenerator<string> {
  for (const name of await namesIn(root, folder)) {
    if (!mayHold(name, wanted)) continue;
    if (name.endsWith("/")) yield* walk(root, name, wanted);
    else yield name;
  }
}

/** Is the file wanted, or may a file in the folder be? */
function mayHold(name: string, { prefix, after }: Wanted): boolean {
  if (!name.endsWith("/")) return name.startsWith(prefix) && name > after;
  const matches = name.startsWith(prefix) || prefix.startsWith(name);
  return matches && (name > after || after.startsWith(name));
}

async function* childFolders(root: string, prefix: string): AsyncGenerator<string> {
  const parent = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  for (const name of await namesIn(root, parent)) {
    if (!name.endsWith("/") || !name.startsWith(prefix)) continue;
    const first = await walk(root, name, { prefix: "", after: "" }).next();
    if (!first.done) yield name;
  }
}

/**
 * The names in one folder of the store, folders with their `/`: so they sort as the names below them do
 * (`a-b` before `a/b`, although `a` is before `a-b`).
 */
async function namesIn(root: string, folder: string): Promise<readonly string[]> {
  const path = join(root, folder);
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw folderFault("list", path, error);
  }
  return entries
    .filter((entry) => (entry.isFile() || entry.isDirectory()) && isReadableName(entry.name))
    .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`)
    .sort(byCodeUnits);
}

function byCodeUnits(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
