import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EVENT_BYTES_MAX } from "../../shared/cli/event-file.ts";
import { EVENTS, makeFolder, ROOT, SAMPLE, tagwarden } from "./fixture.ts";

const EVENT = join(ROOT, EVENTS, "cts-create-secret.json");
const POLICY = ["--policy", join(ROOT, SAMPLE)];

let folder = "";
let remove = async () => {};
beforeEach(async () => {
  const made = await makeFolder();
  folder = made.path;
  remove = made.remove;
});
afterEach(() => remove());

describe.each([["explain"], ["replay"]])("%s refuses with 3 and names", (verb) => {
  test.each([
    ["an empty file", "", "e.json is empty; expected an event as JSON"],
    ["a file of spaces", " \n\t\n", "e.json is empty; expected an event as JSON"],
    ["text that is not JSON", "{\n  a: 1\n}", "e.json:2:3: not JSON: unexpected character"],
    ["JSON that ends too early", '{\n"a": [1', "e.json:2:8: not JSON: it ends too early"],
    ["bytes that are no text", Buffer.from([0x7b, 0xff, 0x7d]), "e.json is not UTF-8 text"],
    ["a file that is too large", " ".repeat(EVENT_BYTES_MAX + 1), "e.json has more than 10 MB"],
  ])("%s", async (_, content, said) => {
    await writeFile(join(folder, "e.json"), content);
    const { exit, out, err } = await tagwarden([verb, "e.json", ...POLICY], { cwd: folder });
    expect(exit).toBe(3);
    expect(out).toBe("");
    expect(err.replace(/\n/g, " ")).toContain(`error: ${said}`);
  });

  test("a file that is not there", async () => {
    const { exit, err } = await tagwarden([verb, "none.json", ...POLICY], { cwd: folder });
    expect(exit).toBe(3);
    expect(err).toBe("error: no such file: none.json\n");
  });

  test("a folder", async () => {
    await mkdir(join(folder, "events"));
    const { exit, err } = await tagwarden([verb, "events", ...POLICY], { cwd: folder });
    expect(exit).toBe(3);
    expect(err).toBe("error: events is a directory; expected a file with an event as JSON\n");
  });

  test("an empty standard input", async () => {
    const { exit, err } = await tagwarden([verb, "-", ...POLICY], { cwd: folder });
    expect(exit).toBe(3);
    expect(err).toBe("error: standard input is empty; expected an event as JSON\n");
  });
});

test("an input without an end is not read to its end", async () => {
  let chunks = 0;
  async function* endless() {
    for (;;) {
      chunks += 1;
      if (chunks > 100) throw new Error("nobody stops reading");
      yield " ".repeat(1_000_000);
    }
  }
  const { exit, err } = await tagwarden(["explain", "-", ...POLICY], { stdin: endless() });
  expect(exit).toBe(3);
  expect(err).toBe("error: standard input has more than 10 MB; that is no event\n");
  expect(chunks).toBe(11);
});

test("what a file holds is not quoted where it is not JSON", async () => {
  await writeFile(join(folder, "e.json"), '{"password": hunter2}');
  const { out, err } = await tagwarden(["explain", "e.json", ...POLICY], { cwd: folder });
  expect(`${out}${err}`).not.toContain("hunter2");
});

test("a byte order mark is no part of the event", async () => {
  await writeFile(join(folder, "e.json"), `\ufeff${await readFile(EVENT, "utf8")}`);
  const { exit, out } = await tagwarden(["explain", "e.json", ...POLICY], { cwd: folder });
  expect(exit).toBe(0);
  expect(out).toContain("prod-orders-db-password");
});

test("the standard input is read as a file is", async () => {
  const stdin = await readFile(EVENT, "utf8");
  const piped = await tagwarden(["explain", "-", ...POLICY], { stdin });
  expect(piped).toEqual(await tagwarden(["explain", EVENT, ...POLICY]));
});
