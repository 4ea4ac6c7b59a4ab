import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../../shared/io/canonical-json.ts";
import { compileGood } from "../../policies/folder.ts";

const POLICY = `
version: 1
selectors:
  all:
    types: secret
    name: [{ glob: "a-*" }, { regex: b }, { is: c }, { in: [d, e] }]
    id: { is: i }
    state: { is: s }
    enterpriseProject: { is: p }
    region: { in: [r] }
    project: { is: q }
    createdBefore: 2026-01-02
    createdAfter: 2026-01-01T10:00:00.5Z
    tag: { X: x, Y: { is: y }, Z: [{ is: z }, { glob: "?" }] }
tags:
  A:
    description: What it is.
    required: { only: all }
    applies: { only: [all], except: all }
    values: [x, y]
    value:
      - { const: x, transform: lower }
      - { from: region, transform: [lower, upper, title, trim, slug] }
      - { fromName: "(?<g>a)", group: g, transform: [{ date: yyyy }, { map: { a: b } }, { prefix: p }, { suffix: s }] }
      - { inherit: kmsKey }
      - { tag: B }
    whenPresent: correct
  B: { required: false, applies: true }
rules:
  - { id: r, if: { selector: all, state: { is: s } }, then: { require: [A] } }
limits: { reserve: 3, key: { profile: extended } }
guards:
  grace: { Terraform: 2m, curl: 0s, default: 500ms }
  visible: 1h
  maxChanges: 0
  maxPercent: 12.5
exemptions:
  - { rule: A.allowed, resource: {}, owner: o, reason: r }
  - { rule: r, resource: { selector: [all] }, owner: o, reason: r, expires: 2028-02-29 }
`;

describe("everything that a policy can say", () => {
  test("is there, with one spelling", async () => {
    const { hash, ...policy } = await compileGood(POLICY);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(policy).toEqual({
      version: 1,
      selectors: {
        all: {
          types: ["secret"],
          name: [{ regex: "^a-[\\s\\S]*$" }, { regex: "b" }, { in: ["c"] }, { in: ["d", "e"] }],
          id: [{ in: ["i"] }],
          state: [{ in: ["s"] }],
          enterpriseProject: [{ in: ["p"] }],
          region: [{ in: ["r"] }],
          project: [{ in: ["q"] }],
          createdBeforeMs: Date.UTC(2026, 0, 2),
          createdAfterMs: Date.UTC(2026, 0, 1, 10, 0, 0, 500),
          tag: {
            X: [{ in: ["x"] }],
            Y: [{ in: ["y"] }],
            Z: [{ in: ["z"] }, { regex: "^[\\s\\S]$" }],
          },
        },
      },
      tags: [
        {
          key: "A",
          description: "What it is.",
          required: { only: ["all"], except: [] },
          severity: "medium",
          aliases: [],
          match: [],
          values: { x: [], y: [] },
          sources: [
            { kind: "const", value: "x", transform: [{ kind: "lower" }] },
            {
              kind: "from",
              field: "region",
              transform: ["lower", "upper", "title", "trim", "slug"].map((kind) => ({ kind })),
            },
            {
              kind: "fromName",
              regex: "(?<g>a)",
              group: "g",
              transform: [
                { kind: "date", pattern: "yyyy" },
                { kind: "map", table: { a: "b" } },
                { kind: "prefix", text: "p" },
                { kind: "suffix", text: "s" },
              ],
            },
            { kind: "inherit", of: "kmsKey", transform: [] },
            { kind: "tag", key: "B", transform: [] },
          ],
          whenPresent: "correct",
          applies: { only: ["all"], except: ["all"] },
          prohibited: false,
        },
        expect.objectContaining({ key: "B", required: null, applies: { only: null, except: [] } }),
      ],
      rules: [
        {
          id: "r",
          description: "",
          severity: "medium",
          if: { state: [{ in: ["s"] }], selector: ["all"] },
          require: ["A"],
        },
      ],
      limits: { reserve: 3, keyProfile: "extended" },
      guards: {
        grace: {
          byAgent: [
            { agent: "Terraform", ms: 120_000 },
            { agent: "curl", ms: 0 },
          ],
          defaultMs: 500,
        },
        visibleMs: 3_600_000,
        maxChanges: 0,
        maxPercent: 12.5,
      },
      exemptions: [
        { id: "1", rule: "A.allowed", resource: {}, owner: "o", reason: "r", expiresMs: null },
        {
          id: "2",
          rule: "r",
          resource: { selector: ["all"] },
          owner: "o",
          reason: "r",
          expiresMs: Date.UTC(2028, 2, 1),
        },
      ],
      lookups: {},
    });
  });

  test("has its defaults where it says little", async () => {
    const { limits, tags } = await compileGood(
      "version: 1\ntags: { A: {} }\nlimits: { reserve: 2 }\n",
    );
    expect(limits).toEqual({ reserve: 2, keyProfile: "documented" });
    expect(tags).toMatchObject([{ key: "A", description: "", severity: "medium" }]);
  });

  test("travels as JSON", async () => {
    const policy = await compileGood(POLICY);
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  });
});

test("canonical JSON sorts keys and nothing else", () => {
  expect(canonicalJson({ b: [2, 1, { d: null, c: "ä\n" }], a: { 10: true, 9: 0.5 } })).toBe(
    '{"a":{"10":true,"9":0.5},"b":[2,1,{"c":"ä\\n","d":null}]}',
  );
});
