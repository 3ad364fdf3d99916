import { randomUUID } from 'node:crypto';
import type { Queue } from '#lib/domain/queue.ts';
import type { BrokerDriver, BrowseBatch, BrowseEnd, QueueFacts } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';
import { createIngest } from '#server/sync/ingest.ts';
import { type TroubledTopics, withOriginals } from '#server/sync/original-records.ts';
import type { ReadLetterOptions } from '#server/sync/read-letter.ts';
import type { Turns } from '#server/sync/turns.ts';

export interface ReadLogDependencies {
  readonly store: Store;
  readonly driver: BrokerDriver;
  readonly clock: Clock;
  /** Logs catch up one batch at a time; a scan waits for nobody, because its messages are held meanwhile. */
  readonly turns: Turns;
  /** How dead letters are read into the index. */
  readonly reading?: ReadLetterOptions | undefined;
}

export interface ReadOptions {
  readonly facts: QueueFacts;
  readonly insist: boolean;
}

interface LogReading extends ReadLogDependencies {
  readonly troubled: TroubledTopics;
}

/** Progress is written at most so often: a commit for every batch would wake every browser. */
export const progressEveryMs = 500;

/** What people look at first: the first page at once, then enough of each group to tell what is going on. */
const firstPageMax = 200;
const newestMax = 2_000;

/**
 * Follows a log from where the last read ended. One that was never read is shown from its newest end first, and then read from its beginning: the
 * reader's position moves only with the second, so a crash in between repeats the first, and costs nothing but its time.
 */
export async function readLog(
  given: ReadLogDependencies,
  queue: Queue,
  { facts, insist }: ReadOptions,
  signal: AbortSignal,
): Promise<{ readonly end: BrowseEnd | null; readonly read: number }> {
  const dependencies: LogReading = { ...given, troubled: new Map() };
  const { store, clock } = dependencies;
  let { cursor } = await store.index.getSyncState(queue.id);
  if (cursor === null && facts.depth.count > newestMax)
    for (const limit of [firstPageMax, newestMax]) await readNewest(dependencies, queue, { limit, insist }, signal);

  let read = 0;
  let saidAt = 0;
  for (;;) {
    const before = read;
    const scan = randomUUID();
    let end: BrowseEnd | null = null;
    const ingest = createIngest(store, clock, queue, { scan, cursor, reading: dependencies.reading });
    for await (const batch of dependencies.driver.browse(queue.name, { from: cursor, insist }, signal)) {
      if (batch.startsAnew === true) {
        // Before the reader's position moves on: a crash in between repeats it. Nothing was seen in this scan so far, so everything is gone.
        await store.index.markGone(queue.id, { kind: 'not-seen-in', scan }, clock.now());
      }
      const whole = await withMessages(dependencies, queue, batch, signal);
      await dependencies.turns.take(queue.id, () => ingest.add(whole));
      const { progress } = batch;
      read = before + progress.read;
      cursor = batch.cursor;
      end = batch.end;
      if (end === null && clock.now() - saidAt >= progressEveryMs) {
        saidAt = clock.now();
        const of = progress.of === null ? null : before + progress.of;
        await store.index.saveQueueStatus(queue.id, { reader: { kind: 'syncing', ...progress, read, of } });
      }
    }
    await ingest.finish();
    // A read ends at a limit of bytes; a log goes on behind it.
    if (end?.reason !== 'byte-cap' || read === before) return { end, read };
  }
}

/** Bytes of original records in a batch. */
const originalBytesMax = 64 << 20;

/** Before it is this queue's turn: the broker is asked meanwhile. */
async function withMessages(
  { driver, reading, troubled }: LogReading,
  { kind, name: queueName, origins }: Queue,
  batch: BrowseBatch,
  signal: AbortSignal,
): Promise<BrowseBatch> {
  const options = { conventions: reading?.conventions, bytesMax: originalBytesMax, troubled };
  return {
    ...batch,
    messages: await withOriginals(driver, { kind, queueName, origins }, batch.messages, options, signal),
  };
}

async function readNewest(
  dependencies: LogReading,
  queue: Queue,
  options: { readonly limit: number; readonly insist: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, driver, reading, turns } = dependencies;
  const ingest = createIngest(store, clock, queue, { scan: randomUUID(), reading });
  for await (const batch of driver.browse(queue.name, { from: null, newest: true, ...options }, signal)) {
    const whole = await withMessages(dependencies, queue, batch, signal);
    await turns.take(queue.id, () => ingest.add(whole));
    const reader = { kind: 'syncing', ...batch.progress } as const;
    if (batch.end) await store.index.saveQueueStatus(queue.id, { reader });
  }
  await ingest.finish();
}
