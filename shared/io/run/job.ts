import type { Outcome, OutcomeKind } from "../../core/outcome.ts";
import { contradictionsIn } from "../../core/run/contradiction.ts";
import type { JobMessage } from "../../core/run/message.ts";
import { unknownSelectors } from "../../core/run/selection.ts";
import type { Store } from "../store/store.ts";
import { type MadePlan, makePlan } from "./planning.ts";
import type { RetagDeps } from "./retag.ts";
import { newRunName, storeRun } from "./run-store.ts";

/** What came of a job before anything is applied. */
export type Ordered =
  /** It cannot be planned, and never will. */
  | { readonly refused: { readonly kind: OutcomeKind; readonly reason: string } }
  | {
      readonly refused: null;
      /** The stored run; `null` where nothing is to be changed. */
      readonly run: string | null;
      /** What the job speaks of and no run will handle. */
      readonly outcomes: readonly Outcome[];
    };

/**
 * Plans a job and stores its plan as a run, under the policy's guards. `countCall` is told of each request.
 * Throws `CloudError` and `StoreError`.
 */
export async function orderJob(
  { selection = {}, edits }: JobMessage,
  deps: RetagDeps & { readonly store: Store },
  countCall: () => void,
): Promise<Ordered> {
  const { policy, clock, store, random } = deps;
  const unknown = unknownSelectors(selection, policy);
  if (unknown.length > 0)
    return refuse("failed", `the policy has no selector ${unknown.join(", ")}`);
  // What contradicts what is not told: it could be values.
  if (edits !== undefined && contradictionsIn(edits).length > 0)
    return refuse("malformed", "edits: contradict each other");
  const { signal, deadlineMs } = deps.work;
  const request = edits === undefined ? { selection } : { selection, edits };
  const made = await makePlan(request, { ...deps, budget: { signal, deadlineMs, countCall } });
  const outcomes = passedOver(made);
  if (made.plan.resources.length === 0) return { refused: null, run: null, outcomes };
  const run = newRunName(clock.now(), random());
  await storeRun(store, run, made.plan, policy.guards, clock.now());
  return { refused: null, run, outcomes };
}

function refuse(kind: OutcomeKind, reason: string): Ordered {
  return { refused: { kind, reason } };
}

/** Resources that the job speaks of, and that no plan can have. */
function passedOver({ missing, unreadable, skipped }: MadePlan): readonly Outcome[] {
  const nothing = { tags: [], calls: 0 } as const;
  return [
    ...missing.map((id): Outcome => ({ ...nothing, kind: "gone", reason: `no resource ${id}` })),
    ...skipped.map((one): Outcome => ({ ...nothing, kind: "skipped", ...one })),
    ...unreadable.map(
      (resource): Outcome => ({ ...nothing, kind: "skipped", resource, reason: "tags-unknown" }),
    ),
  ];
}
