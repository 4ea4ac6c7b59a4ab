import { describe, expect, test } from "vitest";
import type { CloudSettings } from "./contract.ts";
import { at, useCloud } from "./fixture.ts";
import { KEY_TAG_LIMITS, SECRET_TAG_LIMITS } from "./tags.ts";

// Both services, both limits of KMS: the same statements, each with its own codes.

const fixture = useCloud();

type Kind = "secret" | "key";
type Tag = { key: string; value?: string };
const BASE = { secret: "v1/{project}/csms", key: "v1.0/{project}/kms" } as const;
const CSMS = "400 CSMS.0002";

function path(kind: Kind, rest: string): string {
  return `/${BASE[kind].replace("{project}", fixture().cloud.project)}/${rest}`;
}

/** A resource with these tags; whether the service would have taken them does not matter. */
function withTags(kind: Kind, tags: { [key: string]: string } = {}): string {
  const { cloud } = fixture();
  return kind === "secret"
    ? cloud.addSecret({ name: "r", tags }).id
    : cloud.addKey({ name: "r", tags }).id;
}

function tagsOf(id: string): { [key: string]: string } {
  const { cloud } = fixture();
  return Object.fromEntries((cloud.secret(id) ?? cloud.key(id))?.tags ?? []);
}

async function batch(kind: Kind, id: string, action: unknown, tags?: unknown): Promise<string> {
  const { alice } = fixture();
  const answer = await alice.call("POST", path(kind, `${id}/tags/action`), { action, tags });
  if (answer.status === 204) expect(answer.body).toBeUndefined();
  return `${answer.status} ${at(answer.body, "error", "error_code") ?? ""}`.trim();
}

function many(count: number): Tag[] {
  return Array.from({ length: count }, (_, n) => ({ key: `k${n}`, value: "v" }));
}

const KINDS = [
  ["secret", "documented", SECRET_TAG_LIMITS],
  ["key", "documented", KEY_TAG_LIMITS.documented],
  ["key", "extended", KEY_TAG_LIMITS.extended],
] as const;

test("the limits are those of the documents", () => {
  const numbers = KINDS.map(([, , { tagsMax, keyLengthMax, valueLengthMax }]) => {
    return [tagsMax, keyLengthMax, valueLengthMax];
  });
  expect(numbers).toEqual([
    [20, 128, 255],
    [10, 36, 43],
    [20, 128, 255],
  ]);
});

describe.each(KINDS)("a %s under %s limits", (kind, keyLimits, limits) => {
  const set = () => {
    fixture().cloud.settings.keyLimits = keyLimits;
  };
  const code = (kms: string) => (kind === "secret" ? CSMS : `400 ${kms}`);

  test("takes a key and a value of the greatest length, in code points, and none beyond", async () => {
    set();
    const id = withTags(kind);
    const [key, value] = [
      "\u{20000}".repeat(limits.keyLengthMax),
      "\u{20001}".repeat(limits.valueLengthMax),
    ];
    expect(await batch(kind, id, "create", [{ key, value }])).toBe("204");
    expect(tagsOf(id)).toEqual({ [key]: value });
    expect(await batch(kind, id, "create", [{ key: `${key}a` }])).toBe(code("KMS.0411"));
    expect(await batch(kind, id, "create", [{ key: "" }])).toBe(code("KMS.0411"));
    const long = [{ key: "a", value: `${value}a` }];
    expect(await batch(kind, id, "create", long)).toBe(code("KMS.0410"));
  });

  test("takes as many tags as its limit says; the one too many changes nothing", async () => {
    set();
    const id = withTags(kind);
    expect(await batch(kind, id, "create", many(limits.tagsMax))).toBe("204");
    const both = [
      { key: "k0", value: "new" },
      { key: "extra", value: "v" },
    ];
    expect(await batch(kind, id, "create", both)).toBe(code("KMS.0409"));
    expect(tagsOf(id).k0).toBe("v");
    expect(await batch(kind, id, "create", [{ key: "k0", value: "new" }])).toBe("204");
    expect(Object.keys(tagsOf(id))).toHaveLength(limits.tagsMax);
  });

  test("that has too many already may have one overwritten, and none added", async () => {
    set();
    const id = withTags(kind, Object.fromEntries(many(25).map(({ key }) => [key, "v"])));
    expect(await batch(kind, id, "create", [{ key: "k24", value: "w" }])).toBe("204");
    expect(await batch(kind, id, "create", [{ key: "new" }])).toBe(code("KMS.0409"));
  });
});

