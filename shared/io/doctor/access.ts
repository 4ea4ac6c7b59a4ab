import {
  judgeClock,
  judgeCredentials,
  judgeEndpoint,
  judgeProject,
  judgeRegion,
  regionIn,
  skewOf,
} from "../../core/doctor/access.ts";
import { HOSTS, type Host } from "../../core/doctor/check.ts";
import { type Diagnosis, skipped } from "../../core/doctor/diagnosis.ts";
import type { Examine } from "./doctor.ts";
import { deployedUrns, type Evidence } from "./evidence.ts";
import { type DoctorSettings, ENDPOINT_SETTINGS } from "./settings.ts";

/** The checks of whether one gets in at all, by their ids. */
export function accessExaminations(
  settings: DoctorSettings,
  evidence: Evidence,
): readonly (readonly [string, Examine])[] {
  const temporary = settings.credentials.token !== undefined;
  return [
    ...HOSTS.map((host): [string, Examine] => [
      `endpoint.${host}`,
      () => examineEndpoint(host, settings, evidence),
    ]),
    [
      "clock",
      async () => judgeClock((await evidence.greeting("kms")) ?? { kind: "silent", detail: "" }),
    ],
    [
      "credentials",
      async () => {
        const skewMs = skewOf(await evidence.greeting("kms"));
        return judgeCredentials(await evidence.login(), { temporary, skewMs });
      },
    ],
    ["project", async () => judgeProject([...(await evidence.permissions()).values()])],
    ["region", () => examineRegion(settings, evidence)],
  ];
}

async function examineEndpoint(
  host: Host,
  { hosts, runs }: DoctorSettings,
  evidence: Evidence,
): Promise<Diagnosis> {
  const endpoint = hosts[host];
  if (endpoint === null) return skipped("no region is set, and no endpoint");
  const { topic, queue, storeUrl } = runs;
  const used: { readonly [Name in Host]?: boolean } = {
    obs: storeUrl?.startsWith("obs:") ?? false,
    smn: topic !== null || queue?.transport === "smn",
  };
  if (used[host] === false) return skipped("nothing here uses it");
  const greeting = await evidence.greeting(host);
  return judgeEndpoint(
    new URL(endpoint).host,
    ENDPOINT_SETTINGS[host],
    greeting ?? { kind: "silent", detail: "no endpoint" },
  );
}

/** A bucket needs its host and the keys; a folder needs neither. */
export async function blockedStore(
  { runs: { storeUrl } }: DoctorSettings,
  evidence: Evidence,
): Promise<Diagnosis | null> {
  if (!storeUrl?.startsWith("obs:")) return null;
  if ((await evidence.greeting("obs"))?.kind !== "answered")
    return skipped("means nothing without endpoint.obs");
  return (await isRefused(evidence)) ? skipped("means nothing without credentials") : null;
}

/** Brokers of Kafka have users of their own, and are not asked about ours. */
export async function blockedQueue(
  { runs: { queue } }: DoctorSettings,
  evidence: Evidence,
): Promise<Diagnosis | null> {
  if (queue === null || queue.transport === "kafka") return null;
  return (await isRefused(evidence)) ? skipped("means nothing without credentials") : null;
}

async function isRefused(evidence: Evidence): Promise<boolean> {
  const answer = await evidence.login();
  return answer.kind === "answered" && answer.status === 401;
}

async function examineRegion(
  { config: { region }, hosts, runs: { queue, topic } }: DoctorSettings,
  evidence: Evidence,
): Promise<Diagnosis> {
  // What cannot be listed shows no region; that is told by the checks of functions.
  const urns = (await isRefused(evidence)) ? [] : await deployedUrns(evidence);
  const places = [
    ...HOSTS.map((host) => ({ what: ENDPOINT_SETTINGS[host], text: hosts[host] })),
    { what: "TAGWARDEN_QUEUE", text: queue?.url ?? null },
    { what: "TAGWARDEN_TOPIC", text: topic?.url ?? null },
    ...urns.map((urn) => ({ what: `the function ${urn.split(":")[6] ?? ""}`, text: urn })),
  ];
  return judgeRegion(
    region,
    places.flatMap(({ what, text }) => {
      const found = text === null ? null : regionIn(text);
      return found === null ? [] : [{ what, region: found }];
    }),
  );
}
