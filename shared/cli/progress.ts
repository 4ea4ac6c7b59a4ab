import type { World } from "./world.ts";

/** A bar on stderr that shows how far something is. Draws nothing where stderr is no terminal. */
export type Progress = {
  show(
    done: number,
    rest: { readonly perSecond: number | null; readonly secondsLeft: number | null },
  ): void;
  /** Takes the bar away, so that words can follow. */
  end(): void;
};

const BAR_WIDTH = 24;
/** Faster than this nobody reads. */
const REDRAW_MS = 100;
const CLEAR_LINE = "\r\u001b[2K";

/** Opens a bar for so many things. */
export function openProgress(total: number, { stderr, now, env }: World, quiet = false): Progress {
  const drawn = stderr.isTerminal && env.TERM !== "dumb" && !quiet;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    show(done, { perSecond, secondsLeft }) {
      if (!drawn || (done < total && now() < lastMs + REDRAW_MS)) return;
      lastMs = now();
      const filled = total === 0 ? BAR_WIDTH : Math.floor((BAR_WIDTH * done) / total);
      const bar = `${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}`;
      const rate = perSecond === null ? "" : `  ${perSecond.toFixed(1)}/s`;
      const left =
        secondsLeft === null || done === total ? "" : `  ${durationText(secondsLeft)} left`;
      stderr.write(`${CLEAR_LINE}[${bar}] ${done}/${total}${rate}${left}`);
    },
    end() {
      if (drawn && lastMs > Number.NEGATIVE_INFINITY) stderr.write(CLEAR_LINE);
    },
  };
}

/** `45 s`, `12 min`, `3 h 5 min`. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
