import { isBlank } from "../value.ts";
import type { Draft } from "./draft.ts";
import { type Mistake, quote } from "./problem.ts";

/** Whoever gets a grace of its own must be named: the empty text occurs in every user agent. */
export function checkGrace({ document }: Draft): readonly Mistake[] {
  const grace = document.guards?.grace;
  if (grace === undefined || typeof grace === "string") return [];
  return Object.keys(grace)
    .filter(isBlank)
    .map((agent) => ({
      level: "error",
      path: ["guards", "grace", agent],
      at: "key",
      message: `${quote(agent)} names no user agent`,
      expected: "text that occurs in a user agent, such as terraform, or default",
    }));
}
