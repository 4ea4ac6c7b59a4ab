import type { Clock } from "./clock.ts";
import type { Credentials } from "./contract.ts";
import { type Ask, allowedAction, type Document } from "./permissions.ts";

/** Temporary credentials of an agency hold for 24 hours (functiongraph.md 2). */
export const TEMPORARY_LIFETIME_MS = 24 * 60 * 60 * 1000;

const AK_LENGTH = 20;
const SK_LENGTH = 40;
const TOKEN_LENGTH = 200;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Somebody who calls: a person with permanent keys, or an agency with temporary ones. */
export type Caller = {
  readonly kind: "User" | "AssumedAgency";
  readonly id: string;
  readonly name: string;
  /** What traces show where a request names no user agent. */
  readonly agent: string;
};

/** One pair of keys, and whose it is. */
export type Login = Credentials & {
  readonly caller: Caller;
  /** Milliseconds since 1970; `null` for permanent keys. */
  readonly expiresMs: number | null;
};

/** All that IAM knows here: users, agencies, their keys, and what each agency is allowed. */
export function createAccounts(clock: Clock, random: () => number) {
  const logins = new Map<string, Login>();
  const callers = new Map<string, Caller>();
  const users = new Map<string, Credentials>();
  const attached = new Map<string, readonly Document[]>();
  const used = new Map<string, Set<string>>();

  const text = (length: number) =>
    Array.from({ length }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join("");

  function callerOf(kind: Caller["kind"], name: string, agent: string): Caller {
    const known = callers.get(`${kind} ${name}`);
    if (known !== undefined) return known;
    const caller = { kind, name, agent, id: hexId(random) };
    callers.set(`${kind} ${name}`, caller);
    return caller;
  }

  function attach(agency: string, documents: readonly Document[] | null): void {
    used.delete(agency);
    if (documents === null) attached.delete(agency);
    else attached.set(agency, documents);
  }

  return {
    /** The permanent keys of the person of this name, the same at every call. */
    user(name: string, agent = ""): Credentials {
      const known = users.get(name);
      if (known !== undefined) return known;
      const credentials = { ak: text(AK_LENGTH), sk: text(SK_LENGTH) };
      const caller = callerOf("User", name, agent);
      logins.set(credentials.ak, { ...credentials, caller, expiresMs: null });
      users.set(name, credentials);
      return credentials;
    },
    /** Fresh temporary keys of this agency, the security token included. */
    agency(name: string): Credentials {
      const credentials = { ak: text(AK_LENGTH), sk: text(SK_LENGTH), token: text(TOKEN_LENGTH) };
      const caller = callerOf("AssumedAgency", name, "");
      const expiresMs = clock.now() + TEMPORARY_LIFETIME_MS;
      logins.set(credentials.ak, { ...credentials, caller, expiresMs });
      return credentials;
    },
    knowsAgency: (name: string): boolean => callers.has(`AssumedAgency ${name}`),
    /** Limits an agency to what these documents allow; `null` lifts the limit. */
    attach,
    /** Limits an agency to these actions (dew-api.md 9, either form), whatever they are done to. */
    allowOnly(agency: string, actions: readonly string[] | null): void {
      if (actions === null) attach(agency, null);
      else attach(agency, [{ Statement: [{ Effect: "Allow", Action: actions }] }]);
    },
    /** Actions that a limited agency has made use of since it was limited. */
    actionsUsed: (agency: string): readonly string[] => [...(used.get(agency) ?? [])].sort(),
    /** May this caller do it? An operation whose actions are not published is refused to a limited agency. */
    mayDo({ kind, name }: Caller, ask: Ask): boolean {
      const limit = kind === "AssumedAgency" ? attached.get(name) : undefined;
      if (limit === undefined) return true;
      const action = allowedAction(limit, ask);
      if (action !== undefined) used.set(name, (used.get(name) ?? new Set()).add(action));
      return action !== undefined;
    },
    login: (ak: string): Login | undefined => logins.get(ak),
  };
}

export type Accounts = ReturnType<typeof createAccounts>;

/** An id of 32 hexadecimal digits, as IAM gives to users, domains and projects. */
export function hexId(random: () => number): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
}

/** An id in UUID form, as KMS, CSMS and CTS give to what they store. */
export function uuid(random: () => number): string {
  const hex = hexId(random);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join("-");
}
