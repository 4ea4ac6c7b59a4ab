import { expect, test } from "vitest";
import { CloudError, type CloudErrorFields } from "../../shared/core/error.ts";

const bare: CloudErrorFields = {
  code: "unreachable",
  operation: "ListTags",
  status: 0,
  serviceCode: "",
  requestId: "",
  detail: "",
};

test.each<[Partial<CloudErrorFields>, string]>([
  [{}, "ListTags: unreachable"],
  [{ detail: "ECONNRESET" }, "ListTags: unreachable, ECONNRESET"],
  [{ code: "unavailable", status: 1 }, "ListTags: unavailable, status 1"],
  [
    {
      code: "untaggable",
      operation: "BatchTags(create)",
      status: 400,
      serviceCode: "KMS.0211",
      requestId: "req-1",
      detail: "default-key",
    },
    "BatchTags(create): untaggable, status 400, KMS.0211, default-key, request req-1",
  ],
])("an error of %j is the line %j", (fields, line) => {
  const error = new CloudError({ ...bare, ...fields });
  expect(error).toBeInstanceOf(Error);
  expect([error.name, error.message]).toEqual(["CloudError", line]);
  expect({ ...error }).toEqual({ name: "CloudError", ...bare, ...fields });
});
