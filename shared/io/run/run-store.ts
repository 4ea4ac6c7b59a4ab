import * as z from "zod/mini";
import { parseJson } from "../../core/json-value.ts";
import type { RunGuards } from "../../core/run/guard.ts";
import { RUN_NAME, type RunPlan, runPlanSchema } from "../../core/run/run-plan.ts";
import { toIsoTime } from "../../core/time.ts";
import { isSealed } from "../digest.ts";
import type { Store } from "../store/store.ts";

/**
 * Why a run cannot be worked on.
 *
 * - `no-run`: the store has no such run.
 * - `damaged`: a file of the run is not as it was written.
 * - `edited`: the plan is not as it was made.
 * - `other-policy`, `other-project`: the plan was made for another one.
 * - `taken`: somebody else works on it.
 * - `discarded`: a later audit made it superfluous before anybody began.
 */
export type RunErrorCode =
  | "no-run"
  | "damaged"
  | "edited"
  | "other-policy"
  | "other-project"
  | "taken"
  | "discarded";

/** A run that cannot be worked on. Its message names the run or file, what is wrong and what to do. */
export class RunError extends Error {
  override readonly name = "RunError";
  readonly code: RunErrorCode;

  constructor(code: RunErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** How the names of runs begin under which single messages are journalled: by request, in no order. */
export const ADHOC = "adhoc-";

const runPrefix = (run: string) => `runs/${run}/`;
const planName = (run: string) => `${runPrefix(run)}plan.json`;
const orderName = (run: string) => `${runPrefix(run)}run.json`;
const reportName = (run: string) => `${runPrefix(run)}report.json`;

/** Where the segments of a run's journal are: `runs/<run>/journal/<number>-<worker>.jsonl`. */
export function journalPrefix(run: string): string {
  return `${runPrefix(run)}journal/`;
}

/** A name for a new run: its time, and some chance. `random` is in [0, 1). */
export function newRunName(nowMs: number, random: number): string {
  const time = toIsoTime(nowMs).slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  return `${time}-${chanceText(random)}`;
}

/** So many hexadecimal digits of chance, twelve at most. */
export function chanceText(random: number, digits = 6): string {
  return Math.floor(random * 16 ** digits)
    .toString(16)
    .padStart(digits, "0");
}

const orderSchema = z.strictObject({
  run: z.string(),
  createdAt: z.string(),
  guards: z.strictObject({ maxChanges: z.number(), maxPercent: z.number() }),
});
/** How a run was ordered: the guards that whoever ordered it accepted. */
export type RunOrder = z.infer<typeof orderSchema>;

const reportSchema = z.looseObject({
  finishedAt: z.string(),
  summary: z.record(z.string(), z.int()),
  /** Only of a plan that was discarded before anybody began: the run that took its place, `null` for none. */
  supersededBy: z.exactOptional(z.nullable(z.string())),
});
/** How a finished run ended. */
export type RunReport = z.infer<typeof reportSchema>;

/** Reads a plan from a text; `from` names the file. Throws a `RunError` (`damaged`, `edited`). */
export function parsePlan(text: string, from: string): RunPlan {
  const parsed = runPlanSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue?.path.join(".") || "the file";
    throw new RunError("damaged", `${from} is not a plan of this version: see ${at}; plan again`);
  }
  if (!isSealed(parsed.data))
    throw new RunError(
      "edited",
      `${from} was changed after it was made: its digest does not match; plan again, with the selection or edits that you want`,
    );
  return parsed.data;
}

/** Throws a `RunError` where a plan was made by another policy, or for another project. */
export function requireMatch(
  plan: Pick<RunPlan, "policy" | "project">,
  here: { readonly policyHash: string; readonly project: string },
): void {
  if (plan.project !== here.project)
    throw new RunError("other-project", "the plan was made for another project");
  if (plan.policy.hash !== here.policyHash)
    throw new RunError(
      "other-policy",
      `the plan was made by policy ${plan.policy.hash.slice(0, 12)}, here it is ${here.policyHash.slice(0, 12)}; plan again`,
    );
}

/** Stores a plan as a run that may be worked on. The order comes last: without it there is no run. */
export async function storeRun(
  store: Store,
  run: string,
  plan: RunPlan,
  guards: RunGuards,
  nowMs: number,
): Promise<void> {
  const order: RunOrder = {
    run,
    createdAt: toIsoTime(nowMs),
    guards: { maxChanges: guards.maxChanges, maxPercent: guards.maxPercent },
  };
  await store.write(planName(run), `${JSON.stringify(plan)}\n`);
  await store.write(orderName(run), `${JSON.stringify(order)}\n`);
}

/** A stored run; `order` is `null` for a plan that somebody put there without one. */
export async function readRun(
  store: Store,
  run: string,
): Promise<{ readonly plan: RunPlan; readonly order: RunOrder | null }> {
  const text = RUN_NAME.test(run) ? await store.read(planName(run)) : null;
  if (text === null) throw new RunError("no-run", `${store.url} has no run ${run}`);
  const plan = parsePlan(text, planName(run));
  return { plan, order: await readPart(store, orderName(run), orderSchema) };
}

/** Stores how a run ended; from then on it is finished. */
export async function storeReport(store: Store, run: string, report: RunReport): Promise<void> {
  await store.write(reportName(run), `${JSON.stringify(report)}\n`);
}

/** How a run ended; `null` while it has not. */
export async function readReport(store: Store, run: string): Promise<RunReport | null> {
  return readPart(store, reportName(run), reportSchema);
}

async function readPart<Schema extends z.ZodMiniType>(
  store: Store,
  name: string,
  schema: Schema,
): Promise<z.infer<Schema> | null> {
  const text = await store.read(name);
  if (text === null) return null;
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) throw new RunError("damaged", `${name} is not as it was written`);
  return parsed.data;
}

/** The names of all runs, oldest first; those of single messages come after the others. */
export async function* listRuns(store: Store): AsyncGenerator<string> {
  for await (const folder of store.folders("runs/")) yield folder.slice("runs/".length, -1);
}

/** Throws a `RunError` where no run can have this name. */
export function requireRunName(run: string): void {
  if (!RUN_NAME.test(run))
    throw new RunError("no-run", `${run} is not a run's name; see tagwarden status`);
}
