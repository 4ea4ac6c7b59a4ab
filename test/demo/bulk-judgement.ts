import type { PlannedResource } from "../../shared/core/run/run-plan.ts";
import { changesLeft, isWrite } from "../../shared/core/run/step.ts";
import type { LocalCloud } from "../cloud/index.ts";

/** Every resource's tags, by id. */
export type State = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** All that is left behind by the chapter, to be judged. */
export type BulkEvidence = {
  readonly before: State;
  readonly planned: readonly PlannedResource[];
  /** Exit codes by command. */
  readonly exits: { readonly [command: string]: number };
  readonly applied: State;
  readonly deadLetters: number;
  readonly undone: State;
  /** Requests of the function. */
  readonly requests: number;
};

/** What there is now. */
export function stateOf(cloud: LocalCloud): State {
  return new Map(cloud.resources().map(({ id, tags }) => [id, new Map(tags)]));
}

const EXPECTED = { plan: 1, guarded: 5, queued: 0, undo: 1, undone: 0 } as const;

/** Says everything that is not as it must be. */
export function judgeBulk(evidence: BulkEvidence): readonly string[] {
  const { before, planned, exits, applied, deadLetters, undone, requests } = evidence;
  const callsMax = planned.reduce((sum, { changes }) => sum + callsFor(changes), 0);
  return [
    ...Object.entries(EXPECTED)
      .filter(([command, exit]) => exits[command] !== exit)
      .map(([command, exit]) => `${command} ended with ${exits[command]}, not with ${exit}`),
    ...some(
      "not as planned",
      planned.filter(({ resource, changes }) => !isApplied(changes, applied.get(resource.id))),
    ),
    ...some(
      "changed, and not in the plan",
      differences(without(before, planned), without(applied, planned)),
    ),
    ...some("not as before after the undo", differences(before, undone)),
    ...(deadLetters === 1 ? [] : [`${deadLetters} dead letters, not one`]),
    ...(requests <= callsMax ? [] : [`${requests} calls, at most ${callsMax} are needed`]),
  ];
}

/** That there are resources of which something is wrong, and how many. */
function some(problem: string, wrong: readonly unknown[]): readonly string[] {
  return wrong.length === 0 ? [] : [`${wrong.length} resources are ${problem}`];
}

/** One read and one write; one more where a key goes as another comes, one more to verify a move. */
function callsFor(changes: PlannedResource["changes"]): number {
  const deletes = changes.some(({ op }) => op === "delete");
  const puts = changes.some(({ op }) => op === "create" || op === "overwrite");
  return deletes && puts ? 4 : 2;
}

function isApplied(
  changes: PlannedResource["changes"],
  now: State extends ReadonlyMap<string, infer Tags> ? Tags | undefined : never,
): boolean {
  return now !== undefined && changesLeft(changes.filter(isWrite), now)?.length === 0;
}

function without(state: State, planned: readonly PlannedResource[]): State {
  const ids = new Set(planned.map(({ resource }) => resource.id));
  return new Map([...state].filter(([id]) => !ids.has(id)));
}

function differences(one: State, other: State): readonly string[] {
  const text = (tags: ReadonlyMap<string, string> | undefined) =>
    JSON.stringify([...(tags ?? [])].sort());
  return [...one.keys()].filter((id) => text(one.get(id)) !== text(other.get(id)));
}
