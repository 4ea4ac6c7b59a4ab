import { looksRandom } from "./randomness.ts";

/** Written in front of a password in a text: `pw=…`. The colon is left to words that mean nothing else. */
const ASSIGNED =
  /(?:^|[^a-z])(?:(?:password|passwd|passphrase|pwd|pw) ?[=:] ?|(?:secret|token|api[-_]?key|(?:access|secret|account)[-_]?key|(?:client|auth)(?:secret|token)) ?= ?)([^\s;&]{4,})/i;

/** Forms that say what they are. Each is linear: no part of one can be matched in two ways. */
const FORMS: readonly RegExp[] = [
  // PEM and other headers of private keys.
  /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY/,
  /PuTTY-User-Key-File|AGE-SECRET-KEY-1/,
  // JSON Web Tokens: two objects in base64.
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}/,
  /\bbearer [A-Za-z0-9._~+/-]{16,}/i,
  // A URL with a password.
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,64}:[^\s/@]{1,128}@/i,
  /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])/,
  /(?<![A-Za-z0-9])(?:LTAI[A-Za-z0-9]{12,20}|AKID[A-Za-z0-9]{13,40})(?![A-Za-z0-9])/,
  /(?<![A-Za-z0-9])(?:gh[opsur]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/,
  /(?<![A-Za-z0-9])(?:glpat-[A-Za-z0-9_-]{20}|npm_[A-Za-z0-9]{36}|pypi-AgEI[A-Za-z0-9_-]{20})/,
  /(?<![A-Za-z0-9])(?:xox[abeprs]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{35})/,
  /(?<![A-Za-z0-9])(?:[prs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/]{20,})/,
  /(?<![A-Za-z0-9])(?:sk-[A-Za-z0-9_-]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})/,
];

/** An access key id of Huawei Cloud: 20 capital letters and digits, well mixed. */
const ACCESS_KEY_ID = /(?<![A-Za-z0-9])(?=[A-Z0-9]{20}(?![A-Za-z0-9]))[A-Z0-9]{20}/;
/** Of letters or of digits: so many have three digits at least. */
const RUNS_MIN = 6;

/** What people write where a secret is not. */
const PLACEHOLDER =
  /^(?:none|null|nil|n\/?a|no|yes|true|false|unset|empty|todo|tbd|redacted|hidden|rotated?|managed|vault.*|csms.*|kms.*|see.*|ref.*|arn.*|[*x._-]+|<.*>|\$.*|\{.*|\d{1,4} ?(?:d|days|h|hours|m|months|y|years)?)$/i;

/** Does the text look as if it held a password, a private key, a token or an access key? */
export function looksSecret(text: string): boolean {
  if (FORMS.some((form) => form.test(text))) return true;
  const assigned = ASSIGNED.exec(text)?.[1];
  if (assigned !== undefined && !isPlaceholder(assigned)) return true;
  const id = ACCESS_KEY_ID.exec(text)?.[0];
  return (id !== undefined && isAccessKeyId(id)) || looksRandom(text);
}

/** Is it what people write where a secret could stand, but does not: `none`, `90d`, `vault:…`? */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text.trim());
}

function isAccessKeyId(text: string): boolean {
  const digits = text.replace(/\D/g, "").length;
  const runs = [...text.matchAll(/\d+|\D+/g)].length;
  return digits <= text.length / 2 && runs >= RUNS_MIN && /[G-Z]/.test(text);
}
