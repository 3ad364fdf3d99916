import { randomUUID } from 'node:crypto';
import type { Queue, ReaderState } from '#lib/domain/queue.ts';
import type { BrokerDriver, BrowseEnd, QueueFacts } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';
import { ingestBatch } from '#server/sync/ingest.ts';

export interface ReadQueueDependencies {
  readonly store: Store;
  readonly driver: BrokerDriver;
  readonly clock: Clock;
  /** At most so many messages in one scan of a queue that is held or leased meanwhile. */
  readonly scanLimit: number;
}

export interface ReadQueueOptions {
  readonly facts: QueueFacts;
  readonly insist: boolean;
}

/** Progress is written at most so often: a commit for every batch would wake every browser. */
const progressEveryMs = 500;

/**
 * Brings the index to what the broker holds now: a log is followed from where the last read ended, anything else is scanned whole, and what a
 * complete scan did not meet is marked gone. The caller holds the queue's gate. Throws what the driver throws; what was read until then stays.
 */
export async function readQueue(
  dependencies: ReadQueueDependencies,
  queue: Queue,
  options: ReadQueueOptions,
  signal: AbortSignal,
): Promise<void> {
  const { store, driver, clock } = dependencies;
  const isLog = options.facts.capabilities.browse === 'log';
  const before = await store.index.getSyncState(queue.id);
  const scan = randomUUID();
  const browse = isLog
    ? { from: before.cursor, insist: options.insist }
    : { from: null, insist: options.insist, limit: dependencies.scanLimit };

  let read = 0;
  let saidAt = 0;
  let end: BrowseEnd | null = null;
  for await (const batch of driver.browse(queue.name, browse, signal)) {
    await ingestBatch(store, clock, queue, batch, scan);
    read = batch.progress.read;
    end = batch.end ?? end;
    if (end === null && clock.now() - saidAt >= progressEveryMs) {
      saidAt = clock.now();
      await store.index.saveQueueStatus(queue.id, { reader: { kind: 'syncing', ...batch.progress } });
    }
  }

  const now = clock.now();
  for (const lost of [...options.facts.lostBefore, ...(end?.lostBefore ?? [])]) {
    await store.index.markGone(queue.id, { kind: 'before', lane: lost.lane, sequence: lost.before }, now);
  }
  const heldByOthers = isLog ? 0 : (await driver.inspect(queue.name, signal)).heldByOthers;
  const sawAll = end?.complete === true && options.facts.heldByOthers === 0 && heldByOthers === 0;
  if (!isLog && sawAll) await store.index.markGone(queue.id, { kind: 'not-seen-in', scan }, now);
  await store.index.ingest({ queueId: queue.id, letters: [], changeMark: options.facts.changeMark, scan });
  await store.index.saveQueueStatus(queue.id, {
    reader: readerAfter(end, read, options.facts, heldByOthers),
    depth: isLog || !sawAll ? options.facts.depth : { count: read, exact: true },
    heldByOthers,
    syncedAt: now,
  });
}

function readerAfter(end: BrowseEnd | null, read: number, facts: QueueFacts, heldByOthers: number): ReaderState {
  if (facts.capabilities.browse === 'log') return { kind: 'live' };
  const of = Math.max(facts.depth.count, read);
  if (end === null || end.complete) {
    return heldByOthers === 0
      ? { kind: 'live' }
      : {
          kind: 'partial',
          seen: read,
          of: of + heldByOthers,
          reason: 'Others hold messages of this queue at the moment.',
        };
  }
  return { kind: 'partial', seen: read, of, reason: endReasons[end.reason] };
}

const endReasons: Readonly<Record<BrowseEnd['reason'], string>> = {
  'reached-end': 'The broker did not show all of them.',
  limit: 'The scan ended at its limit.',
  lease: 'The scan ended before its lease did.',
  'heads-of-groups': 'A FIFO queue shows only the first messages of each group.',
  sampled: 'The broker shows a sample.',
  'byte-cap': 'The scan ended at its memory limit.',
};
