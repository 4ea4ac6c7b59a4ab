/**
 * Goal: whatever comes from outside is answered, or refused by a typed error; nothing else comes out.
 * Method: cases by chance and damaged samples, each reader by itself; `npm run fuzz` feeds many more.
 */
import { expect, test } from "vitest";
import { listTargets } from "./targets.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const CASES = 1_000;

test.each(listTargets(ROOT))("$name: a thousand cases or their share", async ({ feed }) => {
  await expect(feed(CASES, 1)).resolves.toBeUndefined();
});
