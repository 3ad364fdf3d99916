import { type LagRow, lagOfRow } from '#lib/domain/lag.ts';
import { createFamily, type Family, labelsOf } from '#server/watch/metrics/families.ts';
import { isFresh, type Looks } from '#server/watch/metrics/freshness.ts';
import type { Snapshot } from '#server/watch/metrics/snapshot.ts';

/** How far consumers are behind. A lag that nobody knows has no sample, and neither has one that was read long ago or of which the last reading failed. */
export function createLagMetrics(seriesMax: number, looks: Pick<Looks, 'lagMs'>) {
  const gauge = (name: string, help: string) => createFamily('gauge', `redeliver_${name}`, help);
  const lag = gauge(
    'consumer_lag_messages',
    'Messages between the commits of a consumer group on a topic and its end.',
  );
  const members = gauge('consumer_members', 'Members of a consumer group that read the topic.');
  const waiting = gauge('broker_queue_waiting_messages', 'Messages that are ready or visible.');
  const held = gauge('broker_queue_held_messages', 'Messages unacknowledged or in flight.');
  const age = gauge(
    'lag_age_seconds',
    'Since the lag of the connection was last read, or since that fails, where it never was.',
  );
  /** By connection: a reading is scraped more than once, and written once. */
  let written = new Map<string, Written>();
  const families: readonly Family[] = [lag, members, waiting, held, age];

  return {
    families,
    /** Answers how many rows were left out. */
    update({ at, engine, lag: read }: Snapshot): number {
      for (const each of families) each.clear();
      let room = seriesMax;
      const kept = new Map<string, Written>();
      let leftOut = 0;
      for (const { connection, at: readAt, failing, rows } of read) {
        const since = readAt ?? failing?.since ?? null;
        if (since !== null) age.add(labelsOf({ connection }), Math.max(0, at - since) / 1000);
        if (!engine.isLive || failing !== null || !isFresh(readAt, looks.lagMs(connection) ?? 0, at)) continue;
        const known = written.get(connection);
        const own = known?.rows === rows && known.room === room ? known : write(connection, rows, room, known);
        kept.set(connection, own);
        room -= own.shown;
        leftOut += rows.length - own.shown;
        for (const [family, lines] of own.lines) family.append(lines);
      }
      written = kept;
      return leftOut;
    },
  };

  function write(connection: string, rows: Written['rows'], room: number, before: Written | undefined): Written {
    // The furthest behind first: those are what a bound must not hide.
    const byLag = () => rows.toSorted((a, b) => (lagOfRow(b) ?? -1) - (lagOfRow(a) ?? -1)).slice(0, room);
    const shown = rows.length <= room ? rows : byLag();
    const labelsOfSeries = new Map<number, string>();
    const texts = { lag: '', members: '', waiting: '', held: '' };
    for (const row of shown) {
      const labels = before?.labelsOfSeries.get(row.series) ?? labelsOf(placeOf(connection, row));
      labelsOfSeries.set(row.series, labels);
      if (row.kind === 'group') {
        if (row.lag !== null) texts.lag += lag.line(labels, row.lag);
        if (row.members !== null) texts.members += members.line(labels, row.members);
      } else {
        if (row.waiting !== null) texts.waiting += waiting.line(labels, row.waiting);
        if (row.held !== null) texts.held += held.line(labels, row.held);
      }
    }
    return {
      rows,
      room,
      shown: shown.length,
      labelsOfSeries,
      lines: [
        [lag, texts.lag],
        [members, texts.members],
        [waiting, texts.waiting],
        [held, texts.held],
      ],
    };
  }
}

/** The lines of one reading, good for as long as the rows and the room for them are the same. */
interface Written {
  readonly rows: Snapshot['lag'][number]['rows'];
  readonly room: number;
  readonly shown: number;
  /** By the number of a series, which stays: labels are escaped once. */
  readonly labelsOfSeries: ReadonlyMap<number, string>;
  readonly lines: readonly (readonly [Family, string])[];
}

function placeOf(connection: string, row: LagRow): Readonly<Record<string, string>> {
  return row.kind === 'group'
    ? { connection, group_id: row.group, topic: row.topic }
    : { connection, queue: row.queue };
}
