import { describe, expect, test } from "vitest";
import { ok, problem, unknown } from "../../../shared/core/doctor/diagnosis.ts";
import {
  judgeNamed,
  judgeQueueFailure,
  judgeStoreFailure,
} from "../../../shared/core/doctor/place.ts";
import { answered, said, silent } from "./answers.ts";

const AGAIN = "run doctor again; if it stays so, look at the service's status";

describe("a store that fails", () => {
  test("by a refusal is for whoever gives permissions", () => {
    expect(judgeStoreFailure("denied", "403 AccessDenied")).toEqual(
      problem(
        "403 AccessDenied",
        "allow obs:object:PutObject, GetObject, DeleteObject and obs:bucket:ListBucket there",
        "access",
      ),
    );
  });

  test.each([
    ["bad-url", "TAGWARDEN_STORE must be obs://bucket/prefix or a folder"],
    ["no-bucket", "make the bucket in this region, or correct TAGWARDEN_STORE"],
    ["misplaced", "a part of the path is a file: correct TAGWARDEN_STORE"],
    ["full", "make room, or raise the quota"],
    ["unreachable", "open the way to OBS, or set HUAWEICLOUD_OBS_ENDPOINT"],
  ])("by %s has advice of its own", (code, advice) => {
    expect(judgeStoreFailure(code, "words")).toEqual(problem("words", advice));
  });

  test("by anything else is not understood", () => {
    expect(judgeStoreFailure("throttled", "words")).toEqual(unknown("words", AGAIN));
  });
});

describe("a queue that fails", () => {
  test.each([
    [
      "denied",
      problem(
        "words",
        "check TAGWARDEN_QUEUE_USER and _PASSWORD, and the rights on the topic",
        "access",
      ),
    ],
    [
      "unreachable",
      problem(
        "words",
        "open the way to the brokers from where this runs (a broker in a VPC is reached from inside only), or correct TAGWARDEN_QUEUE",
      ),
    ],
    ["unexpected", problem("words", "make the topic, or correct TAGWARDEN_QUEUE")],
    ["too-large", unknown("words", AGAIN)],
  ])("by %s", (code, diagnosis) => {
    expect(judgeQueueFailure(code, "words")).toEqual(diagnosis);
  });
});

describe("a topic that is named by its URN", () => {
  const topic = { what: "topic", action: "smn:topic:get", setting: "TAGWARDEN_TOPIC" };

  test.each([
    ["is there", said({}), ok("the topic is there")],
    [
      "is not there",
      answered(404, "SMN.0013"),
      problem("there is no such topic (404 SMN.0013)", "make it, or correct TAGWARDEN_TOPIC"),
    ],
    [
      "may not be looked at",
      answered(403),
      unknown("the topic may not be looked at (403)", "allow yourself smn:topic:get"),
    ],
    ["is behind an error", answered(500), unknown("500", AGAIN)],
    ["is behind silence", silent("ETIMEDOUT"), unknown("no answer (ETIMEDOUT)", AGAIN)],
  ])("%s", (_, answer, diagnosis) => {
    expect(judgeNamed(topic, answer)).toEqual(diagnosis);
  });
});
