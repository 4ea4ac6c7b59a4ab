import type { Outcome } from "../../core/outcome.ts";
import { attemptOf, postponed, retried } from "../../core/run/delay.ts";
import { resourceKey } from "../../core/run/journal.ts";
import type { TagsMessage } from "../../core/run/message.ts";
import { messageWork } from "../../core/run/message-work.ts";
import type { Work } from "../../core/run/work.ts";
import { isPassing } from "../ending.ts";
import { applyChanges } from "./apply.ts";
import type { Verdict } from "./handover.ts";
import { openJournal, readJournal } from "./journal.ts";
import type { RetagDeps } from "./retag.ts";

/** A message of the plain form, and where it came from. */
export type TagsInput = {
  readonly at: string;
  readonly message: TagsMessage;
  readonly raw: unknown;
};

type TagsWork = Work & { readonly input: TagsInput };

/**
 * Carries out messages of the plain form, those about the same resource one after the other, and journals
 * them under the run `adhoc-<request id>`, where there is a store. Each ends in one verdict.
 */
export async function applyTagsMessages(
  inputs: readonly TagsInput[],
  deps: RetagDeps,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const work: TagsWork[] = [];
  for (const input of inputs) {
    const { project = deps.project } = input.message.resource;
    if (project === deps.project)
      work.push({ ...messageWork(input.message, deps.policy.limits.keyProfile), input });
    else verdicts.push(foreign(input));
  }
  if (work.length === 0) return verdicts;
  const journal = await openAdhocJournal(deps);
  for (const wave of wavesOf(work)) verdicts.push(...(await applyWave(wave, journal, deps)));
  return verdicts;
}

async function openAdhocJournal(deps: RetagDeps) {
  const { store } = deps;
  if (store === null) return null;
  const { last } = await readJournal(store, deps.adhocRun);
  return openJournal(deps.adhocRun, last, { ...deps, store });
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

async function applyWave(
  wave: readonly TagsWork[],
  journal: Awaited<ReturnType<typeof openAdhocJournal>>,
  deps: RetagDeps,
): Promise<readonly Verdict[]> {
  const byKey = new Map(wave.map((item) => [resourceKey(item.resource), item]));
  const verdicts: Verdict[] = [];
  const { left, ended } = await applyChanges(wave, {
    ...deps.work,
    journal,
    renew: async () => true,
    noteOutcome: (outcome) => {
      const item = outcome.resource && byKey.get(resourceKey(outcome.resource));
      if (item !== undefined) verdicts.push(verdictOf(item.input, outcome, deps));
    },
  });
  const denied = ended === "denied";
  for (const { input, resource } of left) {
    const outcome: Outcome = denied
      ? { kind: "failed", reason: "denied before", code: "denied", resource, tags: [], calls: 0 }
      : {
          kind: "deferred",
          reason: "time is over",
          code: "deadline",
          resource,
          tags: [],
          calls: 0,
        };
    verdicts.push(verdictOf(input, outcome, deps));
  }
  return verdicts;
}

/** What a message's outcome means for the message. */
function verdictOf({ at, message, raw }: TagsInput, outcome: Outcome, deps: RetagDeps): Verdict {
  if (outcome.kind === "deferred")
    return {
      outcomes: [{ ...outcome, handed: "queue" }],
      again: [postponed(message, null)],
      dead: [],
    };
  if (outcome.kind !== "failed") return { outcomes: [outcome], again: [], dead: [] };
  const later = isPassing(outcome) ? retried(message, deps.clock.now(), deps.random()) : null;
  if (later !== null)
    return { outcomes: [{ ...outcome, handed: "queue" }], again: [later], dead: [] };
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
    dead: [
      { at, cause: { kind: "malformed", reason }, attempts: attemptOf(message), message: raw },
    ],
  };
}
