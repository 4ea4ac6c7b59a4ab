import type { QueryProblem } from "./instances.ts";
import { refusalsOf } from "./refusal.ts";
import type { TagProblem } from "./tags.ts";

/** Errors of KMS that this emulator gives, with the service's own texts (dew-api.md 4.3). */
const KMS_ERRORS = {
  "KMS.0202": { status: 400, message: "Invalid JSON format of the request message." },
  "KMS.0204": { status: 400, message: "Parameters missing in the request message." },
  "KMS.0205": { status: 400, message: "Invalid key ID." },
  "KMS.0206": { status: 400, message: "Invalid sequence number." },
  "KMS.0207": { status: 404, message: "The key does not exist." },
  "KMS.0210": {
    status: 400,
    message: "The key is in Scheduled deletion state and cannot be used.",
  },
  "KMS.0211": { status: 400, message: "Cannot perform this operation on Default Master Keys." },
  "KMS.0307": { status: 403, message: "No permission." },
  "KMS.0308": { status: 400, message: "Invalid parameter." },
  "KMS.0321": { status: 403, message: "The project does not match." },
  "KMS.0401": { status: 400, message: "Tag list cannot be empty." },
  "KMS.0402": { status: 400, message: "Invalid match value." },
  "KMS.0403": { status: 400, message: "Invalid match key." },
  "KMS.0404": { status: 400, message: "Invalid action." },
  "KMS.0405": { status: 400, message: "Invalid tag value." },
  "KMS.0406": { status: 400, message: "Invalid tagKey." },
  "KMS.0407": { status: 400, message: "Invalid tag list size." },
  "KMS.0409": { status: 400, message: "Too many tags." },
  "KMS.0410": { status: 400, message: "Invalid tag value length." },
  "KMS.0411": { status: 400, message: "Invalid tag key length." },
  "KMS.0412": { status: 400, message: "Invalid tag list." },
  "KMS.0413": { status: 400, message: "Too many tag values." },
  "KMS.0414": { status: 400, message: "Invalid tags." },
  "KMS.0416": { status: 404, message: "Invalid tag ID: the tag does not exist." },
  "KMS.0417": { status: 400, message: "Invalid offset." },
  "KMS.0418": { status: 400, message: "The offset is not allowed." },
  "KMS.1601": { status: 400, message: "Invalid limit." },
  "KMS.1602": { status: 400, message: "Invalid marker." },
} as const;

export const refuse = refusalsOf("service", KMS_ERRORS);

/** Tag problems by code. `exists` is what other users of the product met (peers.md 1, 3); the code of
 * `duplicate` is likely, not established (dew-api.md 4.3). */
const TAG_CODES = {
  "empty-list": "KMS.0401",
  "list-size": "KMS.0407",
  key: "KMS.0406",
  "key-length": "KMS.0411",
  value: "KMS.0405",
  "value-length": "KMS.0410",
  duplicate: "KMS.0412",
  exists: "KMS.0406",
  missing: "KMS.0416",
  quota: "KMS.0409",
} as const satisfies { [Problem in TagProblem]: keyof typeof KMS_ERRORS };

export const refuseTags = (problem: TagProblem, detail: string) =>
  refuse(TAG_CODES[problem], detail);

const QUERY_CODES = {
  missing: "KMS.0204",
  invalid: "KMS.0308",
  action: "KMS.0404",
  limit: "KMS.1601",
  offset: "KMS.0417",
  "offset-with-count": "KMS.0418",
  tags: "KMS.0414",
  values: "KMS.0413",
  "match-key": "KMS.0403",
  "match-value": "KMS.0402",
} as const satisfies { [Problem in QueryProblem]: keyof typeof KMS_ERRORS };

export const refuseQuery = (problem: QueryProblem, detail: string) =>
  refuse(QUERY_CODES[problem], detail);

export const refuseBody = (problem: "missing" | "invalid", detail: string) =>
  refuse(problem === "missing" ? "KMS.0204" : "KMS.0308", detail);

export const SEQUENCE_LENGTH = 36;

/** 36 characters where it is sent at all; KMS has a code of its own for it (dew-api.md 3). */
export function checkSequence(sequence: string | undefined): void {
  if (sequence !== undefined && sequence.length !== SEQUENCE_LENGTH) throw refuse("KMS.0206");
}
