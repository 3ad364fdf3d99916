import type { Filter } from '#lib/filter/filter.ts';
import type { Database } from '#server/store/sqlite/database.ts';
import { findCandidates } from '#server/store/sqlite/index/candidates.ts';
import { countParts, type Part } from '#server/store/sqlite/index/count-parts.ts';
import { countRows } from '#server/store/sqlite/index/count-rows.ts';
import { listCells, listQueueRefs, planWalks } from '#server/store/sqlite/index/walks.ts';
import type { CountQuery } from '#server/store/group-store.ts';

/** Stretches of time of one width, one after the other. The last ends at `to`, wherever its width would end it. */
export interface Buckets {
  readonly from: number;
  readonly to: number;
  readonly widthMs: number;
  readonly count: number;
}

/** What a query meets, counted by group: every number is exact for what was looked at. Groups are those of the file, before any merge. */
export interface Counting {
  /** Dead letters older than this were not looked at; `null` where all were. */
  readonly searchedTo: number | null;
  /** Matches of each group that has any. */
  readonly byGroup: ReadonlyMap<number, number>;
  /** Counts of each bucket, for each of these groups. The query's own range still holds. */
  inBuckets(groups: readonly number[], buckets: Buckets): ReadonlyMap<number, readonly number[]>;
  /** Of all groups together. */
  allInBuckets(buckets: Buckets): readonly number[];
  /** By queue, most first, for each of these groups; `null` where that would cost too much. */
  byQueue(groups: readonly number[]): ReadonlyMap<number, ReadonlyMap<number, number>> | null;
  /** Instants of the matches since one, oldest first or newest first: the so-manieth from 0; `null` beyond the last. */
  instantAt(place: number, order: 'newest' | 'oldest', since?: number): number | null;
}

/** Counts from the indexes alone where a filter is about queues, states and groups; else from the single messages. */
export function countingOf(db: Database, query: CountQuery): Counting {
  const parts = partsOf(db, query.filter);
  return parts ? countParts(db, parts, query.range) : countRows(db, query);
}

/** What a filter takes as a whole, part by part; `null` where it has to look at single messages. */
function partsOf(db: Database, filter: Filter): readonly Part[] | null {
  const queues = listQueueRefs(db);
  if (findCandidates(db, filter, queues)) return null;
  const cells = listCells(db);
  const walks = planWalks(filter, cells, queues);
  if (walks.some((walk) => walk.residual !== null)) return null;
  return [{ groups: null, cells: walks.flatMap((walk) => walk.cells), existing: cells }];
}
