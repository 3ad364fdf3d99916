import { sql } from 'kysely';
import type { Filter, TimeRange } from '#lib/filter/filter.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { findCandidates, sieveOf } from '#server/store/sqlite/index/candidates.ts';
import { condition, readsContent, within } from '#server/store/sqlite/index/lower.ts';
import { groupsOf, listCells, listQueueRefs, planWalks, type Walk } from '#server/store/sqlite/index/walks.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { Effort, MessageQuery } from '#server/store/store.ts';

const build = queryBuilder<IndexSchema>();

/** Where a message stands in order of time. */
export interface Place {
  readonly id: number;
  readonly at: number;
}

export interface SearchOptions {
  readonly order: 'newest' | 'oldest';
  /** Begin behind this one. */
  readonly after: Place | null;
  /** So many matches are enough. */
  readonly max: number;
  readonly effort: Effort;
}

export interface Found {
  /** In order. */
  readonly places: readonly Place[];
  /** The last message that was looked at, where the effort was spent before the end or enough matches; else `null`. */
  readonly endedAt: Place | null;
  /** How many were looked at one by one. */
  readonly examined: number;
}

export const usualEffort: Effort = { examinedMax: 50_000, timeMsMax: 250 };

/** A message that was looked at. */
interface Examined extends Place {
  readonly hit: number;
  /** Its signature alone has told that it does not match, which costs next to nothing. */
  readonly sieved?: boolean;
}

/** Messages in order, a few at a time. */
interface Stream {
  /** Whether each message has to be looked at, or all of them are matches. */
  readonly looksAtEach: boolean;
  /** More at once may take longer than anyone waits. */
  readonly sliceMax: number;
  /** Fewer than `count` are the last ones. */
  next(after: Place | null, count: number): readonly Examined[];
}

/**
 * The matches of a filter in order of time. Streams are merged while they are read, in slices that grow as long as they are quick: what is given up
 * halfway has looked at everything up to one instant, whatever the filter.
 */
export function search(
  db: Database,
  { filter, range }: Pick<MessageQuery, 'filter' | 'range'>,
  { order, after, max, effort }: SearchOptions,
): Found {
  const queues = listQueueRefs(db);
  const direction = order === 'newest' ? -1 : 1;
  const candidates = findCandidates(db, filter, queues);
  const isMatch = condition(filter, queues);
  const among = (ids: readonly number[]) => matchesAmong(db, ids, isMatch);
  const sieve = candidates ? null : sieveOf(db, filter, queues);
  const streams = candidates
    ? [streamOfCandidates(db, candidates, filter, among, range, direction)]
    : planWalks(filter, listCells(db), queues, groupsOf(db, filter)).map((walk) =>
        sieve && walk.residual !== null
          ? sieved(
              streamOfWalk(db, { ...walk, residual: null }, range, direction),
              walk.readsContent ? sliceMaxes.picked : sliceMaxes.rows,
              sieve,
              among,
            )
          : streamOfWalk(db, walk, range, direction),
      );
  const until = performance.now() + effort.timeMsMax;
  const readers = streams.map((stream) => createReader(stream, after, max));
  const places: Place[] = [];
  let examined = 0;

  for (;;) {
    const reader = firstOf(readers, direction);
    if (!reader) return { places, endedAt: null, examined };
    const { id, at, hit, sieved } = reader.take();
    if (reader.looksAtEach && sieved !== true) examined += 1;
    if (hit === 1) places.push({ id, at });
    if (places.length >= max) return { places, endedAt: null, examined };
    // A slice is never left half read: what it cost is spent.
    const isLate = reader.isEmpty && reader.looksAtEach && performance.now() > until;
    // What is left of slices that were the last costs nothing more.
    if (examined >= effort.examinedMax || (isLate && !readers.every((each) => each.hasEnded)))
      return { places, endedAt: { id, at }, examined };
  }
}

interface Reader {
  readonly looksAtEach: boolean;
  /** Of the slice that was read; the next look at `head` reads another. */
  readonly isEmpty: boolean;
  /** There is no slice after this one. */
  readonly hasEnded: boolean;
  head(): Examined | null;
  take(): Examined;
}

const sliceFirst = 64;
/** Of rows, of contents that were picked out, and of contents each with its block: a block takes half a millisecond. */
const sliceMaxes = { rows: 4_096, picked: 512, blocks: 128 } as const;
/** A slice that took longer is followed by a smaller one: payloads may be megabytes. */
const sliceMs = 10;

