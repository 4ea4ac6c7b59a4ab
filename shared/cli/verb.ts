import type { Command } from "commander";
import type { ExitCode } from "./exit-code.ts";
import type { Terminal } from "./terminal.ts";
import type { World } from "./world.ts";

/** Options that every verb has. */
export type GlobalOptions = {
  readonly policy?: string;
  readonly format: "text" | "json";
  readonly quiet?: boolean;
  readonly color: boolean;
  readonly debug?: boolean;
};

/** What a running verb works with. */
export type Session = {
  readonly world: World;
  readonly terminal: Terminal;
  readonly options: GlobalOptions;
};

/** Runs a verb's task with the session of this call, once its arguments are parsed. */
export type Act = (task: (session: Session) => Promise<ExitCode>) => Promise<void>;

/** One verb of the command line: its name, and how it declares its arguments, options and action. */
export type Verb = {
  readonly name: string;
  readonly define: (command: Command, act: Act) => void;
};

/** Examples below a verb's help, each with what it does. */
export function examples(rows: readonly (readonly [command: string, does: string])[]): string {
  const lines = rows.flatMap(([command, does]) => [`  $ tagwarden ${command}`, `      ${does}`]);
  return ["", "Examples:", ...lines].join("\n");
}
