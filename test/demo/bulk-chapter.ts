import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredResource } from "../cloud/contract.ts";
import { deployRetagFunction } from "../cloud/deployment.ts";
import { type BulkEvidence, judgeBulk, stateOf } from "./bulk-judgement.ts";
import { addBulkResources } from "./bulk-resources.ts";
import {
  exampleOf,
  fieldAt,
  firstSentence,
  planOf,
  planText,
  summarize,
  wrapped,
} from "./bulk-words.ts";
import { openShell, type Shell } from "./shell.ts";
import type { Chapter, Stage } from "./stage.ts";

const PERSON = "frank";
/** A real account allows 20 calls a second; here nobody wants to wait for that. */
const RPS = "600";
const BROKEN = '{"resource":{"type":"secret","id":"not-an-id"},"action":"create"}';
const POLL_MS = 100;

/** A policy for what was there before: plan, guard, queue, dead letter, undo. */
export const bulkChapter: Chapter = async (stage) => {
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-demo-"));
  try {
    return await play(stage, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function play(stage: Stage, folder: string) {
  const { cloud, paint, say, bundles, draw, signal } = stage;
  const resources = addBulkResources(cloud);
  const { name, store, queue } = deployRetagFunction(cloud, { bundles, rps: RPS });
  const credentials = cloud.user(PERSON);
  const env = {
    HUAWEICLOUD_OBS_ENDPOINT: cloud.endpoint,
    TAGWARDEN_STORE: store,
    TAGWARDEN_QUEUE: queue,
    TAGWARDEN_RPS: RPS,
  };
  const shell = openShell({
    cloud,
    credentials,
    cwd: folder,
    env,
    signal,
    home: bundles,
    watch: draw,
  });
  say([
    paint.bold("Bulk retagging"),
    `${resources.length} secrets and keys are older than the policy. A plan says what would change,`,
    "a function changes it from a queue, and an undo takes it back.",
    "",
  ]);
  const startedMs = cloud.clock.now();
  const evidence = await act({
    ...stage,
    shell,
    folder,
    resources,
    queue: name,
    ak: credentials.ak,
  });
  const seconds = (cloud.clock.now() - startedMs) / 1_000;
  return { summary: summarize(evidence, seconds), problems: judgeBulk(evidence) };
}

type Setting = Stage & {
  readonly shell: Shell;
  readonly folder: string;
  readonly resources: readonly StoredResource[];
  /** Name of the queue that the function is fed from. */
  readonly queue: string;
  /** Of the person at the keyboard. */
  readonly ak: string;
};

async function act(setting: Setting): Promise<BulkEvidence> {
  const { cloud, say, paint, signal, shell, folder, resources, queue, policyFile } = setting;
  const before = stateOf(cloud);
  const policy = ["--policy", policyFile];
  const show = (command: string, lines: readonly string[]) =>
    say([`  ${paint.bold(`$ tagwarden ${command}`)}`, ...lines.map((line) => `    ${line}`), ""]);

  await writeFile(join(folder, "old.csv"), `id\n${resources.map(({ id }) => id).join("\n")}\n`);
  const planned = await shell.json([...policy, "plan", "--ids", "old.csv", "-o", "plan.json"]);
  const plan = planOf(planned);
  show("plan --ids old.csv -o plan.json", planText(plan));
  say(exampleOf(plan, paint));

  const apply = [...policy, "apply", "plan.json", "--queue", "--yes"];
  const guarded = await shell.tagwarden(apply);
  show("apply plan.json --queue", firstSentence(guarded.err));

  const seenBefore = cloud.seen.length;
  const queued = await shell.json([...apply, "--max-percent", "100"]);
  const run = String(fieldAt(queued.data, "run"));
  cloud.queues.publish(queue, [BROKEN]);
  show("apply plan.json --queue --max-percent 100", [
    "handed to the queue, where a malformed message of somebody else's follows",
  ]);
  show("status", [await watchRun(run, setting)]);
  const applied = stateOf(cloud);
  const requests = cloud.seen
    .slice(seenBefore)
    .filter(({ service, ak }) => (service === "kms" || service === "csms") && ak !== setting.ak);

  const lost = fieldAt((await shell.json(["dlq", "list"])).data, "lost");
  const letters = Array.isArray(lost) ? lost : [];
  show(
    "dlq list",
    letters.flatMap((letter) => wrapped(String(fieldAt(letter, "cause")))),
  );
  signal.throwIfAborted();

  const undo = await shell.json([...policy, "undo", run, "-o", "undo.json"]);
  const undone = await shell.json([...policy, "apply", "undo.json", "--yes"]);
  show("undo -o undo.json && tagwarden apply undo.json", [
    `${fieldAt(undone.data, "summary", "tagged")} resources are as they were before`,
  ]);
  return {
    before,
    planned: plan.resources,
    exits: {
      plan: planned.exit,
      guarded: guarded.exit,
      queued: queued.exit,
      undo: undo.exit,
      undone: undone.exit,
    },
    applied,
    deadLetters: letters.length,
    undone: stateOf(cloud),
    requests: requests.length,
  };
}

/** Draws how far a run is until it is finished or nobody works on it any more; says what it came to. */
async function watchRun(run: string, { shell, cloud, signal, draw }: Setting): Promise<string> {
  let working = true;
  const idle = cloud.idle().then(() => {
    working = false;
  });
  for (;;) {
    const { data } = await shell.json(["status", run]);
    const [done, total] = [fieldAt(data, "done"), fieldAt(data, "total")].map(Number);
    draw?.(barText(done ?? 0, total ?? 0));
    if (fieldAt(data, "state") === "finished" || !working) break;
    await cloud.clock.sleep(POLL_MS, signal);
  }
  await idle;
  draw?.(CLEAR);
  const { data } = await shell.json(["status", run]);
  const { done, total, summary } = Object(data);
  const kinds = Object.entries(Object(summary)).map(([kind, count]) => `${count} ${kind}`);
  return `${done} of ${total} done: ${kinds.join(", ")}`;
}

const CLEAR = "\r\u001b[2K";
const BAR_WIDTH = 40;

function barText(done: number, total: number): string {
  const filled = total === 0 ? 0 : Math.floor((BAR_WIDTH * done) / total);
  return `${CLEAR}    [${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}] ${done} of ${total}`;
}
