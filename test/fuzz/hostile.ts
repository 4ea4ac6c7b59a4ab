import fc from "fast-check";

const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "",
  "0",
  "length",
];

/** Texts that break what was not made for them. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    ...NAMES,
    "undefined",
    "null",
    "NaN",
    "\ud800",
    "\udfff\ud800",
    "\u0000",
    "\u202e",
    "1e999",
    "-0",
    "9".repeat(400),
    "2026-02-30T25:61:61Z",
    "../../etc/passwd",
    "%00%zz",
    "{{x}} $x",
    "(a+)+$",
    "[".repeat(2_000),
    '{"a":'.repeat(500),
  ),
  fc.integer({ min: 1, max: 20_000 }).map((length) => "x".repeat(length)),
  fc.integer({ min: 1, max: 2_000 }).map((length) => "\u{1d4b6}".repeat(length)),
);

const hostileNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, -1, 2 ** 53, -(2 ** 53), 1e308, Number.MAX_SAFE_INTEGER + 2),
);

const leaf = fc.oneof(hostileText, hostileNumber, fc.boolean(), fc.constant(null));

/** Anything that JSON can say, with names that objects have anyway, and now and then very deep. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: leaf },
  {
    weight: 3,
    arbitrary: fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5, depthSize: "small" },
        leaf,
        fc.array(tie("node"), { maxLength: 4 }),
        fc
          .array(fc.tuple(fc.oneof(hostileText, fc.constantFrom(...NAMES)), tie("node")), {
            maxLength: 4,
          })
          .map(objectOf),
      ),
    })).node,
  },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 1, max: 700 }), leaf).map(nest) },
);

/** An object with just these names as its own, `__proto__` too, as `JSON.parse` makes them. */
function objectOf(entries: readonly (readonly [string, unknown])[]): unknown {
  const texts = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return JSON.parse(`{${texts.join(",")}}`);
}

function nest([depth, inner]: readonly [number, unknown]): unknown {
  let value = inner;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { data: value };
  return value;
}

type Mutation = { readonly at: number; readonly how: number; readonly value: unknown };
const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  how: fc.nat({ max: 5 }),
  value: hostileJson,
});

/** One of some samples with up to four changes at places by chance: what came was nearly right. */
export function damaged(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([sample, mutations]) => mutations.reduce(damage, structuredClone(sample)));
}

function damage(whole: unknown, { at, how, value }: Mutation): unknown {
  const places = [...placesIn(whole)];
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return value;
  const { holder, name } = place;
  const old: unknown = Reflect.get(holder, name);
  const changes = [
    () => Reflect.set(holder, name, value),
    () => Reflect.deleteProperty(holder, name),
    () => Reflect.set(holder, name, JSON.stringify(old)),
    () => Reflect.set(holder, name, [old, old]),
    () => Reflect.set(holder, name, { [name]: old }),
    () => Reflect.set(holder, `${name} `, value),
  ];
  changes[how]?.();
  return whole;
}

function* placesIn(value: unknown): Generator<{ readonly holder: object; readonly name: string }> {
  const waiting = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== "object" || next === null) continue;
    for (const name of Object.keys(next)) {
      yield { holder: next, name };
      waiting.push(Reflect.get(next, name));
    }
  }
}

/** A text with a few cuts, repetitions and foreign pieces. */
export function damagedText(text: string): fc.Arbitrary<string> {
  const cut = fc.record({
    from: fc.nat(),
    length: fc.nat({ max: 40 }),
    put: hostileText,
    twice: fc.boolean(),
  });
  return fc.array(cut, { minLength: 1, maxLength: 4 }).map((cuts) =>
    cuts.reduce((now, { from, length, put, twice }) => {
      const start = from % (now.length + 1);
      const piece = now.slice(start, start + length);
      return now.slice(0, start) + (twice ? piece + piece : put) + now.slice(start + length);
    }, text),
  );
}

/** A body as it comes over the wire, which may be no UTF-8 at all. */
export const hostileBytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  hostileJson.map((value) => Buffer.from(JSON.stringify(value))),
  hostileText.map((text) => Buffer.from(text)),
  fc
    .tuple(hostileJson, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }))
    .map(([value, at, strays]) => {
      const bytes = Buffer.from(JSON.stringify({ a: value, resources: [value, value], b: value }));
      bytes.set(strays, at % (bytes.length - strays.length));
      return bytes;
    }),
);

/** Its text, or one that no UTF-8 says. */
export const hostileBody: fc.Arbitrary<string> = fc.oneof(
  hostileBytes.map((bytes) => bytes.toString("utf8")),
  hostileText,
);
