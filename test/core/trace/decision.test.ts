import { describe, expect, test } from "vitest";
import {
  RESOURCE_KINDS,
  RESOURCE_TYPES,
  type ResourceType,
} from "../../../shared/core/resource.ts";
import {
  CREATION_TRACES,
  creationOf,
  isTagTrace,
  TAG_TRACES,
} from "../../../shared/core/trace/creation-trace.ts";
import { type Decision, decide, IGNORE_REASONS } from "../../../shared/core/trace/decision.ts";
import { parseEvent } from "../../../shared/core/trace/envelope.ts";
import { TRACE_LAYOUTS } from "../../../shared/core/trace/layout.ts";
import { parseTrace } from "../../../shared/core/trace/parse.ts";
import type { Trace } from "../../../shared/core/trace/trace.ts";
import { loadEvent } from "../../events/index.ts";

const ID = "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa";

function traceOf(fields: { readonly [field: string]: unknown }): Trace {
  const input = parseTrace({ resource_id: ID, ...fields }, "");
  if (!input.ok) throw new Error(input.problem);
  return input.trace;
}

/** `tag`, or the reason why not. */
function brief(decision: Decision): string {
  return decision.do === "tag" ? "tag" : decision.reason;
}

function verdict(type: ResourceType, fields: { readonly [field: string]: unknown }): string {
  return brief(decide(traceOf(fields), type));
}

describe("creations", () => {
  const cases = CREATION_TRACES.flatMap((creation) =>
    ["", ...RESOURCE_KINDS[creation.type].traceTypes].map(
      (resourceType) => [creation, resourceType] as const,
    ),
  );

  test.each(cases)("%j of resource type '%s' is tagged, in any case", (creation, resourceType) => {
    for (const name of [creation.name, creation.name.toUpperCase(), creation.name.toLowerCase()]) {
      const trace = traceOf({ trace_name: name, resource_type: resourceType.toUpperCase() });
      expect(decide(trace, creation.type)).toEqual({
        do: "tag",
        creation,
        identity: { by: "id", ref: { type: creation.type, id: ID } },
      });
    }
  });

  test.each(CREATION_TRACES.map((row) => [row]))("%j is the other function's there", (row) => {
    for (const type of RESOURCE_TYPES) {
      if (type !== row.type) expect(verdict(type, { trace_name: row.name })).toBe("other-type");
    }
  });

  test.each(CREATION_TRACES.map((row) => [row]))("%j of another service is ignored", (row) => {
    for (const resource_type of ["kubernetes", "keypair", "rng", "secret-group", "undefined0"]) {
      for (const type of RESOURCE_TYPES)
        expect(verdict(type, { trace_name: row.name, resource_type })).toBe("other-service");
    }
  });

  test("space around a name or a resource type does not matter", () => {
    expect(verdict("key", { trace_name: " createKey\t", resource_type: " cmk " })).toBe("tag");
    expect(verdict("key", { trace_name: "createKey", resource_type: " " })).toBe("tag");
    expect(verdict("key", { trace_name: " createKeyTag ", resource_type: "cmk" })).toBe(
      "tag-trace",
    );
  });

  test("the service type is not looked at", () => {
    for (const service_type of ["CSMS", "KMS", "DEW", "", "anything", null])
      expect(verdict("key", { trace_name: "createKey", resource_type: "cmk", service_type })).toBe(
        "tag",
      );
  });

  test("only the two that create have a creator", () => {
    const creating = CREATION_TRACES.filter((row) => row.createdByUser).map((row) => row.name);
    expect(creating).toEqual(["createKey", "createSecret"]);
  });
});

