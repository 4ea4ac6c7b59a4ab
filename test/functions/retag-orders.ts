import { expect } from "vitest";
import type { RunGuards } from "../../shared/core/run/guard.ts";
import type { SliceMessage } from "../../shared/core/run/message.ts";
import type { RunPlan } from "../../shared/core/run/run-plan.ts";
import { sliceMessages } from "../../shared/core/run/slice.ts";
import { storeRun } from "../../shared/io/run/run-store.ts";
import { stateOf } from "./retag-event.ts";
import type { RetagStage } from "./retag-stage.ts";

export const RUN = "20261121-120000-abcdef";
export const runMessage = (run = RUN) => ({ kind: "run", version: 1, run });

/** Secrets without the tag that the policy fills in. */
export function addUntagged({ cloud }: RetagStage, count: number): void {
  for (let index = 0; index < count; index++)
    cloud.addSecret({ name: `app-${index}`, tags: { Owner: "anne", Note: `note-${index}` } });
}

/** Plans over everything and stores the plan as a run. */
export async function order(
  stage: RetagStage,
  run = RUN,
  guards: RunGuards = stage.policy.guards,
): Promise<RunPlan> {
  const plan = await stage.plan();
  await storeRun(stage.store, run, plan, guards, stage.clock.now());
  return plan;
}

/** The same, and the plan as messages that bring it along. */
export async function slicesOf(stage: RetagStage): Promise<readonly SliceMessage[]> {
  const plan = await order(stage);
  const head = { run: RUN, project: plan.project, policy: plan.policy };
  return sliceMessages(head, plan.resources);
}

/** All of `addUntagged` have what the policy fills in, and what they had. */
export function expectTagged(stage: RetagStage, count: number): void {
  const states = Object.values(stateOf(stage));
  expect(states).toHaveLength(count);
  for (const [index, tags] of states.entries())
    expect(tags).toEqual({ Owner: "anne", Note: `note-${index}`, Environment: "dev" });
}
