import type { ReceiverTest } from '#lib/alerts/receiver-report.ts';
import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { MoveAllFacts, MoveAllProgress } from '#lib/domain/move-all.ts';
import type { PlanChange, ReplayOptions, Selection } from '#lib/domain/replay.ts';

export type EngineRequest =
  /** A marked notification, sent once. */
  | { readonly kind: 'test-receiver'; readonly receiver: string }
  /** Whether the plan still holds. */
  | { readonly kind: 'check-plan'; readonly replayId: string }
  | { readonly kind: 'sync'; readonly queueId: string; readonly insist: boolean }
  | {
      readonly kind: 'plan';
      readonly selection: Selection;
      readonly options: ReplayOptions;
    }
  | { readonly kind: 'plan-restore'; readonly selection: RestoreSelection; readonly options: ReplayOptions }
  /** `look` changes nothing. */
  | {
      readonly kind: 'move-all';
      readonly queueId: string;
      readonly what: 'look' | 'start' | 'cancel';
      readonly ratePerSecond: number | null;
      /** A queue for all of it, where the broker takes one. */
      readonly to: string | null;
    };

/** Discarded messages: by their ids, all of a discard, or what is discarded among all that a selection holds. */
export type RestoreSelection =
  | { readonly messageIds: readonly string[] }
  | { readonly discardId: string }
  | { readonly matching: Selection };

export type RequestAnswer =
  /** `changes` and `notLooked`, the messages for which there was no time: the answer to `check-plan`; `moveAll`: to `move-all`, `tested`: to `test-receiver`. */
  | {
      readonly kind: 'done';
      readonly replayId: string | null;
      readonly changes?: readonly PlanChange[];
      readonly notLooked?: number;
      readonly moveAll?: MoveAllState;
      readonly tested?: ReceiverTest;
    }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };

/** What the broker's own means could do with a queue, and what they do. */
export interface MoveAllState {
  readonly facts: MoveAllFacts;
  readonly progress: MoveAllProgress | null;
}
