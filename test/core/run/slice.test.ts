import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseQueueEvent } from "../../../shared/core/run/queue-event.ts";
import type { PlannedResource } from "../../../shared/core/run/run-plan.ts";
import { SLICE_BYTES_MAX, sliceMessages } from "../../../shared/core/run/slice.ts";
import { plannedResource } from "./message-arbitraries.ts";

const head = { run: "r-1", project: "p".repeat(32), policy: { hash: "a".repeat(64) } };
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
/** As it is published when it was put off, for the last time. */
const again = { notBefore: "2027-01-31T08:00:00.000Z", attempt: 5 };

type Change = PlannedResource["changes"][number];

function planned(index: number, changes: Change[]): PlannedResource {
  const id = `${String(index).padStart(8, "0")}-0000-0000-0000-000000000000`;
  return { resource: { type: "secret", id }, digest: "0".repeat(64), profile: "extended", changes };
}

describe("whatever the resources are", () => {
  // One, two, three and four bytes a character, and the six of a lone surrogate or a control character.
  const value = fc
    .tuple(fc.constantFrom("a", '"', "é", "語", "😀", "\ud800", "\u0001"), fc.nat(9000))
    .map(([character, length]) => character.repeat(length));
  const large = fc.tuple(plannedResource, value).map(([resource, to]) => ({
    ...resource,
    changes: [...resource.changes, { key: "A", op: "create" as const, to }],
  }));

  test("each slice is below the limit and right, and together they are the plan, in order", () => {
    fc.assert(
      fc.property(fc.array(large, { maxLength: 40 }), (resources) => {
        const slices = sliceMessages(head, resources);

        expect(slices.flatMap((slice) => slice.resources)).toEqual(resources);
        for (const slice of slices) {
          expect(slice.resources.length).toBeGreaterThan(0);
          expect(bytesOf({ ...slice, ...again })).toBeLessThanOrEqual(SLICE_BYTES_MAX);
          const event = { records: [{ messages: [JSON.stringify(slice)] }] };
          expect(parseQueueEvent(event)).toMatchObject([{ ok: true, message: slice }]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("no slice could have taken the next one's first resource", () => {
    fc.assert(
      fc.property(fc.array(large, { maxLength: 40 }), (resources) => {
        const slices = sliceMessages(head, resources);
        slices.slice(1).forEach((next, index) => {
          const both = [...(slices[index]?.resources ?? []), ...next.resources.slice(0, 1)];
          expect(bytesOf({ ...next, ...again, resources: both })).toBeGreaterThan(SLICE_BYTES_MAX);
        });
      }),
      { numRuns: 60 },
    );
  });
});

test("a small plan is one slice, and nothing is none", () => {
  const resources = [planned(1, []), planned(2, [])];
  expect(sliceMessages(head, resources)).toEqual([
    { kind: "slice", version: 1, ...head, resources },
  ]);
  expect(sliceMessages(head, [])).toEqual([]);
});

test("a slice may be as large as the limit when it was put off, and not a byte larger", () => {
  const value = (length: number): Change[] => [{ key: "A", op: "create", to: "a".repeat(length) }];
  const pair = (length: number) => [planned(1, value(60_000)), planned(2, value(length))];
  const [one] = sliceMessages(head, pair(0));
  const room = SLICE_BYTES_MAX - bytesOf({ ...one, ...again });

  expect(sliceMessages(head, pair(room))).toHaveLength(1);
  expect(sliceMessages(head, pair(room + 1))).toHaveLength(2);
});

describe("a resource that is large alone", () => {
  // The most that limits allow: 20 tags move to 20 new keys, and each character takes six bytes.
  const wide = (length: number, index: number) =>
    String.fromCharCode(0xd800 + index).repeat(length);
  const moves: Change[] = Array.from({ length: 20 }, (_, index) => [
    { key: wide(128, index), op: "delete" as const, from: wide(255, index), reason: "renamed" },
    {
      key: wide(128, index + 100),
      op: "create" as const,
      to: wide(255, index),
      source: `rename ${wide(128, index)}`,
    },
  ]).flat();

  test("with all tags as large as they can be it fits", () => {
    const largest = planned(1, moves);
    const [slice, ...more] = sliceMessages(head, [largest]);
    expect(more).toEqual([]);
    expect(slice?.resources).toEqual([largest]);
    expect(bytesOf({ ...slice, ...again })).toBeLessThanOrEqual(SLICE_BYTES_MAX);
  });

  test("it keeps what only explains while that fits to the byte", () => {
    const keep = (length: number): Change => ({
      key: "Kept",
      op: "keep",
      from: "x".repeat(length),
    });
    const create: Change = { key: "A", op: "create", to: "a" };
    const [empty] = sliceMessages(head, [planned(1, [create, keep(0)])]);
    const room = SLICE_BYTES_MAX - bytesOf({ ...empty, ...again });

    const told = (length: number) => sliceMessages(head, [planned(1, [create, keep(length)])]);
    expect(told(room)[0]?.resources).toEqual([planned(1, [create, keep(room)])]);
    expect(told(room + 1)[0]?.resources).toEqual([planned(1, [create])]);
  });

  test("it keeps what is written and why, and loses what only explains", () => {
    const keep: Change = { key: "Kept", op: "keep", from: "x".repeat(30_000), reason: "valid" };
    const [first, ...others] = moves;
    const explained = { ...first, key: "A", op: "delete" as const, passed: [], adjustedFrom: "y" };
    const whole = planned(1, [explained, keep, ...others]);

    const slices = sliceMessages(head, [planned(0, [keep]), whole, planned(2, [])]);

    expect(slices.map(({ resources }) => resources.length)).toEqual([1, 2]);
    expect(slices[0]?.resources).toEqual([planned(0, [keep])]);
    expect(slices[1]?.resources).toEqual([
      planned(1, [{ ...first, key: "A", op: "delete" }, ...others]),
      planned(2, []),
    ]);
  });
});
