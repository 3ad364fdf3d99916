import type { AlertSubject } from '#lib/alerts/alert.ts';
import type { Observation } from '#lib/alerts/round.ts';
import { counted, numberWords } from '#lib/alerts/words.ts';
import type { LagPoint } from '#lib/domain/lag.ts';

/** A consumer group without a single member: what it is behind on topics that are watched. */
export interface SeenDeadGroup {
  readonly connection: string;
  readonly group: string;
  /** The furthest behind first. */
  readonly topics: readonly { readonly topic: string; readonly lag: number }[];
  /** Dead-letter queues of what it read. */
  readonly queueIds: readonly string[];
}

/** Not of one topic, as that of a lag is: who reads for a group reads for all of its topics. */
export function deadGroupSubject({ connection, group }: Pick<SeenDeadGroup, 'connection' | 'group'>): AlertSubject {
  return { kind: 'consumer-group', id: `${connection}/${group}`, label: group, queueIds: [] };
}

/** `isNow`: it has been read just now. */
export function observeDeadGroup({ connection, group, topics, queueIds }: SeenDeadGroup, isNow: boolean): Observation {
  const [first, ...others] = topics;
  const more = others.length === 0 ? '' : ` and ${counted(others.length, 'more topic')}`;
  const lag = topics.reduce((sum, topic) => sum + topic.lag, 0);
  return {
    subject: { ...deadGroupSubject({ connection, group }), queueIds },
    value: isNow ? lag : null,
    sentence: `Nobody reads for consumer group ${group} (${connection}): it has no members and is ${numberWords(lag)} behind on ${first?.topic ?? 'its topics'}${more}`,
    path: `/lag?${new URLSearchParams({ connection, group }).toString()}`,
  };
}

/**
 * Whether a lag has grown since it last fell. A reader that is no member of its group (one that is given its partitions, as Flink's) commits now and then, and
 * between two commits its lag looks like that of a dead one; so since `since` it must not have fallen.
 *
 * @param points single samples, the oldest first
 */
export function growsUnread(points: readonly Pick<LagPoint, 'at' | 'last'>[], since: number): boolean {
  const known = points.flatMap(({ at, last }) => (last === null ? [] : [{ at, lag: last }]));
  const newest = known.at(-1);
  if (!newest) return false;
  const fell = known.findLastIndex(({ lag }, index) => lag < (known[index - 1]?.lag ?? lag));
  if (fell >= 0 && (known[fell]?.at ?? 0) > since) return false;
  return newest.lag > (known[Math.max(0, fell)]?.lag ?? newest.lag);
}
