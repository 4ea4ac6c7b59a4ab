import { hash } from "node:crypto";
import type { RunPlan } from "../core/run/run-plan.ts";
import type { TagSet } from "../core/tag.ts";
import { canonicalJson } from "./canonical-json.ts";

/** SHA-256 (hex) of something that is JSON, however it was written. */
export function digestOf(value: unknown): string {
  return digestOfText(canonicalJson(value));
}

/** SHA-256 (hex) of a text. */
export function digestOfText(text: string): string {
  return hash("sha256", text);
}

/** SHA-256 (hex) of all tags of a resource; their order does not matter. */
export function digestOfTags(tags: TagSet): string {
  return digestOf([...tags].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Gives a plan the digest over everything else in it. */
export function sealPlan(plan: Omit<RunPlan, "digest">): RunPlan {
  return { ...plan, digest: digestOf(plan) };
}

/** Is the plan as it was made? */
export function isSealed({ digest, ...plan }: RunPlan): boolean {
  return digestOf(plan) === digest;
}
