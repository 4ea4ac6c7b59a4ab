import { describe, expect, test } from "vitest";
import * as z from "zod";
import { auditScopesSchema, problemOfScopes } from "../../../shared/core/audit/audit-scopes.ts";

const scopes = (...list: readonly unknown[]) => ({ version: 1, scopes: list });
const ONE = { region: "eu-west-101", project: "0123456789abcdef0123456789abcdef" };

describe("a file of regions and projects", () => {
  test.each([
    [scopes(ONE)],
    [scopes(ONE, { region: "cn-north-4", project: "p_1-a", endpoint: "https://kms.example.com" })],
    [scopes({ region: "ap-southeast-3", project: "p".repeat(64) })],
    [scopes({ region: "la-1a", project: "p" })],
  ])("is accepted: %j", (value) => expect(problemOfScopes(value)).toBeNull());

  test.each<[unknown, string]>([
    [null, "the file"],
    [{ ...scopes(ONE), more: 1 }, "the file"],
    [{ scopes: [ONE] }, "version"],
    [{ version: 2, scopes: [ONE] }, "version"],
    [scopes(), "scopes"],
    [scopes(ONE, { ...ONE, more: 1 }), "scopes.1"],
    [scopes({ project: "p" }), "scopes.0.region"],
    ...["eu", "e-west-1", "EU-west-1", "1eu-west-1", "eu-west-1 ", "eu-"].map(
      (region): [unknown, string] => [scopes({ ...ONE, region }), "scopes.0.region"],
    ),
    ...["", "p".repeat(65), "p/1", " p", "p "].map((project): [unknown, string] => [
      scopes({ ...ONE, project }),
      "scopes.0.project",
    ]),
    [scopes({ ...ONE, endpoint: 1 }), "scopes.0.endpoint"],
  ])("is refused, with the place: %j", (value, at) => {
    expect(problemOfScopes(value)).toBe(
      `${at}: expected { version: 1, scopes: [{ region, project, endpoint? }] }`,
    );
  });

  test("is described for editors", () => {
    expect(z.toJSONSchema(auditScopesSchema, { io: "input" })).toMatchObject({
      properties: {
        version: { description: "Version of this form.", const: 1 },
        scopes: {
          type: "array",
          minItems: 1,
          items: {
            properties: {
              region: { description: "Region, such as eu-west-101." },
              project: { description: "Id of the region's project." },
              endpoint: {
                description: "Origin that serves KMS and CSMS, where it is not the usual.",
              },
            },
            required: ["region", "project"],
            additionalProperties: false,
          },
        },
      },
      required: ["version", "scopes"],
      additionalProperties: false,
    });
  });
});
