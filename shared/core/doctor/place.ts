import { type Diagnosis, ok, problem, unknown } from "./diagnosis.ts";
import { isDone, isForbidden, type ProbeAnswer, wordsOf } from "./probe-answer.ts";

const AGAIN = "run doctor again; if it stays so, look at the service's status";

/** What to do when a store refuses, by the code of its error. */
const STORE_ADVICE: { readonly [code: string]: string } = {
  "bad-url": "TAGWARDEN_STORE must be obs://bucket/prefix or a folder",
  denied: "allow obs:object:PutObject, GetObject, DeleteObject and obs:bucket:ListBucket there",
  "no-bucket": "make the bucket in this region, or correct TAGWARDEN_STORE",
  misplaced: "a part of the path is a file: correct TAGWARDEN_STORE",
  full: "make room, or raise the quota",
  unreachable: "open the way to OBS, or set HUAWEICLOUD_OBS_ENDPOINT",
};

/** What a store's failure means; `words` are its error's message. */
export function judgeStoreFailure(code: string, words: string): Diagnosis {
  const advice = STORE_ADVICE[code];
  if (advice === undefined) return unknown(words, AGAIN);
  return problem(words, advice, code === "denied" ? "access" : "other");
}

/** Something that is asked for by its URN: a function that takes messages, a topic. */
export type Named = { readonly what: string; readonly action: string; readonly setting: string };

/** Whether what a setting names is there. 404 is taken at its word: the service answered for that URN. */
export function judgeNamed({ what, action, setting }: Named, answer: ProbeAnswer): Diagnosis {
  if (isDone(answer)) return ok(`the ${what} is there`);
  if (answer.kind === "answered" && answer.status === 404)
    return problem(
      `there is no such ${what} (${wordsOf(answer)})`,
      `make it, or correct ${setting}`,
    );
  if (isForbidden(answer))
    return unknown(
      `the ${what} may not be looked at (${wordsOf(answer)})`,
      `allow yourself ${action}`,
    );
  return unknown(wordsOf(answer), AGAIN);
}

const QUEUE_ADVICE: { readonly [code: string]: string } = {
  denied: "check TAGWARDEN_QUEUE_USER and _PASSWORD, and the rights on the topic",
  unreachable:
    "open the way to the brokers from where this runs (a broker in a VPC is reached from inside only), or correct TAGWARDEN_QUEUE",
  unexpected: "make the topic, or correct TAGWARDEN_QUEUE",
};

/** What a broker's failure means; `words` are names and codes. */
export function judgeQueueFailure(code: string, words: string): Diagnosis {
  const advice = QUEUE_ADVICE[code];
  if (advice === undefined) return unknown(words, AGAIN);
  return problem(words, advice, code === "denied" ? "access" : "other");
}
