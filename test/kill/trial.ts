import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPlanSchema } from "../../shared/core/run/run-plan.ts";
import { environmentOf, ROOT, tagwarden } from "../cli/fixture.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import type { SettingsChange } from "../cloud/settings.ts";
import { addResources, carriedOut, harmIn, type TagsByName, tagsOf } from "../run/resources.ts";

const BUILT = join(ROOT, ".local/tagwarden.cjs");
const POLICY = join(ROOT, "test/policies/bulk/tag-policy.yaml");
const LOOK_MS = 1;

/** When a process is to be ended: once the server has seen so many requests, or the run store has so many files. */
export type Moment = { readonly what: "requests" | "files"; readonly count: number };

export type Exit = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
};

/** A cloud with a plan for it, and processes that apply the plan. */
export type Trial = {
  readonly cloud: LocalCloud;
  readonly before: TagsByName;
  readonly after: TagsByName;
  /** Applies the plan in a process of its own, which gets `signal` at a moment, if it lives until then. */
  applyUntil(moment: Moment, signal: "SIGKILL" | "SIGINT"): Promise<Exit>;
  /** Names of the runs in the store. */
  runs(): Promise<readonly string[]>;
  /** Runs a command in this process; throws where it does not end as it should. */
  command(exits: readonly number[], ...argv: readonly string[]): Promise<string>;
  close(): Promise<void>;
};

/** Starts a cloud with `copies` resources of every sort, and plans; `rps`: calls a second of every command. */
export async function openTrial(
  copies: number,
  settings: SettingsChange = {},
  rps = 1_000,
): Promise<Trial> {
  const cloud = await startCloud({ settings: { ratePerSecond: null, ...settings } });
  const cwd = await mkdtemp(join(tmpdir(), "tagwarden-kill-"));
  addResources(cloud, copies);
  const env = { ...environmentOf(cloud, cloud.user("ops")), TAGWARDEN_RPS: `${rps}` };
  const before = tagsOf(cloud);

  const command: Trial["command"] = async (exits, ...argv) => {
    const { exit, out, err } = await tagwarden(["--policy", POLICY, ...argv], { env, cwd });
    if (exits.includes(exit)) return out;
    throw new Error(`${argv.join(" ")} ended with ${exit}: ${out}${err}`);
  };
  await command([1], "plan", "-o", "plan.json");
  const plan = runPlanSchema.parse(JSON.parse(await readFile(join(cwd, "plan.json"), "utf8")));
  cloud.clearSeen();

  const reached = async ({ what, count }: Moment) =>
    (what === "requests" ? cloud.seen.length : await filesIn(join(cwd, ".tagwarden"))) >= count;
  return {
    cloud,
    before,
    after: carriedOut(before, plan),
    async applyUntil(moment, signal) {
      const argv = [BUILT, "--policy", POLICY, "apply", "plan.json", "--yes"];
      const child = spawn(process.execPath, argv, { cwd, env: { PATH: process.env.PATH, ...env } });
      const ended = endOf(child);
      while (child.exitCode === null && child.signalCode === null) {
        if (await reached(moment)) {
          child.kill(signal);
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      return ended;
    },
    async runs() {
      const { runs } = JSON.parse(await command([0], "--format", "json", "status"));
      return runs.map(({ run }: { readonly run: string }) => run);
    },
    command,
    async close() {
      await cloud.stop();
      await rm(cwd, { recursive: true, force: true });
    },
  };
}

async function filesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => /\.jsonl?$/.test(name)).length;
}

async function endOf(child: ChildProcess): Promise<Exit> {
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  const [code, signal] = await once(child, "close");
  return { code, signal, out, err };
}

/**
 * Ends a process at a moment, takes its run up again, and takes the run back. Answers with what is not as
 * it must be; with nothing where all is well.
 */
export async function problemsOf(
  copies: number,
  settings: SettingsChange,
  moment: Moment,
): Promise<readonly string[]> {
  const trial = await openTrial(copies, settings);
  const { cloud, before, after, command } = trial;
  const problems: string[] = [];
  const expectTags = (when: string, wanted: TagsByName) => {
    const now = tagsOf(cloud);
    const wrong = Object.keys(wanted).filter(
      (name) => JSON.stringify(now[name]) !== JSON.stringify(wanted[name]),
    );
    if (wrong.length > 0) problems.push(`${when}: ${wrong.join(", ")} differ`);
    problems.push(...harmIn(cloud).map((harm) => `${when}: ${harm}`));
  };
  try {
    await trial.applyUntil(moment, "SIGKILL");
    problems.push(...harmIn(cloud).map((harm) => `killed: ${harm}`));
    const [run] = await trial.runs();
    if (run === undefined) expectTags("killed before the run was stored", before);
    else {
      await command([0], "apply", "--resume", run);
      expectTags("resumed", after);
      await command([1], "undo", run, "-o", "undo.json");
      await command([0], "apply", "undo.json", "--yes");
      expectTags("undone", before);
    }
  } catch (error) {
    problems.push(String(error));
  } finally {
    await trial.close();
  }
  return problems;
}
