import { describe, expect, test } from "vitest";
import {
  CLOCK_SKEW_MAX_MS,
  type Greeting,
  judgeClock,
  judgeCredentials,
  judgeEndpoint,
  judgeProject,
  judgeRegion,
  regionIn,
  skewOf,
} from "../../../shared/core/doctor/access.ts";
import { ok, problem, skipped, unknown } from "../../../shared/core/doctor/diagnosis.ts";
import { answered, said, silent } from "./answers.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const MINUTE_MS = 60_000;

/** A greeting that shows our clock to be ahead by so much. */
const ahead = (ms: number): Greeting => ({
  kind: "answered",
  serverMs: NOW_MS,
  ourMs: NOW_MS + ms,
});
const UNDATED: Greeting = { kind: "answered", serverMs: null, ourMs: NOW_MS };
const unheard = (detail: string): Greeting => ({ kind: "silent", detail });

describe("an endpoint", () => {
  const judge = (greeting: Greeting) => judgeEndpoint("a.example", "A_ENDPOINT", greeting);

  test("is there when it answers, with a date or without", () => {
    expect(judge(ahead(0))).toEqual(ok("a.example answers"));
    expect(judge(UNDATED)).toEqual(ok("a.example answers"));
  });

  test.each(["ENOTFOUND", "EAI_AGAIN"])("has no name: %s", (detail) => {
    expect(judge(unheard(detail))).toEqual(
      problem(
        `a.example does not answer (${detail})`,
        "is HUAWEICLOUD_REGION a region's id? Does this machine reach a DNS? Else set A_ENDPOINT",
      ),
    );
  });

  test.each([
    "CERT_HAS_EXPIRED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "DEPTH_ZERO_SELF_SIGNED",
    "UNABLE_TO_GET_ISSUER",
  ])("is not trusted: %s", (detail) => {
    expect(judge(unheard(detail))).toEqual(
      problem(
        `a.example does not answer (${detail})`,
        "trust the certificate's issuer (NODE_EXTRA_CA_CERTS), or the right host",
      ),
    );
  });

  test.each(["ECONNREFUSED", "ETIMEDOUT", ""])("cannot be reached: %s", (detail) => {
    expect(judge(unheard(detail))).toEqual(
      problem(
        `a.example does not answer (${detail})`,
        "open the way to it (firewall, NAT gateway, proxy), or set A_ENDPOINT",
      ),
    );
  });
});

describe("our clock", () => {
  test("may be a quarter of an hour away from the service's", () => {
    expect(CLOCK_SKEW_MAX_MS).toBe(900_000);
  });

  test.each([
    [0, "as the service's"],
    [1_999, "as the service's"],
    [-1_999, "as the service's"],
    [2_000, "2 s ahead of the service"],
    [-2_000, "2 s behind the service"],
    [119_499, "119 s ahead of the service"],
    [119_500, "2 min ahead of the service"],
    [-15 * MINUTE_MS, "15 min behind the service"],
    [15 * MINUTE_MS, "15 min ahead of the service"],
  ])("%i ms away is close enough: %s", (ms, found) => {
    expect(judgeClock(ahead(ms))).toEqual(ok(found));
  });

  test.each([
    [15 * MINUTE_MS + 1, "15 min ahead of the service"],
    [-15 * MINUTE_MS - 1, "15 min behind the service"],
    [119 * MINUTE_MS, "119 min ahead of the service"],
    [120 * MINUTE_MS, "2 h ahead of the service"],
    [-26 * 60 * MINUTE_MS, "26 h behind the service"],
  ])("%i ms away is too far: %s", (ms, found) => {
    expect(judgeClock(ahead(ms))).toEqual(
      problem(found, "set this machine's clock (NTP): above 15 min every request is refused"),
    );
  });

  test("is not compared where the service tells no time", () => {
    const blind = unknown(
      "the answer has no date",
      "compare this machine's clock with a time server",
    );
    for (const greeting of [UNDATED, unheard("ETIMEDOUT")])
      expect([skewOf(greeting), judgeClock(greeting)]).toEqual([null, blind]);
    expect(skewOf(null)).toBeNull();
  });
});

