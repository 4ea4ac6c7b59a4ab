import { whyLines } from "../../../shared/cli/tag-text.ts";
import type { ResourceRef } from "../../../shared/core/resource.ts";
import type { PlannedResource } from "../../../shared/core/run/run-plan.ts";
import type { TagChange } from "../../../shared/core/tag.ts";
import type { ChangeView, PlannedView } from "./view.ts";

/** Of a tag that the policy leaves to people: it would hide what changes. */
const UNTOLD: readonly (string | undefined)[] = ["no-source", "no-value"];

/** Is the row worth a place among others? */
export function isTold({ reason }: TagChange): boolean {
  return !UNTOLD.includes(reason);
}

/** A row of a plan or an outcome, with the words of the command line. */
export function changeView(change: TagChange): ChangeView {
  const { key, op, from, to } = change;
  return {
    key,
    op,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    why: whyLines(change),
  };
}

/** A resource of a plan. */
export function plannedView(
  { resource, changes }: PlannedResource,
  isShown: (change: TagChange) => boolean,
): PlannedView {
  const { type, id } = resource;
  return { type, id, name: nameOf(resource), changes: changes.filter(isShown).map(changeView) };
}

/** What people call a resource. */
export function nameOf({ id, name }: ResourceRef): string {
  return name ?? id;
}
