/**
 * Goal: what a developer's local cloud prints is all that a bulk run over its queue needs.
 * Method: the cloud of `npm run dev` with the built functions, and the command line with the printed settings.
 */
import { readFile } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";
import { makeFolder, tagwarden } from "../cli/fixture.ts";
import { createClient } from "./client.ts";
import { wallClock } from "./clock.ts";
import { SIZES } from "./deployment.ts";
import { runLocalCloud } from "./main.ts";

const DIST = new URL("../../.local", import.meta.url).pathname;
const POLICY = new URL("../../infra/policy/tag-policy.yaml", import.meta.url).pathname;
const interruption = new AbortController();

afterEach(() => interruption.abort());

async function* nothing(): AsyncGenerator<string> {}

/** The first value of each variable that somebody would paste. */
function pasted(lines: readonly string[]): Record<string, string> {
  const pairs = lines.flatMap((line) => {
    const [, name, value] = /^ *export (\w+)=(\S+)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs.reverse());
}

/** The settings that the cloud prints, once it is there. */
async function started(lines: string[]) {
  const exit = runLocalCloud(["--grace", "0s"], {
    bundles: DIST,
    write: (line) => lines.push(line),
    complain: (line) => lines.push(line),
    typed: nothing(),
    signal: interruption.signal,
  });
  await vi.waitFor(() => expect(lines.join("\n")).toContain("Ctrl-C stops"));
  const { HUAWEICLOUD_SDK_SECURITY_TOKEN: _, ...env } = pasted(lines);
  return { exit, env };
}

test("a run is handed over its queue to the function, which carries it out", async () => {
  const lines: string[] = [];
  const { exit, env } = await started(lines);
  expect(lines.join("\n")).toContain(env.TAGWARDEN_QUEUE);
  const cloud = {
    endpoint: env.HUAWEICLOUD_KMS_ENDPOINT ?? "",
    project: env.HUAWEICLOUD_SDK_PROJECT_ID ?? "",
    clock: wallClock,
  };
  const keys = { ak: env.HUAWEICLOUD_SDK_AK ?? "", sk: env.HUAWEICLOUD_SDK_SK ?? "" };
  const alice = createClient(cloud, keys);
  const id = await alice.createSecret("search");
  await vi.waitFor(() => expect(lines.join("\n")).toContain("tagged   search"), {
    timeout: 10_000,
  });

  const folder = await makeFolder();
  const run = async (...argv: readonly string[]) => {
    const ended = await tagwarden(["--policy", POLICY, "--format", "json", ...argv], {
      env,
      cwd: folder.path,
    });
    return { ...ended, data: JSON.parse(ended.out) };
  };
  await run("plan", "--set", "Team=payments", "-o", "plan.json");
  const { data, err } = await run("apply", "plan.json", "--queue", "--yes");
  expect(data, err).toMatchObject({ queue: env.TAGWARDEN_QUEUE, total: 1 });
  await vi.waitFor(
    async () => expect((await run("status", data.run)).data).toMatchObject({ state: "finished" }),
    { timeout: 10_000, interval: 100 },
  );
  expect(await alice.tagsOf("secret", id)).toMatchObject({ Team: "payments" });

  // It is deployed as an owner would: doctor, with the same settings, has nothing to say.
  const doctor = await tagwarden(["--policy", POLICY, "--format", "json", "doctor"], {
    env,
    home: DIST,
  });
  const { checks } = JSON.parse(doctor.out);
  expect(checks.filter(({ verdict }: Check) => !["ok", "skipped"].includes(verdict))).toEqual([]);
  expect(checks.length).toBeGreaterThan(40);
  expect(doctor.exit).toBe(0);

  await Promise.all([alice.close(), folder.remove()]);
  interruption.abort();
  expect(await exit).toBe(130);
});

type Check = { readonly verdict: string };

test("functions are as large as the Terraform module makes them, and as patient", async () => {
  const text = await readFile(new URL("../../infra/variables.tf", import.meta.url), "utf8");
  for (const [name, { memoryMb, timeoutMs }] of Object.entries(SIZES)) {
    const [, variable = ""] = text.split(`variable "${name}" {`);
    expect(variable).toMatch(new RegExp(`^[^}]*memory_size += optional\\(number, ${memoryMb}\\)`));
    expect(variable).toMatch(
      new RegExp(`^[^}]*timeout += optional\\(number, ${timeoutMs / 1000}\\)`),
    );
  }
});
