import type { Alert } from '#lib/alerts/alert.ts';
import type { ConnectionLag } from '#lib/domain/lag.ts';
import type { Connection, Queue } from '#lib/domain/queue.ts';
import type { AlertLedger } from '#server/store/alert-ledger.ts';
import type { Arrivals, QueueMeasure, ReplayMeasures } from '#server/store/measure-store.ts';
import type { Store } from '#server/store/store.ts';
import type { Count } from '#server/store/watch-store.ts';

/** What the store knows at the moment of a scrape. */
export interface Snapshot {
  readonly at: number;
  /** What only the engine can know stands as of its last sign of life; `null`: it never gave one. */
  readonly engine: { readonly isLive: boolean; readonly seenAt: number | null };
  readonly connections: readonly Connection[];
  readonly queues: readonly Queue[];
  readonly measures: ReadonlyMap<string, QueueMeasure>;
  readonly replays: ReplayMeasures;
  readonly alerts: {
    readonly firing: readonly Alert[];
    readonly reports: Awaited<ReturnType<AlertLedger['listReceiverReports']>>;
  };
  readonly lag: readonly ConnectionLag[];
  readonly counts: readonly Count[];
  readonly arrivals: readonly Arrivals['counts'][number][];
  /** Handed to the next one, once these were counted. */
  readonly arrivedUpTo: number;
  /** Whether that is everything that had come when the queues were read. */
  readonly arrivalsAreAll: boolean;
}

/** Of what arrived since the last scrape so much is looked at; the rest is counted by the next. */
const arrivalCallsMax = 4;

/** What of the scrape before the next one goes on from. */
export type Before = Pick<Snapshot, 'arrivedUpTo' | 'lag'>;

/** `connections` are those that are configured: what the store remembers of others is not how things are. */
export async function readSnapshot(
  store: Store,
  { at, engine }: Pick<Snapshot, 'at' | 'engine'>,
  connections: ReadonlySet<string>,
  before: Before,
): Promise<Snapshot> {
  const ofQueues = async () => {
    // Before what is in them: of a queue that had been read whole by then, all that its first read met is in it.
    const queues = await store.index.listQueues();
    const [measures, arrived] = await Promise.all([
      store.index.measureQueues(),
      readArrivals(store, before.arrivedUpTo),
    ]);
    return { queues, measures, arrived };
  };
  const [{ queues, measures, arrived }, known, replays, standing, reports, lag, counts] = await Promise.all([
    ofQueues(),
    store.index.listConnections(),
    store.ledger.measureReplays(),
    store.ledger.listStandingAlerts(),
    store.ledger.listReceiverReports(),
    readLag(store, before.lag),
    store.watch.readCounts(),
  ]);
  return {
    at,
    engine,
    connections: known.filter(({ name }) => connections.has(name)),
    queues: queues.filter(({ connection }) => connections.has(connection)),
    measures: new Map(measures.map((measure) => [measure.queueId, measure])),
    replays,
    alerts: { firing: standing.filter(({ phase }) => phase === 'firing'), reports },
    lag: lag.filter(({ connection }) => connections.has(connection)),
    counts: counts.filter(({ labels }) => labels['connection'] === undefined || connections.has(labels['connection'])),
    ...arrived,
  };
}

/** Ten thousand rows come from the store's thread once a reading; the same rows are the same array. */
async function readLag({ watch }: Pick<Store, 'watch'>, before: Before['lag']): Promise<Snapshot['lag']> {
  const had = new Map(before.flatMap(({ connection, at, rows }) => (at === null ? [] : [[connection, { at, rows }]])));
  const latest = await watch.latestLag({ had: new Map([...had].map(([connection, { at }]) => [connection, at])) });
  return latest.map((each) => {
    const same = had.get(each.connection);
    return same && same.at === each.at ? { ...each, rows: same.rows } : each;
  });
}

async function readArrivals(
  { index }: Pick<Store, 'index'>,
  after: number,
): Promise<Pick<Snapshot, 'arrivals' | 'arrivedUpTo' | 'arrivalsAreAll'>> {
  const arrivals: Arrivals['counts'][number][] = [];
  let arrivedUpTo = after;
  let arrivalsAreAll = false;
  for (let call = 0; call < arrivalCallsMax && !arrivalsAreAll; call += 1) {
    const next = await index.countArrivals(arrivedUpTo);
    arrivals.push(...next.counts);
    arrivedUpTo = next.upTo;
    arrivalsAreAll = next.isAll;
  }
  return { arrivals, arrivedUpTo, arrivalsAreAll };
}
