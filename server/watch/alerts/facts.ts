import type { GroupTriage } from '#lib/domain/error-group.ts';
import type { Connection, Queue } from '#lib/domain/queue.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import { type ClosedLetters, countClosedLetters } from '#server/queries/closed-letters.ts';
import { readTriage } from '#server/queries/read-triage.ts';
import { withWholeGroups } from '#server/queries/whole-groups.ts';
import { groupsAskedFor } from '#lib/groups/expand-groups.ts';
import type { Arrival, ArrivalLog } from '#server/watch/alerts/arrivals.ts';
import type { QueueSummary, Store } from '#server/store/store.ts';

/** What several rules ask for in one round: each is read once, and only where somebody asks. */
export interface Facts {
  readonly store: Store;
  readonly now: number;
  /** When the last round was; `null` before the first. What came about since then was not looked at yet. */
  readonly lastAt: number | null;
  /** Where the index ended at the last round, and what it met since then that is news, see `newsOf`. */
  readonly lastPlace: number | null;
  readonly news: readonly Arrival[];
  /** As many of a queue were news from then on, without those of problems that nobody is concerned about. */
  countNews(queueId: string, from: number): Promise<number>;
  /** Of its messages with a time in the range so many are discarded ones again, without those of problems that nobody is concerned about. */
  countRestored(queueId: string, range: { readonly from: number; readonly to: number }): Promise<number>;
  /** Masks what messages said. */
  text(said: string): string;
  /** Of the configuration: what the store still knows of others concerns nobody. */
  isConfigured(connection: string): boolean;
  /** How often the lag of a connection is read; `null`: never. */
  lagEveryMs(connection: string): number | null;
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

export type GivenFacts = Pick<
  Facts,
  'store' | 'now' | 'lastAt' | 'lastPlace' | 'news' | 'isConfigured' | 'lagEveryMs' | 'text' | 'baselineOf'
> & { readonly log: ArrivalLog };

export function createFacts({ log, ...given }: GivenFacts): Facts {
  const { store, now, news, isConfigured } = given;
  const triage = once(() => readTriage(store));
  const closed = once(async () => countClosedLetters(store, await triage(), now));
  const notClosed = once(async (): Promise<Filter | null> => {
    const { fingerprints } = await closed();
    if (fingerprints.length === 0) return null;
    return { kind: 'not', term: await withWholeGroups(store, { kind: 'group', fingerprints }) };
  });
  const closedParts = once(async () => new Set(groupsAskedFor((await notClosed()) ?? { kind: 'all' })));
  const newsByQueue = once(async () => Map.groupBy(news, ({ queueId }) => queueId));
  const hasRestores = once(async () =>
    (await store.ledger.measureReplays()).replays.some(({ action }) => action === 'restore'),
  );
  return {
    ...given,
    async countRestored(queueId, range) {
      if (!(await hasRestores())) return 0;
      const [except, counts] = await Promise.all([closedParts(), store.index.countRestored(queueId, range)]);
      return counts.reduce((sum, { fingerprint, count }) => (except.has(fingerprint) ? sum : sum + count), 0);
    },
    async countNews(queueId, from) {
      const [except, byQueue] = await Promise.all([closedParts(), newsByQueue()]);
      const now = (byQueue.get(queueId) ?? []).filter(({ fingerprint }) => !except.has(fingerprint));
      return now.reduce((sum, { count }) => sum + count, log.count(queueId, from, except));
    },
    connections: once(async () => (await store.index.listConnections()).filter(({ name }) => isConfigured(name))),
    queues: once(async () => (await store.index.listQueues()).filter(({ connection }) => isConfigured(connection))),
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
