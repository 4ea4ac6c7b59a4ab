import { RESOURCE_KINDS, RESOURCE_TYPES } from "../../shared/core/resource.ts";
import type { TagChange, TagSet } from "../../shared/core/tag.ts";
import type { RecordedTrace } from "../cloud/index.ts";
import { CREATION_SCENES } from "./creation-scenes.ts";
import { summarizeCreation } from "./creation-summary.ts";
import { type Evidence, gather, outcomeOf } from "./evidence.ts";
import { findProblems } from "./judgement.ts";
import { create, follow, type Played } from "./play.ts";
import type { Scene } from "./scene.ts";
import type { Chapter, Stage } from "./stage.ts";
import { MARKS_LEGEND, renderTrace, type TraceView } from "./trace-view.ts";

/** People create secrets and keys; the functions tag them; then every trace comes a second time. */
export const creationChapter: Chapter = async (stage) => {
  const { grace, paint, say } = stage;
  say([
    paint.bold("Tagging on creation"),
    "People create secrets and keys. Each call leaves a trace, and that starts a",
    `function. It waits ${grace}, so that whoever created the resource can tag first.`,
    "",
    paint.dim(`  ${MARKS_LEGEND}`),
    "",
  ]);
  const evidence = await play(CREATION_SCENES, stage);
  for (const view of viewsOf(evidence)) say([...renderTrace(view, paint), ""]);
  return { summary: summarizeCreation(evidence, grace), problems: findProblems(evidence) };
};

async function play(scenes: readonly Scene[], stage: Stage): Promise<Evidence> {
  const { cloud, signal } = stage;
  const { functions } = cloud;
  const played = await playInTurn(scenes, stage);
  await cloud.idle();
  signal.throwIfAborted();

  // Not two copies at once: which of them writes would be a matter of chance.
  const delivered = [...functions.invocations];
  for (const { function: name, event } of delivered) functions.invokeAsync(name, event);
  await cloud.idle();
  signal.throwIfAborted();
  return gather(stage, played, delivered.length);
}

/** One creation after the other; what its creator does afterwards keeps nobody waiting. */
function playInTurn(scenes: readonly Scene[], stage: Stage): Promise<readonly Played[]> {
  let last: Promise<unknown> = Promise.resolve();
  const acts = scenes.map((scene) => {
    const created = last.then(() => create(scene, stage));
    last = created;
    return created.then(async (played) => {
      await follow(scene, stage);
      return played;
    });
  });
  return Promise.all(acts);
}

/** What is shown, in the order of the scenes: each trace, and again where its scene asks for it. */
export function viewsOf(evidence: Evidence): readonly TraceView[] {
  const { first, second, resources } = evidence;
  return evidence.played.flatMap(({ scene, traces }) => {
    const isOwn = ({ resource_name }: RecordedTrace) => resource_name === scene.creation.name;
    const view = (trace: RecordedTrace, note: string | undefined): TraceView => {
      const outcome = outcomeOf(trace, first);
      const resource = resources.find(({ id }) => id === trace.resource_id);
      return {
        type: typeOfTrace(trace),
        name: trace.resource_name,
        deed: `${trace.trace_name} by ${scene.by}`,
        outcome,
        unnamed: without(resource?.tags ?? new Map(), outcome?.tags ?? []),
        note,
      };
    };
    const repeat = (trace: RecordedTrace): TraceView => {
      const outcome = outcomeOf(trace, second);
      return {
        ...view(trace, "the same trace, delivered once more"),
        outcome: outcome === null ? null : { ...outcome, tags: [] },
        unnamed: new Map(),
      };
    };
    const own = traces.filter(isOwn);
    return [
      ...own.map((trace) => view(trace, scene.note)),
      ...(scene.repeated ? own.map(repeat) : []),
      ...traces.filter((trace) => !isOwn(trace)).map((trace) => view(trace, BROUGHT_ALONG)),
    ];
  });
}

const BROUGHT_ALONG = "comes with the first secret; it is the service's own";

function without(tags: TagSet, changes: readonly TagChange[]): TagSet {
  return new Map([...tags].filter(([key]) => !changes.some((change) => change.key === key)));
}

function typeOfTrace({ resource_type }: RecordedTrace): string {
  const type = RESOURCE_TYPES.find((kind) =>
    RESOURCE_KINDS[kind].traceTypes.includes(resource_type),
  );
  return type ?? resource_type;
}
