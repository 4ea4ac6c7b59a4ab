/**
 * Goal: what a policy asks for and a trace lacks is read, once, and only when a missing tag depends on it.
 * Method: the real use case with a policy that needs the encrypting key's tags and fields of the resource.
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CloudSettings } from "../cloud/contract.ts";
import { openStage, type Stage } from "./stage.ts";

let stage: Stage;

beforeEach(async () => {
  stage = await openStage({}, "reading");
});
afterEach(() => stage.close());

const resource = (id: string) => stage.cloud.resources().find((stored) => stored.id === id);
const tagsOf = (id: string) => Object.fromEntries(resource(id)?.tags ?? []);
const operations = () => stage.cloud.seen.map(({ operation }) => operation);

/** Runs the creation's event and answers with the operations that the server saw. */
async function tag(type: "secret" | "key", id: string, change?: Partial<CloudSettings["trace"]>) {
  Object.assign(stage.cloud.settings.trace, change);
  const event = stage.eventFor(id);
  stage.cloud.clearSeen();
  const ending = await stage.run(type, event);
  return { ending, seen: operations(), event };
}

test("a secret takes the tag of its key: one call more, and what the trace tells is not read", async () => {
  const key = stage.cloud.addKey({ name: "team-key", tags: { CostCenter: "CC-4711" } });
  const id = await stage.alice.createSecret("prod-db", { kms_key_id: key.id });

  const { ending, seen, event } = await tag("secret", id);

  expect(tagsOf(id)).toMatchObject({ CostCenter: "CC-4711", State: "ENABLED" });
  expect(seen).toEqual(["ListSecretTags", "ShowKmsTags", "BatchCreateOrDeleteTags"]);
  expect(ending.outcomes[0]?.calls).toBe(3);

  stage.cloud.clearSeen();
  await stage.run("secret", event);
  expect(operations()).toEqual(["ListSecretTags"]);
});

test("what is there already asks for nothing", async () => {
  const id = await stage.alice.createSecret("prod-db");
  stage.cloud.tagDirectly(id, { CostCenter: "CC-1", State: "x", Project: "p" });
  const { seen } = await tag("secret", id);
  expect(seen).toEqual(["ListSecretTags"]);
});

test("a secret known by its name only is described once", async () => {
  const id = await stage.alice.createSecret("prod-db");
  const { seen } = await tag("secret", id, { id: "none", bodies: "empty" });
  expect(seen.filter((operation) => operation === "ShowSecret")).toHaveLength(1);
  expect(tagsOf(id).State).toBe("ENABLED");
});

test("a secret known by its id only is found in the instance query", async () => {
  const id = await stage.alice.createSecret("prod-db");
  stage.cloud.settings.trace.bodies = "empty";
  const event = JSON.parse(JSON.stringify(stage.eventFor(id)).replaceAll('"prod-db"', "null"));
  stage.cloud.clearSeen();
  await stage.run("secret", event);
  expect(operations()).toContain("ListResourceInstances");
  expect(tagsOf(id).State).toBe("ENABLED");
});

test("a key has no key to inherit from, and is described for its state", async () => {
  const id = await stage.alice.createKey("prod-key");
  const { seen } = await tag("key", id);
  expect(tagsOf(id)).toMatchObject({ CostCenter: "CC-0000", State: "2" });
  expect(seen).toEqual(["ShowKmsTags", "ListKeyDetail", "BatchCreateKmsTags"]);
});

test("a default key that its description tells is ignored before anything is written", async () => {
  const key = stage.cloud.createDefaultKey("evs/default");
  const plain = await stage.alice.createKey("prod-key");
  const text = JSON.stringify(stage.eventFor(plain)).replaceAll(plain, key.id);
  stage.cloud.clearSeen();
  const ending = await stage.run("key", JSON.parse(text));
  expect(ending.outcomes[0]).toMatchObject({ kind: "ignored", reason: "default-key" });
  expect(operations()).toEqual(["ShowKmsTags", "ListKeyDetail"]);
});

test("an encrypting key that is gone has no tags; one that may not be read stops the tagging", async () => {
  const id = await stage.alice.createSecret("prod-db", {
    kms_key_id: stage.cloud.addKey({ name: "team-key", tags: { CostCenter: "CC-4711" } }).id,
  });
  const event = stage.eventFor(id);
  const body = (code: string) => `{"error":{"error_code":"${code}","error_msg":"m"}}`;
  const refuse = (status: number, code: string) => {
    stage.cloud.clearFaults();
    const fault = { kind: "answer", status, body: body(code) } as const;
    stage.cloud.addFault({ operation: "ShowKmsTags", times: 1, fault });
  };

  refuse(403, "KMS.0306");
  expect((await stage.run("secret", event)).outcomes[0]?.kind).toBe("failed");
  expect(tagsOf(id)).toEqual({});

  refuse(404, "KMS.0207");
  expect((await stage.run("secret", event)).outcomes[0]?.kind).toBe("tagged");
  expect(tagsOf(id).CostCenter).toBe("CC-0000");
});

