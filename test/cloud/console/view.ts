/** What the console's page shows, as its server sends it. Plain data: the page and the server share only this. */

export type ResourceType = "secret" | "key";

/** What happens, happened or would happen to one key. `from` and `to` are missing where there is no value. */
export type ChangeView = {
  readonly key: string;
  readonly op: "create" | "overwrite" | "delete" | "keep" | "refuse";
  readonly from?: string;
  readonly to?: string;
  /** Source or reason, in words, a line each. */
  readonly why: readonly string[];
};

export type ResourceView = {
  readonly type: ResourceType;
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** Name of the key that encrypts a secret. */
  readonly encryptedBy: string | null;
  /** `null`: they could not be read. */
  readonly tags: readonly { readonly key: string; readonly value: string }[] | null;
  /** Why it is never tagged; `null` where it may be. */
  readonly skipped: string | null;
  /** What a retag by the policy would write now. */
  readonly pending: readonly ChangeView[];
  /** What is wrong and no retag can put right. */
  readonly problems: readonly ChangeView[];
};

/** What a function made of something. */
export type HandlingView = {
  readonly function: string;
  readonly state: "waiting" | "running" | "succeeded" | "failed";
  readonly tries: number;
  /** One word: an outcome's kind, or how the invocation stands. */
  readonly outcome: string;
  /** What there is to say beside it: a reason, an error, counts. */
  readonly detail: string;
  readonly changes: readonly ChangeView[];
};

/** One line of what happened: a trace, or an invocation that no trace caused. */
export type ActivityView = {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** `createSecret`, or `retag` */
  readonly what: string;
  /** What it was about; empty where it names nothing. */
  readonly name: string;
  readonly by: string;
  /** The service refused the call. */
  readonly refused: boolean;
  readonly handlings: readonly HandlingView[];
};

export type PlannedView = Pick<ResourceView, "type" | "id" | "name"> & {
  readonly changes: readonly ChangeView[];
};

/** A plan that waits for somebody to say yes. */
export type PlanView = {
  readonly id: string;
  /** The run that it takes back; `null`: it is by the policy. */
  readonly undoes: string | null;
  readonly selected: number;
  /** How many resources change. */
  readonly total: number;
  /** The first of them. */
  readonly rows: readonly PlannedView[];
  /** What stays as it is although something is wrong. */
  readonly unresolved: readonly PlannedView[];
  /** Why a guard would stop it, a sentence each. */
  readonly guards: readonly string[];
  /** What the plan does not cover, a sentence each. */
  readonly gaps: readonly string[];
};

export type RunView = {
  readonly run: string;
  /** The run that it takes back; `null`: it is by a policy or by edits. */
  readonly undoes: string | null;
  readonly state: "finished" | "running" | "waiting";
  readonly done: number;
  readonly total: number;
  /** `3 tagged, 1 stale` */
  readonly outcomes: string;
  readonly secondsLeft: number | null;
};

export type AuditView = {
  /** Where its report is: `20261121T101500Z`. */
  readonly name: string;
  readonly finishedAt: string;
  readonly complete: boolean;
  /** What was counted and what was examined, a sentence each. */
  readonly completeness: readonly string[];
  readonly score: number | null;
  readonly counts: readonly { readonly status: string; readonly count: number }[];
  /** The rules that most resources break. */
  readonly rules: readonly {
    readonly id: string;
    readonly severity: string;
    readonly fail: number;
  }[];
  /** What was published to the topic. */
  readonly notice: string;
};

/** All that the page shows, but for what it asked for itself. */
export type View = {
  readonly resources: readonly ResourceView[];
  /** How many there are; more than are sent, where there are very many. */
  readonly total: number;
  readonly activity: readonly ActivityView[];
  readonly runs: readonly RunView[];
  readonly audit: {
    readonly running: boolean;
    /** Why the latest try did not come to an end. */
    readonly failed: string | null;
    readonly latest: AuditView | null;
    /** When the timer starts the next one; milliseconds since 1970. */
    readonly nextMs: number | null;
  };
  /** Why something of this could not be read; empty where all was. */
  readonly problems: readonly string[];
};

/** What does not change while the cloud runs. */
export type About = {
  readonly endpoint: string;
  readonly region: string;
  readonly project: string;
  readonly policy: string;
  readonly grace: string;
  /** Who acts where nobody is named. */
  readonly person: string;
};

/** Why an action was refused: in plain words, and beside which field that is to be said. */
export type Refused = { readonly problem: string; readonly field?: string };
