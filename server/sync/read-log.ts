import { randomUUID } from 'node:crypto';
import type { Queue } from '#lib/domain/queue.ts';
import type { BrokerDriver, BrowseBatch, BrowseEnd, QueueFacts } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';
import { createIngest } from '#server/sync/ingest.ts';
import { createLogProgress } from '#server/sync/log-progress.ts';
import { type TroubledTopics, withOriginals } from '#server/sync/original-records.ts';
import type { ReadLetterOptions } from '#server/sync/read-letter.ts';
import { createSlices } from '#server/sync/slices.ts';
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

/** A log with fewer messages is read at once, from its beginning. */
const atOnceMax = 2_000;

/**
 * Follows a log from where the last read ended. A long one that was never read is read backwards from its newest end, slice by slice, and between two slices
 * what has arrived meanwhile: after each slice what is known is one stretch of time up to now. Where a slice ends is written with its last messages, so a crash costs
 * no more than the slice that was under way. Answers how the last read of the newer end ended.
 */
export async function readLog(
  dependencies: ReadLogDependencies,
  queue: Queue,
  { facts, insist }: ReadOptions,
  signal: AbortSignal,
): Promise<BrowseEnd | null> {
  const { store, clock, driver, turns, reading } = dependencies;
  const troubled: TroubledTopics = new Map();
  const progress = createLogProgress(store, clock, queue.id, facts.depth.count);
  let { cursor } = await store.index.getSyncState(queue.id);
  let ingest = ingestFrom(cursor);
  const slices = createSlices(queue.name, cursor === null);

  function ingestFrom(place: string | null) {
    const scan = randomUUID();
    return { scan, ...createIngest(store, clock, queue, { scan, cursor: place, reading }) };
  }

  async function take(batch: BrowseBatch): Promise<void> {
    if (batch.startsAnew === true) {
      // Before the reader's position moves on: a crash in between repeats it. Nothing was seen in this scan so far, so everything is gone.
      await ingest.finish();
      ingest = ingestFrom(cursor);
      await store.index.markGone(queue.id, { kind: 'not-seen-in', scan: ingest.scan }, clock.now());
    }
    const whole = await withMessages({ driver, reading, troubled }, queue, batch, signal);
    await turns.take(queue.id, () => ingest.add(whole));
    ({ cursor } = batch);
  }

  /** Reads on from where the reader stands, in one direction. */
  async function browse(direction: { readonly backwards?: true; readonly limit?: number }) {
    let [end, read]: [BrowseEnd | null, number] = [null, 0];
    for await (const batch of driver.browse(queue.name, { from: cursor, insist, ...direction }, signal)) {
      await take(batch);
      ({ end } = batch);
      read = batch.progress.read;
      await progress.met(batch, direction.backwards === true ? 'older' : 'newer');
    }
    return { end, read };
  }

  /** A read ends at a limit of bytes; a log goes on behind it. */
  async function readNewer(): Promise<BrowseEnd | null> {
    for (;;) {
      const { end, read } = await browse({});
      if (end?.reason !== 'byte-cap' || read === 0) return end;
    }
  }

  async function readSlice(): Promise<void> {
    const before = cursor;
    const { end, read } = await browse({ backwards: true, limit: slices.next() });
    // A limit of bytes ended it before it was complete.
    if (cursor === before && end?.reason === 'byte-cap') slices.cutOff(read);
  }

  if (cursor === null && facts.depth.count > atOnceMax) await readSlice();
  for (;;) {
    const end = await readNewer();
    await progress.caughtUp(end);
    if (end?.older === undefined) {
      await ingest.finish();
      return end;
    }
    await readSlice();
  }
}

/** Bytes of original records in a batch. */
const originalBytesMax = 64 << 20;

/** Before it is this queue's turn: the broker is asked meanwhile. */
async function withMessages(
  {
    driver,
    reading,
    troubled,
  }: Pick<ReadLogDependencies, 'driver' | 'reading'> & { readonly troubled: TroubledTopics },
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
