import type { Database } from '#server/store/sqlite/database.ts';
import { statesMax } from '#server/store/sqlite/index/counters.ts';

/**
 * What counts need of each message (instant, group, queue and state) stands a second time, in segments of so many messages, a blob for each of the
 * three: looking through a million takes a few milliseconds, where the indexes take a hundred. A trigger notes each segment of which a message
 * has changed, so what stands here is never taken for what it was; the youngest messages, which fill no segment yet, are read from their rows.
 */
export const segmentRows = 4_096;

/** So many at each change, in four milliseconds each. */
export const segmentsAtOnce = 2;

export interface Columns {
  readonly at: Float64Array;
  readonly grp: Uint32Array;
  /** Queue × `statesMax` + state. */
  readonly place: Uint32Array;
}

/**
 * Writes at most `max` segments that are full or have changed. Within a transaction: every change of messages is followed by it, so that few
 * segments wait; those that do are read from their rows meanwhile.
 */
export function refreshColumns(db: Database, max: number): void {
  const stale = db.prepare('SELECT segment FROM stale_columns LIMIT ?').all(max);
  const settle = db.prepare('DELETE FROM stale_columns WHERE segment = ?');
  for (const { segment } of stale) {
    writeSegment(db, Number(segment));
    settle.run(Number(segment));
  }
  const { next, full } = extentOf(db);
  for (let segment = next; segment < full && segment < next + max - stale.length; segment += 1)
    writeSegment(db, segment);
}

/** How far segments are written, and how many could be. */
export function extentOf(db: Database): { readonly next: number; readonly full: number; readonly highest: number } {
  const row = db
    .prepare(
      'SELECT (SELECT coalesce(max(segment), -1) + 1 FROM columns) AS next, (SELECT coalesce(max(id), 0) FROM messages) AS highest',
    )
    .get();
  const highest = Number(row?.['highest'] ?? 0);
  return { next: Number(row?.['next'] ?? 0), full: Math.floor(highest / segmentRows), highest };
}

/** Of the messages with a number above the one and up to the other. */
export function columnsOfRows(db: Database, above: number, upTo: number): Columns {
  const rows = db.prepare(
    `SELECT at, grp, queue * ${statesMax} + state AS place FROM messages WHERE id > ? AND id <= ?`,
  );
  const found = rows.all(above, upTo);
  const columns = {
    at: new Float64Array(found.length),
    grp: new Uint32Array(found.length),
    place: new Uint32Array(found.length),
  };
  for (const [index, row] of found.entries()) {
    columns.at[index] = Number(row['at']);
    columns.grp[index] = Number(row['grp']);
    columns.place[index] = Number(row['place']);
  }
  return columns;
}

function writeSegment(db: Database, segment: number): void {
  const { at, grp, place } = columnsOfRows(db, segment * segmentRows, (segment + 1) * segmentRows);
  let oldest = Infinity;
  let newest = -Infinity;
  for (const instant of at) {
    if (instant < oldest) oldest = instant;
    if (instant > newest) newest = instant;
  }
  db.prepare('INSERT OR REPLACE INTO columns (segment, oldest, newest, at, grp, place) VALUES (?, ?, ?, ?, ?, ?)').run(
    segment,
    oldest,
    newest,
    bytesOf(at),
    bytesOf(grp),
    bytesOf(place),
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
