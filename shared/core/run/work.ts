import type { Outcome } from "../outcome.ts";
import type { KeyProfile } from "../policy/policy.ts";
import type { ResourceRef } from "../resource.ts";
import type { TagChange, TagSet } from "../tag.ts";

/** What is to be done to a resource, decided by what it carries just before its write. */
export type WorkDecision =
  | {
      readonly do: "write";
      /** Every row that the outcome tells, what is kept included. */
      readonly changes: readonly TagChange[];
      /** Those that are to be written. */
      readonly left: readonly TagChange[];
      readonly profile: KeyProfile;
    }
  | {
      readonly do: "end";
      readonly ending: Omit<Outcome, "resource" | "calls">;
      /** Did an earlier worker of the same run write it? */
      readonly wrote: boolean;
    };

/** A resource on which a run, or a single message, has something to do. */
export type Work = {
  readonly resource: ResourceRef;
  /** Its rows before anything was read, for an outcome that never gets to know more. */
  readonly wanted: readonly TagChange[];
  readonly decide: (current: TagSet) => WorkDecision;
};
