import { type Queue, splitQueueId } from '#lib/domain/queue.ts';
import { createFamily, type Family, labelsOf } from '#server/watch/metrics/families.ts';
import type { Snapshot } from '#server/watch/metrics/snapshot.ts';

/** Groups beyond the bound are counted together under this name, which is no fingerprint. */
const others = 'other';

/** A group that nothing came to for so long gives its place to one that something comes to. */
const idleMs = 3_600_000;
const titleCharactersMax = 120;

export interface ArrivalMetrics {
  readonly families: readonly Family[];
  update(snapshot: Snapshot): void;
  /** Groups with series of their own whose titles are not known yet. */
  untitled(): readonly string[];
  name(groups: readonly { readonly fingerprint: string; readonly title: string }[]): void;
}

/** What came to one queue since the process began: to each group that has a place, and to the others. */
interface QueueArrivals {
  readonly labels: string;
  total: number;
  readonly named: Map<string, { count: number; lastAt: number }>;
  other: number;
}

/**
 * Dead letters that arrived since the process began, by queue and group. A queue has places for so many groups: they go to groups in the order in which
 * something comes to them, so that a counter never falls while it is there. What the first read of a queue meets did not arrive: `known` are the queues
 * as they were when the process began. `mask` is for titles, which quote messages.
 */
export function createArrivalMetrics(
  limits: { readonly queuesMax: number; readonly groupsPerQueue: number },
  known: readonly Queue[],
  mask: (text: string) => string,
): ArrivalMetrics {
  const ofQueues = createFamily(
    'counter',
    'redeliver_queue_arrivals_total',
    'Dead letters that arrived since the process began, in a queue that was new to it since the first scrape after its first read: the index met them for the first time.',
  );
  const ofGroups = createFamily(
    'counter',
    'redeliver_arrivals_total',
    'The same by queue and group, from the first that arrived. Groups beyond the bound count as "other".',
  );
  const info = createFamily(
    'gauge',
    'redeliver_group_info',
    'Always 1: the title of a group that arrivals are counted for.',
  );
  const byQueue = new Map<string, QueueArrivals>();
  /** Of every group that has a place in some queue. */
  let titles = new Map<string, string>();
  /** Of these everything that was there has been met. */
  let followed: ReadonlySet<string> = new Set(known.filter(isReadWhole).map(({ id }) => id));

  function arrivalsOf(queueId: string): QueueArrivals {
    const counted = byQueue.get(queueId);
    if (counted) return counted;
    const { connection = '', name = '' } = splitQueueId(queueId) ?? {};
    const begun = {
      labels: labelsOf({ connection, queue: name }),
      total: 0,
      named: new Map<string, never>(),
      other: 0,
    };
    byQueue.set(queueId, begun);
    return begun;
  }

  function count(queue: QueueArrivals, fingerprint: string, n: number, at: number): void {
    queue.total += n;
    const place = queue.named.get(fingerprint);
    if (!place && queue.named.size >= limits.groupsPerQueue) {
      const [idlest] = [...queue.named].toSorted(([, a], [, b]) => a.lastAt - b.lastAt);
      if (!idlest || at - idlest[1].lastAt < idleMs) {
        queue.other += n;
        return;
      }
      queue.named.delete(idlest[0]);
    }
    queue.named.set(fingerprint, { count: (place?.count ?? 0) + n, lastAt: at });
  }

  return {
    families: [ofQueues, ofGroups, info],
    update(snapshot) {
      for (const family of [ofQueues, ofGroups]) family.clear();
      const whole = new Set(snapshot.queues.filter(isReadWhole).map(({ id }) => id));
      const shown = new Set(snapshot.queues.slice(0, limits.queuesMax).map(({ id }) => id));
      for (const { queueId, fingerprint, count: n } of snapshot.arrivals)
        if (shown.has(queueId) && followed.has(queueId) && whole.has(queueId))
          count(arrivalsOf(queueId), fingerprint, n, snapshot.at);
      // Where more came than is looked at in one scrape, some of what a first read met is still to be counted.
      followed = snapshot.arrivalsAreAll ? whole : new Set([...whole].filter((id) => followed.has(id)));
      const kept = new Map<string, string>();
      for (const id of shown) {
        const { labels, total, named, other } = arrivalsOf(id);
        // From 0 on, so that the first that arrives is seen as an increase. A group has no sample before its first.
        ofQueues.add(labels, total);
        ofGroups.add(`${labels},group="${others}"`, other);
        for (const [fingerprint, place] of named) {
          ofGroups.add(`${labels},group="${fingerprint}"`, place.count);
          kept.set(fingerprint, titles.get(fingerprint) ?? '');
        }
      }
      titles = kept;
    },
    untitled: () => [...titles].flatMap(([fingerprint, title]) => (title === '' ? [fingerprint] : [])),
    name(groups) {
      for (const { fingerprint, title } of groups)
        titles.set(fingerprint, labelsOf({ group: fingerprint, title: mask(title).slice(0, titleCharactersMax) }));
      info.clear();
      for (const labels of titles.values()) if (labels !== '') info.add(labels, 1);
    },
  };
}

/** A log may still be read backwards, with its reader at the end. */
function isReadWhole({ syncedAt, knownBackTo }: Queue): boolean {
  return syncedAt !== null && knownBackTo === null;
}
