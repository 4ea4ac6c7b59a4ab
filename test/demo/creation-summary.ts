import type { Outcome, OutcomeKind } from "../../shared/core/outcome.ts";
import { RESOURCE_TYPES } from "../../shared/core/resource.ts";
import { type Evidence, tagDelaysMs } from "./evidence.ts";
import { typeOf } from "./play.ts";
import { isSet } from "./trace-view.ts";

const LABEL_WIDTH = 10;

/** The creation chapter in a few lines: what was created, what became of it, and at what cost. */
export function summarizeCreation(evidence: Evidence, grace: string): readonly string[] {
  const outcomes = evidence.first.flatMap((handling) => handling.outcomes);
  const repeats = evidence.second.flatMap((handling) => handling.outcomes);
  const tags = outcomes.flatMap((outcome) => outcome.tags);
  const written = tags.filter(({ op }) => op === "create" || op === "overwrite");
  const tagged = outcomes.filter(({ kind }) => kind === "tagged");
  const kept = tags.filter((change) => change.op === "keep" && isSet(change));
  return [
    line("created", createdText(evidence)),
    line(
      "tagged",
      `${tagged.length} resources, with ${written.length} tags in ${callsOf(tagged)} calls`,
    ),
    ...timeTaken(tagDelaysMs(evidence), grace),
    line("kept", `${kept.length} tags that people had set`),
    ...leftToPeople(outcomes),
    ...othersThan(["tagged"], outcomes),
    line(
      "repeated",
      `${repeats.length} traces: ${kindsText(repeats)}, in ${callsOf(repeats)} calls`,
    ),
  ];
}

function timeTaken(delaysMs: readonly number[], grace: string): string[] {
  const medianMs = delaysMs[Math.floor((delaysMs.length - 1) / 2)];
  if (medianMs === undefined) return [];
  const seconds = (medianMs / 1000).toFixed(1);
  return [line("after", `${seconds} s from creation to tag (p50), ${grace} of it grace`)];
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${text}`;
}

function createdText({ played }: Evidence): string {
  const made = played.filter(({ scene }) => !scene.refused);
  const count = (type: string) =>
    made.filter(({ scene }) => typeOf(scene.creation) === type).length;
  const things = RESOURCE_TYPES.map((type) => `${count(type)} ${type}s`).join(" and ");
  const people = new Set(made.map(({ scene }) => scene.by)).size;
  return `${things} by ${people} users`;
}

/** A line for each other kind, with the reasons. */
function othersThan(kinds: readonly OutcomeKind[], outcomes: readonly Outcome[]): string[] {
  const others = new Set(outcomes.map(({ kind }) => kind).filter((kind) => !kinds.includes(kind)));
  return [...others].map((kind) => {
    const group = outcomes.filter((outcome) => outcome.kind === kind);
    const reasons = group.flatMap(({ reason }) => reason ?? []);
    const why = reasons.length === 0 ? "" : `: ${[...new Set(reasons)].join(", ")}`;
    return line(kind, `${group.length}${why}`);
  });
}

/** Tags that are missing because the policy has no source for them. */
function leftToPeople(outcomes: readonly Outcome[]): string[] {
  const rows = outcomes.flatMap(({ tags }) => tags.filter(({ reason }) => reason === "no-source"));
  const keys = [...new Set(rows.map(({ key }) => key))];
  return keys.length === 0
    ? []
    : [line("not set", `${keys.join(", ")}, which the policy leaves to people`)];
}

function kindsText(outcomes: readonly Outcome[]): string {
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))];
  const count = (wanted: OutcomeKind) => outcomes.filter(({ kind }) => kind === wanted).length;
  return kinds.map((kind) => `${count(kind)} ${kind}`).join(", ");
}

function callsOf(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, { calls }) => sum + calls, 0);
}
