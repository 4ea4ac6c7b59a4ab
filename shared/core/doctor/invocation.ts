import type { FunctionName } from "../permission/demand.ts";
import type { ResourceType } from "../resource.ts";
import { type Diagnosis, ok, problem, together, unknown } from "./diagnosis.ts";
import type { AsyncConfig, Trigger } from "./function-answer.ts";
import { INSTALLED, type Invoker } from "./installed.ts";
import { compareSubscriptions, subscriptionFor, type TraceOperations } from "./trace-operation.ts";

/** Whether a function is invoked by what it should be. `queue`: `TAGWARDEN_QUEUE` of its settings, where known. */
export function judgeTriggers(
  name: FunctionName,
  triggers: readonly Trigger[],
  known: readonly TraceOperations[] | null,
  queue: string | null,
): Diagnosis {
  const judges: { readonly [By in Invoker]: () => Diagnosis } = {
    secret: () => judgeCreationTriggers("secret", triggers, known),
    key: () => judgeCreationTriggers("key", triggers, known),
    timer: () => judgeTimer(triggers),
    queue: () => judgeFeeding(triggers, queue),
  };
  return judges[INSTALLED[name].invokedBy]();
}

/** What else may bring traces; what such a trigger lets through is configured elsewhere. */
const INDIRECT: readonly string[] = ["EVENTGRID", "SMN"];

function judgeCreationTriggers(
  type: ResourceType,
  triggers: readonly Trigger[],
  known: readonly TraceOperations[] | null,
): Diagnosis {
  const item = subscriptionFor(type, known);
  const add = `add a CTS trigger${item === "" ? "" : ` for ${item}`}`;
  const direct = triggers.filter((one) => one.type === "CTS");
  const indirect = triggers.find((one) => INDIRECT.includes(one.type));
  if (direct.length === 0 && indirect !== undefined)
    return indirect.active
      ? unknown(
          `invoked through ${indirect.type}`,
          "compare what it lets through with the README; or ask for a canary: --canary",
        )
      : problem(`its ${indirect.type} trigger is disabled`, "enable it");
  if (direct.length === 0) return problem("no trigger: nothing is tagged on creation", add);

  const { missing, foreign } = compareSubscriptions(
    type,
    direct.flatMap(({ operations }) => operations),
    known,
  );
  const wrong: { readonly found: string; readonly advice: string }[] = [];
  if (missing.length > 0)
    wrong.push({ found: `not subscribed to ${missing.join(", ")}`, advice: add });
  if (foreign.length > 0)
    wrong.push({
      found: `CTS does not know ${foreign.join(", ")}`,
      advice: "case and spelling count; see the check traces",
    });
  const doubt = {
    found: "subscribed, but CTS' names could not be compared",
    advice: "see the check traces",
  };
  return together(wrong, known === null ? [doubt] : [], "CTS, all creation traces");
}

function judgeTimer(triggers: readonly Trigger[]): Diagnosis {
  const timers = triggers.filter(({ type }) => type === "TIMER");
  if (timers.length === 0)
    return problem("no timer: nothing is audited", "add a TIMER trigger, such as one a day");
  const active = timers.find((timer) => timer.active);
  if (active === undefined) return problem("its timer is disabled", "enable the trigger");
  return ok(`TIMER${active.schedule === null ? "" : ` ${active.schedule}`}`);
}

/** Types of triggers that feed a queue's messages to a function, by the scheme of its URL. */
const FEEDS: { readonly [scheme: string]: readonly string[] } = {
  kafka: ["KAFKA", "OPENSOURCEKAFKA", "EVENTGRID"],
  smn: ["SMN"],
};

function judgeFeeding(triggers: readonly Trigger[], queue: string | null): Diagnosis {
  const disabled = triggers.filter(({ active }) => !active).map(({ type }) => type);
  if (disabled.length > 0)
    return problem(`disabled: ${disabled.join(", ")}`, "enable it (Kafka's is made disabled)");
  const types = triggers.map(({ type }) => type);
  const wanted = FEEDS[queue?.split(":")[0] ?? ""];
  if (wanted !== undefined && !wanted.some((type) => types.includes(type)))
    return problem(
      "nothing takes from its queue",
      `add a trigger (${wanted[0]}) for the queue that TAGWARDEN_QUEUE names`,
    );
  return ok(types.length === 0 ? "none; it is invoked directly" : types.join(", "));
}

/** Whether what a function fails at is tried again, and kept in the end. `null`: nothing is configured. */
export function judgeAsync(config: AsyncConfig | null): Diagnosis {
  const advice = "set asynchronous retries and a failure destination (failures/ in the bucket)";
  if (config === null || config.onFailure === null)
    return problem("no failure destination: what fails for good is lost", advice);
  if (config.retries === 0) return problem("no retries", advice);
  return ok(`${config.retries ?? "default"} retries, then to ${config.onFailure}`);
}
