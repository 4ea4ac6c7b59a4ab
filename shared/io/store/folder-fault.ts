import { faultCode } from "../failure.ts";
import { StoreError, type StoreErrorCode } from "./store-error.ts";

/** What an error of the file system means to a store. The other errors are `unexpected`. */
const FAULTS: { readonly [errno: string]: { code: StoreErrorCode; expected: string } } = {
  EACCES: { code: "denied", expected: "permission to read and write here" },
  EPERM: { code: "denied", expected: "permission to read and write here" },
  EROFS: { code: "denied", expected: "a file system that can be written" },
  ENOTDIR: { code: "misplaced", expected: "a folder where there is a file" },
  EEXIST: { code: "misplaced", expected: "a folder where there is a file" },
  EISDIR: { code: "misplaced", expected: "a file where there is a folder" },
  ENOTEMPTY: { code: "misplaced", expected: "a file where there is a folder" },
  ENOSPC: { code: "full", expected: "room on the disk" },
  EDQUOT: { code: "full", expected: "room in the disk quota" },
  EFBIG: { code: "full", expected: "a file of this size to be allowed" },
};

/**
 * Errors with which file systems say that they have no way to flush a folder, or not for us: a folder
 * above the store may be somebody else's, who does not let us read it.
 */
const NO_FLUSH: ReadonlySet<string> = new Set([
  "EINVAL",
  "ENOTSUP",
  "ENOSYS",
  "EISDIR",
  "EPERM",
  "EACCES",
]);

/** Turns an error of the file system into one that says what was expected; any other passes through. */
export function folderFault(operation: string, path: string, error: unknown): unknown {
  const errno = faultCode(error);
  if (!/^E[A-Z0-9]+$/.test(errno)) return error;
  const { code = "unexpected", expected } = FAULTS[errno] ?? {};
  const detail = expected === undefined ? errno : `expected ${expected} (${errno})`;
  return new StoreError({ code, operation, place: path, detail });
}

/** Does the error say that nothing is there? */
export function isAbsence(error: unknown): boolean {
  return faultCode(error) === "ENOENT";
}

/** Does the error say that the folder cannot be flushed? Then nothing more can be done. */
export function isWithoutFlush(error: unknown): boolean {
  return NO_FLUSH.has(faultCode(error));
}
