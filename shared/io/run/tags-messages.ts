import type { Outcome } from "../../core/outcome.ts";
import { attemptOf, postponed, retried } from "../../core/run/delay.ts";
import { resourceKey } from "../../core/run/journal.ts";
import type { TagsMessage } from "../../core/run/message.ts";
import { messageWork } from "../../core/run/message-work.ts";
import type { Work } from "../../core/run/work.ts";
import { parseTime } from "../../core/time.ts";
import { type FailedEnding, isPassing } from "../ending.ts";
import { StoreError } from "../store/store-error.ts";
import { applyChanges } from "./apply.ts";
import type { Verdict } from "./handover.ts";
import { type Journal, openJournal, readJournal } from "./journal.ts";
import type { RetagDeps } from "./retag.ts";
import { RunError } from "./run-store.ts";
import { endingOfStore, UNBEGUN } from "./run-verdict.ts";

/** A message of the plain form, and where it came from. */
export type TagsInput = {
  readonly at: string;
  readonly message: TagsMessage;
  readonly raw: unknown;
};

type TagsWork = Work & { readonly input: TagsInput };

/**
 * Carries out messages of the plain form, those about the same resource one after the other, and journals
 * them under the run `adhoc-<request id>`, where there is a store. Each ends in one verdict. A message whose
 * resource has an earlier one that goes back to the queue goes back behind it.
 */
export async function applyTagsMessages(
  inputs: readonly TagsInput[],
  deps: RetagDeps,
  noteVerdict: (verdict: Verdict) => void,
): Promise<void> {
  const work: TagsWork[] = [];
  for (const input of inputs) {
    const { project = deps.project } = input.message.resource;
    if (project === deps.project)
      work.push({ ...messageWork(input.message, deps.policy.limits.keyProfile), input });
    else noteVerdict(foreign(input));
  }
  if (work.length === 0) return;
  const opened = await openAdhocJournal(deps);
  let stopped = opened.failure;
  /** Resources of which an earlier message comes again, and when. */
  const held = new Map<string, number | null>();
  for (const wave of wavesOf(work)) {
    const outcomes = new Map<TagsWork, Outcome>();
    const ready = wave.filter(({ resource }) => !held.has(resourceKey(resource)));
    stopped ??= await applyWave(ready, opened.journal, deps, outcomes);
    for (const item of wave) {
      const { resource, input } = item;
      const key = resourceKey(resource);
      const waitsUntilMs = held.get(key);
      const ending = waitsUntilMs === undefined ? (stopped ?? UNBEGUN.stopped) : BEHIND;
      const outcome = outcomes.get(item) ?? { ...ending, resource, tags: [], calls: 0 };
      const verdict = verdictOf(input, outcome, waitsUntilMs ?? null, deps);
      const [again] = verdict.again;
      if (again !== undefined) held.set(key, parseTime(again.notBefore));
      noteVerdict(verdict);
    }
  }
}

const BEHIND = { kind: "deferred", reason: "an earlier message goes first" } as const;

type Opened = { readonly journal: Journal | null; readonly failure: FailedEnding | null };

async function openAdhocJournal(deps: RetagDeps): Promise<Opened> {
  const { store } = deps;
  if (store === null) return { journal: null, failure: null };
  try {
    const { last } = await readJournal(store, deps.adhocRun);
    return { journal: openJournal(deps.adhocRun, last, { ...deps, store }), failure: null };
  } catch (error) {
    if (error instanceof StoreError) return { journal: null, failure: endingOfStore(error) };
    if (!(error instanceof RunError)) throw error;
    return { journal: null, failure: { kind: "failed", reason: error.message } };
  }
}

/** The first message about each resource, then the second ones, and so on. */
function wavesOf(work: readonly TagsWork[]): readonly (readonly TagsWork[])[] {
  const waves: TagsWork[][] = [];
  const seen = new Map<string, number>();
  for (const item of work) {
    const key = resourceKey(item.resource);
    const wave = seen.get(key) ?? 0;
    seen.set(key, wave + 1);
    const items = waves[wave] ?? [];
    waves[wave] = items;
    items.push(item);
  }
  return waves;
}

/** Fills in the outcomes; answers why the rest of the wave, and any further one, was not begun. */
async function applyWave(
  wave: readonly TagsWork[],
  journal: Journal | null,
  deps: RetagDeps,
  outcomes: Map<TagsWork, Outcome>,
): Promise<FailedEnding | null> {
  const byKey = new Map(wave.map((item) => [resourceKey(item.resource), item]));
  try {
    const { ended } = await applyChanges(wave, {
      ...deps.work,
      journal,
      renew: async () => true,
      noteOutcome: (outcome) => {
        const item = outcome.resource && byKey.get(resourceKey(outcome.resource));
        if (item !== undefined) outcomes.set(item, outcome);
      },
    });
    return ended === "done" ? null : UNBEGUN[ended];
  } catch (error) {
    if (error instanceof StoreError) return endingOfStore(error);
    throw error;
  }
}

/** What a message's outcome means for the message. `untilMs`: not before that, where it waits. */
function verdictOf(
  { at, message, raw }: TagsInput,
  outcome: Outcome,
  untilMs: number | null,
  { clock, random, store, adhocRun }: RetagDeps,
): Verdict {
  const again = (later: TagsMessage): Verdict => ({
    outcomes: [{ ...outcome, handed: "queue" }],
    again: [later],
    dead: [],
  });
  if (outcome.kind === "deferred") return again(postponed(message, untilMs));
  if (outcome.kind !== "failed") {
    const journalled = store !== null && outcome.kind === "tagged";
    return { outcomes: [outcome], again: [], dead: [], ...(journalled ? { run: adhocRun } : {}) };
  }
  const later = isPassing(outcome) ? retried(message, clock.now(), random()) : null;
  if (later !== null) return again(later);
  const cause = { kind: outcome.kind, reason: outcome.reason ?? "" };
  return {
    outcomes: [{ ...outcome, handed: "dead-letter" }],
    again: [],
    dead: [{ at, cause, attempts: attemptOf(message), message: raw }],
  };
}

function foreign({ at, message, raw }: TagsInput): Verdict {
  const { type, id } = message.resource;
  const reason = "the resource is in another project";
  const cause = { kind: "malformed", reason } as const;
  return {
    outcomes: [
      {
        kind: "malformed",
        reason: `${at}: ${reason}`,
        resource: { type, id },
        tags: [],
        calls: 0,
        handed: "dead-letter",
      },
    ],
    again: [],
    dead: [{ at, cause, attempts: attemptOf(message), message: raw }],
  };
}
