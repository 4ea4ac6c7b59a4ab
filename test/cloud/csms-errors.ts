import { refusalsOf } from "./refusal.ts";

/** Errors of CSMS that this emulator gives (dew-api.md 4.2). That a resource does not exist is a 400. */
const CSMS_ERRORS = {
  "CSMS.0002": { status: 400, message: "Invalid parameter." },
  "CSMS.0004": { status: 400, message: "Invalid format of the request body." },
  "CSMS.0005": { status: 400, message: "The resource does not exist." },
  "CSMS.0101": { status: 409, message: "The secret name already exists." },
  "CSMS.0103": { status: 400, message: "The secret is in Pending deletion state." },
  "CSMS.0106": { status: 400, message: "The secret name does not exist." },
  "CSMS.0107": { status: 400, message: "The secret is already in Pending deletion state." },
  "CSMS.0108": { status: 400, message: "The secret is not in Pending deletion state." },
  "CSMS.0302": { status: 403, message: "No permission." },
  "CSMS.0401": { status: 400, message: "KMS could not encrypt or decrypt the secret." },
} as const;

export const refuse = refusalsOf("service", CSMS_ERRORS);

/** No code of its own is published for any tag, query or body problem: all are CSMS.0002. */
export const refuseParameter = (problem: string, detail: string) =>
  refuse("CSMS.0002", `${problem} ${detail}`.trim());
