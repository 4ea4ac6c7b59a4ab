import type { Accounts, Login } from "./accounts.ts";
import { authenticate, type SignedRequest } from "./auth.ts";
import type { Fault } from "./contract.ts";
import { damagePage, type Faults } from "./faults.ts";
import { refuseAtGateway, throttled } from "./gateway.ts";
import { Refusal, refusalBody } from "./refusal.ts";
import {
  type Call,
  createRouter,
  type LocalCall,
  type Operation,
  type Reply,
  type Route,
  type Service,
  type Subject,
  textField,
} from "./service.ts";
import { type RecordedTrace, traceOf } from "./trail.ts";
import { UNSUPPORTED, type Unsupported } from "./unsupported.ts";
import type { World } from "./world.ts";

/** The limit of KMS holds for KMS and, as both share a host, for CSMS (dew-api.md 5). */
const THROTTLED: readonly string[] = ["kms", "csms"];

export type Request = SignedRequest & { readonly sourceIp: string; readonly requestId: string };

/** What goes back over the wire. `reset` closes the connection without a word. */
export type Answer =
  | { readonly kind: "reset" }
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: { readonly [name: string]: string };
      readonly body: string;
    };

type Supported = {
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly service: Service;
  readonly operation: Operation;
};
type Target = Supported | Unsupported | LocalCall;
export type FoundRoute = Route<Target>;

export type PipelineParts = {
  readonly world: World;
  readonly services: readonly Service[];
  readonly localCalls: readonly LocalCall[];
  readonly accounts: Accounts;
  readonly throttle: { admit(user: string): boolean };
  readonly faults: Faults;
  readonly record: (trace: RecordedTrace) => void;
};

/**
 * One request from end to end, always in this order: find the operation, authenticate, throttle, faults,
 * permission, body and project, run, trace. The gateway does the first three before a service sees
 * anything (dew-api.md 4.1); the order within the service is not published.
 */
export function createPipeline(parts: PipelineParts) {
  const { world, accounts, throttle, faults, record } = parts;
  const supported = parts.services.flatMap((service) =>
    service.operations.map((operation): Target => {
      const { method, path, name } = operation;
      return { method, path, name, service, operation };
    }),
  );
  const find = createRouter<Target>([...supported, ...UNSUPPORTED, ...parts.localCalls]);

  async function handle(route: FoundRoute | undefined, request: Request): Promise<Answer> {
    try {
      if (route !== undefined && "answer" in route.target)
        return await serveLocal(route.target, route.params, request);
      const found = supportedRoute(route, request);
      const login = authenticate(request, accounts, world.clock.now());
      if (THROTTLED.includes(found.target.service.name) && !throttle.admit(login.caller.id)) {
        throw throttled(world.settings.ratePerSecond);
      }
      return await serve(found, login, request);
    } catch (error) {
      if (error instanceof Refusal) return refusalAnswer(error, request.requestId);
      throw error;
    }
  }

  async function serveLocal(
    { name, answer }: LocalCall,
    params: Call["params"],
    request: Request,
  ): Promise<Answer> {
    const fault = faults.take(name, params.name ?? "");
    const instead = insteadOf(fault, world);
    if (instead !== undefined) return instead;
    const { status, body } = answer(params, parseBody(request.body));
    if (fault?.kind === "reset") return { kind: "reset" };
    if (fault?.kind === "slow") await world.clock.sleep(fault.ms);
    return jsonAnswer(status, body, request.requestId);
  }

  async function serve(
    { target, params }: Route<Supported>,
    login: Login,
    request: Request,
  ): Promise<Answer> {
    const { service, operation } = target;
    const nowMs = world.clock.now();
    world.secrets.settle(nowMs);
    world.keys.settle(nowMs);

    const body = parseBody(request.body);
    const subject = service.subject(params, body) ?? { id: "", name: "" };
    const fault = faults.take(operation.name, subject.id);
    const instead = insteadOf(fault, world);
    if (instead !== undefined) return instead;

    const call: Call = {
      operation,
      params,
      query: new URLSearchParams(request.query),
      body: body ?? {},
      caller: login.caller,
      nowMs,
      from: {
        requestId: request.requestId,
        sourceIp: request.sourceIp,
        userAgent: request.headers["user-agent"] ?? "",
        ak: login.ak,
      },
    };
    const answer = run(service, call, body === undefined, subject, fault);

    if (fault?.kind === "reset") return { kind: "reset" };
    if (fault?.kind === "slow") await world.clock.sleep(fault.ms);
    return answer;
  }

  function run(
    service: Service,
    call: Call,
    malformed: boolean,
    subject: Subject,
    fault: Fault | undefined,
  ): Answer {
    try {
      const reply = permittedRun(service, call, malformed);
      trace(service, call, reply.status, reply.body ?? {}, reply.about ?? subject);
      const body =
        reply.body === undefined || fault === undefined
          ? reply.body
          : damagePage(reply.body, fault);
      return jsonAnswer(reply.status, body, call.from.requestId);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const body = refusalBody(error, call.from.requestId);
      trace(service, call, error.status, body, subject);
      return refusalAnswer(error, call.from.requestId);
    }
  }

  function permittedRun(service: Service, call: Call, malformed: boolean): Reply {
    const { actions, resource, name } = call.operation;
    const ask = {
      actions,
      tagKeys: writtenKeys(call),
      ...(resource === undefined ? {} : { resource: resource(call.params) }),
    };
    if (!accounts.mayDo(call.caller, ask)) throw service.refuse.denied(actions[0] ?? name);
    if (call.params.project !== world.project) throw service.refuse.foreignProject();
    if (malformed) throw service.refuse.malformed();
    return call.operation.run(call);
  }

  function trace(service: Service, call: Call, status: number, body: object, about: Subject): void {
    if (call.operation.trace === undefined) return;
    record(traceOf(world, service, call, { status, body, about }));
  }

  return { find, handle };
}

