import { printable } from "../../shared/cli/text-width.ts";
import type { Outcome } from "../../shared/core/outcome.ts";
import { toIsoTime } from "../../shared/core/time.ts";
import type { Trace } from "../../shared/core/trace/trace.ts";
import type { Invocation } from "./contract.ts";
import { type Handling, handlingOf } from "./handling.ts";
import type { LocalCloud } from "./index.ts";

const POLL_MS = 100;
const LABEL_WIDTH = 8;

/**
 * Writes a line for each trace that reaches a function, and one for what the function made of it, until
 * it is told to stop. Ids, names, keys and counts: never a tag's value.
 */
export function watch(
  cloud: Pick<LocalCloud, "functions" | "clock">,
  write: (line: string) => void,
): { stop(): void } {
  const { invocations } = cloud.functions;
  const open = new Set<Invocation>();
  let seen = 0;

  const look = () => {
    const time = toIsoTime(cloud.clock.now()).slice(11, 19);
    const say = (lines: readonly string[]) => {
      for (const line of lines) write(printable(`${time} ${line}`));
    };
    for (const invocation of invocations.slice(seen)) {
      open.add(invocation);
      say(traceLines(handlingOf(invocation)));
    }
    seen = invocations.length;
    for (const invocation of open) {
      if (invocation.state !== "succeeded" && invocation.state !== "failed") continue;
      open.delete(invocation);
      say(outcomeLines(handlingOf(invocation)));
    }
  };

  const timer = setInterval(look, POLL_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
    },
  };
}

function label(text: string): string {
  return text.padEnd(LABEL_WIDTH);
}

function traceLines({ function: name, traces }: Handling): readonly string[] {
  return traces.map(
    (trace) => `${label("trace")} ${trace.name} ${nameOf(trace)}${byWhom(trace)} -> ${name}`,
  );
}

function byWhom({ fields }: Trace): string {
  const creator = fields.get("creator.name");
  return creator === undefined ? "" : ` by ${creator}`;
}

/** What a handling came to: its outcomes, else what was thrown in the end. */
export function outcomeLines(handling: Handling): readonly string[] {
  const { function: name, traces, tries, outcomes, error } = handling;
  const again = tries > 1 ? ` after ${tries} tries` : "";
  if (error !== null)
    return [`${label("threw")} ${name} ${traces.map(nameOf).join(", ")}${again}: ${error}`];
  return outcomes.map((outcome) => {
    const trace = traces.find(({ id }) => id === outcome.event);
    const about = trace === undefined ? name : nameOf(trace);
    return `${label(outcome.kind)} ${about}${again}${detailsOf(outcome)}`;
  });
}

function nameOf({ resourceName, resourceId, id }: Trace): string {
  return resourceName ?? resourceId ?? id;
}

function detailsOf({ reason, calls, tags }: Outcome): string {
  const keys = tags
    .filter(({ op }) => op === "create" || op === "overwrite" || op === "delete")
    .map(({ key }) => key);
  return [
    reason === undefined ? "" : `: ${reason}`,
    `, ${calls} ${calls === 1 ? "call" : "calls"}`,
    keys.length === 0 ? "" : `: ${keys.join(", ")}`,
  ].join("");
}
