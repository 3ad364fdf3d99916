import type { Replay } from '#lib/domain/replay.ts';
import { type HistoryEntry, historyKinds } from '#lib/replay/history.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { maskedTexts } from '#server/queries/mask-replay.ts';
import { engineAddress } from '#server/replay/stand-still.ts';

const entriesMax = 100;

/** What was said to a replay and by whom, from the audit: the oldest first. */
export async function readHistory(
  { store, masking }: Pick<Runtime, 'store' | 'masking'>,
  replay: Replay,
): Promise<readonly HistoryEntry[]> {
  const { action } = replay.options;
  const entries = await store.ledger.listAudit({
    limit: entriesMax,
    before: null,
    target: replay.id,
    done: historyKinds.map((kind) => `${action}.${kind}`),
  });
  const text = masking ? maskedTexts(replay, masking) : (said: string) => said;
  return (
    entries
      .toReversed()
      .flatMap(({ at, action: name, actor, from, reason }): readonly HistoryEntry[] => {
        const kind = historyKinds.find((each) => name === `${action}.${each}`);
        const by = from === engineAddress ? null : actor;
        return kind === undefined ? [] : [{ at, kind, by, reason: reason && text(reason) }];
      })
      // What is said is written together with what it changes, so in its order; only a confirmation is written when all is done, and it was the first.
      .toSorted((a, b) => Number(b.kind === 'confirm') - Number(a.kind === 'confirm'))
  );
}
