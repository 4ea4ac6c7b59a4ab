import { type Diagnosis, ok, problem, skipped, unknown } from "./diagnosis.ts";
import { isDone, type ProbeAnswer, wordsOf } from "./probe-answer.ts";

/** How far our clock may be from the service's: beyond it requests are refused (dew-api.md 11). */
export const CLOCK_SKEW_MAX_MS = 15 * 60_000;

/** An answer to an unsigned request, and when it came. */
export type Greeting =
  | {
      readonly kind: "answered";
      /** The `Date` header; `null` where there is none. */
      readonly serverMs: number | null;
      /** The middle of the request, on our clock. */
      readonly ourMs: number;
    }
  | { readonly kind: "silent"; readonly detail: string };

const NO_NAME: readonly string[] = ["ENOTFOUND", "EAI_AGAIN"];

/** Whether a host answers at all. `setting` is the name under which another endpoint may be given. */
export function judgeEndpoint(host: string, setting: string, greeting: Greeting): Diagnosis {
  if (greeting.kind === "answered") return ok(`${host} answers`);
  const { detail } = greeting;
  const found = `${host} does not answer (${detail})`;
  if (NO_NAME.includes(detail))
    return problem(
      found,
      `is HUAWEICLOUD_REGION a region's id? Does this machine reach a DNS? Else set ${setting}`,
    );
  if (/CERT|TLS|SSL|SELF_SIGNED|ISSUER/.test(detail))
    return problem(
      found,
      "trust the certificate's issuer (NODE_EXTRA_CA_CERTS), or the right host",
    );
  return problem(found, `open the way to it (firewall, NAT gateway, proxy), or set ${setting}`);
}

/** Whether our clock is close enough for signed requests. */
export function judgeClock(greeting: Greeting): Diagnosis {
  const skewMs = skewOf(greeting);
  if (skewMs === null)
    return unknown("the answer has no date", "compare this machine's clock with a time server");
  const found = `${durationWords(Math.abs(skewMs))} ${skewMs < 0 ? "behind" : "ahead of"} the service`;
  if (Math.abs(skewMs) > CLOCK_SKEW_MAX_MS)
    return problem(found, "set this machine's clock (NTP): above 15 min every request is refused");
  return ok(Math.abs(skewMs) < 2_000 ? "as the service's" : found);
}

/** Our clock against the service's, in milliseconds; positive: ours is ahead. `null`: not known. */
export function skewOf(greeting: Greeting | null): number | null {
  if (greeting?.kind !== "answered" || greeting.serverMs === null) return null;
  return greeting.ourMs - greeting.serverMs;
}

function durationWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/**
 * Whether the keys are accepted. The gateway refuses all that it does not believe with one code
 * (`APIGW.0301`, dew-api.md 4.1): a wrong key, a wrong secret, an expired token and a wrong clock look alike.
 */
export function judgeCredentials(
  answer: ProbeAnswer,
  { temporary, skewMs }: { readonly temporary: boolean; readonly skewMs: number | null },
): Diagnosis {
  if (answer.kind === "silent") return unknown(wordsOf(answer), "see endpoint.kms");
  if (answer.status >= 500)
    return unknown(
      wordsOf(answer),
      "run doctor again; if it stays so, look at the service's status",
    );
  if (answer.status !== 401) return ok(temporary ? "temporary keys are accepted" : "accepted");
  if (Math.abs(skewMs ?? 0) > CLOCK_SKEW_MAX_MS)
    return skipped(`refused (${wordsOf(answer)}), which the clock explains`);
  const advice = temporary
    ? "get new temporary keys: access key, secret key and token belong together and expire (24 h at most)"
    : "compare access key and secret key with those in My Credentials; are they enabled, and is the project one of theirs in this region?";
  return problem(`refused (${wordsOf(answer)})`, advice, "access");
}

/** KMS' code for a project that is not the caller's here (dew-api.md 4.3). */
const FOREIGN_PROJECT = "KMS.0321";

/** Whether the project belongs to the region, by what the calls on secrets and keys came to. */
export function judgeProject(answers: readonly ProbeAnswer[]): Diagnosis {
  const foreign = answers.find(
    (answer) => answer.kind === "answered" && answer.serviceCode === FOREIGN_PROJECT,
  );
  if (foreign !== undefined)
    return problem(
      `refused (${wordsOf(foreign)})`,
      "HUAWEICLOUD_SDK_PROJECT_ID must be the project's id in HUAWEICLOUD_REGION (My Credentials lists both)",
      "access",
    );
  if (answers.some(isDone)) return ok("one of this region's");
  return unknown("no call was permitted that would show it", "see the checks of permissions");
}

/** A place that names its region: a host, an URN. */
export type Placed = { readonly what: string; readonly region: string };

/** Whether everything is in the region that is set. */
export function judgeRegion(region: string | null, places: readonly Placed[]): Diagnosis {
  if (region === null)
    return unknown("HUAWEICLOUD_REGION is not set", "set it: functions and policies may need it");
  const others = places.filter((place) => place.region !== region);
  if (others.length === 0) return ok(`${region}`);
  const found = others.map((other) => `${other.what} is in ${other.region}`).join("; ");
  return problem(
    `${found}; HUAWEICLOUD_REGION is ${region}`,
    "set HUAWEICLOUD_REGION, the project and the endpoints of one and the same region",
    "settings",
  );
}

/** The region in a host's name (`kms.eu-west-101.myhuaweicloud.eu`) or URN; `null` where there is none. */
export function regionIn(text: string): string | null {
  const host =
    /^https:\/\/(?:[\w-]+\.)*[\w-]+\.([a-z]{2,}(?:-[a-z0-9]+)+)\.myhuaweicloud\.(?:com|eu)$/;
  return host.exec(text)?.[1] ?? /^(?:\w+:)?urn:\w+:([\w-]+):/.exec(text)?.[1] ?? null;
}
