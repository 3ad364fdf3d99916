/** How often the engine looks, in milliseconds: what is older than a few of these is not how things are. */
export interface Looks {
  readonly discoverMs: number;
  /** `null`: never. */
  lagMs(connection: string): number | null;
}

const looksMax = 4;
const leastMs = 120_000;

/** Whether what was read at an instant still tells how things are: a look or two may fail, or take long. */
export function isFresh(readAt: number | null, everyMs: number, now: number): boolean {
  return readAt !== null && now - readAt <= Math.max(leastMs, looksMax * everyMs);
}