describe("the keys", () => {
  const PERMANENT = { temporary: false, skewMs: 0 };
  const TEMPORARY = { temporary: true, skewMs: 0 };

  test.each([200, 302, 400, 403, 404, 499])("are accepted wherever %i is the answer", (status) => {
    expect(judgeCredentials(answered(status, "KMS.0307"), PERMANENT)).toEqual(ok("accepted"));
    expect(judgeCredentials(answered(status), TEMPORARY)).toEqual(
      ok("temporary keys are accepted"),
    );
  });

  test("are not known to be where nothing answers, or the service is ill", () => {
    expect(judgeCredentials(silent("ECONNREFUSED"), PERMANENT)).toEqual(
      unknown("no answer (ECONNREFUSED)", "see endpoint.kms"),
    );
    for (const status of [500, 503])
      expect(judgeCredentials(answered(status), PERMANENT)).toEqual(
        unknown(`${status}`, "run doctor again; if it stays so, look at the service's status"),
      );
  });

  test("are refused, and what to do depends on whether they expire", () => {
    const refused = answered(401, "APIGW.0301");
    expect(judgeCredentials(refused, PERMANENT)).toEqual(
      problem(
        "refused (401 APIGW.0301)",
        "compare access key and secret key with those in My Credentials; are they enabled, and is the project one of theirs in this region?",
        "access",
      ),
    );
    expect(judgeCredentials(refused, TEMPORARY)).toEqual(
      problem(
        "refused (401 APIGW.0301)",
        "get new temporary keys: access key, secret key and token belong together and expire (24 h at most)",
        "access",
      ),
    );
  });

  test("are not blamed where the clock explains the refusal", () => {
    const judge = (skewMs: number | null) =>
      judgeCredentials(answered(401), { temporary: false, skewMs });
    for (const skewMs of [CLOCK_SKEW_MAX_MS + 1, -CLOCK_SKEW_MAX_MS - 1])
      expect(judge(skewMs)).toEqual(skipped("refused (401), which the clock explains"));
    for (const skewMs of [null, 0, CLOCK_SKEW_MAX_MS, -CLOCK_SKEW_MAX_MS])
      expect(judge(skewMs)).toMatchObject({ verdict: "problem" });
  });
});

describe("the project", () => {
  test("is another region's, or another account's, if one answer says so", () => {
    expect(judgeProject([said({}), answered(403, "KMS.0321")])).toEqual(
      problem(
        "refused (403 KMS.0321)",
        "HUAWEICLOUD_SDK_PROJECT_ID must be the project's id in HUAWEICLOUD_REGION (My Credentials lists both)",
        "access",
      ),
    );
  });

  test("is one of this region's if one call is done and none says otherwise", () => {
    expect(judgeProject([answered(403, "KMS.0307"), said({})])).toEqual(ok("one of this region's"));
  });

  test.each([
    ["nothing was asked", []],
    ["nothing is permitted", [answered(403, "KMS.0307"), silent("KMS.0321")]],
  ])("is not known where %s", (_, answers) => {
    expect(judgeProject(answers)).toEqual(
      unknown("no call was permitted that would show it", "see the checks of permissions"),
    );
  });
});

describe("the region", () => {
  const here = { what: "the store", region: "eu-west-101" };

  test("has to be set", () => {
    expect(judgeRegion(null, [here])).toEqual(
      unknown("HUAWEICLOUD_REGION is not set", "set it: functions and policies may need it"),
    );
  });

  test("is that of everything that names one", () => {
    expect(judgeRegion("eu-west-101", [here])).toEqual(ok("eu-west-101"));
    expect(judgeRegion("eu-west-101", [])).toEqual(ok("eu-west-101"));
  });

  test("is not that of what is elsewhere, which is named", () => {
    const places = [
      here,
      { what: "the queue", region: "ap-southeast-3" },
      { what: "kms", region: "cn-north-4" },
    ];
    expect(judgeRegion("eu-west-101", places)).toEqual(
      problem(
        "the queue is in ap-southeast-3; kms is in cn-north-4; HUAWEICLOUD_REGION is eu-west-101",
        "set HUAWEICLOUD_REGION, the project and the endpoints of one and the same region",
        "settings",
      ),
    );
  });
});

describe("a region is read", () => {
  test.each([
    ["https://kms.eu-west-101.myhuaweicloud.eu", "eu-west-101"],
    ["https://kms.ap-southeast-3.myhuaweicloud.com", "ap-southeast-3"],
    ["https://my_bucket.sub-1.obs.cn-north-4.myhuaweicloud.com", "cn-north-4"],
    ["urn:smn:cn-north-4:0a1b:topic", "cn-north-4"],
    ["urn:fss:eu-west-101:0a1b:function:default:retag", "eu-west-101"],
    ["functiongraph:urn:fss:eu-west-101:0a1b:function:default:retag", "eu-west-101"],
  ])("in %s", (text, region) => {
    expect(regionIn(text)).toBe(region);
  });

  test.each([
    "http://kms.eu-west-101.myhuaweicloud.eu",
    " https://kms.eu-west-101.myhuaweicloud.eu",
    "https://kms.eu-west-101.myhuaweicloud.eu/path",
    "https://kms.eu-west-101.myhuaweicloud.example",
    "https://eu-west-101.myhuaweicloud.com",
    "https://kms.x-1.myhuaweicloud.com",
    "https://kms.region.myhuaweicloud.com",
    "https://kms.EU-WEST-1.myhuaweicloud.com",
    "https://kms..eu-west-1.myhuaweicloud.com",
    "https://kms.example.com",
    "http://127.0.0.1:8080",
    "obs://bucket/urn:smn:cn-north-4:0a1b",
    "urn:smn:cn-north-4",
    "kafka://a.example:9092/topic",
    "",
  ])("nowhere in %j", (text) => {
    expect(regionIn(text)).toBeNull();
  });
});