test.each(["KMS.0211", "KMS.0210", "KMS.0105"])(
  "what is said of the encrypting key (%s) is no verdict on the secret",
  async (code) => {
    const id = await stage.alice.createSecret("prod-db");
    const body = `{"error":{"error_code":"${code}","error_msg":"m"}}`;
    stage.cloud.addFault({
      operation: "ShowKmsTags",
      times: Number.POSITIVE_INFINITY,
      fault: { kind: "answer", status: 400, body },
    });
    const ending = await stage.run("secret", stage.eventFor(id));
    // A default key has no tags to inherit; of the others nobody knows, so nothing is guessed.
    const tagged = code === "KMS.0211";
    expect(ending.outcomes[0]?.kind).toBe(tagged ? "tagged" : "failed");
    expect(tagsOf(id)).toEqual(tagged ? expect.objectContaining({ CostCenter: "CC-0000" }) : {});
  },
);

test.each([
  ["no list", {}],
  ["our row without its description", { resources: [{ resource_id: "<id>" }] }],
])(
  "an instance query that answers with %s was not read: failed, never gone",
  async (_name, body) => {
    const id = await stage.alice.createSecret("prod-db");
    stage.cloud.settings.trace.bodies = "empty";
    const event = JSON.parse(JSON.stringify(stage.eventFor(id)).replaceAll('"prod-db"', "null"));
    stage.clock.advance(3_600_000);
    const text = JSON.stringify(body).replace("<id>", id);
    stage.cloud.addFault({
      operation: "ListResourceInstances",
      times: 1,
      fault: { kind: "answer", status: 200, body: text },
    });
    const ending = await stage.run("secret", event);
    expect(ending.outcomes[0]).toMatchObject({ kind: "failed", code: "unexpected" });
  },
);

test("a wrong name beside the right id does not hide the secret", async () => {
  const id = await stage.alice.createSecret("prod-db");
  stage.cloud.settings.trace.bodies = "empty";
  const event = JSON.parse(JSON.stringify(stage.eventFor(id)).replaceAll('"prod-db"', '"other"'));
  stage.clock.advance(3_600_000);
  const ending = await stage.run("secret", event);
  expect(ending.outcomes[0]?.kind).toBe("tagged");
  expect(tagsOf(id).State).toBe("ENABLED");
});

test("what the service says wins over what the trace said", async () => {
  const id = await stage.alice.createSecret("prod-db");
  const event = JSON.parse(
    JSON.stringify(stage.eventFor(id)).replaceAll(
      '"state":"ENABLED"',
      '"enterprise_project_id":"from-trace"',
    ),
  );
  await stage.run("secret", event);
  expect(tagsOf(id)).toMatchObject({ State: "ENABLED", Project: "0" });
});

test("an id of a key that may not go into a path never does", async () => {
  const id = await stage.alice.createSecret("prod-db");
  const secret = { id, name: "prod-db", state: "ENABLED", kms_key_id: "../../../v1/secrets" };
  stage.cloud.addFault({
    operation: "ShowSecret",
    times: 1,
    fault: { kind: "answer", status: 200, body: JSON.stringify({ secret }) },
  });
  const { ending } = await tag("secret", id, { id: "none", bodies: "empty" });
  expect(ending.outcomes[0]?.kind).toBe("tagged");
  expect(operations()).not.toContain("unknown");
  expect(tagsOf(id).CostCenter).toBe("CC-0000");
});

test("a name that was given again does not lend its details to the secret that had it before", async () => {
  const old = await stage.alice.createSecret("prod-db");
  const event = stage.eventFor(old);
  const path = `/v1/${stage.cloud.project}/secrets/prod-db`;
  expect((await stage.alice.call("DELETE", path)).status).toBeLessThan(300);
  const next = await stage.alice.createSecret("prod-db");
  stage.clock.advance(3_600_000);
  const ending = await stage.run("secret", event);
  expect(ending.outcomes[0]?.kind).toBe("gone");
  expect(tagsOf(next)).toEqual({});
});

test("a name that was given again is not tagged with what its former holder's creation told", async () => {
  await stage.alice.createSecret("prod-db");
  stage.cloud.settings.trace = { ...stage.cloud.settings.trace, id: "none", bodies: "empty" };
  const event = stage.eventFor(stage.cloud.secret("prod-db")?.id ?? "");
  const path = `/v1/${stage.cloud.project}/secrets/prod-db`;
  expect((await stage.alice.call("DELETE", path)).status).toBeLessThan(300);
  stage.clock.advance(3_600_000);
  const next = await stage.alice.createSecret("prod-db");
  const ending = await stage.run("secret", event);
  expect(ending.outcomes[0]?.kind).toBe("gone");
  expect(tagsOf(next)).toEqual({});
});
