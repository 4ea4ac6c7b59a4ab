import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_POLICIES } from "../../shared/cli/policy-choice.ts";
import { wrap } from "../../shared/cli/table.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { deployCreationFunctions } from "../cloud/deployment.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import { auditChapter } from "./audit-chapter.ts";
import { bulkChapter } from "./bulk-chapter.ts";
import { creationChapter } from "./creation-chapter.ts";
import { type Chapter, type ChapterResult, openStage, type Paints, WIDTH } from "./stage.ts";

/** All that the demonstration touches beside the cloud that it starts. */
export type DemoWorld = {
  /** Folder of the built functions. */
  readonly bundles: string;
  /** The policy that they were built from; default: the example. */
  readonly policyFile?: string;
  readonly paint: Paints;
  /** One line of what is shown, without its end. */
  readonly show: (line: string) => void;
  /** One line of what went wrong. */
  readonly complain: (line: string) => void;
  /** Draws over the last line of a terminal; `null` where there is none. */
  readonly draw: ((text: string) => void) | null;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  /** Something that happens to the cloud before the first scene; for tests. */
  readonly prepare?: (cloud: LocalCloud) => void;
  /** What is played; default: all of it. */
  readonly chapters?: readonly Chapter[];
  /** What the functions wait, as a duration; default: two seconds. */
  readonly grace?: string;
};

export const DEMO_EXIT = { well: 0, wrong: 1, interrupted: 130 } as const;
export type DemoExit = (typeof DEMO_EXIT)[keyof typeof DEMO_EXIT];

/** Long enough for Terraform's second call, short enough for somebody who watches. */
const GRACE = "2s";
const CHAPTERS: readonly Chapter[] = [creationChapter, bulkChapter, auditChapter];

/** Plays all chapters on a cloud of its own, sums up, and answers with the exit code. */
export async function runDemo(world: DemoWorld): Promise<DemoExit> {
  const { paint, show, complain, signal, bundles, draw, grace = GRACE } = world;
  const policyFile = world.policyFile ?? join(bundles, "..", DEFAULT_POLICIES[0]);
  const policy = readPolicy(bundles);
  // No limit: which calls are answered 429 and sent again would be a matter of chance.
  const cloud = await startCloud({ settings: { ratePerSecond: null } });
  const say = (lines: readonly string[]) => {
    if (!signal.aborted) lines.forEach(show);
  };
  const stage = openStage({
    cloud,
    policy,
    grace,
    paint,
    say,
    signal,
    bundles,
    policyFile,
    draw,
  });
  const interruption = whenAborted(signal);
  try {
    say(["Tagwarden on a local cloud. Nothing leaves this machine.", ""]);
    deployCreationFunctions(cloud, { bundles, grace });
    world.prepare?.(cloud);
    const results: ChapterResult[] = [];
    for (const chapter of world.chapters ?? CHAPTERS)
      results.push(await Promise.race([chapter(stage), interruption]));
    say(closing(results, paint));
    return judge(results, complain);
  } catch (error) {
    if (!signal.aborted) throw error;
    complain("Interrupted. The local cloud is stopped.");
    return DEMO_EXIT.interrupted;
  } finally {
    await cloud.stop();
    // A call that was cut off may never settle, and a client waits for its calls.
    if (!signal.aborted) await stage.close();
  }
}

/** Never resolves. */
function whenAborted(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_resolve, reject) => {
    const fail = () => reject(new Error("interrupted"));
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
  // It may come when nobody waits for it, and is no defect then.
  aborted.catch(() => {});
  return aborted;
}

/** The policy that the build packed into each function's folder. */
function readPolicy(bundles: string): Policy {
  const policy: Policy = JSON.parse(
    readFileSync(join(bundles, "secret-created", "policy.json"), "utf8"),
  );
  return policy;
}

function closing(results: readonly ChapterResult[], paint: Paints): string[] {
  return [
    paint.bold("Summary"),
    ...results.flatMap(({ summary }) => summary),
    "",
    paint.bold("Try next"),
    ...NEXT.map(([what, command]) => `  ${paint.dim(what.padEnd(NEXT_WIDTH))}${command}`),
  ];
}

const NEXT = [
  ["keep a cloud running", "npm run dev"],
  ["list the rules", "npx tagwarden validate"],
  ["why this tag?", "npx tagwarden explain test/events/cts-create-secret.json"],
] as const;
const NEXT_WIDTH = 22;

function judge(results: readonly ChapterResult[], complain: (line: string) => void): DemoExit {
  const problems = results.flatMap((result) => result.problems);
  if (problems.length === 0) return DEMO_EXIT.well;
  complain(`The demonstration did not go as it must, in ${problems.length} places:`);
  for (const problem of problems)
    for (const [index, line] of wrap(problem, WIDTH - 4).entries())
      complain(`${index === 0 ? "  - " : "    "}${line}`);
  return DEMO_EXIT.wrong;
}
