/** Something to write text to; a stream of the process, or a test's list. */
export type Output = {
  write(text: string): unknown;
};

/** All that a command may touch beyond its arguments and the files that they name. */
export type World = {
  readonly env: { readonly [name: string]: string | undefined };
  /** Data. */
  readonly stdout: Output & { readonly isTerminal: boolean };
  /** Talk. */
  readonly stderr: Output & { readonly isTerminal: boolean };
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** Columns of the terminal; `null` where there is none. */
  readonly width: number | null;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** Folder of the built command line; the built functions and tools are beside it. */
  readonly home: string;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
};
