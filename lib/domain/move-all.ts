/** What a broker's own means to move a whole dead-letter queue can do with it now. */
export interface MoveAllFacts {
  readonly available: boolean;
  /** Why it is not, and what to do instead; `null` where it is available. */
  readonly why: string | null;
  /** What does it, in the broker's words: `SQS message move task`. */
  readonly means: string;
  /** Where everything would go, in words; `null` where that has to be chosen. */
  readonly destination: string | null;
  /** Queues that are likely, where everything goes to one place; `null` where the broker sends each back to where it came from. */
  readonly destinations: readonly string[] | null;
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
  /** Why it failed, or what is the matter with it. */
  readonly problem: string | null;
  /** Also of one that failed where the broker tries again and again. */
  readonly canCancel: boolean;
}
