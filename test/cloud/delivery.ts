import { setMaxListeners } from "node:events";
import type { Clock } from "./clock.ts";
import type { CloudSettings } from "./contract.ts";
import { type EnvelopeContext, eventOf } from "./envelope.ts";
import type { RecordedTrace } from "./trail.ts";

export type Deliver = (traceName: string, event: unknown) => void;

/**
 * Carries traces to subscribers on the cloud's clock: each copy `traceDelayMs` after its call, plus up to
 * `jitterMs`, which lets traces overtake each other. The settings are those of the moment of the call.
 */
export function createDelivery(
  settings: CloudSettings,
  clock: Clock,
  context: Omit<EnvelopeContext, "nowMs">,
  deliver: Deliver,
) {
  const waiting = new Set<Promise<void>>();
  const stopping = new AbortController();
  // Every trace that waits listens to it: that is no leak.
  setMaxListeners(0, stopping.signal);

  async function send(trace: RecordedTrace, delayMs: number, shape: CloudSettings["trace"]) {
    try {
      await clock.sleep(delayMs, stopping.signal);
    } catch (error) {
      if (stopping.signal.aborted) return;
      throw error;
    }
    if (stopping.signal.aborted) return;
    deliver(trace.trace_name, eventOf(trace, shape, { ...context, nowMs: clock.now() }));
  }

  return {
    accept(trace: RecordedTrace): void {
      const shape = { ...settings.trace };
      for (let copy = 0; copy < shape.copies; copy += 1) {
        const jitterMs = shape.jitterMs === 0 ? 0 : Math.floor(context.random() * shape.jitterMs);
        const sent = send(trace, settings.traceDelayMs + jitterMs, shape).finally(() =>
          waiting.delete(sent),
        );
        waiting.add(sent);
      }
    },
    /** Traces that wait for delivery. */
    waiting: (): readonly Promise<void>[] => [...waiting],
    stop(): void {
      stopping.abort();
    },
  };
}
