import { sql } from 'kysely';
import type { LagPoint, LagTrend } from '#lib/domain/lag.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { type LagColumns, numberAt, sampleColumns, stretchColumns } from '#server/store/sqlite/watch/lag-columns.ts';
import { readSample, resolutions } from '#server/store/sqlite/watch/lag-samples.ts';

const build = queryBuilder<object>();

interface Sample {
  readonly id: number;
  readonly span: number;
  readonly at: number;
}

interface Place {
  readonly id: number;
  readonly connection: number;
  readonly slot: number;
}

/** Some hundred points at most: the finest that is kept for a range of hours, stretches of 5 minutes for a day, of an hour for a week. */
const finestUpToMs = [
  { rangeMs: 3 * 3_600_000, span: 0 },
  { rangeMs: 36 * 3_600_000, span: 300_000 },
  { rangeMs: Infinity, span: 3_600_000 },
];

export function lagTrend(
  db: Database,
  { series, from, to }: { readonly series: readonly number[]; readonly from: number; readonly to: number },
): LagTrend[] {
  const points = new Map<number, LagPoint[]>(series.map((id) => [id, []]));
  const known = db.all(
    sql<Place>`SELECT id, connection, slot FROM lag_series WHERE id IN (SELECT value FROM json_each(${JSON.stringify(series)}))`.compile(
      build,
    ),
  );
  for (const [connection, wanted] of Map.groupBy(known, (place) => place.connection)) {
    for (const sample of chosen(db, connection, from, to)) {
      const columns = readSample(db, sample.id);
      for (const { id, slot } of wanted) {
        const point = pointOf(sample, columns, slot);
        if (point) points.get(id)?.push(point);
      }
    }
  }
  return series.map((id) => ({ series: id, points: points.get(id) ?? [] }));
}

/** So old may be what is said to have been so at an instant: whoever reads each 5 minutes has one. */
const sampleAgeMaxMs = 600_000;

/** The newest single reading at that instant or before it. What sums up a stretch is no answer: its last reading may be of long after the instant. */
export function sampleBefore(db: Database, connection: number, at: number): Sample | null {
  return samplesBetween(db, connection, 0, at - sampleAgeMaxMs, at).at(-1) ?? null;
}

/** Samples that cover the range without overlapping, oldest first: of the wanted resolution, finer where it has not been summed up yet, coarser where nothing finer is left. */
function chosen(db: Database, connection: number, from: number, to: number): Sample[] {
  const wanted = finestUpToMs.findIndex(({ rangeMs }) => to - from <= rangeMs);
  const spans = resolutions.map(({ span }) => span);
  const inOrder = [...spans.slice(0, wanted + 1).toReversed(), ...spans.slice(wanted + 1)];
  const all: Sample[] = [];
  for (const span of inOrder) {
    const free = samplesBetween(db, connection, span, from - Math.max(0, span - 1), to).filter(
      (sample) => !all.some((other) => overlap(sample, other)),
    );
    all.push(...free);
  }
  return all.toSorted((a, b) => a.at - b.at);
}

function overlap(a: Sample, b: Sample): boolean {
  return a.at < b.at + Math.max(1, b.span) && b.at < a.at + Math.max(1, a.span);
}

function samplesBetween(db: Database, connection: number, span: number, from: number, to: number): Sample[] {
  return db.all(
    sql<Sample>`SELECT id, span, at FROM lag_samples
      WHERE connection = ${connection} AND span = ${span} AND at BETWEEN ${Math.round(from)} AND ${Math.round(to)} ORDER BY at`.compile(
      build,
    ),
  );
}

/** `null` where the series was not in that reading at all. */
function pointOf({ at, span }: Sample, columns: LagColumns, slot: number): LagPoint | null {
  const { last, max, heldMax } = stretchColumns;
  const read = (column: number) => numberAt(columns[column], slot);
  const point =
    span === 0
      ? {
          last: read(sampleColumns.value),
          max: read(sampleColumns.value),
          heldMax: read(sampleColumns.held),
        }
      : { last: read(last), max: read(max), heldMax: read(heldMax) };
  if (point.last === null && point.heldMax === null) return null;
  return { at, spanMs: span, ...point };
}
