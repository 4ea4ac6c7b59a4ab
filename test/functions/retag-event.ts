import { queueEvent } from "../cloud/queue-event.ts";
import type { RetagEnding, RetagOptions, RetagStage } from "./retag-stage.ts";

/** A batch of messages as the trigger of a Kafka queue brings it. */
export function batchOf(stage: RetagStage, texts: readonly string[]): unknown {
  const { cloud, clock } = stage;
  const { region, project } = cloud;
  const place = { topic: "retag", functionName: "retag", nowMs: clock.now(), id: "0d0466b0" };
  return queueEvent("KAFKA", texts, { region, project, ...place });
}

/** Resources as `cloud.resources()` has them, without what the cloud made for itself. */
export function stateOf({ cloud }: RetagStage): { readonly [name: string]: object } {
  const own = cloud.resources().filter(({ name }) => !name.startsWith("csms/"));
  return Object.fromEntries(own.map(({ name, tags }) => [name, Object.fromEntries(tags)]));
}

export type Drained = {
  readonly endings: readonly RetagEnding[];
  readonly requests: number;
};

const INVOCATIONS_MAX = 200;

/**
 * Hands messages to the function, and whatever it puts back, until nothing is left: each by itself, as the
 * transport `functiongraph` does, or those that wait together, as a queue does.
 */
export async function drain(
  stage: RetagStage,
  texts: readonly string[],
  together: boolean,
  optionsOf: (invocation: number) => RetagOptions = () => ({}),
): Promise<Drained> {
  const waiting = [...texts];
  const endings: RetagEnding[] = [];
  while (waiting.length > 0) {
    if (endings.length >= INVOCATIONS_MAX) throw new Error("it never comes to an end");
    const taken = waiting.splice(0, together ? waiting.length : 1);
    const event = together ? batchOf(stage, taken) : JSON.parse(taken[0] ?? "null");
    const options = { request: `request-${endings.length}`, ...optionsOf(endings.length) };
    const ending = await stage.run(event, options);
    endings.push(ending);
    waiting.push(...ending.again);
  }
  return { endings, requests: endings.reduce((sum, { requests }) => sum + requests, 0) };
}

/** Messages as objects, in the hope that they are. */
export const parsed = (texts: readonly string[]) => texts.map((text) => JSON.parse(text));
