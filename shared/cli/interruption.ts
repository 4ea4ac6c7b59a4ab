/** Resolves when the user interrupts. */
export function interruptionOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/**
 * The answer, or the signal's reason thrown as soon as the user interrupts. For what cannot be
 * stopped and may be left where it is.
 */
export async function untilInterrupted<T>(
  answer: T | PromiseLike<T>,
  signal: AbortSignal,
): Promise<Awaited<T>> {
  const interrupted = interruptionOf(signal).then(() => {
    throw signal.reason;
  });
  return Promise.race([answer, interrupted]);
}
