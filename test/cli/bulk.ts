import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { type LocalCloud, startCloud } from "../cloud/index.ts";
import { type Ended, environmentOf, makeFolder, tagwarden, type WorldChange } from "./fixture.ts";

export const POLICY = new URL("../policies/bulk/tag-policy.yaml", import.meta.url).pathname;

export type Bulk = {
  readonly cloud: LocalCloud;
  /** The folder in which commands run; its `.tagwarden` is their run store. */
  readonly path: string;
  readonly env: NonNullable<WorldChange["env"]>;
  run(argv: readonly string[], change?: WorldChange): Promise<Ended>;
  /** With `--format json`; `data` is the one document on stdout. */
  json(argv: readonly string[], change?: WorldChange): Promise<Ended & { readonly data: Json }>;
  /** Plans and answers with the name of the run that applies it. */
  apply(): Promise<string>;
  tagsOf(name: string): { readonly [key: string]: string };
  /** Tag writes that the server saw. */
  writes(): number;
};
export type Json = ReturnType<typeof JSON.parse>;

/** A cloud with secrets that the policy changes, and a folder, for each test of a file. */
export function useBulk(): () => Bulk {
  let bulk: Bulk | undefined;
  let close = async () => {};
  beforeEach(async () => {
    const cloud = await startCloud({ settings: { ratePerSecond: null } });
    const { path, remove } = await makeFolder();
    addSecrets(cloud);
    bulk = bulkIn(cloud, path);
    close = async () => {
      await cloud.stop();
      await remove();
    };
  });
  afterEach(() => close());
  return () => {
    if (bulk === undefined) throw new Error("no test is running");
    return bulk;
  };
}

function bulkIn(cloud: LocalCloud, path: string): Bulk {
  const env = {
    ...environmentOf(cloud, cloud.user("ops")),
    TAGWARDEN_RPS: "1000",
    HUAWEICLOUD_OBS_ENDPOINT: cloud.endpoint,
    HUAWEICLOUD_FGS_ENDPOINT: cloud.endpoint,
  };
  const run: Bulk["run"] = (argv, change = {}) =>
    tagwarden(["--policy", POLICY, ...argv], {
      cwd: path,
      ...change,
      env: { ...env, ...change.env },
    });
  const json: Bulk["json"] = async (argv, change) => {
    const ended = await run(["--format", "json", ...argv], change);
    return { ...ended, data: JSON.parse(ended.out === "" ? "null" : ended.out) };
  };
  return {
    cloud,
    path,
    env,
    run,
    json,
    async apply() {
      await run(["plan", "-o", "plan.json"]);
      const { data } = await json(["apply", "plan.json", "--yes"]);
      return data.run;
    },
    tagsOf: (name) => Object.fromEntries(cloud.secret(name)?.tags ?? []),
    writes: () => cloud.seen.filter(({ operation }) => operation.startsWith("Batch")).length,
  };
}

/** Secrets of which each but the last needs something else. */
function addSecrets(cloud: LocalCloud): void {
  cloud.addSecret({ name: "untagged" });
  cloud.addSecret({ name: "alias", tags: { owner: "ann", Environment: "dev", Foreign: "x" } });
  cloud.addSecret({ name: "variant", tags: { Owner: "bob", Environment: "PRD" } });
  cloud.addSecret({ name: "forbidden", tags: { Owner: "eve", Environment: "dev", Password: "p" } });
  cloud.addSecret({ name: "fine", tags: { Owner: "zoe", Environment: "prod" } });
}

/** A file of a run in the run store of a folder. */
export function runFile(path: string, run: string, file: string): string {
  return join(path, ".tagwarden", "runs", run, file);
}