function createReader(stream: Stream, start: Place | null, max: number): Reader {
  let slice: readonly Examined[] = [];
  let at = 0;
  let last = start;
  let ended = false;
  // Who waits for a moment only must not wait for a first slice of blocks.
  const first = Math.min(sliceFirst, Math.ceil(stream.sliceMax / 8));
  let size = stream.looksAtEach ? first : Math.min(max, stream.sliceMax);

  const refill = (): void => {
    const started = performance.now();
    slice = stream.next(last, size);
    at = 0;
    ended = slice.length < size;
    last = slice.at(-1) ?? last;
    if (!stream.looksAtEach) return;
    const isQuick = performance.now() - started < sliceMs;
    size = isQuick ? Math.min(stream.sliceMax, size * 2) : Math.max(1, Math.floor(size / 4));
  };
  return {
    looksAtEach: stream.looksAtEach,
    get isEmpty() {
      return at >= slice.length;
    },
    get hasEnded() {
      return ended;
    },
    head() {
      if (at >= slice.length && !ended) refill();
      return slice[at] ?? null;
    },
    take() {
      const taken = slice[at];
      if (!taken) throw new Error('There is no further message in this stream');
      at += 1;
      return taken;
    },
  };
}

function firstOf(readers: readonly Reader[], direction: 1 | -1): Reader | null {
  let first: { readonly reader: Reader; readonly head: Examined } | null = null;
  for (const reader of readers) {
    const head = reader.head();
    if (head && (!first || direction * compare(head, first.head) < 0)) first = { reader, head };
  }
  return first?.reader ?? null;
}

function compare(a: Place, b: Place): number {
  return a.at - b.at || a.id - b.id;
}

function streamOfWalk(
  db: Database,
  { source, residual, readsContent: reads }: Walk,
  range: TimeRange,
  direction: 1 | -1,
): Stream {
  const [onwards, sorted] = direction < 0 ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
  return {
    looksAtEach: residual !== null,
    sliceMax: reads ? sliceMaxes.blocks : sliceMaxes.rows,
    next(after, count) {
      const further = after === null ? sql`` : sql` and (m.at, m.id) ${onwards} (${after.at}, ${after.id})`;
      return db.all(
        sql<Examined>`
          select m.id, m.at, ${residual ?? sql`true`} as hit ${source} and ${within(range)}${further}
          order by m.at ${sorted}, m.id ${sorted} limit ${count}`.compile(build),
      );
    },
  };
}

/** The messages of a walk, of which only those that the signatures leave are looked at. */
function sieved(
  walk: Stream,
  sliceMax: number,
  sieve: (id: number) => boolean,
  among: (ids: readonly number[]) => ReadonlySet<number>,
): Stream {
  return {
    looksAtEach: true,
    sliceMax,
    next(after, count) {
      const slice = walk.next(after, count);
      const left = slice.filter(({ id }) => sieve(id)).map(({ id }) => id);
      const [candidates, hits] = [new Set(left), among(left)];
      return slice.map(({ id, at }) => ({ id, at, hit: hits.has(id) ? 1 : 0, sieved: !candidates.has(id) }));
    },
  };
}

/** Candidates are few enough to be put in order before they are looked at. */
function streamOfCandidates(
  db: Database,
  candidates: readonly number[],
  filter: Filter,
  among: (ids: readonly number[]) => ReadonlySet<number>,
  range: TimeRange,
  direction: 1 | -1,
): Stream {
  const sliceMax = readsContent(filter) ? sliceMaxes.picked : sliceMaxes.rows;
  const places = db
    .all(
      sql<Place>`
        select m.id, m.at from json_each(${JSON.stringify(candidates)}) as c cross join messages as m on m.id = c.value
        where ${within(range)}`.compile(build),
    )
    .toSorted((a, b) => direction * compare(a, b));
  let next = 0;
  return {
    looksAtEach: true,
    sliceMax,
    next(after, count) {
      while (after && next < places.length && direction * compare(places[next] ?? after, after) <= 0) next += 1;
      const slice = places.slice(next, next + count);
      const hits = among(slice.map(({ id }) => id));
      return slice.map((place) => ({ ...place, hit: hits.has(place.id) ? 1 : 0 }));
    },
  };
}

/** Which of a few messages match. */
function matchesAmong(
  db: Database,
  ids: readonly number[],
  isMatch: ReturnType<typeof condition>,
): ReadonlySet<number> {
  if (ids.length === 0) return new Set();
  // In the order of arrival, in which contents stand together.
  const inOrder = JSON.stringify(ids.toSorted((a, b) => a - b));
  const rows = db.all(
    sql<{ id: number }>`
      select m.id from json_each(${inOrder}) as c cross join messages as m on m.id = c.value where ${isMatch}`.compile(
      build,
    ),
  );
  return new Set(rows.map(({ id }) => id));
}
