/**
 * Goal: no page is waited for that could have been on its way, and none is read that was asked for in vain.
 * Method: answers by the offset that is asked for, as the services write them; what was asked is written down.
 */
import { expect, test } from "vitest";
import { parseJsonRows } from "../../shared/core/json-rows.ts";
import type { Budget } from "../../shared/io/cloud.ts";
import { readInventory } from "../../shared/io/inventory.ts";
import type { KindQuery } from "../../shared/io/tag-api.ts";

const idOf = (number: number) => `00000000-0000-4000-8000-${`${number}`.padStart(12, "0")}`;

const rowOf = (number: number, more: object = {}) => ({
  resource_id: idOf(number),
  resource_name: `${number}`,
  tags: [],
  ...more,
});

type Answers = { readonly [offset: string]: readonly object[] | Error };

/** Pages of so many secrets, and the offsets that were asked for until now. */
function serve(total: number, answers: Answers) {
  const asked: string[] = [];
  const signals: AbortSignal[] = [];
  const query = async (
    _type: string,
    { body }: KindQuery,
    { signal }: Budget,
  ): Promise<unknown> => {
    if (!("offset" in body)) return { total_count: total };
    const offset = `${body.offset}`;
    asked.push(offset);
    signals.push(signal);
    const answer = answers[offset] ?? [];
    if (answer instanceof Error) throw answer;
    return parseJsonRows(
      Buffer.from(JSON.stringify({ resources: answer, total_count: total })),
      "resources",
    );
  };
  const { signal } = new AbortController();
  const budget = { signal, deadlineMs: Number.POSITIVE_INFINITY, countCall: () => {} };
  const deps = { tags: { query }, budget, region: "eu-west-101", project: "p1" };
  return { asked, signals, pages: readInventory(["secret"], deps, () => {}) };
}

async function namesOf(pages: ReturnType<typeof serve>["pages"]): Promise<readonly unknown[]> {
  const names: unknown[] = [];
  for await (const page of pages) for (const { resource } of page) names.push(resource.name);
  return names;
}

test("while a page is walked through the next one is on its way, and none after the last", async () => {
  const { asked, pages } = serve(3, { 0: [rowOf(1), rowOf(2)], 2: [rowOf(3)] });
  const first = await pages.next();
  expect(asked).toEqual(["0", "2"]);
  expect([...(first.value ?? [])]).toHaveLength(2);
  expect(await namesOf(pages)).toEqual(["3"]);
  expect(asked).toEqual(["0", "2"]);
});

/** Looks like two rows until it is read. */
const nested = rowOf(2, { others: [{ resource_id: "x" }, { resource_id: "y" }] });

test("where a page had fewer rows than it seemed, the next one is asked for again", async () => {
  const first = [rowOf(1), nested, rowOf(3)];
  const { asked, pages } = serve(9, { 0: first, 3: [rowOf(4)], 4: [rowOf(9)] });
  expect(await namesOf(pages)).toEqual(["1", "2", "3", "4", "9"]);
  // Nine were counted, so all is read once more.
  const once = ["0", "4", "3", "4", "5"];
  expect(asked).toEqual([...once, ...once]);
});

test("where a page seemed to be the last one and was not, the next one is asked for", async () => {
  const { asked, pages } = serve(4, { 0: [rowOf(1), nested, rowOf(3)], 3: [rowOf(4)] });
  expect(await namesOf(pages)).toEqual(["1", "2", "3", "4"]);
  expect(asked).toEqual(["0", "3"]);
});

test("a page that fails is told when it is its turn, and not before", async () => {
  const { pages } = serve(3, { 0: [rowOf(1), rowOf(2)], 2: new Error("no page") });
  const first = await pages.next();
  // Long enough for a failure that nobody handles to end the process.
  await new Promise((resolve) => setImmediate(resolve));
  expect([...(first.value ?? [])]).toHaveLength(2);
  await expect(pages.next()).rejects.toThrow("no page");
});

test("a list without end is read for a thousand pages, and not asked for another one", async () => {
  const endless = Object.fromEntries(
    Array.from({ length: 1_001 }, (_, offset) => [`${offset}`, [rowOf(offset)]]),
  );
  const { asked, pages } = serve(5_000, endless);
  await expect(namesOf(pages)).rejects.toThrow("more than 1000 pages");
  expect(asked).toHaveLength(1_000);
});

test("who stops half way asks for nothing more, and ends what is on its way", async () => {
  const { asked, signals, pages } = serve(5, {
    0: [rowOf(1)],
    1: [rowOf(2)],
    2: new Error("no page"),
  });
  for await (const page of pages) if ([...page].length > 0) break;
  expect(asked).toEqual(["0", "1"]);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});
