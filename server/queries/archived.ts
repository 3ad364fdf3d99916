import type { z } from 'zod';
import type { archived } from '#lib/api/discards.ts';
import type { DeadLetterDetail, HistoryEvent } from '#lib/domain/dead-letter.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import { usualArchiveMs } from '#lib/replay/archive-time.ts';
import { readRestoreMark } from '#lib/replay/restored.ts';
import type { Runtime } from '#server/http/runtime.ts';

/** Of a message that was discarded: by whom, and until when it can be restored. `null` where it never was, or is no longer kept. */
export async function readArchived(
  { store, archiveMs = usualArchiveMs }: Pick<Runtime, 'store' | 'archiveMs'>,
  messageId: string,
): Promise<z.output<typeof archived> | null> {
  const [last] = await store.ledger.listArchived({ messageIds: [messageId] });
  if (!last) return null;
  const { discardId, discardNumber, by, archivedAt: at, restoredAt, sizeBytes } = last;
  // What a log keeps can be marked as open again for as long as it is there.
  const until = sizeBytes === null ? {} : { until: at + archiveMs };
  return { discardId, discardNumber, by, at, restoredAt, ...until };
}

type TouchedItem = Awaited<ReturnType<Runtime['store']['ledger']['listItemsOfMessages']>>[number];

/** Of items of a discard, by id: since when their messages are restored. By the restores, which are known for ever, and not by the archive, which forgets. */
export async function restoredTimes(
  { store }: Pick<Runtime, 'store'>,
  items: readonly Pick<ReplayItem, 'messageId'>[],
): Promise<ReadonlyMap<string, number>> {
  const touched = await store.ledger.listItemsOfMessages(items.map(({ messageId }) => messageId));
  const times = new Map<string, number>();
  for (const { action, position, state, returned, sentAt, intendedAt } of touched) {
    const at = sentAt ?? returned?.at ?? intendedAt;
    const isBack = state === 'sent' || state === 'settled' || returned !== null;
    // The place of a restored message is its item of the discard. Newest first: the first time stays.
    if (action === 'restore' && isBack && at !== null) times.set(position, at);
  }
  return times;
}

/** What discards and restores did with a message, as its history tells it. */
export function discardEvents(items: readonly TouchedItem[]): readonly HistoryEvent[] {
  return items.flatMap((item): HistoryEvent[] => {
    const { replayId, by, state: outcome, action, returned, sentAt, intendedAt } = item;
    const at = sentAt ?? intendedAt;
    if (at === null || action === 'replay') return [];
    if (action === 'discard') return [{ kind: 'discarded', at, replayId, by }];
    return [{ kind: 'restored', at, replayId, by, outcome, messageId: returned?.messageId ?? null }];
  });
}

/** The discarded message that this one is, by its mark; empty where it carries none that the ledger knows. */
export async function restoredFrom(
  { store }: Pick<Runtime, 'store'>,
  letter: DeadLetterDetail,
): Promise<readonly HistoryEvent[]> {
  const mark = readRestoreMark(letter.raw.headers);
  if (mark === null) return [];
  const [item] = await store.ledger.findItems(mark.replayId, [mark.itemId]);
  if (!item || item.messageId === letter.id) return [];
  return [{ kind: 'restored-from', at: item.sentAt ?? letter.at, replayId: item.replayId, messageId: item.messageId }];
}
