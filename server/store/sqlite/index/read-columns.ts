import type { TimeRange } from '#lib/filter/filter.ts';
import type { Database } from '#server/store/sqlite/database.ts';
import { type Columns, columnsOfRows, extentOf, segmentRows } from '#server/store/sqlite/index/columns.ts';

/** So many segments may be read from their rows, each in four milliseconds; with more of them the indexes are as quick. */
const fromRowsMax = 4;

/**
 * The messages of a range and perhaps more, a segment at a time, each once. `null` where too much of it is not written yet. Within a snapshot.
 */
export function readColumns(db: Database, range: TimeRange): Iterable<Columns> | null {
  const { next, highest } = extentOf(db);
  const stale = new Set(
    db
      .prepare('SELECT segment FROM stale_columns LIMIT ?')
      .all(fromRowsMax + 1)
      .map(({ segment }) => Number(segment)),
  );
  const young = Math.ceil((highest - next * segmentRows) / segmentRows);
  return young + stale.size > fromRowsMax ? null : segments(db, range, { next, highest, stale });
}

function* segments(
  db: Database,
  { from, to }: TimeRange,
  { next, highest, stale }: { readonly next: number; readonly highest: number; readonly stale: ReadonlySet<number> },
): Generator<Columns> {
  const rows = db
    .prepare('SELECT segment, at, grp, place FROM columns WHERE newest >= ? AND oldest < ?')
    .iterate(from ?? -Number.MAX_SAFE_INTEGER, to ?? Number.MAX_SAFE_INTEGER);
  for (const { segment, at, grp, place } of rows) {
    if (stale.has(Number(segment))) continue;
    yield {
      at: new Float64Array(aligned(at)),
      grp: new Uint32Array(aligned(grp)),
      place: new Uint32Array(aligned(place)),
    };
  }
  for (const segment of stale) yield columnsOfRows(db, segment * segmentRows, (segment + 1) * segmentRows);
  if (highest > next * segmentRows) yield columnsOfRows(db, next * segmentRows, highest);
}

/** A blob has a buffer of its own; one that shares it may begin anywhere. */
function aligned(blob: unknown): ArrayBuffer {
  if (!(blob instanceof Uint8Array)) throw new TypeError('A segment of columns lacks a blob');
  const { buffer, byteOffset, byteLength } = blob;
  if (byteOffset === 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) return buffer;
  return Uint8Array.from(blob).buffer;
}
