import { describe, expect, test } from "vitest";
import {
  type BuiltCode,
  judgeBuild,
  judgeCode,
} from "../../../shared/core/doctor/deployed-code.ts";
import { ok, problem, unknown } from "../../../shared/core/doctor/diagnosis.ts";
import { functionConfig } from "./configs.ts";

const POLICY = "0a1b2c3d4e5f".padEnd(64, "6");
const BUILT: BuiltCode = { digest: "ab12".repeat(32), policyHash: POLICY };
const DEPLOY = "deploy what is built here, or build what is deployed";
const OTHER_DIGEST = "ff".repeat(64);

const judge = (digest: string | null, description = "") =>
  judgeCode(functionConfig({ digest, description }), BUILT, "1.2.3");
const undecided = (found: string) =>
  unknown(found, `${DEPLOY}; the service may also hash it differently`);

describe("deployed code", () => {
  test("cannot be compared where nothing is built", () => {
    expect(judgeCode(functionConfig({ digest: BUILT.digest }), null, "1.2.3")).toEqual(
      unknown("nothing is built here to compare with", "npm run build -- --policy <file>"),
    );
  });

  test("is the build's if its digest is, whatever the description says", () => {
    const same = ok("the build's, policy 0a1b2c3d4e5f");
    expect(judge(BUILT.digest)).toEqual(same);
    expect(judge(BUILT.digest.toUpperCase(), "tagwarden 9.9.9, policy ffffffff")).toEqual(same);
  });

  test("is not known to be another by its digest alone", () => {
    expect(judge(null)).toEqual(undecided("the service tells no digest"));
    expect(judge(OTHER_DIGEST)).toEqual(undecided("other code than the build, by its digest"));
  });

  test.each([
    "Tagwarden 1.2.3, policy 0a1b2c3d4e5f",
    "policy=0A1B2C3D",
    "policy 0a1b2c3", // too short for a hash
    "ourpolicy ffffffff",
    "policyffffffff",
    "policy ffffffff0g",
    "tagwarden",
    "tagwarden1.2.4",
    "mytagwarden 1.2.4",
    "tagwarden 1.2",
    "tagwarden: v1.2.3",
  ])("is not shown to be another by the description %j", (description) => {
    expect(judge(null, description)).toEqual(undecided("the service tells no digest"));
  });

  test.each([
    ["policy ffffffff", "ffffffff"],
    ["Tagwarden 1.2.3, POLICY: FFFFFFFF0000", "FFFFFFFF0000"],
    ["policy := ffffffff000011112222", "ffffffff0000"],
    ["tagwarden 9.9.9 policy a1b2c3d4", "a1b2c3d4"],
  ])("holds another policy, by the description %j", (description, hash) => {
    expect(judge(OTHER_DIGEST, description)).toEqual(
      problem(`policy ${hash}, here 0a1b2c3d4e5f`, DEPLOY),
    );
  });

  test.each([
    ["tagwarden 1.2.4", "1.2.4"],
    ["Tagwarden v10.20.30-rc.1, policy 0a1b2c3d", "10.20.30-rc.1"],
    ["TAGWARDEN@1.2.30", "1.2.30"],
    ["by tagwarden: 1.2.3-next of us", "1.2.3-next"],
  ])("is of another version, by the description %j", (description, version) => {
    expect(judge(null, description)).toEqual(problem(`version ${version}, here 1.2.3`, DEPLOY));
  });
});

describe("what is built here", () => {
  const judged = (built: { readonly [name: string]: string | null }) =>
    judgeBuild(
      new Map(
        Object.entries(built).map(([name, policyHash]) => [
          name,
          policyHash === null ? null : { digest: "", policyHash },
        ]),
      ),
      POLICY,
    );
  const advice = "npm run build -- --policy <file>";

  test("is of the policy if each of its functions is", () => {
    expect(judged({ retag: POLICY, audit: POLICY })).toEqual(ok("from policy 0a1b2c3d4e5f"));
  });

  test("is not known where a function is not built", () => {
    expect(judged({ retag: null, "key-created": POLICY, audit: null })).toEqual(
      unknown("not built: retag, audit", advice),
    );
    expect(judged({ retag: null, audit: "ff" })).toEqual(unknown("not built: retag", advice));
  });

  test("is of another policy where a function is, which is named", () => {
    expect(judged({ retag: "ff", "key-created": POLICY, audit: "ee" })).toEqual(
      problem("built from another policy: retag, audit", advice),
    );
  });
});
