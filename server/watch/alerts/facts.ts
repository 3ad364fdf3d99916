import type { GroupTriage } from '#lib/domain/error-group.ts';
import type { Connection, Queue } from '#lib/domain/queue.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import { type ClosedLetters, countClosedLetters } from '#server/queries/closed-letters.ts';
import { readTriage } from '#server/queries/read-triage.ts';
import { withWholeGroups } from '#server/queries/whole-groups.ts';
import type { QueueSummary, Store } from '#server/store/store.ts';

/** What several rules ask for in one round: each is read once, and only where somebody asks. */
export interface Facts {
  readonly store: Store;
  readonly now: number;
  /** When the last round was; `null` before the first. What came about since then was not looked at yet. */
  readonly lastAt: number | null;
  /** Masks what messages said. */
  text(said: string): string;
  connections(): Promise<readonly Connection[]>;
  queues(): Promise<readonly Queue[]>;
  summaries(): Promise<ReadonlyMap<string, QueueSummary>>;
  triage(): Promise<readonly GroupTriage[]>;
  closed(): Promise<ClosedLetters>;
  /** What of a queue, or of all, concerns anybody: not what is in a group that a person ignored or resolved. */
  concerning(of: Filter): Promise<Filter>;
  /** A connection's messages that only their arrival dates were there when we came, if they arrived by then; `null` while it is read for the first time. */
  baselineOf(connection: string): number | null;
}

/** Of a queue that is gone nothing changes any more. */
export async function watchedQueues(facts: Facts, patterns: readonly string[] | null): Promise<readonly Queue[]> {
  const queues = (await facts.queues()).filter(({ reader }) => reader.kind !== 'missing');
  return patterns === null ? queues : queues.filter(({ id }) => isWatched(patterns, [id]));
}

export function isWatched(patterns: readonly string[] | null, names: readonly string[]): boolean {
  return patterns === null || names.some((name) => patterns.some((pattern) => matchesQueue(pattern, name)));
}

export function createFacts(given: Pick<Facts, 'store' | 'now' | 'lastAt' | 'text' | 'baselineOf'>): Facts {
  const { store, now } = given;
  const triage = once(() => readTriage(store));
  const closed = once(async () => countClosedLetters(store, await triage(), now));
  const notClosed = once(async (): Promise<Filter | null> => {
    const { fingerprints } = await closed();
    if (fingerprints.length === 0) return null;
    return { kind: 'not', term: await withWholeGroups(store, { kind: 'group', fingerprints }) };
  });
  return {
    ...given,
    connections: once(() => store.index.listConnections()),
    queues: once(() => store.index.listQueues()),
    summaries: once(async () => {
      const rows = await store.index.summariseQueues(now);
      return new Map(rows.map((row) => [row.queueId, row]));
    }),
    triage,
    closed,
    async concerning(of) {
      const rest = await notClosed();
      return rest ? { kind: 'and', terms: [of, rest] } : of;
    },
  };
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | null = null;
  return () => (reading ??= read());
}
