import { wrap } from "../../shared/cli/table.ts";
import { isJsonObject, own } from "../../shared/core/json-value.ts";
import { type RunPlan, runPlanSchema } from "../../shared/core/run/run-plan.ts";
import type { TagOp } from "../../shared/core/tag.ts";
import type { BulkEvidence } from "./bulk-judgement.ts";
import type { Ended } from "./shell.ts";
import { type Paints, WIDTH } from "./stage.ts";
import { renderTrace } from "./trace-view.ts";

const INDENT = 4;
const LABEL_WIDTH = 10;
const EXAMPLE = "old-002";

/** The plan that a command wrote to stdout. */
export function planOf({ data, err }: Ended & { readonly data: unknown }): RunPlan {
  const parsed = runPlanSchema.safeParse(data);
  if (!parsed.success) throw new Error(`there is no plan: ${err}`);
  return parsed.data;
}

/** What a plan comes to, in two lines. */
export function planText({ resources, unresolved, selected }: RunPlan): readonly string[] {
  const count = (op: TagOp) =>
    resources.flatMap(({ changes }) => changes).filter((change) => change.op === op).length;
  const conflicts = unresolved.filter(({ changes }) =>
    changes.some(({ reason }) => reason === "conflict"),
  );
  return [
    `${resources.length} of ${selected} change: ${count("create")} tags created, ${count("overwrite")} replaced, ${count("delete")} deleted`,
    `${conflicts.length} have two owners who differ: they are told, and left alone`,
  ];
}

/** One resource of the plan, as the creation chapter shows one. */
export function exampleOf({ resources }: RunPlan, paint: Paints): readonly string[] {
  const example = resources.find(({ resource }) => resource.name === EXAMPLE);
  if (example === undefined) return [];
  const { resource, changes } = example;
  const view = { type: resource.type, name: EXAMPLE, deed: "one of them", note: undefined };
  const outcome = { kind: "tagged", calls: 4, tags: changes } as const;
  const [, ...rows] = renderTrace({ ...view, outcome, unnamed: new Map() }, paint);
  return [`  ${paint.dim(`${resource.type} ${EXAMPLE}, one of them`)}`, ...rows, ""];
}

/** What a command said on stderr first, wrapped. */
export function firstSentence(err: string): readonly string[] {
  const [sentence = ""] = err.replaceAll("\n", " ").split(". ");
  return wrapped(`${sentence.trim()}.`);
}

/** A text in lines that fit. */
export function wrapped(text: string): readonly string[] {
  return wrap(text, WIDTH - INDENT);
}

/** The value at a path of fields; `undefined` where it ends. */
export function fieldAt(data: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, field) => (isJsonObject(value) ? own(value, field) : undefined),
    data,
  );
}

/** The chapter in a few lines. */
export function summarize(
  { planned, requests, exits, deadLetters }: BulkEvidence,
  seconds: number,
): readonly string[] {
  return [
    line("planned", `${planned.length} resources, and stopped by a guard first`),
    line("applied", `through the queue, with ${requests} calls in ${seconds.toFixed(1)} s`),
    line("lost", `nothing: ${deadLetters} malformed message is a dead letter`),
    line("undone", exits.undone === 0 ? "every tag is as it was" : "not everything"),
  ];
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${text}`;
}