describe.each([
  ["secret", "documented"],
  ["key", "extended"],
] as const)("the unicode rules (%s, %s)", (kind, keyLimits) => {
  const create = (tag: Tag) => {
    fixture().cloud.settings.keyLimits = keyLimits;
    return batch(kind, withTags(kind), "create", [tag]);
  };
  const [badKey, badValue] = kind === "secret" ? [CSMS, CSMS] : ["400 KMS.0406", "400 KMS.0405"];

  test.each(["system", "sys-owner", "_sys", "größe", "a b", "a:b=c+d-e@f.g_h", "日本", "a\u00a0b"])(
    "allow the key %j",
    async (key) => expect(await create({ key })).toBe("204"),
  );
  test.each(["_sys_", "_sys_x", " a", "a ", "a/b", "a*", "a\n", "a,b", "a#"])(
    "refuse the key %j",
    async (key) => expect(await create({ key })).toBe(badKey),
  );
  test.each(["", " ", "a/b", " a ", "_sys_x"])("allow the value %j", async (value) =>
    expect(await create({ key: "k", value })).toBe("204"),
  );
  test.each(["a*", "a\tb", "a,b", "a%"])("refuse the value %j", async (value) =>
    expect(await create({ key: "k", value })).toBe(badValue),
  );
});

describe("the documented rules of KMS", () => {
  const create = (tag: Tag) => batch("key", withTags("key"), "create", [tag]);

  test.each(["a/b", "_sys_x", " a ", "a,b", "#", "\u007f", "日本"])(
    "allow the key %j",
    async (key) => expect(await create({ key })).toBe("204"),
  );
  test.each([..."*<>\\=", "\u0000", "\u001f", "\n"].map((c) => `a${c}b`))(
    "refuse %j as a key and as a value",
    async (text) => {
      expect(await create({ key: text })).toBe("400 KMS.0406");
      expect(await create({ key: "k", value: text })).toBe("400 KMS.0405");
    },
  );
});

describe.each(["secret", "key"] as const)("a batch of a %s", (kind) => {
  const code = (kms: string) => (kind === "secret" ? CSMS : kms);
  const two = [
    { key: "a", value: "2" },
    { key: "b", value: "2" },
  ];

  test("overwrites an existing key, or is refused as a whole, as the setting says", async () => {
    const { settings } = fixture().cloud;
    const outcomes: [CloudSettings["createOnExisting"], string, object][] = [
      ["overwrite", "204", { a: "2", b: "2" }],
      ["reject", code("400 KMS.0406"), { a: "1" }],
    ];
    for (const [setting, answer, tags] of outcomes) {
      settings.createOnExisting = setting;
      const id = withTags(kind, { a: "1" });
      expect(await batch(kind, id, "create", two)).toBe(answer);
      expect(tagsOf(id)).toEqual(tags);
    }
  });

  test("rejects even the value that is there already, where it rejects, and takes new keys", async () => {
    fixture().cloud.settings.createOnExisting = "reject";
    const id = withTags(kind, { a: "2" });
    expect(await batch(kind, id, "create", [{ key: "c" }])).toBe("204");
    expect(await batch(kind, id, "create", two)).toBe(code("400 KMS.0406"));
  });

  test("deletes by key; a missing one is success, or refuses the whole, as the setting says", async () => {
    const { settings } = fixture().cloud;
    const id = withTags(kind, { a: "1", c: "3" });
    settings.deleteMissing = "reject";
    expect(await batch(kind, id, "delete", [{ key: "a" }, { key: "b" }])).toBe(
      code("404 KMS.0416"),
    );
    expect(tagsOf(id)).toEqual({ a: "1", c: "3" });
    settings.deleteMissing = "ignore";
    expect(await batch(kind, id, "delete", [{ key: "a" }, { key: "b" }])).toBe("204");
    expect(tagsOf(id)).toEqual({ c: "3" });
  });

  test("deletes whatever the value, or only where it is the same, as the setting says", async () => {
    const { settings } = fixture().cloud;
    const id = withTags(kind, { a: "1", b: "2", c: "3" });
    settings.deleteValue = "match";
    const tags = [{ key: "a", value: "other" }, { key: "b", value: "2" }, { key: "c" }];
    expect(await batch(kind, id, "delete", tags)).toBe("204");
    expect(tagsOf(id)).toEqual({ a: "1" });
    settings.deleteValue = "ignore";
    expect(await batch(kind, id, "delete", tags)).toBe("204");
    expect(tagsOf(id)).toEqual({});
  });

  test.each(["create", "delete"])("to %s with a key twice is refused", async (action) => {
    const id = withTags(kind, { a: "1" });
    const tags = [{ key: "a" }, { key: "b" }, { key: "a" }];
    expect(await batch(kind, id, action, tags)).toBe(code("400 KMS.0412"));
    expect(tagsOf(id)).toEqual({ a: "1" });
  });

  test("of another form is refused", async () => {
    const id = withTags(kind);
    expect(await batch(kind, id, "create", [])).toBe(code("400 KMS.0401"));
    expect(await batch(kind, id, "create")).toBe(code("400 KMS.0204"));
    expect(await batch(kind, id, "create", [{ value: "v" }])).toBe(code("400 KMS.0204"));
    expect(await batch(kind, id, "create", [{ key: 1 }])).toBe(code("400 KMS.0308"));
    expect(await batch(kind, id, "replace", two)).toBe(code("400 KMS.0404"));
    expect(await batch(kind, id, undefined, two)).toBe(code("400 KMS.0204"));
  });

  test("for a resource that does not exist is refused", async () => {
    const nobody = "00000000-0000-0000-0000-000000000000";
    expect(await batch(kind, nobody, "create", two)).toBe(
      kind === "secret" ? "400 CSMS.0005" : "404 KMS.0207",
    );
  });

  test("while deletion is pending is refused, or accepted, as the setting says", async () => {
    const { cloud, alice } = fixture();
    const id = withTags(kind);
    const [url, body] =
      kind === "secret"
        ? [`/v1/${cloud.project}/secrets/r/scheduled-deleted-tasks/create`, {}]
        : [path("key", "schedule-key-deletion"), { key_id: id, pending_days: "7" }];
    expect((await alice.call("POST", url, body)).status).toBe(200);
    const pending = kind === "secret" ? "400 CSMS.0103" : "400 KMS.0210";
    expect(await batch(kind, id, "create", two)).toBe(pending);
    expect(await batch(kind, id, "delete", two)).toBe(pending);
    cloud.settings.pendingDeletionTags = "accept";
    expect(await batch(kind, id, "create", two)).toBe("204");
  });

  test("single tags are created and deleted, and deleting a missing one is refused", async () => {
    const { alice } = fixture();
    const id = withTags(kind);
    const tag = { key: "a b", value: "1" };
    const created = await alice.call("POST", path(kind, `${id}/tags`), { tag });
    expect([created.status, created.body]).toEqual([204, undefined]);
    expect(await alice.tagsOf(kind, id)).toEqual({ "a b": "1" });
    const remove = () => alice.call("DELETE", path(kind, `${id}/tags/a%20b`));
    expect((await remove()).status).toBe(204);
    expect(tagsOf(id)).toEqual({});
    const again = await remove();
    expect(`${again.status} ${at(again.body, "error", "error_code")}`).toBe(code("404 KMS.0416"));
  });
});

