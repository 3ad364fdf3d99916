import { setTimeout as delay } from 'node:timers/promises';

/** Does the work again and again with a pause between, until the signal is aborted. The work does not throw. */
export async function repeat(everyMs: () => number, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work();
    await pause(everyMs(), signal);
  }
}

/** Waits, and is over at once when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
