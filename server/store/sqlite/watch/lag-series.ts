import { sql } from 'kysely';
import type { LagRow } from '#lib/domain/lag.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { slotKeptMs } from '#server/store/sqlite/watch/lag-samples.ts';

const build = queryBuilder<object>();

export interface LagSeries {
  readonly id: number;
  readonly slot: number;
}

interface SeriesRow extends LagSeries {
  readonly kind: LagRow['kind'];
  readonly name: string;
  readonly topic: string;
  readonly seen_at: number;
}

/** Often enough to know when a slot is free again, and rarely enough to cost nothing. */
const noteSeenEveryMs = 6 * 3_600_000;

/** The series of each row, in their order; makes those that are new, and forgets those that nobody has read for long. */
export function takeSeries(db: Database, connection: number, rows: readonly LagRow[], at: number): LagSeries[] {
  db.prepare('DELETE FROM lag_series WHERE connection = ? AND seen_at < ?').run(connection, at - slotKeptMs);
  const known = new Map<string, SeriesRow>();
  const taken = new Set<number>();
  const all = db.all(
    sql<SeriesRow>`SELECT id, slot, kind, name, topic, seen_at FROM lag_series WHERE connection = ${connection}`.compile(
      build,
    ),
  );
  for (const series of all) {
    known.set(keyOf(series), series);
    taken.add(series.slot);
  }
  const insert = db.prepare(
    'INSERT INTO lag_series (connection, slot, kind, name, topic, seen_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
  );
  const see = db.prepare('UPDATE lag_series SET seen_at = ? WHERE id = ?');
  let free = 0;

  return rows.map((row) => {
    const names = namesOf(row);
    const key = keyOf(names);
    const series = known.get(key);
    if (series) {
      if (series.seen_at < at - noteSeenEveryMs) see.run(at, series.id);
      return series;
    }
    while (taken.has(free)) free += 1;
    taken.add(free);
    const id = Number(insert.get(connection, free, names.kind, names.name, names.topic, at)?.['id']);
    const made: SeriesRow = { ...names, id, slot: free, seen_at: at };
    known.set(key, made);
    return made;
  });
}

function namesOf(row: LagRow): Pick<SeriesRow, 'kind' | 'name' | 'topic'> {
  return row.kind === 'group'
    ? { kind: row.kind, name: row.group, topic: row.topic }
    : { kind: row.kind, name: row.queue, topic: '' };
}

function keyOf({ kind, name, topic }: Pick<SeriesRow, 'kind' | 'name' | 'topic'>): string {
  return JSON.stringify([kind, name, topic]);
}
