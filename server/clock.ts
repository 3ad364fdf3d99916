/** Time as everything in the server sees it: handed in, so that a test can stand at any hour. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
