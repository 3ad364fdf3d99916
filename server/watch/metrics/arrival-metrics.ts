import { splitQueueId } from '#lib/domain/queue.ts';
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
  readonly named: Map<string, { count: number; lastAt: number }>;
  other: number;
}

/**
 * Dead letters that arrived since the process began, by queue and group. A queue has places for so many groups: they go to groups in the order in which
 * something comes to them, so that a counter never falls while it is there. `mask` is for titles, which quote messages.
 */
export function createArrivalMetrics(
  limits: { readonly queuesMax: number; readonly groupsPerQueue: number },
  mask: (text: string) => string,
): ArrivalMetrics {
  const arrivals = createFamily(
    'counter',
    'redeliver_arrivals_total',
    'Dead letters that the index met for the first time, by queue and group. Groups beyond the bound count as "other".',
  );
  const info = createFamily(
    'gauge',
    'redeliver_group_info',
    'Always 1: the title of a group that arrivals are counted for.',
  );
  const byQueue = new Map<string, QueueArrivals>();
  /** Of every group that has a place in some queue. */
  let titles = new Map<string, string>();

  function arrivalsOf(queueId: string): QueueArrivals {
    const known = byQueue.get(queueId);
    if (known) return known;
    const { connection = '', name = '' } = splitQueueId(queueId) ?? {};
    const begun = { labels: labelsOf({ connection, queue: name }), named: new Map<string, never>(), other: 0 };
    byQueue.set(queueId, begun);
    return begun;
  }

  function count(queue: QueueArrivals, fingerprint: string, n: number, at: number): void {
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
    families: [arrivals, info],
    update(snapshot) {
      arrivals.clear();
      const shown = new Set(snapshot.queues.slice(0, limits.queuesMax).map(({ id }) => id));
      for (const { queueId, fingerprint, count: n } of snapshot.arrivals)
        if (shown.has(queueId)) count(arrivalsOf(queueId), fingerprint, n, snapshot.at);
      const kept = new Map<string, string>();
      for (const id of shown) {
        const { labels, named, other } = arrivalsOf(id);
        // From 0 on, so that the first that arrives is seen as an increase.
        arrivals.add(`${labels},group="${others}"`, other);
        for (const [fingerprint, place] of named) {
          arrivals.add(`${labels},group="${fingerprint}"`, place.count);
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
