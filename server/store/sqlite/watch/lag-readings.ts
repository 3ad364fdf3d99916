import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { sql } from 'kysely';
import type { ErrorRecord } from '#lib/domain/errors.ts';
import { type ConnectionLag, type LagReading, lagOfRow, type LagRow } from '#lib/domain/lag.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { emptyColumns, numberAt, sampleColumns } from '#server/store/sqlite/watch/lag-columns.ts';
import { ageSamples, insertSample, readSample } from '#server/store/sqlite/watch/lag-samples.ts';
import { sampleBefore } from '#server/store/sqlite/watch/lag-trend.ts';
import { type LagSeries, takeSeries } from '#server/store/sqlite/watch/lag-series.ts';
import type { LagQuery } from '#server/store/watch-store.ts';

const build = queryBuilder<object>();

interface LagConnectionRow {
  id: number;
  name: string;
  at: number | null;
  took_ms: number | null;
  notes: string;
  failing: string | null;
  rows: Uint8Array | null;
}

/** What stands in `lag_connections.rows`. */
interface KeptRow {
  readonly row: LagRow;
  readonly series: number;
  readonly slot: number;
}

export function saveLag(
  db: Database,
  connection: string,
  reading: LagReading,
  taken: { readonly at: number; readonly tookMs: number },
): void {
  db.transaction(() => {
    const id = connectionId(db, connection);
    const series = takeSeries(db, id, reading.rows, taken.at);
    const kept: KeptRow[] = reading.rows.map((row, index) => ({ row, ...placeOf(series[index]) }));
    db.prepare('UPDATE lag_connections SET at = ?, took_ms = ?, notes = ?, failing = NULL, rows = ? WHERE id = ?').run(
      taken.at,
      Math.round(taken.tookMs),
      JSON.stringify(reading.notes),
      zstdCompressSync(JSON.stringify(kept)),
      id,
    );

    const columns = emptyColumns(2, 1 + Math.max(-1, ...series.map(({ slot }) => slot)));
    for (const { row, slot } of kept) {
      put(columns[sampleColumns.value], slot, lagOfRow(row));
      put(columns[sampleColumns.held], slot, row.kind === 'queue' ? row.held : null);
    }
    insertSample(db, id, 0, taken.at, columns);
    ageSamples(db, id, taken.at);
  });
}

export function saveLagFailure(db: Database, connection: string, error: ErrorRecord, at: number): void {
  db.transaction(() => {
    const id = connectionId(db, connection);
    const known = db.prepare('SELECT failing FROM lag_connections WHERE id = ?').get(id)?.['failing'];
    const since = typeof known === 'string' ? (JSON.parse(known) as { since: number }).since : at;
    db.prepare('UPDATE lag_connections SET failing = ? WHERE id = ?').run(JSON.stringify({ error, since }), id);
  });
}

export function keepLagOf(db: Database, connections: readonly string[]): void {
  db.transaction(() => {
    const marks = connections.map(() => '?').join(', ');
    db.prepare(
      `UPDATE lag_connections SET at = NULL, took_ms = NULL, notes = '[]', failing = NULL, rows = NULL WHERE name NOT IN (${marks})`,
    ).run(...connections);
  });
}

export function latestLag(db: Database, query: LagQuery): ConnectionLag[] {
  const name = query.connection ?? null;
  const rows = db.all(
    sql<LagConnectionRow>`SELECT * FROM lag_connections
      WHERE (at IS NOT NULL OR failing IS NOT NULL) AND (${name} IS NULL OR name = ${name}) ORDER BY name`.compile(
      build,
    ),
  );
  return rows.map((row) => toConnectionLag(db, row, query));
}

/** Notes, failing and rows are what this file wrote. */
function toConnectionLag(db: Database, connection: LagConnectionRow, query: LagQuery): ConnectionLag {
  const isHad = connection.at !== null && query.had?.get(connection.name) === connection.at;
  const kept =
    connection.rows === null || isHad ? [] : (JSON.parse(zstdDecompressSync(connection.rows).toString()) as KeptRow[]);
  const names = query.names && new Set(query.names);
  const wanted = kept.filter(({ row }) => {
    if (query.group !== undefined && (row.kind !== 'group' || row.group !== query.group)) return false;
    return names === undefined || names.has(row.kind === 'group' ? row.topic : row.queue);
  });
  const compared = query.compareTo === undefined ? null : sampleBefore(db, connection.id, query.compareTo);
  const before = compared && readSample(db, compared.id)[0];
  return {
    connection: connection.name,
    at: connection.at,
    tookMs: connection.took_ms,
    failing: connection.failing === null ? null : (JSON.parse(connection.failing) as ConnectionLag['failing']),
    notes: JSON.parse(connection.notes) as string[],
    rows: wanted.map(({ row, series, slot }) => ({
      ...row,
      series,
      ...(query.compareTo !== undefined && { before: before ? numberAt(before, slot) : null }),
    })),
    ...(query.compareTo !== undefined && { comparedAt: compared?.at ?? null }),
  };
}

function connectionId(db: Database, name: string): number {
  db.prepare("INSERT INTO lag_connections (name, notes) VALUES (?, '[]') ON CONFLICT DO NOTHING").run(name);
  return Number(db.prepare('SELECT id FROM lag_connections WHERE name = ?').get(name)?.['id']);
}

function placeOf(series: LagSeries | undefined): { series: number; slot: number } {
  if (series === undefined) throw new Error('Each row has a series');
  return { series: series.id, slot: series.slot };
}

function put(column: Float64Array | undefined, slot: number, value: number | null): void {
  if (column && value !== null) column[slot] = value;
}
