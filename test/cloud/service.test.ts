import { expect, test } from "vitest";
import { createRouter } from "./service.ts";

const find = createRouter([
  { method: "GET", path: "/v1/{project}/secrets/{name}" },
  { method: "GET", path: "/v1/{project}/secrets/special" },
  { method: "DELETE", path: "/v1/{project}/csms/{id}/tags/{key}" },
]);

test("a fixed segment beats a parameter, whichever was listed first", () => {
  expect(find("GET", "/v1/p/secrets/special")?.target.path).toBe("/v1/{project}/secrets/special");
  expect(find("GET", "/v1/p/secrets/other")?.params).toEqual({ project: "p", name: "other" });
});

test("parameters are decoded, each from its own segment", () => {
  const route = find("DELETE", "/v1/p/csms/i/tags/a%2Fb%20%C3%A9");
  expect(route?.params).toEqual({ project: "p", id: "i", key: "a/b é" });
});

test.each([
  ["POST", "/v1/p/secrets/s"],
  ["GET", "/v1/p/secrets"],
  ["GET", "/v1/p/secrets/s/"],
  ["GET", "/v1/p/secrets/"],
  ["GET", "/v1//secrets/s"],
  ["GET", "/v1/p/secrets/%zz"],
  ["GET", ""],
])("%s %j is nobody's", (method, path) => {
  expect(find(method, path)).toBeUndefined();
});
