import type { Database } from '#server/store/sqlite/database.ts';
import {
  decodeColumns,
  emptyColumns,
  encodeColumns,
  type LagColumns,
  sampleColumns,
  stretchColumns,
} from '#server/store/sqlite/watch/lag-columns.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What is kept, finest first: samples of `span` for `keptMs`, then they are only in the next. A little longer than is promised, so that a range of just that length is whole. */
export const resolutions = [
  { span: 0, keptMs: hourMs + 10 * minuteMs },
  { span: 5 * minuteMs, keptMs: dayMs + hourMs },
  { span: hourMs, keptMs: 7 * dayMs + hourMs },
] as const;

/** When the slot of a series that is no longer read may be given to another one: no sample that is kept can hold it. */
export const slotKeptMs = 8 * dayMs;

export function insertSample(db: Database, connection: number, span: number, at: number, columns: LagColumns): void {
  db.prepare('INSERT OR REPLACE INTO lag_samples (connection, span, at, columns) VALUES (?, ?, ?, ?)').run(
    connection,
    span,
    at,
    encodeColumns(columns),
  );
}

export function readSample(db: Database, id: number): LagColumns {
  const blob = db.prepare('SELECT columns FROM lag_samples WHERE id = ?').get(id)?.['columns'];
  return blob instanceof Uint8Array ? decodeColumns(blob) : [];
}

/** Sums up each stretch that is over, and forgets what is older than it is kept. */
export function ageSamples(db: Database, connection: number, now: number): void {
  resolutions.forEach(({ span, keptMs }, index) => {
    const next = resolutions[index + 1];
    if (next) sumUp(db, connection, span, next.span, now);
    // Whole stretches only, so that the finer samples begin where a coarser one ends.
    const before = floorTo(now - keptMs, next?.span ?? span);
    db.prepare('DELETE FROM lag_samples WHERE connection = ? AND span = ? AND at < ?').run(connection, span, before);
  });
}

function sumUp(db: Database, connection: number, from: number, into: number, now: number): void {
  const fine = db
    .prepare('SELECT id, at FROM lag_samples WHERE connection = ? AND span = ? AND at < ? ORDER BY at')
    .all(connection, from, floorTo(now, into)) as { id: number; at: number }[];
  const done = db.prepare('SELECT 1 FROM lag_samples WHERE connection = ? AND span = ? AND at = ?');
  for (const [stretch, parts] of Map.groupBy(fine, ({ at }) => floorTo(at, into))) {
    if (done.get(connection, into, stretch) !== undefined) continue;
    const columns = parts.map(({ id }) => readSample(db, id));
    insertSample(db, connection, into, stretch, summedUp(columns, from === 0));
  }
}

function summedUp(parts: readonly LagColumns[], areSamples: boolean): LagColumns {
  const { value, held } = sampleColumns;
  const { last, max, heldMax } = stretchColumns;
  const from = areSamples ? { last: value, max: value, heldMax: held } : stretchColumns;
  const length = Math.max(0, ...parts.map((part) => part[0]?.length ?? 0));
  const sum = emptyColumns(3, length);
  for (const part of parts) {
    overwrite(sum[last], part[from.last], () => true);
    overwrite(sum[max], part[from.max], (known, next) => next > known);
    overwrite(sum[heldMax], part[from.heldMax], (known, next) => next > known);
  }
  return sum;
}

function overwrite(
  target: Float64Array | undefined,
  source: Float64Array | undefined,
  isWanted: (known: number, next: number) => boolean,
): void {
  source?.forEach((next, slot) => {
    const known = target?.[slot];
    if (target === undefined || known === undefined || Number.isNaN(next)) return;
    if (Number.isNaN(known) || isWanted(known, next)) target[slot] = next;
  });
}

export function floorTo(at: number, span: number): number {
  return span === 0 ? at : Math.floor(at / span) * span;
}
