import type { Queue, ReaderState } from '#lib/domain/queue.ts';
import { queueExpiry } from '#lib/expiry/expiry.ts';
import { createFamily, type Family, labelsOf } from '#server/watch/metrics/families.ts';
import type { Snapshot } from '#server/watch/metrics/snapshot.ts';

/** What waits in each dead-letter queue. What is not known has no sample. */
export function createQueueMetrics(queuesMax: number) {
  const gauge = (name: string, help: string) => createFamily('gauge', `redeliver_queue_${name}`, help);
  const depth = gauge('depth_messages', 'Messages in the queue as the broker tells; an estimate on SQS.');
  const held = gauge('held_messages', 'Messages that somebody holds unacknowledged or in flight.');
  const open = gauge(
    'open_messages',
    'Dead letters in the index that are not gone, replayed or discarded. Absent before the first read.',
  );
  const oldest = gauge('oldest_age_seconds', 'Age of the oldest open dead letter.');
  const expiry = gauge(
    'soonest_expiry_seconds',
    'Until the broker deletes the first of the open dead letters by itself; below 0 it may be gone. bound at_least: no earlier, perhaps later.',
  );
  const delay = gauge(
    'sync_delay_seconds',
    'How long the index has been behind the queue: 0 while it is followed. Absent before the first read.',
  );
  const reader = gauge('reader_state', 'Always 1: the state that the reader of the queue is in.');
  const families: readonly Family[] = [depth, held, open, oldest, expiry, delay, reader];
  /** By queue: what stays is escaped once. */
  let written = new Map<string, string>();

  return {
    families,
    /** Answers how many queues were left out. */
    update({ at, engine, queues, measures }: Snapshot): number {
      for (const each of families) each.clear();
      const kept = new Map<string, string>();
      for (const queue of queues.slice(0, queuesMax)) {
        const labels = written.get(queue.id) ?? labelsOf({ connection: queue.connection, queue: queue.name });
        kept.set(queue.id, labels);
        if (engine.isLive) reader.add(`${labels},state="${queue.reader.kind}"`, 1);
        if (engine.isLive && !notLookedAt.has(queue.reader.kind)) {
          if (queue.depth) depth.add(labels, queue.depth.count);
          if (queue.heldByOthers !== null) held.add(labels, queue.heldByOthers);
        }
        const measure = measures.get(queue.id);
        if (queue.syncedAt !== null) open.add(labels, openOf(measure?.byState));
        // What a log that is read backwards has not met yet is older.
        const oldestAt = queue.syncedAt === null || queue.knownBackTo !== null ? null : (measure?.oldestAt ?? null);
        if (oldestAt !== null) oldest.add(labels, Math.max(0, at - oldestAt) / 1000);
        const expires = queueExpiry(queue, measure);
        if (expires && queue.reader.kind !== 'missing')
          expiry.add(`${labels},bound="${expires.bound.replaceAll('-', '_')}"`, (expires.at - at) / 1000);
        const behind = syncDelayMs(queue, at, engine);
        if (behind !== null) delay.add(labels, behind / 1000);
      }
      written = kept;
      return Math.max(0, queues.length - queuesMax);
    },
  };
}

/** What the broker told of such a queue was told before. */
const notLookedAt: ReadonlySet<ReaderState['kind']> = new Set(['missing', 'failing', 'waiting']);

const closedStates: ReadonlySet<string> = new Set(['gone', 'replayed', 'discarded']);

function openOf(byState: Readonly<Partial<Record<string, number>>> = {}): number {
  return Object.entries(byState).reduce((sum, [state, n]) => (closedStates.has(state) ? sum : sum + (n ?? 0)), 0);
}

/**
 * Since when the index is known to lack something of the queue; `null` where nobody knows what the queue holds. What was followed is not while the
 * engine is silent.
 */
export function syncDelayMs(
  { reader, syncedAt }: Pick<Queue, 'reader' | 'syncedAt'>,
  now: number,
  engine: Snapshot['engine'],
): number | null {
  switch (reader.kind) {
    case 'live':
      return engine.isLive ? 0 : since(engine.seenAt ?? syncedAt, now);
    case 'failing':
      return since(reader.since, now);
    case 'syncing':
    case 'partial':
    case 'refused':
      return since(syncedAt, now);
    case 'waiting':
    case 'missing':
      return null;
  }
  return noSuchState(reader);
}

function since(at: number | null, now: number): number | null {
  return at === null ? null : Math.max(0, now - at);
}

function noSuchState(reader: never): never {
  throw new TypeError(`There is no such state of a reader: ${(reader as ReaderState).kind}`);
}
