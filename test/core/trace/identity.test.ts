import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isResourceId,
  isSecretName,
  RESOURCE_TYPES,
  type ResourceType,
} from "../../../shared/core/resource.ts";
import { type Identity, identify } from "../../../shared/core/trace/identity.ts";
import { TRACE_LAYOUTS } from "../../../shared/core/trace/layout.ts";
import { parseTrace } from "../../../shared/core/trace/parse.ts";

const A = "aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa";
const B = "bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb";
const C = "cccccccc-3333-4333-8333-cccccccccccc";
const D = "dddddddd-4444-4444-8444-dddddddddddd";
const PROJECT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

type Fields = { readonly [field: string]: unknown };

function identity(type: ResourceType, fields: Fields): Identity {
  const input = parseTrace({ trace_name: "x", ...fields }, "");
  if (!input.ok) throw new Error(input.problem);
  return identify(input.trace, type);
}

/** As one word: `id <id>`, `id <id> as <name>`, `name <name>` or `nothing`. */
function brief(type: ResourceType, fields: Fields): string {
  const found = identity(type, fields);
  if (found.by === "nothing") return found.by;
  if (found.by === "name") return `name ${found.name}`;
  return found.ref.name === undefined
    ? `id ${found.ref.id}`
    : `id ${found.ref.id} as ${found.ref.name}`;
}

describe("a key", () => {
  const url = `/v1.0/${PROJECT}/kms/${D}/tags`;
  const places: readonly Fields[] = [
    { resource_id: A },
    { response: { key_info: { key_id: B } } },
    { response: { key_id: C } },
    { request: { key_id: D } },
    { resource_url: url },
  ];

  test.each(places.map((fields) => [fields]))("is found by its id alone in %j", (fields) => {
    expect(brief("key", fields)).toMatch(/^id /);
  });

  test("is the first one where ids disagree", () => {
    const response = { key_info: { key_id: B }, key_id: C };
    const all = { resource_id: A, response, request: { key_id: D }, resource_url: url };
    expect(brief("key", all)).toBe(`id ${A}`);
    expect(brief("key", { ...all, resource_id: {} })).toBe(`id ${B}`);
    expect(brief("key", { ...all, resource_id: "alias", response: { key_id: C } })).toBe(`id ${C}`);
    expect(brief("key", { ...all, resource_id: "", response: "" })).toBe(`id ${D}`);
  });

  test("has its alias for a name, never its id", () => {
    const request = { key_alias: "prod" };
    expect(brief("key", { resource_id: A, resource_name: A })).toBe(`id ${A}`);
    expect(brief("key", { resource_id: A, resource_name: B })).toBe(`id ${A}`);
    expect(brief("key", { resource_id: A, resource_name: A, request })).toBe(`id ${A} as prod`);
    expect(brief("key", { resource_id: A, resource_name: "a/b" })).toBe(`id ${A} as a/b`);
  });

  test.each([
    ["k".repeat(255), true],
    ["k".repeat(256), false],
    ["ключ/😀", true],
    ["prod\u0000", false],
    ["\u0000prod", false],
  ])("takes %j for its alias: %j", (alias, isOne) => {
    const found = brief("key", { resource_id: A, request: { key_alias: alias } });
    expect(found).toBe(isOne ? `id ${A} as ${alias}` : `id ${A}`);
  });

  test("has no name in a URL", () => {
    expect(TRACE_LAYOUTS.key.nameInUrl(`/v1/${PROJECT}/secrets/db`)).toBeNull();
  });

  test("is not found by its name", () => {
    expect(brief("key", { resource_id: "prod", resource_name: "prod" })).toBe("nothing");
  });

  test("is not guessed from a URL with two ids, or from a query", () => {
    expect(brief("key", { resource_url: `/kms/${A}/${B}` })).toBe("nothing");
    expect(brief("key", { resource_url: `/kms/${A}/grants/${A}` })).toBe(`id ${A}`);
    expect(brief("key", { resource_url: `/kms?enterprise_project_id=${A}` })).toBe("nothing");
    expect(brief("key", { resource_url: `/kms#/${A}` })).toBe("nothing");
    expect(brief("key", { resource_url: `/kms/x${A}` })).toBe("nothing");
  });
});

