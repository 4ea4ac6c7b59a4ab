import * as z from "zod";
import type { Answer } from "../client.ts";

const fields = z.object({ error_code: z.string(), error_msg: z.string() });
const bodySchema = z.union([z.object({ error: fields }).transform(({ error }) => error), fields]);

/** What the codes mean for somebody who filled in a form (dew-api.md 4); the service's own text follows. */
const WORDS: { readonly [code: string]: string } = {
  "CSMS.0101": "There is a secret of this name already.",
  "CSMS.0103": "The secret is pending deletion.",
  "KMS.0210": "The key is pending deletion.",
  "KMS.0211": "The key is the service's own and cannot be tagged.",
  "KMS.0405": "The value has characters that KMS does not accept.",
  "KMS.0406": "KMS does not accept this tag key.",
  "KMS.0407": "These are more tags than a key may have.",
  "KMS.0409": "The key has as many tags as it may have.",
  "KMS.0410": "The value is longer than KMS accepts (43 characters).",
  "KMS.0411": "The tag key is longer than KMS accepts (36 characters).",
};

/** A refusal of a service in plain words, with its code. */
export function problemOf({ status, body }: Answer): string {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return `The service answered ${status}.`;
  const { error_code: code, error_msg: text } = parsed.data;
  return `${WORDS[code] ?? "The service refused."} ${text} (${code})`;
}
