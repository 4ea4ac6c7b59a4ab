import { type Diagnosis, unknown } from "./diagnosis.ts";

/** How a harmless call ended. `body` is parsed JSON, `undefined` where it is none. */
export type ProbeAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly serviceCode: string;
      readonly body: unknown;
    }
  /** No connection, or no answer in time; `detail` is a code such as `ECONNREFUSED`. */
  | { readonly kind: "silent"; readonly detail: string };

/** Did the service do what it was asked? */
export function isDone(answer: ProbeAnswer): boolean {
  return answer.kind === "answered" && answer.status >= 200 && answer.status < 300;
}

/** The parsed body of a success; `undefined` for everything else. */
export function bodyOf(answer: ProbeAnswer): unknown {
  return answer.kind === "answered" && isDone(answer) ? answer.body : undefined;
}

/** Did the service say that it lets nobody with these keys do this? */
export function isForbidden(answer: ProbeAnswer): boolean {
  return answer.kind === "answered" && answer.status === 403;
}

/** An answer in a few words: `403 KMS.0307`, `no answer (ETIMEDOUT)`. */
export function wordsOf(answer: ProbeAnswer): string {
  if (answer.kind === "silent") return `no answer (${answer.detail})`;
  return answer.serviceCode === "" ? `${answer.status}` : `${answer.status} ${answer.serviceCode}`;
}

/**
 * What an answer means that is no success, for a call of our own that shows something: refused permission
 * hides what was to be seen (`unknown`), and so does every answer that the documents do not know.
 */
export function judgeUnseen(answer: ProbeAnswer, action: string): Diagnosis {
  if (isForbidden(answer))
    return unknown(`may not be looked at (${wordsOf(answer)})`, `allow yourself ${action}`);
  return unknown(wordsOf(answer), "run doctor again; if it stays so, look at the service's status");
}
