import type { KeyProfile } from "./policy/policy.ts";
import type { TagSet } from "./tag.ts";

/** What a service accepts as a tag. Lengths count code points. */
export type TagLimits = {
  readonly tagsMax: number;
  readonly keyLengthMax: number;
  readonly valueLengthMax: number;
  /** A whole key. */
  readonly keyPattern: RegExp;
  /** One character of a value. */
  readonly valueCharacter: RegExp;
};

// csms-project-tags.txt and csms-batch-tags.txt; `_sys_` is the reserved prefix (dew-api.md section 3).
const CSMS: TagLimits = {
  tagsMax: 20,
  keyLengthMax: 128,
  valueLengthMax: 255,
  keyPattern: /^(?!\s)(?!_sys_)[\p{L}\p{Z}\p{N}_.:=+\-@]*(?<!\s)$/u,
  valueCharacter: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]$/u,
};

// kms-batch-tags.txt gives 36/43 and forbids `=`; older pages allow 10 tags. What satisfies this row
// and the CSMS one is valid under every version of the documents (dew-api.md section 3).
const KMS_DOCUMENTED: TagLimits = {
  tagsMax: 10,
  keyLengthMax: 36,
  valueLengthMax: 43,
  keyPattern: /^(?!\s)(?!_sys_)[\p{L}\p{Z}\p{N}_.:+\-@]*(?<!\s)$/u,
  valueCharacter: /^[\p{L}\p{Z}\p{N}_.:/+\-@]$/u,
};

export const SECRET_LIMITS: TagLimits = CSMS;

/** Limits of a KMS key by the policy's `limits.key.profile`. */
export const KEY_LIMITS: { readonly [Profile in KeyProfile]: TagLimits } = {
  documented: KMS_DOCUMENTED,
  extended: CSMS,
};

/** What stands for a character that a service does not accept. It accepts this one everywhere. */
const PLACEHOLDER = "_";

/** What every service accepts in a value: most values, found without the tables of Unicode. */
const PLAIN = /^[A-Za-z0-9_.:/+@-]*$/;

/** Does the service accept this key? Never an empty one. */
export function fitsKey(key: string, limits: TagLimits): boolean {
  return key !== "" && !isLonger(key, limits.keyLengthMax) && limits.keyPattern.test(key);
}

/** Does the service accept this value? An empty one it does. */
export function fitsValue(value: string, limits: TagLimits): boolean {
  if (isLonger(value, limits.valueLengthMax)) return false;
  if (PLAIN.test(value)) return true;
  for (const character of value) if (!limits.valueCharacter.test(character)) return false;
  return true;
}

/**
 * The nearest value that the service accepts: each forbidden character (a lone surrogate is one)
 * becomes `_`, and the length is cut between code points. A value that fits stays as it is.
 */
export function encodeValue(value: string, limits: TagLimits): string {
  if (PLAIN.test(value)) return value.slice(0, limits.valueLengthMax);
  let encoded = "";
  let length = 0;
  for (const character of value) {
    if (length === limits.valueLengthMax) break;
    encoded += limits.valueCharacter.test(character) ? character : PLACEHOLDER;
    length += 1;
  }
  return encoded;
}

/** Do tags that a service did accept go beyond these limits? Then the limits are too strict. */
export function exceeds(limits: TagLimits, current: TagSet): boolean {
  if (current.size > limits.tagsMax) return true;
  for (const [key, value] of current)
    if (!fitsKey(key, limits) || !fitsValue(value, limits)) return true;
  return false;
}

/** Has the text more code points than this? */
function isLonger(text: string, lengthMax: number): boolean {
  if (text.length <= lengthMax) return false;
  let length = 0;
  for (const _ of text) {
    length += 1;
    if (length > lengthMax) return true;
  }
  return false;
}
