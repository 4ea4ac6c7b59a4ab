import type { TagLimits } from "../limits.ts";
import type { PlanReason } from "../plan/reason.ts";
import type { TagSet } from "../tag.ts";
import { BUILT_IN } from "./built-in-rules.ts";
import { type DraftFinding, draft, type Look } from "./draft.ts";
import type { Outlook } from "./outlook.ts";

const NO_ROOM: PlanReason = "no-room";

/**
 * Has a resource the places left that the policy reserves? Where it reserves none, a full resource is worth
 * telling only when something that the policy wants found no room.
 */
export function judgeLimit(look: Look, { tagsMax }: TagLimits): readonly DraftFinding[] {
  const { reserve } = look.policy.limits;
  const left = placesLeft(look.tags, { tagsMax });
  const lacksRoom = findsNoRoom(look.outlook());
  if (left >= reserve && !lacksRoom) return [];
  const rule = "resource.tag-limit";
  return [
    draft({
      rule,
      severity: left === 0 ? "medium" : BUILT_IN[rule].severity,
      reason: left === 0 ? "full" : "near-limit",
      actual: `${look.tags.size} of ${tagsMax} tags`,
      expected: `${Math.max(reserve, 1)} left`,
      suggestion: lacksRoom ? "delete tags that nobody needs: the policy's do not fit" : null,
    }),
  ];
}

/** How many tags the resource can still get. */
export function placesLeft({ size }: TagSet, { tagsMax }: Pick<TagLimits, "tagsMax">): number {
  return Math.max(0, tagsMax - size);
}

function findsNoRoom({ rows }: Outlook): boolean {
  for (const { reason } of rows.values()) if (reason === NO_ROOM) return true;
  return false;
}
