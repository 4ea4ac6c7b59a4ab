import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Callable, loadHandler } from "../../shared/cli/built.ts";
import type { Outcome, Report } from "../../shared/core/outcome.ts";
import type { Deployment, FunctionName } from "../../shared/core/permission/demand.ts";
import type { IamDocument } from "../../shared/core/permission/document.ts";
import type { Policy } from "../../shared/core/policy/policy.ts";
import { type LocalCloud, startCloud } from "../cloud/index.ts";

const DIST = new URL("../../.local", import.meta.url).pathname;
/** Every function has an agency of its own, of the function's name. */
const BUCKET = "runs";
/** A function that takes what `retag` hands on. */
const SINK = "sink";

/** Where the functions are deployed here. */
export const DEPLOYMENT: Deployment = {
  store: { bucket: BUCKET, prefix: "here/" },
  queue: { package: "default", function: SINK },
  topic: "any",
  anyKey: false,
};

/** What an invocation came to: nothing is missing, or the first thing that is. */
export type Came = "well" | string;

/** The built functions in this process, with agencies that the local cloud limits. */
export type PermissionStage = {
  readonly cloud: LocalCloud;
  /** Limits a function's agency to a document. */
  allow(name: FunctionName, document: IamDocument): void;
  invoke(name: FunctionName, event: object, about?: Partial<Invocation>): Promise<Came>;
  close(): Promise<void>;
};

type Invocation = {
  /** The policy that it is built with. */
  readonly policy: Policy;
  readonly remainingMs: number;
  readonly settings: { readonly [name: string]: string };
};

export async function openPermissionStage(policy: Policy): Promise<PermissionStage> {
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-permission-"));
  const cloud = await startCloud({ settings: { ratePerSecond: null } });
  cloud.objects.createBucket(BUCKET);
  const topic = cloud.topics.create("audits");
  await writeFile(join(folder, "index.js"), "exports.handler = async () => null;");
  cloud.agency(SINK);
  cloud.functions.deploy({
    name: SINK,
    code: folder,
    userData: {},
    agency: SINK,
    timeoutMs: 10_000,
    memoryMb: 128,
    maxInstances: 1,
    async: { maxRetries: 0, maxAgeSeconds: 60, retryDelayMs: 1 },
    traces: [],
  });
  const settings: Invocation["settings"] = {
    HUAWEICLOUD_REGION: cloud.region,
    ...Object.fromEntries(
      ["KMS", "OBS", "SMN", "FGS"].map((it) => [`HUAWEICLOUD_${it}_ENDPOINT`, cloud.endpoint]),
    ),
    TAGWARDEN_GRACE: "0s",
    TAGWARDEN_RPS: "1000",
    TAGWARDEN_STORE: `obs://${BUCKET}/here`,
    TAGWARDEN_TOPIC: topic,
    TAGWARDEN_QUEUE: `functiongraph:urn:fss:${cloud.region}:${cloud.project}:function:default:${SINK}`,
  };
  const built = new Map<Policy, Map<FunctionName, Promise<Callable>>>();
  let invocations = 0;

  /** Loaded once for each policy, which a function reads when it is first invoked. */
  function handlerOf(name: FunctionName, about: Policy): Promise<Callable> {
    const handlers = built.get(about) ?? new Map<FunctionName, Promise<Callable>>();
    built.set(about, handlers);
    const handler = handlers.get(name) ?? build(name, about);
    handlers.set(name, handler);
    return handler;
  }

  async function build(name: FunctionName, about: Policy): Promise<Callable> {
    const code = await mkdtemp(join(folder, `${name}-`));
    await symlink(join(DIST, name, "index.js"), join(code, "index.js"));
    await writeFile(join(code, "policy.json"), JSON.stringify(about));
    return loadHandler(code, () => {});
  }

  return {
    cloud,
    allow: (name, document) => cloud.attach(name, [document]),
    async invoke(name, event, about = {}) {
      const handler = await handlerOf(name, about.policy ?? policy);
      invocations += 1;
      const all = { ...settings, ...about.settings };
      const { ak, sk, token } = cloud.agency(name);
      const context = {
        getRequestID: () => `request-${invocations}`,
        getRemainingTimeInMilliSeconds: () => about.remainingMs ?? 30_000,
        getUserData: (setting: string) => all[setting],
        getProjectID: () => cloud.project,
        getSecurityAccessKey: () => ak,
        getSecuritySecretKey: () => sk,
        getSecurityToken: () => token ?? "",
      };
      try {
        return troubleIn(await handler(event, context));
      } catch (error) {
        return error instanceof Error ? error.message : "thrown";
      }
    },
    async close() {
      await cloud.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const TROUBLE: readonly Outcome["kind"][] = ["failed", "malformed"];

function troubleIn(answer: unknown): Came {
  const report: Report = JSON.parse(JSON.stringify(answer));
  const bad = report.outcomes.find(({ kind }) => TROUBLE.includes(kind));
  return bad === undefined ? "well" : `${bad.kind} ${bad.reason}`;
}
