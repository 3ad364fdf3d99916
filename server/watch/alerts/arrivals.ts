import type { Queue } from '#lib/domain/queue.ts';
import type { Arrivals } from '#server/store/measure-store.ts';
import type { MessageIndex } from '#server/store/store.ts';

/** How many dead letters of a group the index met in a queue. */
export type Arrival = Arrivals['counts'][number];

/** All that the index met after a place in its order of arrival; `null` begins at its end. `wasSetAside`: it is another index, which reads everything anew. */
export async function readArrivals(
  index: Pick<MessageIndex, 'countArrivals'>,
  place: number | null,
): Promise<{ readonly upTo: number; readonly wasSetAside: boolean; readonly counts: readonly Arrival[] }> {
  const counts: Arrival[] = [];
  let at = await index.countArrivals(place);
  const wasSetAside = place !== null && at.upTo < place;
  for (counts.push(...at.counts); !at.isAll; counts.push(...at.counts)) at = await index.countArrivals(at.upTo);
  return { upTo: at.upTo, wasSetAside, counts };
}

/**
 * What of it is news, whatever times the messages say: not what a connection's first read found, and not what is read backwards of a log, which are both
 * history. `baselines`: of before the arrivals were counted.
 */
export function newsOf(
  counts: readonly Arrival[],
  queues: readonly Queue[],
  baselines: Readonly<Record<string, number>>,
): readonly Arrival[] {
  const followed = new Set(
    queues
      .filter(({ connection, knownBackTo }) => baselines[connection] !== undefined && knownBackTo === null)
      .map(({ id }) => id),
  );
  return counts.filter(({ queueId }) => followed.has(queueId));
}

/** The news of the last rounds, for what counts a stretch. Lost with the process: then the times that the messages say stand alone for a stretch. */
export interface ArrivalLog {
  add(at: number, news: readonly Arrival[]): void;
  /** Of a queue, from then on, without these groups. */
  count(queueId: string, from: number, except: ReadonlySet<string>): number;
}

export function createArrivalLog(keptMs: number): ArrivalLog {
  let rounds: { readonly at: number; readonly byQueue: ReadonlyMap<string, readonly Arrival[]> }[] = [];
  return {
    add(at, news) {
      rounds = rounds.filter((round) => round.at >= at - keptMs);
      if (keptMs > 0 && news.length > 0) rounds.push({ at, byQueue: Map.groupBy(news, ({ queueId }) => queueId) });
    },
    count: (queueId, from, except) =>
      rounds
        .filter(({ at }) => at >= from)
        .flatMap(({ byQueue }) => byQueue.get(queueId) ?? [])
        .reduce((sum, { fingerprint, count }) => (except.has(fingerprint) ? sum : sum + count), 0),
  };
}
