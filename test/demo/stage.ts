import type { Paint } from "../../shared/cli/table.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { type CloudClient, createClient } from "../cloud/client.ts";
import type { LocalCloud } from "../cloud/index.ts";

export const PAINTS = ["bold", "dim", "green", "yellow", "red"] as const;
/** Colours; each leaves its text as it is where there is no terminal. */
export type Paints = { readonly [Name in (typeof PAINTS)[number]]: Paint };

/** Columns that no line goes beyond. */
export const WIDTH = 80;

/** What a chapter plays on. */
export type Stage = {
  readonly cloud: LocalCloud;
  /** `TAGWARDEN_GRACE` of the functions, as a duration. */
  readonly grace: string;
  /** What the deployed functions work by. */
  readonly policy: Policy;
  readonly paint: Paints;
  /** Says lines to whoever watches, at once. */
  say(lines: readonly string[]): void;
  /** Folder of the built functions. */
  readonly bundles: string;
  /** The policy that they were built from. */
  readonly policyFile: string;
  /** Draws over the last line of a terminal; `null` where there is none. */
  readonly draw: ((text: string) => void) | null;
  /** A client of this person, who calls with this user agent. */
  as(person: string, agent?: string): CloudClient;
  /** Whether a request came from one of these people, and not from a function. */
  isPerson(ak: string): boolean;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
};

/** One part of the demonstration: it plays, shows what happened, and judges whether it was right. */
export type Chapter = (stage: Stage) => Promise<ChapterResult>;

export type ChapterResult = {
  /** For the summary at the end. */
  readonly summary: readonly string[];
  /** What is not as it must be; empty where all is well. */
  readonly problems: readonly string[];
};

const BROWSER = "Mozilla/5.0";

/** Sets the stage on a cloud. The clients are closed by `close`; the cloud is the caller's. */
export function openStage(
  fields: Pick<
    Stage,
    "cloud" | "grace" | "policy" | "paint" | "say" | "signal" | "bundles" | "policyFile" | "draw"
  >,
): Stage & { close(): Promise<void> } {
  const { cloud } = fields;
  const clients = new Map<string, CloudClient>();
  const people = new Set<string>();
  return {
    ...fields,
    as(person, agent = BROWSER) {
      const known = clients.get(`${person} ${agent}`);
      if (known !== undefined) return known;
      const credentials = cloud.user(person);
      const client = createClient(cloud, credentials, agent);
      people.add(credentials.ak);
      clients.set(`${person} ${agent}`, client);
      return client;
    },
    isPerson: (ak) => people.has(ak),
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}
