import * as fc from "fast-check";
import type { JsonObject } from "../../../shared/core/json-value.ts";
import type { Form } from "./message-schema.ts";

const REASONS = ["absent", "empty", "unmapped", "invalid", "no-event", "unread"] as const;

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const id = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join("-"));
const type = fc.constantFrom("secret" as const, "key" as const);
const run = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}$/);

/** A record of which fields may be missing. */
function partial<T, K extends keyof T>(
  model: { [Key in keyof T]: fc.Arbitrary<T[Key]> },
  ...requiredKeys: K[]
) {
  return fc.record(model, { requiredKeys, noNullPrototype: true });
}

const delivery = {
  notBefore: fc
    .date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString()),
  attempt: fc.integer({ min: 1, max: 5 }),
};
const resource = partial({ type, id, name: text }, "type", "id");
const passed = fc.array(fc.record({ source: text, reason: fc.constantFrom(...REASONS) }), {
  maxLength: 2,
});
const changeModel = {
  key: text,
  op: fc.constantFrom("create", "overwrite", "delete", "keep", "refuse"),
  from: text,
  to: text,
  source: text,
  reason: text,
  adjustedFrom: text,
  passed,
} as const;
const change = partial(changeModel, "key", "op");
const table = fc.dictionary(
  text.filter((key) => key !== "__proto__"),
  text,
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
);

/** A resource of a plan; its texts are made of anything. */
export const plannedResource = fc.record({
  resource,
  digest: hex(64),
  profile: fc.constantFrom("documented" as const, "extended" as const),
  changes: fc.array(change, { maxLength: 4 }),
});

/** Messages that are right, by form. */
export const MESSAGES: { readonly [Name in Form]: fc.Arbitrary<JsonObject> } = {
  run: partial(
    { kind: fc.constant("run"), version: fc.constant(1), run, ...delivery },
    "kind",
    "version",
    "run",
  ),
  slice: partial(
    {
      kind: fc.constant("slice"),
      version: fc.constant(1),
      run,
      project: text,
      policy: fc.record({ hash: text }),
      resources: fc.array(plannedResource, { minLength: 1, maxLength: 3 }),
      ...delivery,
    },
    "kind",
    "version",
    "run",
    "project",
    "policy",
    "resources",
  ),
  job: partial(
    {
      kind: fc.constant("job"),
      version: fc.constant(1),
      selection: partial({
        types: fc.array(type, { minLength: 1, maxLength: 2 }),
        selectors: fc.array(text, { minLength: 1, maxLength: 2 }),
        ids: fc.array(id, { minLength: 1, maxLength: 2 }),
      }),
      edits: partial({
        rename: table,
        map: fc.dictionary(
          text.filter((key) => key !== "__proto__"),
          table,
          {
            maxKeys: 2,
            noNullPrototype: true,
          },
        ),
        set: table,
        unset: fc.array(text, { maxLength: 2 }),
      }),
      ...delivery,
    },
    "kind",
    "version",
  ),
  tags: partial(
    {
      kind: fc.constant("tags"),
      version: fc.constant(1),
      resource: partial({ type, id, name: text, project: text }, "type", "id"),
      action: fc.constantFrom("create", "delete"),
      tags: fc.uniqueArray(partial({ key: text.filter((key) => key !== ""), value: text }, "key"), {
        minLength: 1,
        maxLength: 20,
        selector: ({ key }) => key,
      }),
      overwrite: fc.boolean(),
      ...delivery,
    },
    "resource",
    "action",
    "tags",
  ),
};

const ODD: readonly unknown[] = [
  null,
  true,
  "",
  "x",
  "delete",
  " ",
  "2027-01-31T08:00:00Z",
  "2027-02-30T08:00:00Z",
  "2027-01-31",
  0,
  -1,
  1,
  1.5,
  5,
  6,
  1e300,
  [],
  {},
  [[]],
  [""],
  [{}],
  { key: "A" },
  "__proto__",
  Array.from({ length: 21 }, (_, index) => ({ key: `K${index}` })),
];
const FIELDS = ["kind", "version", "extra", "value", "overwrite", "attempt", "constructor", ""];

/** A copy of a value in which something at random was replaced, removed or added. */
export function mutated(value: unknown): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.nat(), fc.nat(), fc.constantFrom(...ODD), fc.constantFrom(...FIELDS))
    .map(([place, choice, odd, field]) => {
      const copy: unknown = structuredClone(value);
      const places = collectPlaces(copy);
      const at = places[place % places.length];
      if (at === undefined) return copy;
      if (choice % 3 === 0) at.remove();
      else if (choice % 3 === 1) at.replace(odd);
      else at.add(field, odd);
      return copy;
    });
}

type Place = {
  readonly remove: () => void;
  readonly replace: (odd: unknown) => void;
  readonly add: (field: string, odd: unknown) => void;
};

/** Every field and entry, however deep. */
function collectPlaces(value: unknown): readonly Place[] {
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    return list.flatMap((inner, index) => [
      {
        remove: () => list.splice(index, 1),
        replace: (odd: unknown) => list.splice(index, 1, odd),
        add: (_field: string, odd: unknown) => list.push(odd),
      },
      ...collectPlaces(inner),
    ]);
  }
  if (typeof value !== "object" || value === null) return [];
  const object: { [field: string]: unknown } = Object.assign(value);
  return Object.keys(object).flatMap((key) => [
    {
      remove: () => Reflect.deleteProperty(object, key),
      replace: (odd: unknown) => Reflect.set(object, key, odd),
      add: (field: string, odd: unknown) => Reflect.set(object, field, odd),
    },
    ...collectPlaces(object[key]),
  ]);
}
