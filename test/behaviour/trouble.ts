import type { Fault } from "../cloud/contract.ts";
import type { LocalCloud } from "../cloud/index.ts";

/** Where trouble strikes. */
export type Uses = "creation" | "bulk" | "audit";

/** One thing that goes wrong, in the words of the README. */
export type Trouble = {
  readonly name: string;
  /** What the services do, to one resource's calls or to one page; `times`: so often. */
  readonly fault?: Fault;
  readonly times?: number;
  /** What somebody else does to the resource before it is its turn. */
  readonly meanwhile?: (cloud: LocalCloud, id: string) => void;
  /** The same event or message comes once more: this is about the second time. */
  readonly twice?: true;
  /** Only writes are hit. */
  readonly onWrite?: true;
  /** Not told where it cannot happen. */
  readonly never?: readonly Uses[];
};

const FOREVER = Number.POSITIVE_INFINITY;

function answer(status: number, body: string, contentType = "application/json"): Fault {
  return { kind: "answer", status, body, contentType };
}

const LIMIT = 20;

function fill(cloud: LocalCloud, id: string): void {
  const has = cloud.resources().find((one) => one.id === id)?.tags.size ?? 0;
  const keys = Array.from({ length: LIMIT - has }, (_, index) => [`Else${index}`, "x"]);
  cloud.tagDirectly(id, Object.fromEntries(keys));
}

const refusal = (code: string) => JSON.stringify({ error: { error_code: code, error_msg: "m" } });
const HTML = answer(502, "<html><body>Bad Gateway</body></html>", "text/html");
const UNAVAILABLE = answer(503, '{"error_code":"APIGW.0503","error_msg":"m"}');
const ABSENT = answer(400, refusal("CSMS.0005"));
const FORBIDDEN = answer(403, refusal("CSMS.0302"));
const UNKNOWN_USER = answer(401, '{"error_code":"APIGW.0301","error_msg":"m"}');

/** Everything that the table tells of, from what passes to what does not. */
export const TROUBLES: readonly Trouble[] = [
  { name: "one call is answered 429", fault: { kind: "throttle" }, times: 1 },
  {
    name: "one call is answered 429 with `Retry-After: 2`",
    fault: { kind: "throttle", retryAfterSeconds: 2 },
    times: 1,
  },
  { name: "every call is answered 429", fault: { kind: "throttle" }, times: FOREVER },
  { name: "one call is answered 503", fault: UNAVAILABLE, times: 1 },
  { name: "every call is answered 503", fault: UNAVAILABLE, times: FOREVER },
  { name: "one call is answered with HTML", fault: HTML, times: 1 },
  {
    name: "one connection is reset before the call took effect",
    fault: { kind: "reset", when: "before" },
    times: 1,
  },
  {
    name: "one write takes effect, and its answer is lost",
    fault: { kind: "reset", when: "after" },
    times: 1,
    onWrite: true,
    never: ["audit"],
  },
  {
    name: "every connection is reset",
    fault: { kind: "reset", when: "before" },
    times: FOREVER,
  },
  { name: "200, and a body that is not JSON", fault: answer(200, "<html>"), times: FOREVER },
  { name: "the key is wrong (401)", fault: UNKNOWN_USER, times: FOREVER },
  { name: "a permission is missing (403)", fault: FORBIDDEN, times: FOREVER },
  {
    name: "every write is refused (400)",
    fault: answer(400, refusal("CSMS.0002")),
    times: FOREVER,
    onWrite: true,
    never: ["audit"],
  },
  { name: "it is not found yet, and then it is", fault: ABSENT, times: 2, never: ["audit"] },
  { name: "it is not found", fault: ABSENT, times: FOREVER, never: ["audit"] },
  {
    name: "one call is answered after ten seconds",
    fault: { kind: "slow", ms: 10_000 },
    times: 1,
  },
  { name: "it comes a second time", twice: true, never: ["audit"] },
  {
    name: "somebody else sets one of the tags first",
    meanwhile: (cloud, id) => cloud.tagDirectly(id, { Environment: "test" }),
    never: ["audit"],
  },
  { name: "somebody else takes the last place for a tag", meanwhile: fill, never: ["audit"] },
  {
    name: "a page comes short once",
    fault: { kind: "short-page", rows: 1 },
    times: 1,
    never: ["creation", "bulk"],
  },
  {
    name: "a page always comes short",
    fault: { kind: "short-page", rows: 1 },
    times: FOREVER,
    never: ["creation", "bulk"],
  },
  {
    name: "a row comes without tags",
    fault: { kind: "blank-row", field: "tags" },
    times: FOREVER,
    never: ["creation", "bulk"],
  },
];
