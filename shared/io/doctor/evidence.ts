import type { Greeting } from "../../core/doctor/access.ts";
import type { Host } from "../../core/doctor/check.ts";
import { type Diagnosis, problem, unknown } from "../../core/doctor/diagnosis.ts";
import { functionsNamed, readFunctions } from "../../core/doctor/function-answer.ts";
import { firstSubject, PERMISSIONS, pathOf, type Subject } from "../../core/doctor/permission.ts";
import { judgeUnseen, type ProbeAnswer } from "../../core/doctor/probe-answer.ts";
import { FUNCTION_NAMES, type FunctionName } from "../../core/permission/demand.ts";
import type { Clock } from "../clock.ts";
import type { Budget, Cloud } from "../cloud.ts";
import { cloudAt } from "../connect.ts";
import { greet, type ProbeCall, probe } from "./probe.ts";
import type { DoctorSettings } from "./settings.ts";

/** What the calls are made with. */
export type EvidenceDeps = {
  readonly settings: DoctorSettings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly budget: Budget;
  /** A key that the policy has: permissions may be limited to those. */
  readonly tagKey: string;
  /** What the names of the deployed functions begin with; `null`: whatever fits. */
  readonly prefix: string | null;
};

/** A deployed function, or why it cannot be looked at. */
export type Deployed =
  | { readonly ok: true; readonly urn: string }
  | { readonly ok: false; readonly diagnosis: Diagnosis };

/** The answers that the checks are judged by; each call is made when its answer is first asked for, and once. */
export type Evidence = {
  readonly greeting: (host: Host) => Promise<Greeting | null>;
  /** By a permission's id, in the order of the calls. After a refused login, or none, there are no more. */
  readonly permissions: () => Promise<ReadonlyMap<string, ProbeAnswer>>;
  readonly login: () => Promise<ProbeAnswer>;
  readonly operations: () => Promise<ProbeAnswer>;
  readonly functions: () => Promise<ProbeAnswer>;
  readonly deployed: (name: FunctionName) => Promise<Deployed>;
  readonly config: (urn: string) => Promise<ProbeAnswer>;
  readonly triggers: (urn: string) => Promise<ProbeAnswer>;
  readonly asyncConfig: (urn: string) => Promise<ProbeAnswer>;
  readonly topic: (urn: string) => Promise<ProbeAnswer>;
  /** Any other call, each time it is asked for. */
  readonly ask: (host: Host, call: ProbeCall) => Promise<ProbeAnswer>;
};

/** Prepares to collect; no call is made yet. */
export function collectEvidence(deps: EvidenceDeps): Evidence {
  const { settings, clock, budget } = deps;
  const { hosts, config, project, credentials } = settings;
  const clouds = keyed((host: Host): Cloud | null => {
    const endpoint = hosts[host];
    return endpoint === null ? null : cloudAt(endpoint, config, project, credentials);
  });
  const greetings = keyed((endpoint: string) => greet(endpoint, clock, budget));
  const ask: Evidence["ask"] = async (host, call) => {
    const cloud = clouds(host);
    return cloud === null ? { kind: "silent", detail: "no endpoint" } : probe(cloud, call, budget);
  };
  const get = (host: Host, operation: string, pathTo: (urn: string) => string) =>
    keyed((urn: string) => ask(host, { operation, method: "GET", path: pathTo(urn) }));

  const fgs = `/v2/${project}/fgs`;
  const list = get("functiongraph", "ListFunctions", () => `${fgs}/functions`);
  const operations = get("cts", "ListOperations", () => `/v3/${project}/operations`);
  const login = keyed((_: "") => askLogin(ask, project));
  const permissions = keyed((_: "") => askPermissions(ask, login(""), deps));
  return {
    greeting: async (host) => {
      const endpoint = hosts[host];
      return endpoint === null ? null : greetings(endpoint);
    },
    login: () => login(""),
    permissions: () => permissions(""),
    operations: () => operations(""),
    functions: () => list(""),
    deployed: async (name) => findDeployed(name, await list(""), deps.prefix),
    config: get("functiongraph", "ShowFunctionConfig", (urn) => `${fgs}/functions/${urn}/config`),
    triggers: get("functiongraph", "ListFunctionTriggers", (urn) => `${fgs}/triggers/${urn}`),
    asyncConfig: get(
      "functiongraph",
      "ShowFunctionAsyncInvokeConfig",
      (urn) => `${fgs}/functions/${urn}/async-invoke-config`,
    ),
    topic: get("smn", "ListTopicDetails", (urn) => `/v2/${project}/notifications/topics/${urn}`),
    ask,
  };
}

