import { describe, expect, test } from "vitest";
import { VERBS } from "../../shared/cli/verbs.ts";
import { EVENTS, linesOf, SAMPLE, tagwarden } from "./fixture.ts";

const EVENT = `${EVENTS}/cts-create-secret.json`;

describe("bad usage ends with 3, says why on stderr, and prints no data", () => {
  test.each([
    ["a verb that does not exist", ["valdate"], "Did you mean validate?"],
    ["an option that does not exist", ["validate", "--polcy", "x"], "Did you mean --policy?"],
    ["an argument that is missing", ["explain"], "missing required argument 'what'"],
    ["an argument too many", ["replay", "a", "b"], "too many arguments"],
    ["an option without its value", ["validate", "--format"], "argument missing"],
    ["a format that does not exist", ["validate", "--format", "xml"], "text, json"],
    ["no verb", [], "Usage: tagwarden"],
  ])("%s", async (_, argv, said) => {
    const { exit, out, err } = await tagwarden(argv);
    expect(exit).toBe(3);
    expect(out).toBe("");
    expect(err).toContain(said);
  });
});

describe("help and version", () => {
  test.each([[], ...VERBS.map(({ name }) => [name])])("fit 80 columns: %s", async (...verb) => {
    const { exit, out, err } = await tagwarden([...verb, "--help"], { width: 200 });
    expect(exit).toBe(0);
    expect(err).toBe("");
    expect(out).toContain("Examples:");
    expect(out).toContain("--format");
    expect(linesOf(out).filter((line) => line.length > 80)).toEqual([]);
  });

  test("name every verb", async () => {
    const { out } = await tagwarden(["--help"]);
    for (const { name } of VERBS) expect(out).toContain(`\n  ${name} `);
  });

  test("tell the version", async () => {
    expect(await tagwarden(["--version"])).toEqual({ exit: 0, out: "1.2.3\n", err: "" });
  });
});

test("options may stand before the verb or after it", async () => {
  const before = await tagwarden(["--policy", SAMPLE, "--format", "json", "explain", EVENT]);
  const after = await tagwarden(["explain", EVENT, "--format", "json", "--policy", SAMPLE]);
  expect(before).toEqual(after);
  expect(before.exit).toBe(0);
});

describe("colour", () => {
  const argv = ["validate", SAMPLE];
  const ESCAPE = "\u001b[";
  const coloured = ({ out, err }: { out: string; err: string }) =>
    [out, err].map((text) => text.includes(ESCAPE));

  test("is for terminals", async () => {
    expect(coloured(await tagwarden(argv, { terminal: true }))).toEqual([true, true]);
    expect(coloured(await tagwarden(argv))).toEqual([false, false]);
  });

  test.each([
    ["NO_COLOR", [], { NO_COLOR: "1" }],
    ["--no-color", ["--no-color"], {}],
    ["a terminal that has none", [], { TERM: "dumb" }],
  ])("is turned off by %s", async (_, options, env) => {
    const ended = await tagwarden([...argv, ...options], { terminal: true, env });
    expect(coloured(ended)).toEqual([false, false]);
  });

  test("is not turned off by an empty NO_COLOR", async () => {
    const ended = await tagwarden(argv, { terminal: true, env: { NO_COLOR: "" } });
    expect(coloured(ended)).toEqual([true, true]);
  });
});

test("--quiet leaves data and errors", async () => {
  const holds = await tagwarden(["validate", SAMPLE, "--quiet"]);
  expect(holds.err).toBe("");
  expect(holds.out).toContain("Owner.required");
  const failed = await tagwarden(["explain", "no-such.json", "--quiet"]);
  expect(failed.err).toContain("no such file: no-such.json");
});

describe("a defect of the program", () => {
  const now = () => {
    throw new RangeError("the clock is broken");
  };

  test("ends with 6 and a short message", async () => {
    const { exit, err } = await tagwarden(["explain", EVENT, "--policy", SAMPLE], { now });
    expect(exit).toBe(6);
    expect(err).toContain("error: the clock is broken (a defect of tagwarden)\n");
    expect(err).not.toContain(".ts:");
  });

  test("shows its stack with --debug", async () => {
    const argv = ["explain", EVENT, "--policy", SAMPLE, "--debug"];
    const { exit, err } = await tagwarden(argv, { now });
    expect(exit).toBe(6);
    expect(err).toMatch(/RangeError: the clock is broken\n +at /);
  });
});

test("what the user interrupts ends with 130", async () => {
  const signal = AbortSignal.abort();
  const { exit, out } = await tagwarden(["explain", "-", "--policy", SAMPLE], { signal });
  expect(exit).toBe(130);
  expect(out).toBe("");
});
