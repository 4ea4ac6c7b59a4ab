import { FUNCTION_NAMES } from "../permission/demand.ts";
import { PERMISSIONS } from "./permission.ts";

/** One thing that is looked at. */
export type Check = {
  /** Stable: scripts may rely on it. */
  readonly id: string;
  /** What an `ok` shows. */
  readonly proves: string;
  /** Checks without which this one would mean nothing. */
  readonly needs: readonly string[];
};

/** The hosts that Tagwarden calls. */
export const HOSTS = ["kms", "functiongraph", "cts", "obs", "smn"] as const;
export type Host = (typeof HOSTS)[number];

const LOGGED_IN: readonly string[] = ["credentials"];

/** Every check, in the order in which they are made and shown. */
export const CHECKS: readonly Check[] = [
  { id: "settings", proves: "region, project, endpoints and keys are set", needs: [] },
  { id: "policy", proves: "the policy holds", needs: [] },
  { id: "build", proves: "what is built here was built from the policy", needs: ["policy"] },
  ...HOSTS.map((host) => ({
    id: `endpoint.${host}`,
    proves: `${host} can be reached`,
    needs: ["settings"],
  })),
  { id: "clock", proves: "our clock is close to the service's", needs: ["endpoint.kms"] },
  { id: "credentials", proves: "the keys are accepted", needs: ["settings"] },
  { id: "project", proves: "the project is one of the region's", needs: LOGGED_IN },
  { id: "region", proves: "hosts, functions and URNs are of one region", needs: ["settings"] },
  ...PERMISSIONS.map(({ id, does }) => ({
    id: `permission.${id}`,
    proves: `one may ${does}`,
    needs: ["project"],
  })),
  { id: "store", proves: "objects can be written, read, listed and removed", needs: ["settings"] },
  { id: "queue", proves: "the queue is there", needs: ["settings"] },
  { id: "topic", proves: "the topic for summaries is there", needs: LOGGED_IN },
  {
    id: "traces",
    proves: "CTS knows the operations that the triggers subscribe to",
    needs: ["endpoint.cts", ...LOGGED_IN],
  },
  ...FUNCTION_NAMES.flatMap((name) => [
    {
      id: `function.${name}`,
      proves: `${name} is deployed, with settings that hold`,
      needs: ["endpoint.functiongraph", ...LOGGED_IN],
    },
    {
      id: `code.${name}`,
      proves: `${name} is what is built here`,
      needs: ["endpoint.functiongraph", ...LOGGED_IN],
    },
    {
      id: `trigger.${name}`,
      proves: `${name} is invoked by what it should be`,
      needs: ["endpoint.functiongraph", ...LOGGED_IN],
    },
    {
      id: `async.${name}`,
      proves: `what ${name} fails at is tried again, and kept`,
      needs: ["endpoint.functiongraph", ...LOGGED_IN],
    },
  ]),
  { id: "canary", proves: "a new secret gets its tags", needs: LOGGED_IN },
];

/** The checks whose id is, or begins with, one of the names (`permission`, `function.retag`); all for none. */
export function selectChecks(names: readonly string[]): readonly Check[] {
  if (names.length === 0) return CHECKS;
  return CHECKS.filter(({ id }) => names.some((name) => id === name || id.startsWith(`${name}.`)));
}

/** Beginnings of the checks' ids, each once. */
export function checkNames(): readonly string[] {
  return [...new Set(CHECKS.map(({ id }) => id.replace(/\..*/, "")))];
}
