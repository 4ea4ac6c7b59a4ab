import { Readable } from "node:stream";
import { parseJson } from "../../shared/core/json-value.ts";
import type { Connections, Received, Sent } from "../../shared/io/connections.ts";
import type { Answer } from "../cloud/pipeline.ts";
import type { Chance } from "./chance.ts";
import type { SimulatedCloud } from "./cloud.ts";
import type { History } from "./history.ts";
import type { Instance } from "./instance.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Watch } from "./watch.ts";
import type { Weather } from "./weather.ts";

/** What becomes of a request beside its normal handling. */
type Fate =
  | "lost"
  | "answer-lost"
  | "throttled"
  | "throttled-for-a-while"
  | "error-500"
  | "error-503"
  | "html-502"
  | "gateway-timeout-after"
  | "html-200"
  | "late"
  | "answer-late";

const FATES: readonly Fate[] = [
  ...(["lost", "answer-lost", "answer-lost", "throttled", "throttled-for-a-while"] as const),
  ...([
    "error-500",
    "error-503",
    "html-502",
    "gateway-timeout-after",
    "late",
    "answer-late",
  ] as const),
  // Rarer than others, because nobody tries again after it.
  ...(["lost", "answer-lost", "error-503", "late", "html-200"] as const),
];

const HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";

/** Answers that come instead of the service's. */
const INSTEAD: { readonly [F in Fate]?: Extract<Answer, { readonly kind: "answer" }> } = {
  throttled: answer(429, '{"error_code":"APIGW.0308","error_msg":"over ratelimit"}'),
  "throttled-for-a-while": {
    ...answer(429, '{"error_code":"APIGW.0308","error_msg":"over ratelimit"}'),
    headers: { "retry-after": "2" },
  },
  "error-500": answer(500, '{"error":{"error_code":"KMS.0101","error_msg":"internal"}}'),
  "error-503": answer(503, "upstream connect error"),
  "html-502": answer(502, HTML),
  "html-200": answer(200, HTML),
};

function answer(status: number, body: string) {
  return { kind: "answer", status, headers: {}, body } as const;
}

export type NetworkParts = {
  readonly cloud: SimulatedCloud;
  readonly time: Scheduler;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly watch: Watch;
  readonly history: History;
};

/** The way from one instance to the cloud and back, with all that may happen on it. */
export function connectTo(parts: NetworkParts, instance: Instance): Connections {
  const { time, chance, weather } = parts;
  const travelMs = () => chance.whole(2, 30);
  const lateMs = () => chance.whole(500, 20_000);

  const carry = (sent: Sent): Promise<Received> =>
    new Promise((resolve, reject) => {
      const fate = chance.happens(weather.faultPart) ? chance.pick(FATES) : null;
      let givenUp = false;
      const label = `${sent.method} ${sent.path.split("/").slice(-3).join("/")}`;
      const fail = (code: string) => {
        if (givenUp) return;
        parts.history.note(instance.name, `${label}: ${code}`);
        reject(Object.assign(new Error(code), { code }));
      };
      sent.signal.once("abort", () => {
        fail("UND_ERR_ABORTED");
        givenUp = true;
      });
      time.after(travelMs() + (fate === "late" ? lateMs() : 0), () => {
        if (fate === "lost") return time.after(travelMs(), () => fail("ECONNRESET"));
        const instead = fate === null ? undefined : INSTEAD[fate];
        const isGhost = givenUp || instance.isDead();
        const served = instead === undefined ? serve(parts, instance, sent, isGhost) : { instead };
        const backMs = travelMs() + (fate === "answer-late" ? lateMs() : 0);
        return time.after(backMs, async () => {
          const { answered, arrive } = await resultOf(served);
          if (fate === "answer-lost" || answered.kind === "reset") return fail("ECONNRESET");
          if (givenUp) return;
          const shown = fate === "gateway-timeout-after" ? answer(504, HTML) : answered;
          parts.history.note(instance.name, `${label}: ${shown.status}`);
          if (shown === answered) arrive(shown.status);
          resolve(received(shown));
        });
      });
    });
  return {
    request: (sent) =>
      instance.gate(() => {
        parts.watch.asked(instance.name, sent.path, askedIn(textOf(sent)));
        return carry(sent);
      }),
  };
}

type Served =
  | { readonly instead: Answer }
  | { readonly answered: Promise<Answer>; readonly arrive: (status: number) => void };

async function resultOf(served: Served) {
  if ("instead" in served) return { answered: served.instead, arrive: () => {} };
  return { answered: await served.answered, arrive: served.arrive };
}

/** KMS and CSMS are asked with whole texts. */
function textOf({ body }: Sent): string {
  return typeof body === "string" ? body : "";
}

/** Most requests ask for nothing in their body, and what cannot be parsed takes long. */
function askedIn(body: string): unknown {
  return body === "" ? undefined : parseJson(body);
}

/** Lets the cloud serve a request now, and has the watch look at what it does to tags. */
function serve(
  { cloud, watch }: NetworkParts,
  instance: Instance,
  sent: Sent,
  isGhost: boolean,
): Served {
  const { method, path } = sent;
  const route = cloud.find(method, path);
  const headers = Object.fromEntries(
    Object.entries(sent.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const body = textOf(sent);
  const asked = askedIn(body);
  const resource = cloud.any(route?.params.id ?? "");
  const before = new Map(resource?.tags);
  // The services do their work before they answer, and so before this returns.
  const answered = cloud.handle(route, {
    ...{ method, path, query: "", headers, body: Buffer.from(body) },
    ...{ sourceIp: "10.0.0.2", requestId: `request-${watch.count()}` },
  });
  const after = new Map(resource?.tags);
  const call = { by: instance.name, isGhost, asked, path };
  watch.served(call, answered);
  if (resource !== undefined) watch.touched({ ...call, resource, before, after });
  const isRead = method === "GET" && path.endsWith("/tags");
  const arrive = (status: number) => {
    if (isRead && status === 200 && resource !== undefined)
      watch.read(instance.name, resource, after);
  };
  return { answered, arrive };
}

function received({ status, headers, body }: Extract<Answer, { readonly kind: "answer" }>) {
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { statusCode: status, headers: lower, body: Readable.from([Buffer.from(body)]) };
}
