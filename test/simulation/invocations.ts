import { refuseAtGateway } from "../cloud/gateway.ts";
import { param, type Service } from "../cloud/service.ts";
import type { Platform } from "./platform.ts";

/** How functions are invoked by others: asynchronously, by their URN; nothing else of FunctionGraph is asked. */
export function createInvocationService({
  knows,
  invoke,
}: Pick<Platform, "knows" | "invoke">): Service {
  const nameIn = (urn: string) => urn.split(":")[6] ?? "";
  const unknown = () => refuseAtGateway("APIGW.0101");
  return {
    name: "fgs",
    traceType: "",
    operations: [
      {
        name: "AsyncInvokeFunction",
        method: "POST",
        path: "/v2/{project}/fgs/functions/{urn}/invocations-async",
        actions: [],
        run(call) {
          const name = nameIn(param(call, "urn"));
          if (!knows(name)) throw unknown();
          return { status: 202, body: { request_id: invoke(name, call.body) } };
        },
      },
    ],
    subject: ({ urn = "" }) => ({ id: urn, name: nameIn(urn) }),
    refuse: { malformed: unknown, denied: unknown, foreignProject: unknown },
  };
}
