import { Counter, Gauge, type Registry } from 'prom-client';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Snapshot } from '#server/watch/metrics/snapshot.ts';

/** Groups beyond the bound are counted together under this name, which is no fingerprint. */
const others = 'other';

/** A group that nothing came to for so long gives its place to one that something comes to. */
const idleMs = 3_600_000;
const titleCharactersMax = 120;

export interface ArrivalMetrics {
  update(snapshot: Snapshot): void;
  /** Groups with series of their own whose titles are not known yet. */
  untitled(): readonly string[];
  name(groups: readonly { readonly fingerprint: string; readonly title: string }[]): void;
}

/**
 * Dead letters that arrived since the process began, by queue and group. A queue has places for so many groups: they go to groups in the order in which
 * something comes to them, so that a counter never falls while it is there. `mask` is for titles, which quote messages.
 */
export function createArrivalMetrics(
  registry: Registry,
  limits: { readonly queuesMax: number; readonly groupsPerQueue: number },
  mask: (text: string) => string,
): ArrivalMetrics {
  const arrivals = new Counter({
    name: 'redeliver_arrivals_total',
    help: 'Dead letters that the index met for the first time, by queue and group. Groups beyond the bound count as "other".',
    labelNames: ['connection', 'queue', 'group'],
    registers: [registry],
  });
  const info = new Gauge({
    name: 'redeliver_group_info',
    help: 'Always 1: the title of a group that arrivals are counted for.',
    labelNames: ['group', 'title'],
    registers: [registry],
  });
  /** By queue: the groups that have a place, and when something came to them last. */
  const places = new Map<string, Map<string, number>>();
  const titles = new Map<string, string>();
  const labelsOf = (queueId: string, group: string) => {
    const { connection = '', name = '' } = splitQueueId(queueId) ?? {};
    return { connection, queue: name, group };
  };

  function placeFor(queueId: string, fingerprint: string, now: number): string {
    const taken = places.get(queueId) ?? new Map<string, number>();
    places.set(queueId, taken);
    if (!taken.has(fingerprint) && taken.size >= limits.groupsPerQueue) {
      const [idlest] = [...taken].toSorted(([, a], [, b]) => a - b);
      if (!idlest || now - idlest[1] < idleMs) return others;
      taken.delete(idlest[0]);
      arrivals.remove(labelsOf(queueId, idlest[0]));
    }
    taken.set(fingerprint, now);
    return fingerprint;
  }

  const named = () => new Set([...places.values()].flatMap((taken) => [...taken.keys()]));

  return {
    update(snapshot) {
      const shown = snapshot.queues.slice(0, limits.queuesMax);
      const ids = new Set(shown.map(({ id }) => id));
      // From 0 on, so that the first that arrives is seen as an increase.
      for (const id of ids) arrivals.inc(labelsOf(id, others), 0);
      for (const { queueId, fingerprint, count } of snapshot.arrivals) {
        if (ids.has(queueId)) arrivals.inc(labelsOf(queueId, placeFor(queueId, fingerprint, snapshot.at)), count);
      }
      const shownGroups = named();
      for (const fingerprint of titles.keys()) if (!shownGroups.has(fingerprint)) titles.delete(fingerprint);
    },
    untitled: () => [...named()].filter((fingerprint) => !titles.has(fingerprint)),
    name(groups) {
      for (const { fingerprint, title } of groups) titles.set(fingerprint, mask(title).slice(0, titleCharactersMax));
      info.reset();
      for (const [group, title] of titles) info.set({ group, title: title.toWellFormed() }, 1);
    },
  };
}
