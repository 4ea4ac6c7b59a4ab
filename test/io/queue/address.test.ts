import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseQueueUrl } from "../../../shared/io/queue/queue.ts";

const FUNCTION =
  "urn:fss:eu-west-101:0123456789abcdef0123456789abcdef:function:default:retag:latest";
const TOPIC = "urn:smn:eu-west-101:0123456789abcdef0123456789abcdef:retag";

describe("an address", () => {
  test.each([
    [`functiongraph:${FUNCTION}`, { transport: "functiongraph", urn: FUNCTION }],
    [
      `functiongraph:${FUNCTION.replace(/:latest$/, "")}`,
      { transport: "functiongraph", urn: FUNCTION.replace(/:latest$/, "") },
    ],
    [`smn:${TOPIC}`, { transport: "smn", urn: TOPIC }],
    ["memory:retag", { transport: "memory", queue: "retag" }],
    [
      "kafka://one:9092,10.0.0.2:9093/a.topic-1_x",
      {
        transport: "kafka",
        brokers: [
          { host: "one", port: 9092 },
          { host: "10.0.0.2", port: 9093 },
        ],
        topic: "a.topic-1_x",
        tls: false,
        sasl: null,
      },
    ],
    [
      "kafka://[::1]:1/t?tls=1&sasl=plain",
      { brokers: [{ host: "::1", port: 1 }], tls: true, sasl: "plain", url: "kafka://[::1]:1/t" },
    ],
    ["kafka://b:9/t?sasl=scram-sha-512", { tls: false, sasl: "scram-sha-512" }],
    ["kafka://b:9/t?sasl=scram-sha-256&tls=0", { tls: false, sasl: "scram-sha-256" }],
    ["kafka://127.0.0.1:9/t?sasl=plain", { tls: false, sasl: "plain" }],
  ])("%s is read", (text, address) => {
    expect(parseQueueUrl(` ${text}\n`)).toMatchObject({ ok: true, address });
  });

  test("names itself without options, so that messages need not be cut", () => {
    expect(parseQueueUrl("kafka://a:1,b:2/t?tls=1&sasl=plain")).toMatchObject({
      address: { url: "kafka://a:1,b:2/t" },
    });
    expect(parseQueueUrl(`smn:${TOPIC}`)).toMatchObject({ address: { url: `smn:${TOPIC}` } });
  });

  test.each([
    ["", /expected functiongraph:.*kafka:.*smn:.*memory:/],
    ["https://example.com/", /expected functiongraph:/],
    ["functiongraph:retag", /functiongraph: takes urn:fss:/],
    [`functiongraph:${FUNCTION}/../x`, /functiongraph: takes/],
    [`functiongraph:${TOPIC}`, /functiongraph: takes/],
    [`smn:${FUNCTION}`, /smn: takes urn:smn:/],
    ["memory:", /memory: takes a name/],
    ["memory:../x", /memory: takes a name/],
    ["kafka://host/topic", /takes host:port/],
    ["kafka://host:0/topic", /takes host:port/],
    ["kafka://host:65536/topic", /takes host:port/],
    ["kafka://a:1,,b:2/topic", /takes host:port/],
    ["kafka://a:1", /takes host:port/],
    ["kafka://a:1/", /takes host:port/],
    ["kafka://a:1/..", /the topic/],
    [`kafka://a:1/${"t".repeat(250)}`, /the topic/],
    ["kafka://a:1/t?acks=0", /options tls=1 and sasl=/],
    ["kafka://a:1/t?tls=yes", /options tls=1 and sasl=/],
    ["kafka://a:1/t?sasl=gssapi", /options tls=1 and sasl=/],
    ["kafka://a:1,127.0.0.1:2/t?sasl=plain", /needs tls=1/],
    ["kafka://user:hunter2@a:1/t", /belong into settings/],
  ])("%s is refused, and what was expected is said", (text, problem) => {
    expect(parseQueueUrl(text)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
  });

  test("never throws, and a problem repeats nothing of the text", () => {
    const scheme = fc.constantFrom("kafka://", "smn:", "memory:", "functiongraph:", "");
    fc.assert(
      fc.property(scheme, fc.string({ minLength: 3 }), (start, rest) => {
        const text = `${start}hunter2${rest}@`;
        expect(JSON.stringify(parseQueueUrl(text))).not.toContain("hunter2");
      }),
    );
  });
});
