import { run } from "../../shared/cli/run.ts";
import type { World } from "../../shared/cli/world.ts";
import type { Credentials } from "../cloud/contract.ts";
import type { LocalCloud } from "../cloud/index.ts";
import { WIDTH } from "./stage.ts";

/** What a command wrote, and how it ended. */
export type Ended = { readonly exit: number; readonly out: string; readonly err: string };

/** Runs commands of the command line, as somebody would in a folder of their own. */
export type Shell = {
  tagwarden(argv: readonly string[]): Promise<Ended>;
  /** The same, with what it writes as JSON. */
  json(argv: readonly string[]): Promise<Ended & { readonly data: unknown }>;
};

export type ShellOptions = {
  readonly cloud: LocalCloud;
  readonly credentials: Credentials;
  readonly cwd: string;
  readonly home: string;
  readonly env: { readonly [name: string]: string };
  readonly signal: AbortSignal;
  /** Told what is written to stderr, as it is written; a progress bar is. */
  readonly watch: ((text: string) => void) | null;
};

/** Opens a shell with the credentials of a person. */
export function openShell(options: ShellOptions): Shell {
  const { cloud, credentials, cwd, home, signal, watch } = options;
  const env = {
    HUAWEICLOUD_SDK_AK: credentials.ak,
    HUAWEICLOUD_SDK_SK: credentials.sk,
    HUAWEICLOUD_SDK_PROJECT_ID: cloud.project,
    HUAWEICLOUD_REGION: cloud.region,
    HUAWEICLOUD_KMS_ENDPOINT: cloud.endpoint,
    ...options.env,
  };
  const tagwarden = async (argv: readonly string[]): Promise<Ended> => {
    const written = { out: "", err: "" };
    const world: World = {
      env,
      stdout: {
        isTerminal: false,
        write(text) {
          written.out += text;
        },
      },
      stderr: {
        isTerminal: watch !== null,
        write(text) {
          written.err += text;
          watch?.(text);
        },
      },
      stdin: (async function* () {})(),
      width: WIDTH,
      cwd,
      home,
      version: "demo",
      now: () => cloud.clock.now(),
      signal,
    };
    const exit = await run(argv, world);
    return { exit, ...written };
  };
  return {
    tagwarden,
    async json(argv) {
      const ended = await tagwarden(["--format", "json", "--quiet", ...argv]);
      const data: unknown = ended.out === "" ? null : JSON.parse(ended.out);
      return { ...ended, data };
    },
  };
}
