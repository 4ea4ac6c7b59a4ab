import { describe, expect, test } from "vitest";
import { ok, problem, unknown } from "../../../shared/core/doctor/diagnosis.ts";
import type { Trigger } from "../../../shared/core/doctor/function-answer.ts";
import { judgeAsync, judgeTriggers } from "../../../shared/core/doctor/invocation.ts";
import { readSubscription } from "../../../shared/core/doctor/trace-operation.ts";

const KEY_ITEM = "KMS:cmk:createKey;cancelKeyDeletion";
const SECRET_ITEM =
  "CSMS:secret:createSecret;restoreSecretFromBackupBlob;restoreSecretFromDeletedStatus";
const KNOWN = [KEY_ITEM, SECRET_ITEM].map(readSubscription);

const trigger = (type: string, changed: Partial<Trigger> = {}): Trigger => ({
  type,
  active: true,
  operations: [],
  schedule: null,
  ...changed,
});
const subscribed = (...operations: readonly string[]) => trigger("CTS", { operations });
const disabled = (type: string) => trigger(type, { active: false });

describe("a creation function", () => {
  const judge = (triggers: readonly Trigger[], known: typeof KNOWN | null = KNOWN) =>
    judgeTriggers("key-created", triggers, known, null);

  test("is invoked by all creation traces of its kind", () => {
    expect(judge([subscribed(KEY_ITEM)])).toEqual(ok("CTS, all creation traces"));
    expect(judgeTriggers("secret-created", [subscribed(SECRET_ITEM)], KNOWN, null)).toEqual(
      ok("CTS, all creation traces"),
    );
  });

  test("by several triggers as well, whatever else invokes it", () => {
    const [create, cancel] = [
      subscribed("KMS:cmk:createKey"),
      subscribed("KMS:cmk:cancelKeyDeletion"),
    ];
    expect(judge([disabled("SMN"), create, cancel])).toEqual(ok("CTS, all creation traces"));
  });

  test("is invoked by nothing, and what to subscribe to is said where it is known", () => {
    const found = "no trigger: nothing is tagged on creation";
    expect(judge([])).toEqual(problem(found, `add a CTS trigger for ${KEY_ITEM}`));
    expect(judge([trigger("TIMER")], null)).toEqual(problem(found, "add a CTS trigger"));
    expect(judgeTriggers("secret-created", [], KNOWN, null)).toEqual(
      problem(found, `add a CTS trigger for ${SECRET_ITEM}`),
    );
  });

  test.each(["EVENTGRID", "SMN"])("may be invoked through %s, which shows nothing", (type) => {
    expect(judge([trigger("TIMER"), trigger(type)])).toEqual(
      unknown(
        `invoked through ${type}`,
        "compare what it lets through with the README; or ask for a canary: --canary",
      ),
    );
    expect(judge([disabled(type)])).toEqual(
      problem(`its ${type} trigger is disabled`, "enable it"),
    );
  });

  test("misses traces that nothing subscribes to", () => {
    expect(judge([subscribed("KMS:cmk:createKey")])).toEqual(
      problem("not subscribed to cancelKeyDeletion", `add a CTS trigger for ${KEY_ITEM}`),
    );
    expect(judge([subscribed()])).toMatchObject({
      found: "not subscribed to createKey, cancelKeyDeletion",
    });
  });

  test("subscribes to what CTS does not know", () => {
    expect(judge([subscribed(KEY_ITEM, "KMS:cmk:a;b")])).toEqual(
      problem(
        "CTS does not know KMS:cmk:a, KMS:cmk:b",
        "case and spelling count; see the check traces",
      ),
    );
    expect(judge([subscribed("X:cmk:createKey")])).toEqual(
      problem(
        "not subscribed to cancelKeyDeletion; CTS does not know X:cmk:createKey",
        `add a CTS trigger for ${KEY_ITEM}; case and spelling count; see the check traces`,
      ),
    );
  });

  test("is not known to be invoked where CTS' names are not", () => {
    expect(judge([subscribed(KEY_ITEM)], null)).toEqual(
      unknown("subscribed, but CTS' names could not be compared", "see the check traces"),
    );
    expect(judge([subscribed("KMS:cmk:createKey")], null)).toEqual(
      problem("not subscribed to cancelKeyDeletion", "add a CTS trigger"),
    );
  });
});

describe("the audit", () => {
  const judge = (...triggers: readonly Trigger[]) => judgeTriggers("audit", triggers, null, null);

  test("is invoked by a timer that is on", () => {
    expect(judge(trigger("TIMER"))).toEqual(ok("TIMER"));
    const daily = trigger("TIMER", { schedule: "1d" });
    expect(judge(disabled("TIMER"), daily)).toEqual(ok("TIMER 1d"));
  });

  test("is not invoked without one", () => {
    expect(judge(subscribed(KEY_ITEM))).toEqual(
      problem("no timer: nothing is audited", "add a TIMER trigger, such as one a day"),
    );
    expect(judge(disabled("TIMER"), trigger("CTS"))).toEqual(
      problem("its timer is disabled", "enable the trigger"),
    );
  });
});

describe("retag", () => {
  const judge = (queue: string | null, ...triggers: readonly Trigger[]) =>
    judgeTriggers("retag", triggers, null, queue);

  test("may be invoked directly", () => {
    for (const queue of [null, "functiongraph:urn:fss:r:p:function:g:retag", "memory"])
      expect(judge(queue)).toEqual(ok("none; it is invoked directly"));
  });

  test.each([
    ["kafka://a.example/topic", "KAFKA"],
    ["kafka://a.example/topic", "OPENSOURCEKAFKA"],
    ["kafka://a.example/topic", "EVENTGRID"],
    ["smn:urn:smn:r:p:topic", "SMN"],
    [null, "RABBITMQ"],
  ])("takes from %s by %s", (queue, type) => {
    expect(judge(queue, trigger("TIMER"), trigger(type))).toEqual(ok(`TIMER, ${type}`));
  });

  test.each([
    ["kafka://a.example/topic", "KAFKA", "SMN"],
    ["smn:urn:smn:r:p:topic", "SMN", "KAFKA"],
  ])("takes nothing from %s without a trigger for it", (queue, wanted, other) => {
    const nothing = problem(
      "nothing takes from its queue",
      `add a trigger (${wanted}) for the queue that TAGWARDEN_QUEUE names`,
    );
    expect([judge(queue), judge(queue, trigger(other))]).toEqual([nothing, nothing]);
  });

  test("takes nothing by triggers that are off", () => {
    const triggers = [disabled("KAFKA"), trigger("TIMER"), disabled("SMN")];
    expect(judge("kafka://a.example/topic", ...triggers)).toEqual(
      problem("disabled: KAFKA, SMN", "enable it (Kafka's is made disabled)"),
    );
  });
});

describe("what a function fails at", () => {
  const advice = "set asynchronous retries and a failure destination (failures/ in the bucket)";

  test("is tried again, and kept", () => {
    expect(judgeAsync({ retries: 3, onFailure: "OBS" })).toEqual(ok("3 retries, then to OBS"));
    expect(judgeAsync({ retries: null, onFailure: "SMN" })).toEqual(
      ok("default retries, then to SMN"),
    );
  });

  test("is lost where it goes nowhere", () => {
    const lost = problem("no failure destination: what fails for good is lost", advice);
    expect(judgeAsync(null)).toEqual(lost);
    expect(judgeAsync({ retries: 3, onFailure: null })).toEqual(lost);
  });

  test("is not tried again where nothing says so", () => {
    expect(judgeAsync({ retries: 0, onFailure: "OBS" })).toEqual(problem("no retries", advice));
  });
});