test("a batch for a secret has 20 tags at most, also to delete", async () => {
  const id = withTags("secret");
  expect(await batch("secret", id, "delete", many(20))).toBe("204");
  expect(await batch("secret", id, "delete", many(21))).toBe(CSMS);
});

test("a default key can be read and not tagged", async () => {
  const { cloud, alice } = fixture();
  const { id } = cloud.createDefaultKey("csms/default");
  expect(await alice.tagsOf("key", id)).toEqual({});
  expect(await batch("key", id, "create", [{ key: "a" }])).toBe("400 KMS.0211");
});

test("the tags of one resource come with system tags apart, and KMS counts its own", async () => {
  const { alice } = fixture();
  const tags = [{ key: "a", value: "1" }];
  const sys_tags = [{ key: "_sys_enterprise_project_id", value: "0" }];
  const secret = await alice.call("GET", path("secret", `${withTags("secret", { a: "1" })}/tags`));
  expect(secret.body).toEqual({ tags, sys_tags });
  const key = await alice.call("GET", path("key", `${withTags("key", { a: "1" })}/tags`));
  expect(key.body).toEqual({ tags, sys_tags, existTagsNum: 1 });
});

test.each(["secret", "key"] as const)(
  "the project's tags of type %s are keys with up to 10 values",
  async (kind) => {
    const { cloud, alice } = fixture();
    for (let n = 0; n < 12; n += 1) {
      const fields = { name: `r${n}`, tags: { Many: `v${n}`, One: "x" } };
      if (kind === "secret") cloud.addSecret(fields);
      else cloud.addKey(fields);
    }
    const { body } = await alice.call("GET", path(kind, "tags"));
    expect(body).toEqual({
      tags: [
        { key: "Many", values: Array.from({ length: 10 }, (_, n) => `v${n}`) },
        { key: "One", values: ["x"] },
      ],
    });
  },
);
