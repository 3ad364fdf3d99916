import { Gauge, type Registry } from 'prom-client';
import type { GroupLag } from '#lib/domain/lag.ts';
import type { Snapshot } from '#server/watch/metrics/snapshot.ts';

/** How far consumers are behind, as it was last read. A lag that nobody knows has no sample. */
export function createLagMetrics(registry: Registry, seriesMax: number) {
  const gauge = (name: string, help: string, ...labelNames: readonly string[]) =>
    new Gauge({ name, help, labelNames: ['connection', ...labelNames], registers: [registry] });
  const lag = gauge(
    'redeliver_consumer_lag_messages',
    'Messages between the commits of a consumer group on a topic and its end.',
    'group_id',
    'topic',
  );
  const members = gauge(
    'redeliver_consumer_members',
    'Members of a consumer group that read the topic.',
    'group_id',
    'topic',
  );
  const waiting = gauge('redeliver_broker_queue_waiting_messages', 'Messages that are ready or visible.', 'queue');
  const held = gauge('redeliver_broker_queue_held_messages', 'Messages unacknowledged or in flight.', 'queue');
  const age = gauge('redeliver_lag_age_seconds', 'Since the lag of the connection was last read.');
  const all = [lag, members, waiting, held, age];

  return {
    /** Answers how many rows were left out. */
    update({ at, lag: read }: Snapshot): number {
      for (const each of all) each.reset();
      let room = seriesMax;
      let leftOut = 0;
      for (const { connection, at: readAt, rows } of read) {
        if (readAt !== null) age.set({ connection }, Math.max(0, at - readAt) / 1000);
        // The furthest behind first: those are what a bound must not hide.
        const shown = rows.length <= room ? rows : rows.toSorted((a, b) => weight(b) - weight(a)).slice(0, room);
        room -= shown.length;
        leftOut += rows.length - shown.length;
        for (const row of shown) {
          if (row.kind === 'group') {
            const labels = { connection, group_id: row.group, topic: row.topic };
            if (row.lag !== null) lag.set(labels, row.lag);
            if (row.members !== null) members.set(labels, row.members);
          } else {
            const labels = { connection, queue: row.queue };
            if (row.waiting !== null) waiting.set(labels, row.waiting);
            if (row.held !== null) held.set(labels, row.held);
          }
        }
      }
      return leftOut;
    },
  };
}

function weight(row: GroupLag | { readonly kind: 'queue'; readonly waiting: number | null }): number {
  return (row.kind === 'group' ? row.lag : row.waiting) ?? -1;
}
