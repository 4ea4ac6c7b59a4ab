import type { Fault } from "../cloud/contract.ts";
import type { LocalCloud } from "../cloud/index.ts";
import type { Chance } from "../simulation/chance.ts";

/** Single faults in an hour, and about how many requests they are spread over. */
const FAULTS = 60;
const REQUESTS = 2_000;
const OUTAGE_REQUESTS = 120;
/** A server that waited longer than this for a request has closed the connection. */
const SERVER_WAITS_MS = 65_000;

const HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";

const KINDS: readonly Fault[] = [
  { kind: "throttle" },
  { kind: "throttle" },
  { kind: "throttle", retryAfterSeconds: 2 },
  {
    kind: "answer",
    status: 500,
    body: '{"error":{"error_code":"KMS.0101","error_msg":"internal"}}',
  },
  { kind: "answer", status: 502, body: HTML, contentType: "text/html" },
  { kind: "answer", status: 503, body: "upstream connect error", contentType: "text/plain" },
  { kind: "reset", when: "before" },
  { kind: "reset", when: "before" },
  { kind: "reset", when: "after" },
  { kind: "reset", when: "after" },
  { kind: "slow", ms: 3_000 },
  { kind: "short-page", rows: 3 },
];

/** Lets an hour be as bad as any: single faults all over it. */
export function letItRain(cloud: LocalCloud, chance: Chance): void {
  cloud.clearFaults();
  for (let count = 0; count < FAULTS; count += 1)
    cloud.addFault({ after: chance.whole(0, REQUESTS), times: 1, fault: chance.pick(KINDS) });
}

/** For a while, nothing is answered. */
export function breakDown(cloud: LocalCloud): void {
  const fault = { kind: "answer", status: 503, body: "no healthy upstream" } as const;
  cloud.addFault({ times: OUTAGE_REQUESTS, fault });
}

/** For a while, the store takes nothing in after the first write. */
export function fillStore(cloud: LocalCloud): void {
  const fault = {
    kind: "answer",
    status: 503,
    body: "disk full",
    contentType: "text/plain",
  } as const;
  cloud.addFault({ operation: "PutObject", after: 2, times: OUTAGE_REQUESTS, fault });
}

/** What a leap over so many milliseconds does to connections on which nothing was asked. */
export function ageConnections(cloud: LocalCloud, ms: number): void {
  if (ms > SERVER_WAITS_MS) cloud.connections.closeIdle();
}
