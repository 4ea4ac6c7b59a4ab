/**
 * Goal: what a new user sees first is right, fits a terminal, and says so when it is not right.
 * Method: the built demonstration in a process group of its own, which must be empty afterwards; and the
 * same in this process, where a test can get at its cloud and spoil something.
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import picocolors from "picocolors";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { widthOf } from "../shared/cli/text-width.ts";
import { isRunning } from "./cloud/functiongraph/fixture.ts";
import type { LocalCloud } from "./cloud/index.ts";
import { auditChapter } from "./demo/audit-chapter.ts";
import { bulkChapter } from "./demo/bulk-chapter.ts";
import { BULK_COUNT } from "./demo/bulk-resources.ts";
import { creationChapter } from "./demo/creation-chapter.ts";
import { CREATION_SCENES } from "./demo/creation-scenes.ts";
import { DEMO_EXIT, type DemoExit, runDemo } from "./demo/demo.ts";
import { type Chapter, WIDTH } from "./demo/stage.ts";
import { readTestPolicy } from "./functions/stage.ts";

const DIST = new URL("../.local", import.meta.url).pathname;
const FUNCTIONS = ["secret-created", "key-created"];
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-/;

type Ended = { readonly exit: number | null; readonly out: string; readonly err: string };

/** Runs `node .local/demo.cjs` without a terminal; `onOutput` is told what was shown so far. */
function runBuilt(
  onOutput: (out: string, pid: number) => void = () => {},
): Promise<Ended & { readonly groupIsEmpty: boolean }> {
  const child = spawn(process.execPath, [join(DIST, "demo.cjs")], {
    detached: true,
    // Build machines set CI, which some programs take for a terminal that shows colours.
    env: { PATH: process.env.PATH, CI: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const pid = child.pid ?? 0;
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    out += text;
    onOutput(out, pid);
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    err += text;
  });
  return new Promise((resolve) => {
    child.once("close", (exit) => resolve({ exit, out, err, groupIsEmpty: !isRunning(-pid) }));
  });
}

type Played = { readonly exit: DemoExit; readonly lines: string[]; readonly complaints: string[] };

/** Most of what can go wrong shows in the first chapter, which is also the shortest. */
const CREATION: readonly Chapter[] = [creationChapter];

type PlayOptions = {
  readonly bundles?: string;
  readonly signal?: AbortSignal;
  readonly chapters?: readonly Chapter[];
  readonly grace?: string;
};

/** Where it goes wrong anyhow, nobody has to come in time. */
const SHORT = { grace: "500ms" };

async function playHere(
  prepare: (cloud: LocalCloud) => void,
  { bundles = DIST, signal = new AbortController().signal, ...more }: PlayOptions = {},
): Promise<Played & { readonly cloud: LocalCloud }> {
  const lines: string[] = [];
  const complaints: string[] = [];
  const clouds: LocalCloud[] = [];
  const exit = await runDemo({
    bundles,
    paint: picocolors.createColors(false),
    show: (line) => lines.push(line),
    complain: (line) => complaints.push(line),
    draw: null,
    chapters: CREATION,
    signal,
    ...more,
    prepare(cloud) {
      clouds.push(cloud);
      prepare(cloud);
    },
  });
  const [cloud] = clouds;
  if (cloud === undefined) throw new Error("the demonstration did not start");
  return { exit, lines, complaints, cloud };
}

/** The blocks of a resource: everything from each of its headlines to the next empty line. */
function blocksOf(name: string, lines: readonly string[]): string {
  const blocks = lines.join("\n").split("\n\n");
  return blocks.filter((block) => block.split(/\s+/)[1] === name).join("\n");
}

const tooWide = (lines: readonly string[]) => lines.filter((line) => widthOf(line) > WIDTH);

/** The text without what may differ from run to run. */
function plain(text: string): string {
  // The creation chapter: what comes before the next one, and its lines of the summary.
  const chapter = text.slice(0, text.indexOf("Bulk retagging") >>> 0);
  return chapter.replaceAll(/\d+\.\d s/g, "2.0 s").replaceAll(/\d{4}-\d\d-\d\d/g, "2026-11-21");
}

/** All of it, as it is built. */
let built: Awaited<ReturnType<typeof runBuilt>>;
beforeAll(async () => {
  built = await runBuilt();
});

describe("the demonstration", () => {
  let here: Awaited<ReturnType<typeof playHere>>;
  beforeAll(async () => {
    // Not beside the other: on a busy machine Terraform could come too late for the grace.
    here = await playHere(() => {});
  });

  test("ends well by itself and leaves no process", () => {
    const { exit, err, groupIsEmpty } = built;
    expect({ exit, err, groupIsEmpty }).toEqual({ exit: 0, err: "", groupIsEmpty: true });
    expect(here).toMatchObject({ exit: DEMO_EXIT.well, complaints: [] });
  });

  test("is plain text that fits, and shows no id", () => {
    expect(tooWide(built.out.split("\n"))).toEqual([]);
    expect(built.out).not.toContain("\u001b");
    expect(built.out.replace(/an id such as\s+\S+/, "")).not.toMatch(UUID);
  });

  test("shows what the README's picture shows", () => {
    const dated = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\d/g, "<day>");
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const picture = /```text\n(.*?)```/s.exec(readme)?.[1] ?? "";
    const parts = dated(picture).trim().split("\n\n");
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(dated(built.out)).toContain(part);
  });

  test("has every scene, with what is said of it", () => {
    for (const { creation, by, note = "" } of CREATION_SCENES) {
      const blocks = blocksOf(creation.name, here.lines);
      expect(blocks).toContain(` by ${by}`);
      expect(blocks).toContain(note);
    }
    for (const ending of ["ignored: failed-trace", "ignored: default-key", "unchanged, 1 call"])
      expect(built.out).toContain(ending);
    expect(built.out).toContain("skipped: pending-deletion");
  });

  test("shows each tag that the cloud has in the end", () => {
    const tagged = here.cloud.resources().filter(({ tags }) => tags.size > 0);
    expect(tagged.length).toBeGreaterThan(8);
    for (const { name, tags } of tagged) {
      const rows = blocksOf(name, here.lines)
        .split("\n")
        .map((row) => row.trim().split(/\s+/));
      for (const tag of tags)
        expect(rows.map(([, key, value]) => [key, value])).toContainEqual(tag);
    }
  });

  test("shows the same in each run, but for durations and the day", () => {
    const text = here.lines.join("\n");
    expect(plain(built.out).trim()).toBe(plain(text.slice(0, text.indexOf("Summary"))).trim());
  });

  test("holds for a policy that replaces what people set, too", async () => {
    const bundles = mkdtempSync(join(tmpdir(), "demo-"));
    const policy = await readTestPolicy("outcomes");
    const replacing = policy.tags.map((rule) => ({ ...rule, whenPresent: "overwrite" }));
    for (const name of FUNCTIONS) {
      mkdirSync(join(bundles, name));
      copyFileSync(join(DIST, name, "index.js"), join(bundles, name, "index.js"));
      const text = JSON.stringify({ ...policy, tags: replacing });
      writeFileSync(join(bundles, name, "policy.json"), text);
    }

    const { exit, complaints, lines } = await playHere(() => {}, { bundles });
    rmSync(bundles, { recursive: true });

    expect({ exit, complaints }).toEqual({ exit: DEMO_EXIT.well, complaints: [] });
    expect(tooWide(lines)).toEqual([]);
    expect(lines.join("\n")).toContain("(was ");
  });

  test("is not satisfied where a function may not write", async () => {
    const { exit, complaints, lines } = await playHere(
      (cloud) =>
        cloud.allowOnly("tagwarden-secret-created", ["csms:secret:listTags", "kms:cmk:getTags"]),
      SHORT,
    );

    expect(exit).toBe(DEMO_EXIT.wrong);
    expect(complaints.join("\n")).toMatch(/secret-created, prod-db-password:\s+threw/);
    expect(complaints.join("\n")).not.toContain("dev-mail");
    expect(tooWide([...lines, ...complaints])).toEqual([]);
  });

  test("is not satisfied where a function believes that it wrote", async () => {
    const fault = { kind: "answer", status: 204, body: "" } as const;
    const { exit, complaints } = await playHere(
      (cloud) => cloud.addFault({ operation: "BatchCreateKmsTags", times: Infinity, fault }),
      SHORT,
    );

    expect(exit).toBe(DEMO_EXIT.wrong);
    expect(complaints.join("\n")).toContain("the outcome says create Owner");
  });

  test("is not satisfied where traces are lost", async () => {
    const { exit, complaints } = await playHere((cloud) => {
      cloud.settings.trace.copies = 0;
    });

    expect(exit).toBe(DEMO_EXIT.wrong);
    expect(complaints.join("\n")).toContain("createSecret prod-db-password: no outcome");
  });

  test("stops on an interruption while functions run, and leaves no process", async () => {
    const interruption = new AbortController();
    const pids: number[] = [];
    const { exit, complaints, lines } = await playHere(
      ({ functions }) => {
        void vi
          .waitFor(() => {
            pids.push(...functions.processes().map(({ pid }) => pid));
            if (pids.length === 0) throw new Error("no function runs yet");
          })
          .then(() => interruption.abort());
      },
      { signal: interruption.signal },
    );

    expect({ exit, lines: lines.join("\n") }).toEqual({
      exit: DEMO_EXIT.interrupted,
      lines: expect.not.stringContaining("Summary"),
    });
    expect(complaints).toEqual(["Interrupted. The local cloud is stopped."]);
    expect(pids).not.toEqual([]);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test("ends with 130 on Ctrl-C", async () => {
    let sent = false;
    const ended = await runBuilt((out, pid) => {
      if (sent || !out.includes("there already")) return;
      sent = true;
      process.kill(pid, "SIGINT");
    });

    expect(ended).toMatchObject({ exit: 130, groupIsEmpty: true });
    expect(ended.err).toBe("Interrupted. The local cloud is stopped.\n");
  });
});

describe("the bulk chapter", () => {
  test("shows a plan, a guard, a run through the queue, a dead letter, and an undo", () => {
    const text = built.out;

    expect(text).toMatch(/248 of 300 change/);
    expect(text).toMatch(/a guard stops this run: 248 of 300 selected/);
    expect(text).toMatch(/248 of 248 done: 248 tagged/);
    expect(text).toMatch(/malformed: resource\.id: expected an id/);
    expect(text).toMatch(/248 resources are as they were before/);
    const counts = [...text.matchAll(/the API counts (\d+)/g)].map(([, count]) => Number(count));
    expect(counts).toHaveLength(2);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(BULK_COUNT);
  });

  test("is not satisfied where the function may not write", async () => {
    const { exit, complaints } = await playHere(
      (cloud) => {
        cloud.agency("tagwarden-retag");
        cloud.allowOnly("tagwarden-retag", ["csms:secret:listTags", "kms:cmk:getTags"]);
      },
      { chapters: [bulkChapter] },
    );

    expect(exit).toBe(DEMO_EXIT.wrong);
    expect(complaints.join("\n")).toMatch(/resources are not as planned/);
  });
});

describe("the audit chapter", () => {
  test("examines all there is and leaves a report", async () => {
    const { exit, complaints, lines, cloud } = await playHere(
      (prepared) => void prepared.addSecret({ name: "prod-untagged" }),
      { chapters: [auditChapter] },
    );
    const page = readFileSync(join(DIST, "report.html"), "utf8");

    expect({ exit, complaints }).toEqual({ exit: DEMO_EXIT.well, complaints: [] });
    expect(tooWide(lines)).toEqual([]);
    expect(lines.join("\n")).toMatch(/secrets: the API counts 1, examined 1/);
    expect(page).toContain("prod-untagged");
    expect(page).toContain(cloud.project);
  });

  test("is not satisfied where something cannot be read", async () => {
    const fault = { kind: "answer", status: 400, body: "{}" } as const;
    const { exit, complaints } = await playHere(
      (cloud) => cloud.addFault({ operation: "ListKeys", times: Infinity, fault }),
      { chapters: [auditChapter] },
    );

    expect(exit).toBe(DEMO_EXIT.wrong);
    expect(complaints.join("\n")).toMatch(/the audit is not complete/);
  });
});
