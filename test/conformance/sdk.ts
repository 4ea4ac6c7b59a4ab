import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import type { Credentials } from "../cloud/contract.ts";
import type { LocalCloud } from "../cloud/index.ts";

const Told = z.discriminatedUnion("ok", [
  z.object({
    ok: z.literal(true),
    status: z.int(),
    answer: z.unknown(),
    /** Where the answer is not as the SDK's own model of it says. */
    shape: z.array(z.string()),
  }),
  z.object({
    ok: z.literal(false),
    error: z.string(),
    status: z.int().optional(),
    code: z.string().nullish(),
    message: z.string().nullish(),
  }),
]);
export type Told = z.infer<typeof Told>;

/** A process with the vendor's Python clients: one call at a time, in the words of the SDK's request classes. */
export type Sdk = {
  call(service: string, call: string, request?: object, by?: Credentials): Promise<Told>;
  /** The same for a call that must succeed, with an answer as the SDK's model says: that answer. */
  ok(service: string, call: string, request?: object): Promise<unknown>;
  stop(): void;
};

const DRIVER = fileURLToPath(new URL("driver.py", import.meta.url));
const PYTHON = fileURLToPath(new URL("../../.local/python/bin/python", import.meta.url));

/** Fields that the documents have and this version of the SDK has not. */
const UNKNOWN_TO_THE_SDK: { readonly [model: string]: readonly string[] } = {
  // dew-api.md 2.2: in answers of the real service.
  KeyDetails: ["pending_days", "keystore_type", "multi_region_key_type"],
  // dew-api.md 2.1
  ShowKmsTagsResponse: ["sys_tags"],
  // dew-api.md 6.4, functiongraph.md 3
  Traces: ["user_agent", "project_id", "domain_id", "tracker_name", "event_type"],
};

function isKnown(problem: string): boolean {
  const [, field = "", model = ""] = /\.(\w+): unknown to (\w+)$/.exec(problem) ?? [];
  return UNKNOWN_TO_THE_SDK[model]?.includes(field) ?? false;
}

/** Starts the clients for one cloud, as one of its users. */
export function startSdk(cloud: LocalCloud, user: Credentials): Sdk {
  // The metadata of a machine in the cloud is none of this one's.
  const child = spawn(PYTHON, [DRIVER], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { NO_PROXY: "*" },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function call(service: string, name: string, request: object = {}, by = user) {
    const { endpoint, project } = cloud;
    child.stdin.write(
      `${JSON.stringify({ service, call: name, request, as: by, endpoint, project })}\n`,
    );
    const { value, done } = await lines.next();
    if (done) throw new Error("the clients' process has ended");
    return Told.parse(JSON.parse(value));
  }

  return {
    call,
    async ok(service, name, request) {
      const told = await call(service, name, request);
      if (!told.ok) throw new Error(`${service} ${name}: ${JSON.stringify(told)}`);
      const wrong = told.shape.filter((problem) => !isKnown(problem));
      if (wrong.length > 0) throw new Error(`${service} ${name}: ${wrong.join("; ")}`);
      return told.answer;
    },
    stop() {
      child.stdin.end();
      child.kill();
    },
  };
}
