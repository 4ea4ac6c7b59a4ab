import { afterEach, describe, expect, test, vi } from "vitest";
import { createClient } from "./client.ts";
import { wallClock } from "./clock.ts";
import { runLocalCloud } from "./main.ts";
import { readSettings } from "./setting-text.ts";
import { settingsWith } from "./settings.ts";

const DIST = new URL("../../.local", import.meta.url).pathname;
const interruption = { current: new AbortController() };

afterEach(() => interruption.current.abort());

async function* nothing(): AsyncGenerator<string> {}

function start(argv: readonly string[], typed: AsyncIterable<string> = nothing()) {
  if (interruption.current.signal.aborted) interruption.current = new AbortController();
  const lines: string[] = [];
  const complaints: string[] = [];
  const exit = runLocalCloud(argv, {
    bundles: DIST,
    write: (line) => lines.push(line),
    complain: (line) => complaints.push(line),
    typed,
    signal: interruption.current.signal,
  });
  return { exit, lines, complaints };
}

/** The values that somebody would paste, in the order of their lines. */
function pasted(lines: readonly string[], name: string): string[] {
  return lines.flatMap((line) => new RegExp(`^ *export ${name}=(\\S+)$`).exec(line)?.[1] ?? []);
}

describe("the local cloud of a developer", () => {
  test("can be used with what it prints, tells what happens, and ends with 130", async () => {
    const { exit, lines } = start(["--grace", "0s"]);
    await vi.waitFor(() => expect(lines.join("\n")).toContain("Ctrl-C stops"));
    const [, page = ""] =
      /^Open (http:\/\/127\.0\.0\.1:\d+\/) in a browser/.exec(lines[0] ?? "") ?? [];
    expect(await (await fetch(page)).text()).toContain("Tagwarden");
    const taken = start(["--port", new URL(page).port]);
    expect(await taken.exit).toBe(3);
    expect(taken.complaints[0]).toMatch(/^error: --port \d+: something else uses this port$/);
    const [endpoint = ""] = pasted(lines, "HUAWEICLOUD_KMS_ENDPOINT");
    const [project = ""] = pasted(lines, "HUAWEICLOUD_SDK_PROJECT_ID");
    const [ak = "", temporaryAk = ""] = pasted(lines, "HUAWEICLOUD_SDK_AK");
    const [sk = "", temporarySk = ""] = pasted(lines, "HUAWEICLOUD_SDK_SK");
    const [token = ""] = pasted(lines, "HUAWEICLOUD_SDK_SECURITY_TOKEN");
    const cloud = { endpoint, project, clock: wallClock };
    const alice = createClient(cloud, { ak, sk });
    const visitor = createClient(cloud, { ak: temporaryAk, sk: temporarySk, token });

    const id = await alice.createSecret("search");
    const log = () => lines.slice(lines.findIndex((line) => line.includes("Ctrl-C stops")));
    const told = () => log().join("\n");
    await vi.waitFor(
      () => {
        expect(told()).toContain("tagged   search");
        // By another function, which may be slower.
        expect(told()).toContain("ignored  csms/default");
      },
      { timeout: 10_000 },
    );
    const tags = await visitor.tagsOf("secret", id);
    await Promise.all([alice.close(), visitor.close()]);
    interruption.current.abort();

    expect(await exit).toBe(130);
    expect(log()).toContainEqual(
      expect.stringMatching(/trace +createSecret search by alice -> secret-created$/),
    );
    expect(log()).toContainEqual(
      expect.stringMatching(/ignored +csms\/default: default-key, 0 calls$/),
    );
    const outcome = log().find((line) => line.includes(" tagged   search")) ?? "";
    expect(Object.keys(tags)).not.toEqual([]);
    for (const [key, value] of Object.entries(tags)) {
      expect(outcome).toContain(key);
      expect(outcome).not.toContain(value);
    }
    expect(lines.at(-1)).toBe("Stopped. Everything was in memory only and is gone.");
  });

  test("does what is typed, and says what cannot be done", async () => {
    const told = (text: string) =>
      vi.waitFor(() => expect(lines.join("\n")).toContain(text), { timeout: 10_000 });
    async function* typed() {
      yield "tags prod-db";
      yield "  secret   prod-db by bob ";
      await told("tagged   prod-db");
      yield "tag prod-db Team=search and find";
      yield "tags prod-db";
      yield "secret ../x";
      yield "secret prod-db";
      yield "";
      yield "key prod-key";
      await told("tagged   prod-key");
      yield "list";
      yield "make me a sandwich";
    }
    const { exit, lines } = start(["--grace", "0s"], typed());
    await told("what may be asked:");
    interruption.current.abort();
    expect(await exit).toBe(130);

    const said = lines.slice(lines.findIndex((line) => line.startsWith("Type, and see")));
    expect(said).toContain("there is no secret or key prod-db; list shows all");
    expect(said).toContainEqual(expect.stringMatching(/trace +createSecret prod-db by bob/));
    expect(said).toContainEqual(expect.stringMatching(/^ {2}Team +search and find$/));
    expect(said).toContainEqual(expect.stringMatching(/^ {2}CreatedBy +bob$/));
    expect(said).toContain('"../x" is no name of a secret: letters, digits, - _ .');
    expect(said).toContainEqual(expect.stringContaining("409"));
    expect(said).toContainEqual(expect.stringMatching(/^ {2}key +prod-key {2}\d tags$/));
  });

  test("names every option that it does not understand, and does not start", async () => {
    const { exit, lines, complaints } = start([
      ...["--grace", "soon", "--port", "http", "--timer", "61m", "--remediate", "all"],
      ...["--settings", "keyLimits=generous", "--settings", "colour=red"],
    ]);

    expect(await exit).toBe(3);
    expect(lines).toEqual([]);
    expect(complaints).toEqual([
      "error: --grace soon: must be a duration such as 2s",
      "error: --port http: must be a number from 0 to 65535",
      'error: --timer: the rate "61m" must be 1m to 60m, 1h to 24h, or 1d to 30d',
      "error: --remediate all: must be off, plan, apply",
      "error: --settings keyLimits=generous: keyLimits must be documented or extended",
      expect.stringContaining('error: --settings colour=red: there is no "colour", but createOn'),
      "(--help lists what may be set)",
    ]);
  });

  test("refuses an unknown option", async () => {
    const { exit, complaints } = start(["--colour", "red"]);
    expect(await exit).toBe(3);
    expect(complaints[0]).toContain("--colour");
  });

  test("explains itself", async () => {
    const { exit, lines } = start(["--help"]);
    expect(await exit).toBe(0);
    expect(lines.join("\n")).toContain("trace.envelope");
  });
});

describe("settings on a command line", () => {
  test("cover every setting of the cloud", () => {
    const { trace, ...settings } = settingsWith();
    const names = [...Object.keys(settings), ...Object.keys(trace).map((name) => `trace.${name}`)];
    for (const name of names) {
      const { problems } = readSettings([`${name}=`]);
      expect(problems).toEqual([expect.stringContaining(`${name} must be`)]);
    }
  });

  test("are put together, those of traces too", () => {
    const { change, problems } = readSettings([
      "keyLimits=extended",
      "ratePerSecond=none",
      "defaultKeysInQuery=true",
      "trace.copies=2",
      "trace.envelope=smn",
      "keyLimits=documented",
    ]);
    expect(problems).toEqual([]);
    expect(settingsWith(change)).toMatchObject({
      keyLimits: "documented",
      ratePerSecond: null,
      defaultKeysInQuery: true,
      trace: { copies: 2, envelope: "smn", id: "resource_id" },
    });
  });
});
