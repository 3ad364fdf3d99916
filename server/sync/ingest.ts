import type { Queue } from '#lib/domain/queue.ts';
import type { BrowseBatch } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';
import { readLetter, type ReadLetterOptions } from '#server/sync/read-letter.ts';
import { recallStates } from '#server/sync/recall-states.ts';
import { reviveMet } from '#server/sync/revive.ts';
import { recogniseReturns } from '#server/sync/recognise-returns.ts';

/** Reads one batch into the index, with where the reader stands, in one transaction. Answers how many dead letters were new. */
export async function ingestBatch(
  store: Store,
  clock: Clock,
  queue: Queue,
  batch: BrowseBatch,
  scan: string,
  options: ReadLetterOptions = {},
): Promise<number> {
  const now = clock.now();
  const read = batch.messages.map((raw) => readLetter(queue, raw, now, options));
  const letters = read.map(({ letter }) => letter);
  const recognised = await recallStates(store, queue, await recogniseReturns(store, letters, now));
  const { inserted } = await store.index.ingest({
    queueId: queue.id,
    letters: batch.messages.flatMap((raw, position) => {
      const [letter, group] = [recognised[position], read[position]?.group];
      return letter && group ? [{ letter, raw, group }] : [];
    }),
    ...(batch.cursor === null ? {} : { cursor: batch.cursor }),
    scan,
  });
  if (queue.capabilities.remove) {
    const fresh = new Set(inserted);
    const known = letters.map((letter) => letter.id).filter((id) => !fresh.has(id));
    await reviveMet(store, known, now);
  }
  return inserted.length;
}
