import { isJsonObject, type JsonObject, own, parseJson } from "../json-value.ts";
import { bodyOf, type ProbeAnswer } from "./probe-answer.ts";
import { textsOf } from "./trace-operation.ts";

/** A deployed function, of a list (api-functiongraph functiongraph_06_0105). */
export type ListedFunction = { readonly urn: string; readonly name: string };

/** What is configured for a function (functiongraph_06_0106). `null`: the answer does not say. */
export type FunctionConfig = {
  readonly runtime: string | null;
  readonly handler: string | null;
  readonly timeoutSeconds: number | null;
  readonly memoryMb: number | null;
  /** SHA-512 of the code; over which bytes is not documented. */
  readonly digest: string | null;
  readonly description: string;
  /** One of its two agencies. */
  readonly hasAgency: boolean;
  /** Instances at most; -1 for no limit. 0 is in samples of functions that run, so it says nothing. */
  readonly instancesMax: number | null;
  /** Settings that can be read, by name. */
  readonly userData: ReadonlyMap<string, string>;
  /** Whether all settings could be read: what is encrypted may come as something that is no JSON. */
  readonly allReadable: boolean;
};

/** One of a function's triggers (functiongraph_06_0119). */
export type Trigger = {
  readonly type: string;
  readonly active: boolean;
  /** Items that a CTS trigger subscribes to. */
  readonly operations: readonly string[];
  readonly schedule: string | null;
};

/** The asynchronous configuration (functiongraph_06_0140). */
export type AsyncConfig = {
  readonly retries: number | null;
  /** `OBS`, `SMN`, …; `null` where what is given up goes nowhere. */
  readonly onFailure: string | null;
};

/** Reads the list of functions: `null` where the answer is none. */
export function readFunctions(answer: ProbeAnswer): readonly ListedFunction[] | null {
  const body = bodyOf(answer);
  const rows = isJsonObject(body) ? own(body, "functions") : undefined;
  if (!Array.isArray(rows)) return null;
  return rows.flatMap((row: unknown) => {
    if (!isJsonObject(row)) return [];
    const { func_urn: urn, func_name: name } = row;
    // The URN goes into paths.
    const isUrn =
      typeof urn === "string" && /^urn:fss:[\w-]+:\w+:function:[\w-]+:[\w-]+(:[\w.-]+)?$/.test(urn);
    return isUrn && typeof name === "string" ? [{ urn, name }] : [];
  });
}

/** The deployed functions that stand for one of ours: of its name, or of one that ends in it (`acme-retag`). */
export function functionsNamed(
  list: readonly ListedFunction[],
  name: string,
): readonly ListedFunction[] {
  const exact = list.filter((one) => one.name === name);
  return exact.length > 0 ? exact : list.filter((one) => one.name.endsWith(`-${name}`));
}

/** Reads a function's configuration: `null` where the answer is none. */
export function readFunctionConfig(answer: ProbeAnswer): FunctionConfig | null {
  const body = bodyOf(answer);
  if (!isJsonObject(body)) return null;
  const strategy = body.strategy_config;
  const plain = settingsIn(body.user_data);
  const encrypted = settingsIn(body.encrypted_user_data);
  return {
    runtime: textIn(body, "runtime"),
    handler: textIn(body, "handler"),
    timeoutSeconds: numberIn(body, "timeout"),
    memoryMb: numberIn(body, "memory_size"),
    digest: textIn(body, "digest"),
    description: textIn(body, "description") ?? "",
    hasAgency: Boolean(textIn(body, "xrole") || textIn(body, "app_xrole")),
    instancesMax: isJsonObject(strategy) ? numberIn(strategy, "concurrency") : null,
    userData: new Map([...(plain ?? []), ...(encrypted ?? [])]),
    allReadable: plain !== null && encrypted !== null,
  };
}

/** Settings in a JSON text; empty where there are none, `null` where they cannot be read. */
function settingsIn(value: unknown): readonly (readonly [string, string])[] | null {
  if (value === undefined || value === null || value === "") return [];
  const parsed = typeof value === "string" ? parseJson(value) : value;
  if (!isJsonObject(parsed)) return null;
  return Object.entries(parsed).flatMap(([name, text]) =>
    typeof text === "string" ? [[name, text] as const] : [],
  );
}

/** Reads a function's triggers: `null` where the answer is none. `event_data` is an object, or its JSON text. */
export function readTriggers(answer: ProbeAnswer): readonly Trigger[] | null {
  const rows = bodyOf(answer);
  if (!Array.isArray(rows)) return null;
  return rows.flatMap((row: unknown) => {
    if (!isJsonObject(row)) return [];
    const { event_data: given } = row;
    const data = typeof given === "string" ? parseJson(given) : given;
    const event = isJsonObject(data) ? data : {};
    return [
      {
        type: textIn(row, "trigger_type_code") ?? "",
        // Two spellings of the opposite are documented; CTS and SMN triggers cannot be switched off.
        active: !/^DISABLED?$/.test(textIn(row, "trigger_status") ?? ""),
        operations: textsOf(event.operations),
        schedule: textIn(event, "schedule"),
      },
    ];
  });
}

/** Reads the asynchronous configuration: `null` where the answer is none. */
export function readAsyncConfig(answer: ProbeAnswer): AsyncConfig | null {
  const body = bodyOf(answer);
  if (!isJsonObject(body)) return null;
  const destinations = body.destination_config;
  const failure = isJsonObject(destinations) ? destinations.on_failure : undefined;
  return {
    retries: numberIn(body, "max_async_retry_attempts"),
    onFailure: isJsonObject(failure) ? textIn(failure, "destination") || null : null,
  };
}

function textIn(object: JsonObject, name: string): string | null {
  const value = own(object, name);
  return typeof value === "string" ? value : null;
}

function numberIn(object: JsonObject, name: string): number | null {
  const value = own(object, name);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
