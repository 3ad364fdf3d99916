import { randomUUID } from 'node:crypto';
import type { Queue, ReaderState } from '#lib/domain/queue.ts';
import type { BrokerDriver, BrowseEnd, QueueFacts } from '#server/brokers/driver.ts';
import { createIngest } from '#server/sync/ingest.ts';
import { progressEveryMs } from '#server/sync/log-progress.ts';
import { readLog, type ReadLogDependencies, type ReadOptions } from '#server/sync/read-log.ts';
import type { QueueStatus } from '#server/store/store.ts';
import { forgottenMark } from '#server/sync/queue-gate.ts';
import { pause } from '#server/sync/repeat.ts';

export interface ReadQueueDependencies extends ReadLogDependencies {
  /** At most so many messages in one scan of a queue that is held or leased meanwhile. */
  readonly scanLimit: number;
}

/**
 * Brings the index to what the broker holds now: a log is followed from where the last read ended, anything else is scanned whole, and what a
 * complete scan did not meet is marked gone. The caller holds the queue's gate. Throws what the driver throws; what was read until then stays.
 */
export async function readQueue(
  dependencies: ReadQueueDependencies,
  queue: Queue,
  options: ReadOptions,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, driver } = dependencies;
  const { facts } = options;
  if (facts.capabilities.browse === 'log') {
    const end = await readLog(dependencies, queue, options, signal);
    for (const lost of end?.lostBefore ?? []) {
      await store.index.markGone(queue.id, { kind: 'before', lane: lost.lane, sequence: lost.before }, clock.now());
    }
    await store.index.ingest({ queueId: queue.id, letters: [], changeMark: facts.changeMark, scan: randomUUID() });
    await store.index.saveQueueStatus(queue.id, {
      reader: { kind: 'live' },
      knownBackTo: null,
      depth: facts.depth,
      syncedAt: clock.now(),
    });
    return;
  }
  const scan = randomUUID();
  const { end, read } = await scanQueue(dependencies, queue, options.insist, scan, signal);
  const now = clock.now();
  const after = await lookAfter(driver, queue.name, facts, signal);
  const sawAll = end?.complete === true && nobodyHeldAny(facts, after, read);
  if (sawAll) await store.index.markGone(queue.id, { kind: 'not-seen-in', scan }, now);
  // Counts that the scan did not confirm may soon read like those of other messages.
  const isConfirmed = !facts.countsOnly || end?.complete !== true || read === facts.depth.count;
  const changeMark = isConfirmed ? facts.changeMark : forgottenMark;
  await store.index.ingest({ queueId: queue.id, letters: [], changeMark, scan });
  await store.index.saveQueueStatus(queue.id, {
    reader: readerAfter(end, read, facts, after, sawAll),
    depth: sawAll ? { count: read, exact: true } : facts.depth,
    ...heldOf(after.facts),
    syncedAt: now,
  });
}

async function scanQueue(
  { store, clock, driver, scanLimit, reading }: ReadQueueDependencies,
  queue: Queue,
  insist: boolean,
  scan: string,
  signal: AbortSignal,
): Promise<{ readonly end: BrowseEnd | null; readonly read: number }> {
  const ingest = createIngest(store, clock, queue, { scan, reading });
  let read = 0;
  let saidAt = 0;
  let end: BrowseEnd | null = null;
  for await (const batch of driver.browse(queue.name, { from: null, insist, limit: scanLimit }, signal)) {
    await ingest.add(batch);
    read = batch.progress.read;
    end = batch.end ?? end;
    if (end === null && clock.now() - saidAt >= progressEveryMs) {
      saidAt = clock.now();
      await store.index.saveQueueStatus(queue.id, { reader: { kind: 'syncing', ...batch.progress } });
    }
  }
  await ingest.finish();
  return { end, read };
}

/** While the counts lag, what was known of it stands; where they are not told, nothing does. */
export function heldOf({ heldByOthers }: Pick<QueueFacts, 'heldByOthers'>): Pick<QueueStatus, 'heldByOthers'> {
  return heldByOthers === 'not yet' ? {} : { heldByOthers: heldByOthers === 'untold' ? null : heldByOthers };
}

/** Counts of what is held may lag by so long behind what the scan itself held. */
const settleMs = 12_000;
const askAgainMs = 500;

interface Aftermath {
  readonly facts: QueueFacts;
  /** The counts had to catch up, and time went by after the scan in which others may have given back what they held during it. */
  readonly late: boolean;
}

/** The facts after a scan, when they tell what others hold, or when they still do not after a while. */
async function lookAfter(
  driver: BrokerDriver,
  queue: string,
  before: QueueFacts,
  signal: AbortSignal,
): Promise<Aftermath> {
  const until = performance.now() + settleMs;
  let facts = await driver.inspect(queue, signal);
  const late = facts.heldByOthers === 'not yet' || typeof before.heldByOthers !== 'number';
  while (facts.heldByOthers === 'not yet' && performance.now() < until && !signal.aborted) {
    await pause(askAgainMs, signal);
    facts = await driver.inspect(queue, signal);
  }
  return { facts, late };
}

/** Whether what a complete scan did not meet is certainly gone, and not in someone's hands during the scan. */
function nobodyHeldAny(before: QueueFacts, after: Aftermath, read: number): boolean {
  if (after.facts.heldByOthers !== 0) return false;
  if (typeof before.heldByOthers === 'number' && before.heldByOthers > 0) return false;
  // More than was read: it came in between, or was given back by whoever held it.
  return !after.late || (after.facts.depth.exact && after.facts.depth.count <= read);
}

function readerAfter(
  end: BrowseEnd | null,
  read: number,
  facts: QueueFacts,
  after: Aftermath,
  sawAll: boolean,
): ReaderState {
  if (sawAll) return { kind: 'live' };
  const of = Math.max(facts.depth.count, read);
  if (end === null || end.complete) {
    const { heldByOthers } = after.facts;
    if (heldByOthers === 0 && !after.late) return { kind: 'live' };
    const held = typeof heldByOthers === 'number' ? heldByOthers : 0;
    const reason =
      heldByOthers === 'untold'
        ? 'Others consume from this queue, and the broker does not tell which messages they hold.'
        : heldByOthers === 0
          ? 'Messages came into this queue while others could hold some of it.'
          : 'Others hold messages of this queue at the moment.';
    return { kind: 'partial', seen: read, of: Math.max(of + held, after.facts.depth.count), reason };
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
