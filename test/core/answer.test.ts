import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  findSecret,
  parseFailure,
  parseKeyDetail,
  parseSecretDetail,
  parseTags,
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

describe("a description", () => {
  test("of a secret has its times in one form, in seconds or milliseconds, number or text", () => {
    for (const create_time of [1_732_190_400, 1_732_190_400_000, "1732190400000"]) {
      const detail = parseSecretDetail({ secret: { id, name: "db", create_time, kms_key_id: "" } });
      expect(detail?.fields.get("resource.createdAt")).toBe("2024-11-21T12:00:00.000Z");
      expect(detail?.fields.get("resource.kmsKeyId")).toBeNull();
      expect(detail?.fields.get("resource.name")).toBe("db");
    }
  });

  test("of a key says whether it is a default key", () => {
    const key = { key_id: id, key_alias: "csms/default", default_key_flag: "1" };
    expect(parseKeyDetail({ key_info: key })?.defaultKey).toBe(true);
    expect(parseKeyDetail({ key_info: { ...key, default_key_flag: "0" } })?.defaultKey).toBe(false);
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
    expect(parseFailure('{"errorCode":"CSMS.0005"}').serviceCode).toBe("CSMS.0005");
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
