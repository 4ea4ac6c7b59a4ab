import { parseSecretDetail, parseTags } from "../../core/answer.ts";
import { type Diagnosis, ok, problem, unknown } from "../../core/doctor/diagnosis.ts";
import { bodyOf, isDone, isForbidden, wordsOf } from "../../core/doctor/probe-answer.ts";
import { RESOURCE_KINDS } from "../../core/resource.ts";
import type { Clock } from "../clock.ts";
import type { Budget, Cloud } from "../cloud.ts";
import { probe } from "./probe.ts";

/** What a canary is made with. */
export type CanaryDeps = {
  readonly cloud: Cloud;
  readonly clock: Clock;
  /** Name of the secret. */
  readonly name: string;
  /** How long its tags may take, from its creation. */
  readonly waitMs: number;
  /** Aborts when the user interrupts: then it is deleted at once. */
  readonly stop: AbortSignal;
};

const LOOK_MS = 1_000;
/** Its creation and deletion have time of their own: after an interruption it must go, too. */
const CALL_BUDGET_MS = 30_000;

/**
 * Creates a secret, waits until it has a tag, and deletes it at once and for good (api-dew DeleteSecret). What
 * it cannot take back is told. Without a key of its own the secret makes KMS create `csms/default` if the
 * project has none (dew-api.md 2.2), and that key stays.
 */
export async function flyCanary(deps: CanaryDeps): Promise<Diagnosis> {
  const { cloud, name, clock } = deps;
  const secrets = `/v1/${cloud.project}/secrets`;
  const created = await probe(
    cloud,
    {
      operation: "CreateSecret",
      method: "POST",
      path: secrets,
      body: { name, secret_string: "tagwarden doctor" },
    },
    budgetOf(clock),
  );
  if (!isDone(created)) {
    const found = `not created (${wordsOf(created)})`;
    if (created.kind === "silent") return lostAnswer(found, name);
    return isForbidden(created)
      ? unknown(found, "allow yourself to create and delete secrets")
      : unknown(found, "create a secret by hand and look at its tags");
  }
  let found: Diagnosis;
  try {
    found = await watchTags(deps, parseSecretDetail(bodyOf(created))?.id ?? null);
  } catch (error) {
    await remove(deps, secrets);
    throw error;
  }
  const removed = await remove(deps, secrets);
  return removed === null ? found : leftBehind(found, name, removed);
}

/** Waits for the first tag; keys are told, values never. */
async function watchTags({ cloud, clock, waitMs, stop }: CanaryDeps, id: string | null) {
  if (id === null) return unknown("the answer to its creation has no id", "look at CSMS' console");
  const path = `${RESOURCE_KINDS.secret.basePath(cloud.project)}/${id}/tags`;
  const startedMs = clock.now();
  for (;;) {
    const answer = await probe(
      cloud,
      { operation: "ListTags", method: "GET", path },
      budgetOf(clock),
    );
    const tags = parseTags(bodyOf(answer));
    const seconds = Math.round((clock.now() - startedMs) / 100) / 10;
    if (tags !== null && tags.size > 0)
      return ok(`tagged after ${seconds} s: ${[...tags.keys()].join(", ")}; deleted again`);
    if (stop.aborted) return unknown("interrupted; deleted again", "ask for it again: --canary");
    if (clock.now() - startedMs >= waitMs)
      return problem(
        `no tag after ${seconds} s; deleted again`,
        "see secret-created: its log, its trigger, its failure destination; does the policy give a secret of this name a tag?",
      );
    await clock.sleep(LOOK_MS, stop).catch(() => undefined);
  }
}

/** `null` when it is gone; else what the service said. */
async function remove({ cloud, name, clock }: CanaryDeps, secrets: string): Promise<string | null> {
  const answer = await probe(
    cloud,
    { operation: "DeleteSecret", method: "DELETE", path: `${secrets}/${name}` },
    budgetOf(clock),
  );
  return isDone(answer) ? null : wordsOf(answer);
}

function leftBehind({ found }: Diagnosis, name: string, words: string): Diagnosis {
  return problem(
    `${found.replace("deleted again", `NOT DELETED (${words})`)}`,
    `delete the secret ${name} yourself`,
  );
}

/** It may have been created nevertheless. */
function lostAnswer(found: string, name: string): Diagnosis {
  return problem(found, `see whether there is a secret ${name}, and delete it`);
}

function budgetOf(clock: Clock): Budget {
  return {
    signal: AbortSignal.timeout(CALL_BUDGET_MS),
    deadlineMs: clock.now() + CALL_BUDGET_MS,
    countCall: () => {},
  };
}
