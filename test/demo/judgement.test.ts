import { beforeAll, describe, expect, test } from "vitest";
import type { Outcome } from "../../shared/core/outcome.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import type { SeenRequest, StoredResource } from "../cloud/contract.ts";
import type { Handling } from "../cloud/handling.ts";
import type { RecordedTrace } from "../cloud/index.ts";
import { readTestPolicy } from "../functions/stage.ts";
import type { Evidence } from "./evidence.ts";
import { findProblems } from "./judgement.ts";

const ID = "0d0466b0-1111-4222-8333-94455aa0b001";

const trace: RecordedTrace = {
  trace_id: "t1",
  trace_name: "createSecret",
  trace_rating: "normal",
  trace_type: "ApiCall",
  service_type: "KMS",
  resource_type: "secret",
  resource_name: "prod-db",
  resource_id: ID,
  api_version: "v1",
  source_ip: "",
  user_agent: "",
  code: "200",
  request: {},
  response: {},
  message: "",
  time: 0,
  record_time: 0,
  user: {},
  project_id: "p",
  domain_id: "d",
  enterprise_project_id: "0",
  read_only: false,
  tracker_name: "system",
  event_type: "system",
  operation_id: "",
  request_id: "",
};

const resource: StoredResource = {
  type: "secret",
  id: ID,
  name: "prod-db",
  tags: new Map([["Owner", "a@example.com"]]),
  createdAtMs: 0,
  state: "ENABLED",
};

const request: SeenRequest = {
  at: 0,
  method: "GET",
  path: "/",
  operation: "x",
  service: "csms",
  ak: "a",
  status: 200,
};

const tagged: Outcome = {
  kind: "tagged",
  tags: [{ key: "Owner", op: "create", to: "a@example.com", source: "const" }],
  calls: 2,
  event: "t1",
};
const unchanged: Outcome = {
  kind: "unchanged",
  tags: [{ key: "Owner", op: "keep", from: "a@example.com", reason: "valid" }],
  calls: 1,
  event: "t1",
};

const handling = (...outcomes: Outcome[]): Handling => ({
  function: "secret-created",
  traces: [],
  tries: 1,
  state: "succeeded",
  outcomes,
  error: null,
});

let policy: Policy;
let good: Evidence;
beforeAll(async () => {
  const { tags, ...rest } = await readTestPolicy("outcomes");
  policy = { ...rest, tags: tags.filter(({ key }) => key === "Owner") };
  good = {
    played: [
      {
        scene: { by: "alice", creation: { do: "create-secret", name: "prod-db" } },
        traces: [trace],
      },
    ],
    first: [handling(tagged)],
    second: [handling(unchanged)],
    resources: [resource],
    requests: [request, request, request],
    policy,
    lost: 0,
  };
});

test("has nothing against what is right", () => {
  expect(findProblems(good)).toEqual([]);
});

/** Evidence with one thing wrong, and what must be said of that. */
const spoiled: readonly [
  what: string,
  spoil: (good: Evidence) => Partial<Evidence>,
  said: RegExp,
][] = [
  ["a trace without an outcome", () => ({ first: [] }), /no outcome/],
  ["a repeat without an outcome", () => ({ second: [] }), /no outcome/],
  [
    "an error",
    () => ({ first: [{ ...handling(tagged), error: "Error: x" }] }),
    /secret-created.*threw Error: x/,
  ],
  ["a second try", () => ({ first: [{ ...handling(tagged), tries: 2 }] }), /tried 2 times/],
  [
    "an invocation without an end",
    () => ({ second: [{ ...handling(unchanged), state: "running" }] }),
    /still running/,
  ],
  ["an event that is given up", () => ({ lost: 1 }), /gave up 1/],
  [
    "a resource that is ignored",
    () => ({ first: [handling({ ...tagged, kind: "ignored", reason: "failed-trace" })] }),
    /createSecret prod-db: ignored, failed-trace/,
  ],
  [
    "a failed call that is tagged",
    ({ played }) => ({
      played: played.map((one) => ({
        ...one,
        traces: [{ ...trace, trace_rating: "warning" as const }],
      })),
    }),
    /createSecret prod-db: tagged/,
  ],
  [
    "a default key that is tagged",
    () => ({ resources: [{ ...resource, name: "csms/default" }] }),
    /prod-db: tagged/,
  ],
  [
    "a resource pending deletion that is tagged",
    () => ({ resources: [{ ...resource, state: "PENDING_DELETE" }] }),
    /prod-db: tagged/,
  ],
  [
    "a repeat that writes",
    () => ({ second: [handling({ ...tagged, calls: 1 })] }),
    /tagged when it was delivered once more/,
  ],
  [
    "a repeat that ends otherwise",
    () => ({ second: [handling({ ...unchanged, kind: "gone" })] }),
    /gone when it was delivered once more/,
  ],
  [
    "a tag that is not there",
    () => ({ resources: [{ ...resource, tags: new Map() }] }),
    /says create Owner, and the cloud has it otherwise/,
  ],
  [
    "a tag with another value",
    () => ({ resources: [{ ...resource, tags: new Map([["Owner", "b@example.com"]]) }] }),
    /says create Owner/,
  ],
  [
    "a tag of which nothing is said",
    () => ({ first: [handling({ ...tagged, tags: [] })] }),
    /nothing is said of Owner/,
  ],
  [
    "a call that nobody counted",
    ({ requests }) => ({ requests: [...requests, request] }),
    /count 3 calls, the cloud saw 4/,
  ],
];

describe("is not satisfied with", () => {
  test.each(spoiled)("%s", (_what, spoil, said) => {
    const problems = findProblems({ ...good, ...spoil(good) });
    expect(problems).toContainEqual(expect.stringMatching(said));
  });
});
