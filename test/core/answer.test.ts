import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  findSecret,
  parseFailure,
  parseKeyDetail,
  parseSecretDetail,
  parseTags,
  parseVocabulary,
} from "../../shared/core/answer.ts";

const id = "8e4c0ae9-9d30-4ec3-8e0e-6f7c0f2b1a01";

describe("the tags of a resource", () => {
  test("are read without the system's own", () => {
    const answer = {
      tags: [
        { key: "Owner", value: "a@example.com" },
        { key: "Empty" },
        { key: "Null", value: null },
      ],
      sys_tags: [{ key: "_sys_enterprise_project_id", value: "0" }],
      existTagsNum: 3,
    };
    expect([...(parseTags(answer) ?? [])]).toEqual([
      ["Owner", "a@example.com"],
      ["Empty", ""],
      ["Null", ""],
    ]);
  });

  test.each([
    undefined,
    null,
    "",
    [],
    {},
    { tags: null },
    { tags: {} },
    { tags: [{ value: "x" }] },
  ])("%j is not an empty list: it was not read", (answer) => expect(parseTags(answer)).toBeNull());

  test("whatever comes, the result is tags or nothing", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (answer) => {
        const tags = parseTags(answer);
        expect(tags === null || tags instanceof Map).toBe(true);
      }),
    );
  });
});

describe("the vocabulary of a project", () => {
  test("is the keys of its tags", () => {
    const tags = [{ key: "Owner", values: ["ann"] }, { key: "Env" }];
    expect(parseVocabulary({ tags })).toEqual(["Owner", "Env"]);
    expect(parseVocabulary({ tags: [] })).toEqual([]);
  });

  test.each([undefined, null, {}, { tags: null }, { tags: ["Owner"] }, { tags: [{ key: 1 }] }])(
    "was not read from %j",
    (answer) => expect(parseVocabulary(answer)).toBeNull(),
  );
});

describe("a description", () => {
  const secret = {
    id,
    name: "db",
    state: "ENABLED",
    kms_key_id: "k-1",
    create_time: 1_732_190_400_000,
    secret_type: "COMMON",
    enterprise_project_id: "ep-1",
  };
  const key = {
    key_id: id,
    key_alias: "prod",
    key_state: "2",
    key_spec: "AES_256",
    creation_date: "1732190400000",
    default_key_flag: "0",
    sys_enterprise_project_id: "ep-1",
  };

  test("of a secret tells all that a secret has", () => {
    expect(parseSecretDetail({ secret })).toEqual({
      id,
      name: "db",
      defaultKey: false,
      fields: new Map([
        ["resource.id", id],
        ["resource.type", "secret"],
        ["resource.name", "db"],
        ["resource.state", "ENABLED"],
        ["resource.createdAt", "2024-11-21T12:00:00.000Z"],
        ["resource.kmsKeyId", "k-1"],
        ["resource.secretType", "COMMON"],
        ["resource.keySpec", null],
        ["resource.enterpriseProject", "ep-1"],
      ]),
    });
  });

  test("of a key tells all that a key has", () => {
    expect(parseKeyDetail({ key_info: key })).toEqual({
      id,
      name: "prod",
      defaultKey: false,
      fields: new Map([
        ["resource.id", id],
        ["resource.type", "key"],
        ["resource.name", "prod"],
        ["resource.state", "2"],
        ["resource.createdAt", "2024-11-21T12:00:00.000Z"],
        ["resource.kmsKeyId", null],
        ["resource.secretType", null],
        ["resource.keySpec", "AES_256"],
        ["resource.enterpriseProject", "ep-1"],
      ]),
    });
  });

  test("has no empty name of a key, no empty spec, project or encrypting key, and no absurd time", () => {
    const nothing = { kms_key_id: "", enterprise_project_id: "", create_time: "soon" };
    const ofSecret = parseSecretDetail({ secret: { ...secret, ...nothing, name: null } });
    expect(ofSecret?.name).toBeNull();
    expect(ofSecret?.fields.get("resource.name")).toBeNull();
    const ofKey = parseKeyDetail({
      key_info: { ...key, key_alias: "", key_spec: "", sys_enterprise_project_id: "" },
    });
    const absent = (detail: typeof ofKey) =>
      [...(detail?.fields ?? [])].filter(([, value]) => value === null).map(([field]) => field);
    expect(absent(ofSecret)).toEqual([
      "resource.name",
      "resource.createdAt",
      "resource.kmsKeyId",
      "resource.keySpec",
      "resource.enterpriseProject",
    ]);
    expect(absent(ofKey)).toEqual([
      "resource.name",
      "resource.kmsKeyId",
      "resource.secretType",
      "resource.keySpec",
      "resource.enterpriseProject",
    ]);
  });

  test("of a secret has its times in one form, in seconds or milliseconds, number or text", () => {
    for (const create_time of [1_732_190_400, 1_732_190_400_000, "1732190400000"]) {
      const detail = parseSecretDetail({ secret: { id, name: "db", create_time, kms_key_id: "" } });
      expect(detail?.fields.get("resource.createdAt")).toBe("2024-11-21T12:00:00.000Z");
      expect(detail?.fields.get("resource.kmsKeyId")).toBeNull();
      expect(detail?.fields.get("resource.name")).toBe("db");
    }
  });

  test("of a key says whether it is a default key", () => {
    const flagged = (default_key_flag: unknown) =>
      parseKeyDetail({ key_info: { ...key, default_key_flag } })?.defaultKey;
    expect(["1", "0", 1, null, undefined].map(flagged)).toEqual([true, false, false, false, false]);
  });

  test("without an id that may go into a path is none", () => {
    expect(parseSecretDetail({ secret: { id: "../../x", name: "db" } })).toBeNull();
    expect(parseKeyDetail({ key_info: {} })).toBeNull();
    expect(parseKeyDetail("text")).toBeNull();
  });

  test("a field of another type is absent and does not stop the others", () => {
    const detail = parseSecretDetail({ secret: { id, name: "db", state: 5, create_time: {} } });
    expect(detail?.fields.get("resource.state")).toBeNull();
    expect(detail?.fields.get("resource.name")).toBe("db");
  });
});