/** Keys of the tags that a call writes or deletes; a query that names tags writes none. */
function writtenKeys({ operation, params, body }: Call): readonly string[] {
  if (operation.trace === undefined) return [];
  const field = (name: string): unknown =>
    typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  const listed = field("tags");
  const tags = [...(Array.isArray(listed) ? listed : []), field("tag"), params];
  return tags.flatMap((tag) => textField(tag, "key") ?? []);
}

function supportedRoute(route: FoundRoute | undefined, request: Request): Route<Supported> {
  if (route === undefined) {
    throw refuseAtGateway("APIGW.0101", `${request.method} ${request.path}`);
  }
  const { target, params } = route;
  if (!("operation" in target)) throw refuseAtGateway("LOCAL.0501", target.name);
  return { target, params };
}

/** `undefined` where there is a body that is not JSON. */
function parseBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return value ?? {};
  } catch {
    return undefined;
  }
}

/** The answer of a fault that keeps the request from taking effect. */
function insteadOf(fault: Fault | undefined, world: World): Answer | undefined {
  switch (fault?.kind) {
    case "answer":
      return {
        kind: "answer",
        status: fault.status,
        headers: { "Content-Type": fault.contentType ?? "application/json", ...fault.headers },
        body: fault.body,
      };
    case "throttle":
      throw throttled(world.settings.ratePerSecond, fault.retryAfterSeconds);
    case "reset":
      return fault.when === "before" ? { kind: "reset" } : undefined;
    default:
      return undefined;
  }
}

function refusalAnswer(refusal: Refusal, requestId: string): Answer {
  const answer = jsonAnswer(refusal.status, refusalBody(refusal, requestId), requestId);
  return { ...answer, headers: { ...answer.headers, ...refusal.headers } };
}

function jsonAnswer(status: number, body: object | undefined, requestId: string) {
  const headers: Record<string, string> = { "X-Request-Id": requestId, Server: "api-gateway" };
  if (body !== undefined) headers["Content-Type"] = "application/json;charset=UTF-8";
  const text = body === undefined ? "" : JSON.stringify(body);
  return { kind: "answer", status, headers, body: text } as const;
}
