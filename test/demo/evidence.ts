import type { Outcome } from "../../shared/core/outcome.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import type { SeenRequest, StoredResource } from "../cloud/contract.ts";
import { type Handling, handlingOf } from "../cloud/handling.ts";
import type { RecordedTrace } from "../cloud/index.ts";
import type { Played } from "./play.ts";
import type { Stage } from "./stage.ts";

/** All that is left behind by the scenes, to be shown and to be judged. */
export type Evidence = {
  readonly played: readonly Played[];
  /** What became of each trace when it was delivered, and when it was delivered once more. */
  readonly first: readonly Handling[];
  readonly second: readonly Handling[];
  /** As the cloud has them in the end. */
  readonly resources: readonly StoredResource[];
  /** Requests of the functions. */
  readonly requests: readonly SeenRequest[];
  readonly policy: Policy;
  /** How many events the platform gave up. */
  readonly lost: number;
};

/** Gathers what the cloud knows. The first `firstCount` invocations are first deliveries. */
export function gather(
  { cloud, policy, isPerson }: Stage,
  played: readonly Played[],
  firstCount: number,
): Evidence {
  const { invocations, failures } = cloud.functions;
  return {
    played,
    policy,
    first: invocations.slice(0, firstCount).map(handlingOf),
    second: invocations.slice(firstCount).map(handlingOf),
    resources: cloud.resources(),
    requests: cloud.seen.filter(({ ak }) => !isPerson(ak)),
    lost: failures.length,
  };
}

/** The outcome of a trace among these handlings; `null` where there is none. */
export function outcomeOf(
  { trace_id }: RecordedTrace,
  handlings: readonly Handling[],
): Outcome | null {
  const all = handlings.flatMap(({ outcomes }) => outcomes);
  return all.find(({ event }) => event === trace_id) ?? null;
}

/** Milliseconds from each creation to the batch action that tagged the resource, fastest first. */
export function tagDelaysMs({ played, first, requests }: Evidence): readonly number[] {
  const delays = played
    .flatMap(({ traces }) => traces)
    .filter((trace) => outcomeOf(trace, first)?.kind === "tagged")
    .flatMap(({ resource_id, time }) => {
      const write = requests.find(
        ({ path, status }) => path.endsWith(`/${resource_id}/tags/action`) && status < 300,
      );
      return write === undefined ? [] : [write.at - time];
    });
  return delays.sort((a, b) => a - b);
}