describe("a page of the instance query", () => {
  test("is searched row by row, and rows without an id are passed over", () => {
    const rows = [
      {},
      { resource_id: "other" },
      { resource_id: id, resource_detail: { id, name: "x" } },
    ];
    expect(findSecret({ resources: rows }, id)).toMatchObject({ name: "x" });
    expect(findSecret({ resources: rows.slice(0, 2) }, id)).toEqual({ rows: 2 });
    expect(findSecret({ resources: [] }, id)).toEqual({ rows: 0 });
  });

  test.each([
    ["no list", {}],
    ["a list that is none", { resources: null }],
    ["our row without its description", { resources: [{ resource_id: id }] }],
    ["our row with another's", { resources: [{ resource_id: id, resource_detail: "text" }] }],
  ])("with %s was not read, which is not the same as not being there", (_name, answer) => {
    expect(findSecret(answer, id)).toBeNull();
  });
});

describe("the body of an error", () => {
  test("is read in the services' shape and in the gateway's", () => {
    const service = '{"error":{"error_code":"KMS.0207","error_msg":"Key does not exist."}}';
    const gateway = '{"error_msg":"m","error_code":"APIGW.0301","request_id":"abc-1"}';
    expect(parseFailure(service)).toEqual({ serviceCode: "KMS.0207", requestId: "" });
    expect(parseFailure(gateway)).toEqual({ serviceCode: "APIGW.0301", requestId: "abc-1" });
  });

  test.each([
    ['{"errorCode":"CSMS.0005"}', "CSMS.0005"],
    ['{"code":"CSMS.0005"}', "CSMS.0005"],
    ['{"error":{"code":"CSMS.0005"}}', "CSMS.0005"],
    ['{"code":"A.1","errorCode":"DEW.2"}', "DEW.2"],
    ['{"errorCode":"DEW.2","error_code":"DEW.3"}', "DEW.3"],
    ['{"error_code":"DEW.3","error":{"error_code":"DEW.4"}}', "DEW.4"],
    ['{"error_code":"DEW.3","error":"x"}', "DEW.3"],
    ['{"error_code":"DEW.12345678"}', "DEW.12345678"],
    ['{"error_code":"DEW.123456789"}', ""],
    [`{"error_code":"${"a".repeat(20)}.1"}`, `${"a".repeat(20)}.1`],
    [`{"error_code":"${"a".repeat(21)}.1"}`, ""],
    ['{"error_code":"D.1"}', ""],
    ['{"error_code":"DEW."}', ""],
    ['{"error_code":" DEW.1"}', ""],
    ['{"error_code":"DEW.1 "}', ""],
    ['{"error_code":7}', ""],
  ])("%s has the code %j", (body, serviceCode) => {
    expect(parseFailure(body)).toEqual({ serviceCode, requestId: "" });
  });

  test.each([
    ["0a1B_c-2", true],
    ["x", true],
    ["x".repeat(64), true],
    ["x".repeat(65), false],
    ["", false],
    ["a b", false],
    [" a", false],
    ["a ", false],
  ])("repeats the request id %j: %j", (request_id, isRepeated) => {
    const wanted = isRepeated ? request_id : "";
    expect(parseFailure(JSON.stringify({ request_id })).requestId).toBe(wanted);
    expect(parseFailure(JSON.stringify({ error: { request_id } })).requestId).toBe(wanted);
  });

  test.each(["", "<html>502</html>", "null", "[]", '"x"', "{", '{"error":"x"}', '{"error":null}'])(
    "%s says nothing",
    (body) => expect(parseFailure(body)).toEqual({ serviceCode: "", requestId: "" }),
  );

  test("what does not look like a code or an id never leaves it", () => {
    const body = JSON.stringify({ error_code: "the value was hunter2", request_id: "a b\nc" });
    expect(parseFailure(body)).toEqual({ serviceCode: "", requestId: "" });
  });
});
