import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../shared/cli/run.ts";
import type { World } from "../../shared/cli/world.ts";
import { readPolicy } from "../../shared/io/policy/file.ts";
import type { Credentials } from "../cloud/contract.ts";
import type { LocalCloud } from "../cloud/index.ts";

/** The root of the checkout: where relative paths start in these tests. */
export const ROOT = new URL("../..", import.meta.url).pathname;
/** A policy with one of everything; its exemption ends on 2027-03-31. */
export const SAMPLE = "test/policies/sample/tag-policy.yaml";
export const EVENTS = "test/events";

export type WorldChange = {
  readonly env?: World["env"];
  readonly cwd?: string;
  readonly home?: string;
  readonly width?: number | null;
  /** Both outputs are terminals. */
  readonly terminal?: boolean;
  readonly stdin?: string | AsyncIterable<string>;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
};

export type Ended = { readonly exit: number; readonly out: string; readonly err: string };

/** Runs a command line in process, in a world of its own, and answers with all that a user sees. */
export async function tagwarden(argv: readonly string[], change: WorldChange = {}): Promise<Ended> {
  const written: { out: string; err: string } = { out: "", err: "" };
  const { terminal = false, stdin = "" } = change;
  const world: World = {
    env: change.env ?? {},
    stdout: {
      isTerminal: terminal,
      write(text) {
        written.out += text;
      },
    },
    stderr: {
      isTerminal: terminal,
      write(text) {
        written.err += text;
      },
    },
    stdin: typeof stdin === "string" ? once(stdin) : stdin,
    width: change.width ?? null,
    cwd: change.cwd ?? ROOT,
    home: change.home ?? ROOT,
    version: "1.2.3",
    now: change.now ?? (() => Date.UTC(2026, 10, 21)),
    signal: change.signal ?? new AbortController().signal,
  };
  const exit = await run(argv, world);
  return { exit, ...written };
}

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

/** The lines of a text, without the empty one at its end. */
export function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** The environment of somebody who works with a local cloud. */
export function environmentOf(cloud: LocalCloud, { ak, sk, token }: Credentials): World["env"] {
  return {
    HUAWEICLOUD_SDK_AK: ak,
    HUAWEICLOUD_SDK_SK: sk,
    ...(token === undefined ? {} : { HUAWEICLOUD_SDK_SECURITY_TOKEN: token }),
    HUAWEICLOUD_SDK_PROJECT_ID: cloud.project,
    HUAWEICLOUD_REGION: cloud.region,
    HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
  };
}

/** A folder that is gone after the test. */
export async function makeFolder(): Promise<{
  readonly path: string;
  readonly remove: () => Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), "tagwarden-cli-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Puts both creation functions into a folder, as they are built, but with the sample policy. */
export async function buildFunctions(home: string): Promise<void> {
  const sample = await readPolicy(join(ROOT, SAMPLE));
  if (!sample.ok) throw new Error("the sample policy does not hold");
  for (const name of ["secret-created", "key-created"]) {
    await mkdir(join(home, name));
    await copyFile(join(ROOT, ".local", name, "index.js"), join(home, name, "index.js"));
    await writeFile(join(home, name, "policy.json"), JSON.stringify(sample.policy));
  }
}

/** The traced creation of a resource as a CTS trigger delivers it. */
export function creationEvent(
  cloud: LocalCloud,
  resource: { readonly type: "secret" | "key"; readonly id: string; readonly name: string },
  // Long ago, so that nobody waits for its creator.
  time = Date.UTC(2026, 0, 2),
): object {
  const of = {
    secret: { trace_name: "createSecret", resource_type: "secret" },
    key: { trace_name: "createKey", resource_type: "cmk" },
  };
  return {
    cts: {
      ...of[resource.type],
      trace_id: "3c0d7f52-c9a1-11f0-8b3e-fa163e5d2c41",
      trace_rating: "normal",
      code: 200,
      time,
      user: { name: "Alice", id: "u-1", domain: { name: "acme", id: "d-1" } },
      project_id: cloud.project,
      resource_id: resource.id,
      resource_name: resource.name,
    },
  };
}
