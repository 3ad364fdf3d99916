import { toErrorRecord } from '#lib/domain/errors.ts';
import type { Replay } from '#lib/domain/replay.ts';
import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';

/** Where the audit says that something came from when no person said it. */
export const engineAddress = 'engine';

const kinds = { paused: 'pause', stopped: 'stop' } as const;

/** A replay pauses or stops by itself: the audit says so, and why, beside what persons did with it. */
export async function standStill(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  replay: Replay,
  state: 'paused' | 'stopped',
  why: unknown,
): Promise<void> {
  const at = clock.now();
  const error = toErrorRecord(why);
  const audit = {
    at,
    actor: 'redeliver',
    action: `${replay.options.action}.${kinds[state]}`,
    target: replay.id,
    reason: error.message,
    from: engineAddress,
    result: 'done',
  };
  await store.ledger.setReplayState(replay.id, { state, at, error, audit });
}
