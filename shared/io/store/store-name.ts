/** Room for a prefix of 200 characters in a key of OBS, which has at most 1,024 (api-obs obs_04_0080). */
export const NAME_CHARS_MAX = 800;
/** A file name has at most 255 bytes on the usual file systems. */
export const SEGMENT_CHARS_MAX = 200;

/** Files with this beginning are not objects: a write that has not ended, or never will. */
export const TEMPORARY = "~writing-";

const OWN_SEGMENT = /^[A-Za-z0-9._-]+$/;

/**
 * Is this a name that may be given to an object? Segments of `[A-Za-z0-9._-]` between slashes, none of
 * them `.` or `..`: safe as a path, as an URL and in a message.
 */
export function isOwnName(name: string): boolean {
  return (
    name.length <= NAME_CHARS_MAX &&
    name
      .split("/")
      .every(
        (segment) =>
          OWN_SEGMENT.test(segment) && segment.length <= SEGMENT_CHARS_MAX && isPlain(segment),
      )
  );
}

/**
 * Is this a name that somebody's object may have? What the platform calls the objects of a failure
 * destination is not established (functiongraph.md 5), so that others' objects are listed and read under
 * any name that cannot lead out of the store. Markers of empty folders (`runs/`) are no objects.
 */
export function isReadableName(name: string): boolean {
  return name.split("/").every((segment) => isPlain(segment) && !segment.startsWith(TEMPORARY));
}

/** May names be asked for by this beginning? Whole segments of a name, and the beginning of one. */
export function isPrefix(prefix: string): boolean {
  const whole = prefix.split("/").slice(0, -1);
  return /^[A-Za-z0-9._/-]*$/.test(prefix) && whole.every(isPlain);
}

function isPlain(segment: string): boolean {
  return segment !== "" && segment !== "." && segment !== ".." && !/[\0\\]/.test(segment);
}

/** Answers with the name; throws where it is none that may be given: that is a defect of the caller. */
export function requireOwnName(name: string): string {
  if (!isOwnName(name)) throw new TypeError(`not a name for an object: ${JSON.stringify(name)}`);
  return name;
}

/** Answers with the name; throws where no object can have it. */
export function requireReadableName(name: string): string {
  if (!isReadableName(name)) throw new TypeError(`not an object's name: ${JSON.stringify(name)}`);
  return name;
}

/** Answers with the prefix; throws where it is none. */
export function requirePrefix(prefix: string): string {
  if (!isPrefix(prefix)) throw new TypeError(`not a beginning of names: ${JSON.stringify(prefix)}`);
  return prefix;
}
