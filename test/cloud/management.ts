import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FunctionSetup, ShownTrigger } from "./contract.ts";
import type { FunctionGraph } from "./functiongraph/index.ts";
import type { Refusal } from "./refusal.ts";
import { type Call, type Operation, ok, param, type Reply } from "./service.ts";
import { TRACE_NAMES } from "./trace-names.ts";
import type { World } from "./world.ts";

export type ManagementParts = {
  readonly world: World;
  readonly functions: FunctionGraph;
  /** Name in a URN of this project; empty where it is none. */
  readonly nameIn: (urn: string) => string;
  readonly notFound: () => Refusal;
  /** Triggers of a function that are made elsewhere: its timers, and what takes from queues. */
  readonly triggersOf: (name: string) => readonly ShownTrigger[];
};

/**
 * What FunctionGraph tells of functions (api-functiongraph functiongraph_06_0105, 06_0106, 06_0119 and 06_0140).
 *
 * Not documented, and decided here: the digest is the SHA-512 of the zip that the build puts beside the code (of
 * `index.js` where there is none); encrypted settings do not exist; ids of triggers are made up; a function whose
 * asynchronous configuration names no destination has one all the same.
 */
export function managementOperations(parts: ManagementParts): readonly Operation[] {
  const { functions, nameIn, notFound } = parts;
  const setupOf = (call: Call): FunctionSetup => {
    const name = nameIn(param(call, "urn"));
    const setup = functions.setups().find((one) => one.name === name);
    if (setup === undefined) throw notFound();
    return setup;
  };
  const read = (
    name: string,
    path: string,
    actions: readonly string[],
    run: (setup: FunctionSetup) => Reply,
  ): Operation => ({
    name,
    method: "GET",
    path: `/v2/{project}/fgs/${path}`,
    actions,
    run: (call) => run(setupOf(call)),
  });
  return [
    {
      name: "ListFunctions",
      method: "GET",
      path: "/v2/{project}/fgs/functions",
      actions: ["functiongraph:function:listFunctions", "functiongraph:function:list"],
      run: () => {
        const rows = functions.setups().map((setup) => describe(setup, parts));
        return ok({ functions: rows, next_marker: rows.length, count: rows.length });
      },
    },
    read(
      "ShowFunctionConfig",
      "functions/{urn}/config",
      ["functiongraph:function:getConfig"],
      (setup) => ok(describe(setup, parts)),
    ),
    read("ListFunctionTriggers", "triggers/{urn}", ["functiongraph:trigger:list"], (setup) =>
      ok(describeTriggers(setup, parts)),
    ),
    // Its action is in none of the documents at hand.
    read("ShowFunctionAsyncInvokeConfig", "functions/{urn}/async-invoke-config", [], (setup) =>
      ok(describeAsync(setup, parts)),
    ),
  ];
}

function describe(setup: FunctionSetup, { functions, world }: ManagementParts): object {
  const { name, shown = {} } = setup;
  const code = codeOf(setup.code);
  return {
    func_urn: functions.urnOf(name),
    func_name: name,
    domain_id: world.domain.id,
    namespace: world.project,
    package: "default",
    runtime: shown.runtime ?? "Node.js20.15",
    timeout: Math.ceil(setup.timeoutMs / 1_000),
    handler: shown.handler ?? "index.handler",
    memory_size: setup.memoryMb,
    code_type: "zip",
    code_filename: `${name}.zip`,
    code_size: code.length,
    digest: createHash("sha512").update(code).digest("hex"),
    version: "latest",
    description: shown.description ?? "",
    user_data: JSON.stringify(setup.userData),
    xrole: setup.agency,
    app_xrole: setup.agency,
    strategy_config: { concurrency: setup.maxInstances },
  };
}

function codeOf(folder: string): Buffer {
  const file = [`${folder}.zip`, join(folder, "index.js")].find((one) => existsSync(one));
  return file === undefined ? Buffer.alloc(0) : readFileSync(file);
}

function describeTriggers(
  { name, traces, shown = {} }: FunctionSetup,
  { world, triggersOf }: ManagementParts,
): readonly object[] {
  const operations = Object.entries(TRACE_NAMES).flatMap(([type, names]) => {
    const subscribed = traces.filter((trace) => names.includes(trace));
    return subscribed.length === 0
      ? []
      : [`${world.settings.trace.serviceType}:${type}:${subscribed.join(";")}`];
  });
  const cts: ShownTrigger = { type: "CTS", eventData: { name: `${name}-cts`, operations } };
  const all = [
    ...(operations.length > 0 ? [cts] : []),
    ...triggersOf(name),
    ...(shown.triggers ?? []),
  ];
  return all.map(({ type, eventData, active = true }, index) => ({
    trigger_id: `${name}-${index}`,
    trigger_type_code: type,
    trigger_status: active ? "ACTIVE" : "DISABLED",
    event_data: eventData,
    last_updated_time: new Date(world.clock.now()).toISOString(),
    created_time: new Date(world.clock.now()).toISOString(),
  }));
}

function describeAsync(setup: FunctionSetup, { functions }: ManagementParts): object {
  const { maxRetries, maxAgeSeconds, onFailure } = setup.async;
  return {
    func_urn: functions.urnOf(setup.name),
    max_async_event_age_in_seconds: maxAgeSeconds,
    max_async_retry_attempts: maxRetries,
    destination_config:
      onFailure === undefined
        ? {}
        : { on_failure: { destination: "OBS", param: JSON.stringify(onFailure.obs) } },
  };
}