describe("what is not tagged", () => {
  const replica = { multi_region_key_type: "REPLICA" };
  const cases: readonly (readonly [string, ResourceType, { readonly [field: string]: unknown }])[] =
    [
      ["other-trace", "key", { trace_name: "createDataKey", resource_type: "cmk" }],
      ["other-trace", "key", { trace_name: "importKeyMaterial", resource_type: "cmk" }],
      ["other-trace", "key", { trace_name: "importKeyMaterial" }],
      ["other-trace", "key", { trace_name: "createKey2", resource_type: "cmk" }],
      ["other-trace", "secret", { trace_name: "createSecretVersion", resource_type: "secret" }],
      ["other-trace", "secret", { trace_name: "constructor" }],
      ["other-trace", "secret", { trace_name: "createOrImportKeypair", resource_type: "keypair" }],
      ["other-trace", "secret", { trace_name: "batchImportHosts", resource_type: "host" }],
      ["other-trace", "key", { trace_name: "replicateBucket", resource_type: "bucket" }],
      ["other-trace", "key", { trace_name: "notReplicateKey", resource_type: "cmk" }],
      ["failed-trace", "key", { trace_name: "createKey", trace_rating: "warning" }],
      ["failed-trace", "secret", { trace_name: "createSecret", code: "409" }],
      ["default-key", "key", { trace_name: "createKey", resource_name: "evs/default" }],
      ["default-key", "key", { trace_name: "createKey", request: { key_alias: "kps/default" } }],
      [
        "default-key",
        "key",
        { trace_name: "createKey", response: { key_info: { key_alias: "csms/default" } } },
      ],
      [
        "default-key",
        "key",
        { trace_name: "createKey", response: '{"key_info":{"default_key_flag":"1"}}' },
      ],
      ["replica", "key", { trace_name: "replicateKey", resource_type: "cmk" }],
      ["replica", "key", { trace_name: "ReplicateKeyToRegion" }],
      ["replica", "key", { trace_name: "createKey", request: replica }],
      ["replica", "key", { trace_name: "createKey", response: replica }],
      ["replica", "key", { trace_name: "createKey", response: { key_info: replica } }],
      ["batch-import", "secret", { trace_name: "batchImportSecrets", resource_type: "secret" }],
      ["batch-import", "secret", { trace_name: "importSecrets", resource_type: "CSMS" }],
      ["batch-import", "secret", { trace_name: "batchImport" }],
      ["no-id", "key", { trace_name: "createKey", resource_id: "prod", resource_name: "prod" }],
      ["no-id", "secret", { trace_name: "createSecret", resource_id: {} }],
    ];

  test.each(cases)("%s: %s, %j", (reason, type, fields) => {
    const does = reason === "no-id" ? "reject" : "ignore";
    expect(decide(traceOf(fields), type)).toEqual({ do: does, reason });
  });

  test.each(TAG_TRACES.map((name) => [name]))("%s is a call that tags", (trace_name) => {
    for (const type of RESOURCE_TYPES)
      for (const resource_type of ["cmk", "secret", "tag", ""])
        expect(verdict(type, { trace_name, resource_type })).toBe("tag-trace");
  });

  test("every reason has its case", () => {
    const seen = new Set([...cases.map(([reason]) => reason), "tag-trace", "other-service"]);
    expect([...IGNORE_REASONS].filter((reason) => !seen.has(reason))).toEqual(["other-type"]);
  });

  test("a key of a user's own is neither default nor a replica", () => {
    const key_info = {
      default_key_flag: "0",
      multi_region_key_type: "PRIMARY",
      key_alias: "defaults",
    };
    expect(verdict("key", { trace_name: "createKey", response: { key_info } })).toBe("tag");
    for (const multi_region_key_type of ["NO_REPLICA", "REPLICABLE"]) {
      const response = { multi_region_key_type };
      expect(verdict("key", { trace_name: "createKey", response })).toBe("tag");
    }
  });

  test("a secret's marks are not a key's", () => {
    const { isDefault, isReplica } = TRACE_LAYOUTS.secret;
    const marked = traceOf({ trace_name: "createSecret", response: replica });
    expect([isDefault(marked, ["a/default"]), isReplica(marked)]).toEqual([false, false]);
    expect(verdict("secret", { trace_name: "createSecret", request: replica })).toBe("tag");
    expect(verdict("secret", { trace_name: "createSecret", resource_name: "a/default" })).toBe(
      "tag",
    );
  });

  test("what is ignored anyway needs neither success nor an id", () => {
    const failed = { trace_rating: "warning", resource_id: "" };
    expect(verdict("key", { trace_name: "createSecret", ...failed })).toBe("other-type");
    expect(verdict("key", { trace_name: "createKey", ...failed })).toBe("failed-trace");
    expect(verdict("key", { trace_name: "createKeyTag", ...failed })).toBe("tag-trace");
  });
});

test("no trace is both a creation and a call that tags", () => {
  for (const { name } of CREATION_TRACES) expect(isTagTrace(name)).toBe(false);
  for (const name of TAG_TRACES) expect(creationOf(name)).toBeNull();
});

describe("the example events", () => {
  const secretId = "5d1f0f6e-2a51-4c58-9c0e-7b6f2d9a1c34";
  const keyId = "b2c7e1a0-93f4-4d0b-8e21-6f5a4b3c2d10";
  const cases: readonly (readonly [string, ResourceType, string])[] = [
    ["cts-create-secret", "secret", secretId],
    ["cts-create-key", "key", keyId],
    ["cts-id-only-in-response", "key", keyId],
    ["cts-key-id-only-in-url", "key", keyId],
    ["cts-resource-id-is-name", "secret", "prod-orders-db-password"],
    ["cts-bodies-as-json-text", "secret", secretId],
    ["cts-bodies-not-json", "secret", secretId],
    ["cts-times-in-seconds", "secret", secretId],
    ["cts-times-as-text", "secret", secretId],
    ["cts-user-null", "key", keyId],
    ["cts-user-as-json-text", "secret", secretId],
    ["cts-superseded-status", "secret", secretId],
    ["cts-failed-warning", "secret", "failed-trace"],
    ["cts-failed-service-code", "key", "failed-trace"],
    ["cts-default-key", "key", "default-key"],
    ["cts-replica-key", "key", "replica"],
    ["cts-replicate-key", "key", "replica"],
    ["cts-batch-import", "secret", "batch-import"],
    ["cts-tag-trace", "key", "tag-trace"],
    ["cts-other-service", "secret", "other-service"],
    ["cts-other-trace", "secret", "other-trace"],
    ["cts-create-key", "secret", "other-type"],
    ["cts-restore-secret", "secret", secretId],
    ["cts-cancel-key-deletion", "key", keyId],
    ["cts-no-id", "key", "no-id"],
    ["cts-no-name", "secret", "! cts.trace_name"],
    ["eventgrid-create-secret", "secret", secretId],
    ["eventgrid-data-as-text", "secret", secretId],
    [
      "smn-create-keys",
      "key",
      `${keyId}, ! record[1].smn.message, c41d9a77-0b52-4f3e-a1c8-2e9f60b7d845`,
    ],
    ["smn-trace-in-a-field", "key", keyId],
    ["failure-destination", "secret", secretId],
    ["failure-destination-of-smn", "key", keyId],
    ["bare-trace", "secret", secretId],
    ["no-trace", "secret", "! event"],
  ];

  test.each(cases)("%s for the function of a %s: %s", (file, type, expected) => {
    const verdicts = parseEvent(loadEvent(`${file}.json`)).map((input) => {
      if (!input.ok) return `! ${input.at}`;
      const decision = decide(input.trace, type);
      if (decision.do !== "tag") return decision.reason;
      return decision.identity.by === "id" ? decision.identity.ref.id : decision.identity.name;
    });
    expect(verdicts.join(", ")).toBe(expected);
  });
});
