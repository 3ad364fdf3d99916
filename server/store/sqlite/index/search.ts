import { sql } from 'kysely';
import type { Filter, TimeRange } from '#lib/filter/filter.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { findCandidates, sieveOf } from '#server/store/sqlite/index/candidates.ts';
import { condition, type QueueRef, readsContent, within } from '#server/store/sqlite/index/lower.ts';
import {
  compare,
  type Examined,
  type Found,
  mergeStreams,
  type MergeOptions,
  type Place,
  sliceMaxes,
  type Stream,
} from '#server/store/sqlite/index/merge-streams.ts';
import { groupsOf, listCells, listQueueRefs, planWalks, type Walk } from '#server/store/sqlite/index/walks.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { Effort, MessageQuery } from '#server/store/store.ts';

const build = queryBuilder<IndexSchema>();

export interface SearchOptions extends Omit<MergeOptions, 'direction'> {
  readonly order: 'newest' | 'oldest';
}

export const usualEffort: Effort = { examinedMax: 50_000, timeMsMax: 250 };

/**
 * The matches of a filter in order of time. Streams are merged while they are read, in slices that grow as long as they are quick: what is given up
 * halfway has looked at everything up to one instant, whatever the filter.
 */
export function search(
  db: Database,
  { filter, range }: Pick<MessageQuery, 'filter' | 'range'>,
  { order, ...options }: SearchOptions,
): Found {
  const queues = listQueueRefs(db);
  const direction = order === 'newest' ? -1 : 1;
  const sifting = siftingOf(db, filter, queues);
  const streams = sifting.candidates
    ? [streamOfPlaces(placesOf(db, sifting.candidates, range, direction), filter, sifting, direction)]
    : planWalks(filter, listCells(db), queues, groupsOf(db, filter)).map((walk) =>
        sifting.sieve && walk.residual !== null
          ? sieved(
              streamOfWalk(db, { ...walk, residual: null }, range, direction),
              walk.readsContent ? sliceMaxes.picked : sliceMaxes.rows,
              sifting,
            )
          : streamOfWalk(db, walk, range, direction),
      );
  return mergeStreams(streams, { direction, ...options });
}

/** What the signatures tell of a filter's matches, and which of a few messages are some. */
export interface Sifting {
  /** See `findCandidates`. */
  readonly candidates: readonly number[] | null;
  /** See `sieveOf`. */
  readonly sieve: ((id: number) => boolean) | null;
  readonly among: (ids: readonly number[]) => ReadonlySet<number>;
}

export function siftingOf(db: Database, filter: Filter, queues: readonly QueueRef[]): Sifting {
  const candidates = findCandidates(db, filter, queues);
  const isMatch = condition(filter, queues);
  return {
    candidates,
    sieve: candidates ? null : sieveOf(db, filter, queues),
    among: (ids) => matchesAmong(db, ids, isMatch),
  };
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
export function sieved(walk: Stream, sliceMax: number, { sieve, among }: Sifting): Stream {
  return {
    ...walk,
    looksAtEach: true,
    sliceMax,
    next(after, count) {
      const slice = walk.next(after, count);
      const left = slice.filter(({ id, hit }) => hit === 1 && (sieve?.(id) ?? true)).map(({ id }) => id);
      const [candidates, hits] = [new Set(left), among(left)];
      return slice.map(({ id, at }) => ({ id, at, hit: hits.has(id) ? 1 : 0, sieved: !candidates.has(id) }));
    },
  };
}

function placesOf(db: Database, candidates: readonly number[], range: TimeRange, direction: 1 | -1): Place[] {
  return db
    .all(
      sql<Place>`
        select m.id, m.at from json_each(${JSON.stringify(candidates)}) as c cross join messages as m on m.id = c.value
        where ${within(range)}`.compile(build),
    )
    .toSorted((a, b) => direction * compare(a, b));
}

/** Candidates are few enough to be put in order before they are looked at. */
export function streamOfPlaces(
  places: readonly Place[],
  filter: Filter,
  { among }: Sifting,
  direction: 1 | -1,
): Stream {
  let next = 0;
  return {
    looksAtEach: true,
    sliceMax: readsContent(filter) ? sliceMaxes.picked : sliceMaxes.rows,
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