/** Remembers what was made for a key. */
function keyed<Key extends string, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, { readonly value: Value }>();
  return (key) => {
    const known = made.get(key) ?? { value: make(key) };
    made.set(key, known);
    return known.value;
  };
}

type Ask = Evidence["ask"];

const nothing: Subject = { id: "", name: "", exists: false };

/** The first call of all is one that every part of Tagwarden but the creation functions needs. */
async function askLogin(ask: Ask, project: string): Promise<ProbeAnswer> {
  const [first] = PERMISSIONS;
  if (first === undefined) throw new Error("no permission is known");
  const { path, body } = first.call(nothing, nothing, "");
  return ask("kms", {
    operation: first.operation,
    method: "POST",
    path: pathOf(first, { below: "kind", path }, project),
    ...(body === undefined ? {} : { body }),
  });
}

async function askPermissions(
  ask: Ask,
  login: Promise<ProbeAnswer>,
  { settings: { project }, random, tagKey }: EvidenceDeps,
): Promise<ReadonlyMap<string, ProbeAnswer>> {
  const answers = new Map<string, ProbeAnswer>();
  const absent: Subject = {
    id: randomId(random),
    name: `tagwarden-${randomId(random)}`,
    exists: false,
  };
  const subjects = new Map<string, Subject>();
  for (const [index, permission] of PERMISSIONS.entries()) {
    const { id, type, operation } = permission;
    const call = permission.call(subjects.get(type) ?? absent, absent, tagKey);
    const answer =
      index === 0
        ? await login
        : await ask("kms", {
            operation,
            method: call.body === undefined ? "GET" : "POST",
            path: pathOf(permission, call, project),
            ...(call.body === undefined ? {} : { body: call.body }),
          });
    answers.set(id, answer);
    const subject = firstSubject(answer);
    if (subject !== null) subjects.set(type, subject);
    // Neither a host that is silent nor one that refuses the keys becomes another by being asked again.
    if (answer.kind === "silent" || answer.status === 401) break;
  }
  return answers;
}

/** An id in UUID form (version 4) that nothing has. */
export function randomId(random: () => number): string {
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("");
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}

function findDeployed(name: FunctionName, answer: ProbeAnswer, prefix: string | null): Deployed {
  const no = (diagnosis: Diagnosis): Deployed => ({ ok: false, diagnosis });
  const list = readFunctions(answer);
  if (list === null) return no(judgeUnseen(answer, "functiongraph:function:list"));
  const found =
    prefix === null
      ? functionsNamed(list, name)
      : list.filter((one) => one.name === `${prefix}${name}`);
  const [one] = found;
  if (one === undefined)
    return no(
      problem(
        `no function is called ${prefix ?? ""}${name}`,
        `deploy dist/${name}.zip, or say what the names begin with: --prefix`,
      ),
    );
  if (found.length > 1)
    return no(
      unknown(
        `several: ${found.map((other) => other.name).join(", ")}`,
        "say what the names of yours begin with: --prefix",
      ),
    );
  return { ok: true, urn: one.urn };
}

/** URNs of the deployed functions that are ours. */
export async function deployedUrns(evidence: Evidence): Promise<readonly string[]> {
  const all = await Promise.all(FUNCTION_NAMES.map((name) => evidence.deployed(name)));
  return all.flatMap((one) => (one.ok ? [one.urn] : []));
}
