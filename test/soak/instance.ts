/**
 * What is loaded into each instance before the function's code: simulated time in the place of the machine's, and
 * a way to be asked how much the process holds. Shipped code knows nothing of it.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import timers from "node:timers/promises";
import { type ClockFace, readFace } from "./clock.ts";
import { DEFECTS, type DefectName } from "./defects.ts";

export type InstanceSetup = {
  /** File with the face of the clock. */
  readonly clock: string;
  /** Folder in which each process says what it holds, `<pid>.json`. */
  readonly folder: string;
  /** What is broken on purpose; `null`: nothing. */
  readonly defect: DefectName | null;
  readonly endpointFile: string;
};

/** What a process holds after everything that nobody needs was collected. */
export type Holding = {
  /** Asked for with this number. */
  readonly question: number;
  readonly heapBytes: number;
  /** Buffers and what else V8 knows of outside of its heap. */
  readonly externalBytes: number;
  /** Timers, sockets and requests that are open. */
  readonly resources: number;
};

/** Asks an instance for what it holds. */
export const ASK_SIGNAL = "SIGUSR2";
/** The file with the number of the question. */
export const QUESTION_FILE = "question";

/** Lives in an instance; called by the file that Node is told to load first. */
export function live({ clock, folder, defect, endpointFile }: InstanceSetup): void {
  let face: ClockFace = JSON.parse(readFileSync(clock, "utf8"));
  const speed = face.speed;
  replaceTime(() => readFace(face), speed);
  const breakOnce =
    defect === null ? () => {} : DEFECTS[defect].inInstance(readFileSync(endpointFile, "utf8"));
  process.on("message", (message) => {
    // Time leaps only while no instance works, so that it is enough to look when there is work.
    face = JSON.parse(readFileSync(clock, "utf8"));
    if (String(message).startsWith('{"kind":"invoke"')) breakOnce();
  });
  process.on(ASK_SIGNAL, () => answer(folder));
}

function answer(folder: string): void {
  const question = Number(readFileSync(join(folder, QUESTION_FILE), "utf8"));
  globalThis.gc?.();
  // What finalizers free, the second collection takes.
  setImmediate(() => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    const resources = process.getActiveResourcesInfo().length;
    const holding: Holding = { question, heapBytes: heapUsed, externalBytes: external, resources };
    const file = join(folder, `${process.pid}.json`);
    writeFileSync(`${file}.new`, JSON.stringify(holding));
    renameSync(`${file}.new`, file);
  });
}

/** Puts simulated time in the place of all that shipped code asks for time. */
function replaceTime(now: () => number, speed: number): void {
  Date.now = now;
  globalThis.Date = new Proxy(Date, {
    construct: (target, [first, ...rest]) =>
      Reflect.construct(target, first === undefined ? [now()] : [first, ...rest]),
    apply: (target) => new target(now()).toString(),
  });
  const { setTimeout: wait, setInterval: repeat } = globalThis;
  const shorter = (ms: unknown) => (typeof ms === "number" ? ms / speed : 0);
  globalThis.setTimeout = new Proxy(wait, {
    apply: (target, self, [ring, ms, ...rest]) =>
      Reflect.apply(target, self, [ring, shorter(ms), ...rest]),
  });
  globalThis.setInterval = new Proxy(repeat, {
    apply: (target, self, [ring, ms, ...rest]) =>
      Reflect.apply(target, self, [ring, shorter(ms), ...rest]),
  });
  const sleep = timers.setTimeout;
  timers.setTimeout = (ms, ...rest) => sleep(shorter(ms), ...rest);
  const timeout = AbortSignal.timeout;
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, Math.ceil(shorter(ms)));
}
