type Tags = { readonly [key: string]: string };

/** The call that leaves a creation trace. Names are unique among all scenes but for the refused one. */
export type Creation =
  | {
      readonly do: "create-secret";
      readonly name: string;
      /** Name of an earlier scene's key, which encrypts the secret; the default key where missing. */
      readonly key?: string;
      readonly enterpriseProject?: string;
    }
  | {
      readonly do: "create-key";
      readonly name: string;
      readonly enterpriseProject?: string;
      readonly spec?: string;
      readonly origin?: "external";
    }
  /** The secret is there from the start, with these tags, and scheduled for deletion. */
  | { readonly do: "restore-secret"; readonly name: string; readonly tags: Tags };

/** What the same person does to the new resource while the function waits out the grace. */
export type Deed = { readonly do: "tag"; readonly tags: Tags } | { readonly do: "delete" };

/** One call that creates something, by somebody, and what belongs to it. */
export type Scene = {
  /** Name of the user. */
  readonly by: string;
  /** User agent of the calls; a console's where missing. */
  readonly agent?: string;
  readonly creation: Creation;
  readonly next?: { readonly afterMs: number; readonly deeds: readonly Deed[] };
  /** The service refuses the creation, and leaves a trace of that. */
  readonly refused?: true;
  /** Shown once more when every trace was delivered a second time. */
  readonly repeated?: true;
  /** What makes this scene worth looking at, in at most 74 characters. */
  readonly note?: string;
};
