import type { Queue } from '#lib/domain/queue.ts';
import { splitting } from '#lib/groups/split-group.ts';
import type { BrowseBatch } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { IngestBatch, Store } from '#server/store/store.ts';
import { decodeNew } from '#server/sync/decode-new.ts';
import { readLetter, type ReadLetterOptions } from '#server/sync/read-letter.ts';
import { recallStates } from '#server/sync/recall-states.ts';
import { reviveMet } from '#server/sync/revive.ts';
import { asRestored, recogniseRestored } from '#server/sync/recognise-restored.ts';
import { recogniseReturns } from '#server/sync/recognise-returns.ts';

/** Batches on their way into the index: one is written while the next are read and understood. */
export interface Ingest {
  /** Settles when the batch is understood and there is room for the next one. Throws what an earlier one failed with; nothing is written after that one. */
  add(batch: BrowseBatch): Promise<void>;
  /** Settles when all of them are written; throws what one failed with. */
  finish(): Promise<void>;
}

export interface IngestOptions {
  readonly scan: string;
  /** Where the reader of a log stands before the first batch; absent where its position stays as it is. */
  readonly cursor?: string | null;
  readonly reading?: ReadLetterOptions | undefined;
}

/** Each holds the bytes of its messages. */
const underWayMax = 2;

export function createIngest(store: Store, clock: Clock, queue: Queue, options: IngestOptions): Ingest {
  const underWay: Promise<void>[] = [];
  let cursor = options.cursor;

  const finish = async (): Promise<void> => {
    while (underWay.length > 0) await underWay.shift();
  };

  async function understand({ messages }: BrowseBatch, now: number): Promise<IngestBatch['letters']> {
    const read = messages.map((raw) => readLetter(queue, raw, now, options.reading));
    const letters = read.map(({ letter }) => letter);
    // What a return came from may be on its way.
    if (letters.some((letter) => letter.replay !== null)) await finish();
    const fresh = messages.flatMap((raw, position) => {
      const letter = letters[position];
      return letter ? [{ letter, raw }] : [];
    });
    const restored = await recogniseRestored(store, messages, letters, now);
    const returned = await recogniseReturns(store, queue.id, fresh, now, options.reading, restored);
    const recognised = await recallStates(store, queue, await asRestored(store, returned, restored));
    const ids = letters.map(({ id }) => id);
    const decoded = await decodeNew(options.reading?.bodies, store.index, queue, messages, ids);
    const split = splitting(await store.ledger.listSplits());
    return messages.flatMap((raw, position) => {
      const [letter, whole] = [recognised[position], read[position]?.group];
      if (!letter || !whole) return [];
      const group = split(whole, { queueId: queue.id, eventType: letter.eventType });
      const shown = group === whole ? letter : { ...letter, fingerprint: group.id };
      return [{ letter: shown, raw, group, decoded: decoded?.[position] }];
    });
  }

  async function write(batch: IngestBatch, now: number): Promise<void> {
    const { inserted } = await store.index.ingest(batch);
    if (!queue.capabilities.remove) return;
    const fresh = new Set(inserted);
    const known = batch.letters.map(({ letter }) => letter.id).filter((id) => !fresh.has(id));
    await reviveMet(store, known, now);
  }

  return {
    async add(batch) {
      const now = clock.now();
      const letters = await understand(batch, now);
      while (underWay.length >= underWayMax) await underWay.shift();
      const position = cursor === undefined || batch.cursor === null ? {} : { cursor: batch.cursor, after: cursor };
      const written = write({ queueId: queue.id, letters, scan: options.scan, ...position }, now);
      // It may fail while the next one is read.
      written.catch(() => undefined);
      underWay.push(written);
      cursor = position.cursor ?? cursor;
    },
    finish,
  };
}
