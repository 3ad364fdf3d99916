/** What a broker's own means to move a whole dead-letter queue can do with it now. */
export interface MoveAllFacts {
  readonly available: boolean;
  /** Why it is not, and what to do instead; `null` where it is available. */
  readonly why: string | null;
  /** What does it, in the broker's words: `SQS message move task`. */
  readonly means: string;
  /** Where everything would go, in words. */
  readonly destination: string | null;
  /** About so many messages would be moved; `null` where the broker does not tell. */
  readonly about: number | null;
  /** The fastest that it can be asked for; `null` where it cannot be paced. */
  readonly ratePerSecondMax: number | null;
  /** What it cannot do and a replay can, for people: whole sentences. */
  readonly cannot: readonly string[];
}

export const moveAllStates = ['running', 'cancelling', 'done', 'cancelled', 'failed'] as const;

export interface MoveAllProgress {
  readonly state: (typeof moveAllStates)[number];
  /** About so many were moved, of about so many that were there when it began. */
  readonly moved: number | null;
  readonly of: number | null;
  /** Epoch milliseconds. */
  readonly startedAt: number | null;
  /** Why it failed, in the broker's words. */
  readonly problem: string | null;
}