describe("a secret", () => {
  test("is found by its id", () => {
    const response = { secret: { id: B, name: "db" } };
    expect(brief("secret", { resource_id: A, response })).toBe(`id ${A} as db`);
    expect(brief("secret", { resource_id: "db", response })).toBe(`id ${B} as db`);
    expect(brief("secret", { response: JSON.stringify(response) })).toBe(`id ${B} as db`);
    expect(brief("secret", { response: { secret: JSON.stringify({ id: B }) } })).toBe(`id ${B}`);
    expect(brief("secret", { resource_url: `/v1/${PROJECT}/csms/${C}/tags` })).toBe(`id ${C}`);
  });

  test("is found by its name where there is no id", () => {
    const request = { name: "asked" };
    const response = { secret: { name: "answered" } };
    const url = { resource_url: `/v1/${PROJECT}/secrets/in-url/versions`, resource_id: "last" };
    expect(brief("secret", { resource_name: "first", request, response })).toBe("name first");
    expect(brief("secret", { resource_name: "", request, response })).toBe("name asked");
    expect(brief("secret", { request: "", response, ...url })).toBe("name answered");
    expect(brief("secret", url)).toBe("name in-url");
    expect(brief("secret", { resource_id: "last" })).toBe("name last");
    expect(brief("secret", { resource_id: {} })).toBe("nothing");
  });

  test("is found in a path that begins without a slash", () => {
    expect(brief("secret", { resource_url: `csms/${C}/tags` })).toBe(`id ${C}`);
    expect(brief("secret", { resource_url: "secrets/db?limit=1\n#/secrets/x" })).toBe("name db");
  });

  test("does not take its name from a call's own path", () => {
    expect(brief("secret", { resource_url: `/v1/${PROJECT}/secrets/restore` })).toBe("nothing");
    expect(brief("secret", { resource_url: `/v1/${PROJECT}/secrets/batch-import` })).toBe(
      "nothing",
    );
    expect(brief("secret", { resource_url: `/v1/${PROJECT}/secrets` })).toBe("nothing");
    expect(brief("secret", { resource_url: "/secrets/%2e%2e" })).toBe("nothing");
    expect(brief("secret", { resource_url: "/secrets/.." })).toBe("nothing");
    expect(brief("secret", { resource_url: "db" })).toBe("nothing");
    expect(brief("secret", { resource_url: A })).toBe("nothing");
  });

  test("that is named in the form of an id is not mistaken for the one that has this id", () => {
    expect(brief("secret", { resource_id: A, request: { name: A } })).toBe(`name ${A}`);
    const response = { secret: { id: B, name: A } };
    expect(brief("secret", { resource_id: A, request: { name: A }, response })).toBe(
      `id ${B} as ${A}`,
    );
  });

  test("is not searched for by an id in the place of the name, where there is a name", () => {
    expect(brief("secret", { resource_name: A, request: { name: "db" } })).toBe("name db");
    expect(brief("secret", { resource_id: B, resource_name: B })).toBe(`id ${B}`);
  });

  test.each(["null", "undefined"])("that is really named %s is found by its name", (word) => {
    expect(brief("secret", { resource_name: word })).toBe(`name ${word}`);
    expect(brief("secret", { request: { name: word } })).toBe(`name ${word}`);
    expect(brief("secret", { resource_name: word, response: { secret: { name: word } } })).toBe(
      `name ${word}`,
    );
  });

  test.each(["null", "undefined"])("has another name than %s wherever there is one", (word) => {
    const given = { resource_name: word, request: { name: word } };
    expect(brief("secret", { resource_name: word, request: { name: "db" } })).toBe("name db");
    expect(brief("secret", { ...given, resource_name: "db" })).toBe("name db");
    expect(brief("secret", { ...given, resource_id: "db" })).toBe("name db");
    expect(brief("secret", { ...given, resource_url: `/v1/${PROJECT}/secrets/db` })).toBe(
      "name db",
    );
    expect(brief("secret", { ...given, resource_id: A })).toBe(`id ${A}`);
    expect(brief("key", { ...given, resource_id: A })).toBe(`id ${A}`);
    expect(brief("secret", { resource_id: word })).toBe("nothing");
  });

  test("is not a key", () => {
    expect(brief("secret", { request: { key_id: A }, response: { key_info: { key_id: B } } })).toBe(
      "nothing",
    );
  });
});

const POISON = [
  "../../v1/other/secrets/x",
  `${A}/../${B}`,
  `${A}\n`,
  ` ${A}`,
  A.toUpperCase(),
  "..",
  ".",
  "a/b",
  "a b",
  "a?b=c",
  "%2e%2e",
  "x".repeat(65),
  "naïve",
  "\ud800",
];

test.each(POISON.map((text) => [text]))("%j never goes into a path", (text) => {
  const bad = {
    resource_id: text,
    resource_name: text,
    request: { name: text, key_id: text },
    response: { key_info: { key_id: text }, secret: { id: text, name: text } },
  };
  expect(identity("key", bad)).toEqual({ by: "nothing" });
  // In capitals an id is not an id, but it is a valid name.
  const expected = text === A.toUpperCase() ? { by: "name", name: text } : { by: "nothing" };
  expect(identity("secret", bad)).toEqual(expected);
});

test("only checked ids and names come out, whatever goes in", () => {
  const text = fc.oneof(
    fc.constantFrom(A, B, "name", ...POISON),
    fc.string({ unit: "binary" }),
    fc.constant({}),
    fc.constant(null),
  );
  const trace = fc.record(
    {
      resource_id: text,
      resource_name: text,
      resource_url: fc.oneof(
        text,
        fc.tuple(fc.constantFrom("csms", "secrets", "kms"), text).map((parts) => parts.join("/")),
      ),
      request: fc.record({ name: text, key_id: text, key_alias: text }, { requiredKeys: [] }),
      response: fc.record(
        {
          key_id: text,
          key_info: fc.record({ key_id: text, key_alias: text }, { requiredKeys: [] }),
          secret: fc.record({ id: text, name: text }, { requiredKeys: [] }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(trace, fc.constantFrom(...RESOURCE_TYPES), (fields, type) => {
      const found = identity(type, fields);
      if (found.by === "name") expect(isSecretName(found.name)).toBe(true);
      if (found.by !== "id") return;
      expect(found.ref.type).toBe(type);
      expect(isResourceId(found.ref.id)).toBe(true);
      expect(found.ref.name).not.toBe(found.ref.id);
      if (type === "secret") expect(isSecretName(found.ref.name ?? "none")).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
