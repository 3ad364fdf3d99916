import { AppError } from '#lib/domain/errors.ts';
import type { MoveAllFacts, MoveAllProgress } from '#lib/domain/move-all.ts';

/**
 * The broker's own means to move everything out of a dead-letter queue: it does the work, without us, and knows nothing of replays. Part of `BrokerDriver`;
 * throws as its methods do.
 */
export interface MoveAll {
  /** What the broker could do with this queue now. Changes nothing. A queue that cannot be moved is `available: false`, not an error. */
  facts(queue: string, signal: AbortSignal): Promise<MoveAllFacts>;
  /**
   * Begins to move all that is there. `unsupported` where the facts say that it is not available, or not in this way; `invalid_request` where one destination has to be
   * named and is not, `not_found` where it is not there; `conflict` where a move runs already.
   */
  start(queue: string, options: MoveAllOptions, signal: AbortSignal): Promise<void>;
  /** Of the newest move of this queue that the broker still tells of; `null` where there is none. */
  progress(queue: string, signal: AbortSignal): Promise<MoveAllProgress | null>;
  /** What was moved stays moved. `conflict` where nothing runs. */
  cancel(queue: string, signal: AbortSignal): Promise<void>;
}

export interface MoveAllOptions {
  /** Messages a second; `null` as the broker likes, and where the facts have no rate. */
  readonly ratePerSecond: number | null;
  /** The queue that everything goes to, where the facts have `destinations`; `null` takes the only one of them. */
  readonly to: string | null;
}

/** Of a broker without such means. */
export function withoutMoveAll(means: string, why: string): MoveAll {
  const refuse = (): Promise<never> => Promise.reject(new AppError('unsupported', why));
  const facts: MoveAllFacts = {
    available: false,
    why,
    means,
    destination: null,
    destinations: null,
    about: null,
    ratePerSecondMax: null,
    cannot: [],
  };
  return { facts: async () => facts, start: refuse, progress: async () => null, cancel: refuse };
}
