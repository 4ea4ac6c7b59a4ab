/**
 * What tests, the demonstration and the benchmarks may rely on in the local cloud.
 * `index.ts` says what is not faithful; this file says how it is driven and what it lets one see.
 */

export type Credentials = { readonly ak: string; readonly sk: string; readonly token?: string };

/** Behaviours that the documents leave open, and limits, each switchable while the cloud runs. */
export type CloudSettings = {
  /** "create" on a key that the resource has: the value is replaced, or the whole batch refused (400). */
  createOnExisting: "overwrite" | "reject";
  /** KMS tag limits: 10 tags, 36/43 characters; or 20 tags, 128/255. */
  keyLimits: "documented" | "extended";
  /** Whether default keys are in the answer of the instance query. */
  defaultKeysInQuery: boolean;
  /** Tag writes to a key or secret that is pending deletion: refused (KMS.0210, CSMS.0103), or accepted. */
  pendingDeletionTags: "reject" | "accept";
  /** Batch deletion of a tag that the resource does not have: success, or the whole batch refused (400). */
  deleteMissing: "ignore" | "reject";
  /** The value in a batch deletion: not looked at, or a tag stays where it differs. */
  deleteValue: "ignore" | "match";
  /** Calls a second per user, reads and writes together; `null`: no limit. */
  ratePerSecond: number | null;
  /** Fixed one-second windows, or a token bucket of the same rate and size. */
  rateAlgorithm: "window" | "bucket";
  /** From a call to the delivery of its trace. */
  traceDelayMs: number;
  /** The variants of a trace that the documents allow; see functiongraph.md section 3. */
  trace: {
    times: "ms" | "seconds" | "text";
    /** How `request` and `response` arrive. */
    bodies: "object" | "string" | "empty";
    /** Where the new resource's id is: `resource_id`, only in `response`, or nowhere (secrets: only the name). */
    id: "resource_id" | "response" | "none";
    serviceType: string;
    envelope: "cts" | "eventgrid" | "smn";
    /** Each trace is delivered this many times. */
    copies: number;
    /** Each copy is up to this much later than `traceDelayMs`, by chance: traces overtake each other. */
    jitterMs: number;
  };
};

/** One request that reached the server, before anything was decided about it. No header, no body. */
export type SeenRequest = {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** `BatchCreateOrDeleteTags`, … ; `unknown` where no operation has this method and path. */
  readonly operation: string;
  readonly service: "kms" | "csms" | "cts" | "smn" | "fgs" | "obs" | "other";
  /** Access key id of the caller, empty where unsigned. */
  readonly ak: string;
  status: number;
};

/** What happens to a matching request instead of, before or after its normal handling. */
export type Fault =
  /** Answer this and do nothing else. `body` is sent as it is, with `contentType`. */
  | {
      kind: "answer";
      status: number;
      body: string;
      contentType?: string;
      headers?: Record<string, string>;
    }
  /** The gateway's flat throttle body, APIGW.0308. */
  | { kind: "throttle"; retryAfterSeconds?: number }
  /** Close the connection without an answer, before or after the request took effect. */
  | { kind: "reset"; when: "before" | "after" }
  /** Take effect, then answer after this long on the cloud's clock. */
  | { kind: "slow"; ms: number }
  /** Leave out the last `rows` rows of a page, or the `resource_id`/`tags` of one of its rows. */
  | { kind: "short-page"; rows: number }
  | { kind: "blank-row"; field: "resource_id" | "tags" };

export type FaultRule = {
  /** Only requests of this operation; any where missing. */
  readonly operation?: string;
  /** Only requests for this resource id, or object key. */
  readonly resource?: string;
  /** Matching requests to let pass first. */
  readonly after?: number;
  /** How many matching requests it hits; `Infinity` for always. */
  readonly times: number;
  readonly fault: Fault;
};

export type StoredResource = {
  readonly type: "secret" | "key";
  readonly id: string;
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly createdAtMs: number;
  /** Secrets: ENABLED, …; keys: "1" to "5". */
  readonly state: string;
};

/** A failure destination in the object store (functiongraph.md 5). */
export type FailureBucket = { readonly bucket: string; readonly prefix: string };

/** A trigger as management calls tell of it. */
export type ShownTrigger = {
  /** `TIMER`, `KAFKA`, … */
  readonly type: string;
  readonly eventData: object;
  /** Default: true. */
  readonly active?: boolean;
};

/** How a function is set up, in the words of the console. */
export type FunctionSetup = {
  readonly name: string;
  /** Folder with `index.js` and `policy.json`, as `npm run build` writes it. */
  readonly code: string;
  readonly userData: { readonly [name: string]: string };
  /** Name of an agency made with `cloud.agency(…)`; its temporary credentials go into the context. */
  readonly agency: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly maxInstances: number;
  readonly async: {
    readonly maxRetries: number;
    readonly maxAgeSeconds: number;
    readonly retryDelayMs: number;
    /** Where an event goes that was given up; the bucket must be there. */
    readonly onFailure?: { readonly obs: FailureBucket };
  };
  /** Names of traces that its CTS trigger subscribes to. */
  readonly traces: readonly string[];
  /** What management calls tell and what changes nothing here: invented triggers deliver nothing. */
  readonly shown?: {
    readonly runtime?: string;
    readonly handler?: string;
    readonly description?: string;
    readonly triggers?: readonly ShownTrigger[];
  };
};

/** One invocation, asynchronous or not, with all its tries. */
export type Invocation = {
  readonly requestId: string;
  readonly function: string;
  readonly event: unknown;
  /** Tries so far. */
  readonly tries: number;
  readonly state: "waiting" | "running" | "succeeded" | "failed";
  /** What the handler returned, or `errorMessage`, `errorType` of the last try. */
  readonly result: unknown;
  /** Everything that the function printed, line by line. */
  readonly logs: readonly string[];
};
