/** A mail address; not the `git@host:path` of a repository, nor the user of a URL. */
const MAIL =
  /(?<![\w.+/-])(?!git@)[\w.+-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}(?![\w:/-])/u;
/** E.164 with its plus sign; digits alone are too often something else. */
const PHONE = /(?<![\w.])\+[1-9](?:[ .-]?\d){7,14}(?![\w])/;
/** 15 to 19 digits, in groups or not. */
const CARD =
  /(?<![\w.+-])(?:\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?:\d{3})?|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?![\w.-])/;
const CARD_ISSUERS =
  /^(?:4(?:\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d{2}|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|5\d{2})\d{12}|62\d{14,17}|35(?:2[89]|[3-8]\d)\d{12})$/;
/** A resident identity number of China: region, day of birth, sequence, check character. */
const RESIDENT =
  /(?<![\w.-])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\w.-])/;
const RESIDENT_WEIGHTS: readonly number[] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const RESIDENT_CHECKS = "10X98765432";
/** An international bank account number. */
const ACCOUNT = /(?<![\w.-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\w-])/;
const ACCOUNT_LENGTH_MIN = 15;
const ACCOUNT_LENGTH_MAX = 34;

/**
 * Does the text look as if it held data of a person: a mail address, an international phone number, the
 * number of a payment card, of a bank account or of a Chinese identity card? Numbers count only where
 * their own check digits hold.
 */
export function looksPersonal(text: string): boolean {
  if (text.includes("@") && MAIL.test(text)) return true;
  if (text.includes("+") && PHONE.test(text)) return true;
  if (text.length < ACCOUNT_LENGTH_MIN) return false;
  return (
    holds(text, CARD, isCard) ||
    holds(text, RESIDENT, isResident) ||
    holds(text, ACCOUNT, isAccount)
  );
}

/** Is what has the form such a number by its check digits, too? */
function holds(text: string, form: RegExp, isNumber: (found: string) => boolean): boolean {
  const found = form.exec(text)?.[0];
  return found !== undefined && isNumber(found);
}

function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  if (!CARD_ISSUERS.test(digits)) return false;
  // ISO/IEC 7812: from the right, every second digit counts twice.
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function isResident(text: string): boolean {
  // GB 11643 with ISO 7064 MOD 11-2.
  const sum = RESIDENT_WEIGHTS.reduce(
    (total, weight, index) => total + weight * Number(text.charAt(index)),
    0,
  );
  return RESIDENT_CHECKS.charAt(sum % 11) === text.charAt(17).toUpperCase();
}

function isAccount(text: string): boolean {
  const compact = text.replaceAll(" ", "");
  if (compact.length < ACCOUNT_LENGTH_MIN || compact.length > ACCOUNT_LENGTH_MAX) return false;
  // ISO 13616: country and check digits go to the end, letters count from 10, the rest of 97 is 1.
  const moved = compact.slice(4) + compact.slice(0, 4);
  let rest = 0;
  for (const character of moved)
    for (const digit of String(Number.parseInt(character, 36)))
      rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}
