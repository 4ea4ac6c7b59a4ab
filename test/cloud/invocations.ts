import type { FunctionGraph } from "./functiongraph/index.ts";
import { ASYNC_EVENT_BYTES_MAX } from "./functiongraph/limits.ts";
import { type ManagementParts, managementOperations } from "./management.ts";
import { refusalsOf } from "./refusal.ts";
import { type Call, param, type Reply, type Service } from "./service.ts";
import type { World } from "./world.ts";

// Codes of the page "Error Codes" of the service's API reference; its bodies are flat, as the gateway's are.
const refuse = refusalsOf("gateway", {
  "FSS.0400": { status: 400, message: "Invalid parameter." },
  "FSS.0403": { status: 403, message: "Forbidden" },
  "FSS.0404": { status: 404, message: "The specified resource was not found." },
  // Of the samples in functiongraph_06_0106 and 06_0119.
  "FSS.1051": { status: 404, message: "Not found the function" },
  "FSS.0413": { status: 413, message: "The request body is too large." },
});

/**
 * The interface of FunctionGraph by which callers invoke (functiongraph.md 7), asynchronously only, and look at
 * functions (`management.ts`). A URN without a version means `latest`; other versions and aliases do not exist here.
 */
export function createInvocations(
  world: World,
  functions: FunctionGraph,
  triggersOf: ManagementParts["triggersOf"],
): Service {
  const { region, project } = world;
  const own = `urn:fss:${region}:${project}:function:default:`;

  function nameIn(urn: string): string {
    return urn.startsWith(own) ? urn.slice(own.length).replace(/:latest$/, "") : "";
  }

  function invokeAsync(call: Call): Reply {
    const name = nameIn(param(call, "urn"));
    if (!functions.knows(name)) throw refuse("FSS.0404");
    const bytes = Buffer.byteLength(JSON.stringify(call.body));
    if (bytes > ASYNC_EVENT_BYTES_MAX) throw refuse("FSS.0413", `(${bytes} bytes)`);
    return { status: 202, body: { request_id: functions.invokeAsync(name, call.body) } };
  }

  return {
    name: "fgs",
    traceType: "",
    operations: [
      {
        name: "AsyncInvokeFunction",
        method: "POST",
        path: "/v2/{project}/fgs/functions/{urn}/invocations-async",
        // Both generations; that of identity policies is not established.
        actions: ["functiongraph:function:invokeAsync"],
        resource: ({ urn = "" }) => {
          const [folder = "", name = ""] = urn.split(":").slice(5);
          return `functiongraph:*:*:function:${folder}/${name}`;
        },
        run: invokeAsync,
      },
      ...managementOperations({
        world,
        functions,
        nameIn,
        notFound: () => refuse("FSS.1051"),
        triggersOf,
      }),
    ],
    subject: ({ urn = "" }) => ({ id: urn, name: nameIn(urn) }),
    refuse: {
      malformed: () => refuse("FSS.0400", "(body)"),
      denied: (action) => refuse("FSS.0403", `(${action})`),
      foreignProject: () => refuse("FSS.0403", "(project)"),
    },
  };
}
