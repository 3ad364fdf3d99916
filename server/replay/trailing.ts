/**
 * The last batches of a pass over a log are settled beside the next pass: nothing is held for them, and nothing would be sent meanwhile. Of one pass at a time.
 */
export interface Trailing {
  /** Resolves when what trailed before is through, with what it threw. */
  follow(settling: Promise<void>): Promise<void>;
  /** Of the last pass. */
  ended(): Promise<void>;
}

export function createTrailing(): Trailing {
  let last = Promise.resolve();
  return {
    follow(settling) {
      const before = last;
      last = settling;
      // Whoever comes next learns of it.
      settling.catch(() => undefined);
      return before;
    },
    ended: () => last,
  };
}
