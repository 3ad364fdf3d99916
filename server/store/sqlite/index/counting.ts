import type { Filter } from '#lib/filter/filter.ts';
import { isNothing, simplify } from '#lib/filter/simplify.ts';
import type { Database } from '#server/store/sqlite/database.ts';
import { countParts, type Part } from '#server/store/sqlite/index/count-parts.ts';
import { countRows } from '#server/store/sqlite/index/count-rows.ts';
import { findGroups } from '#server/store/sqlite/index/merged-groups.ts';
import { listCells, listQueueRefs, planWalks } from '#server/store/sqlite/index/walks.ts';
import type { CountQuery } from '#server/store/group-store.ts';

/** Stretches of time of one width, one after the other. The last ends at `to`, wherever its width would end it. */
export interface Buckets {
  readonly from: number;
  readonly to: number;
  readonly widthMs: number;
  readonly count: number;
}

export interface CellCount {
  readonly queue: number;
  readonly state: number;
  readonly n: number;
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
  /** By queue and state. */
  byCell(): readonly CellCount[];
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
  const existing = listCells(db);
  const named = namedGroups(db, filter);
  const parts: Part[] = [];
  for (const { rest, groups, except } of restsOf(filter, named)) {
    const walks = planWalks(rest, existing, queues);
    if (walks.some((walk) => walk.residual !== null)) return null;
    const cells = walks.flatMap((walk) => walk.cells);
    if (cells.length > 0) parts.push({ groups, except, cells, existing });
  }
  return parts;
}

/** The groups that a filter asks for, by fingerprint. */
function namedGroups(db: Database, filter: Filter): ReadonlyMap<string, number> {
  const fingerprints = new Set<string>();
  simplify(filter, (leaf) => {
    if (leaf.kind === 'group') for (const each of leaf.fingerprints) fingerprints.add(each);
    return null;
  });
  return new Map(findGroups(db, [...fingerprints]).map(({ id, fingerprint }) => [fingerprint, id]));
}

/** Within one group the parts of a filter about groups are decided. Groups for which the same is left are one part, and so are all that are not named. */
function restsOf(
  filter: Filter,
  named: ReadonlyMap<string, number>,
): { readonly rest: Filter; readonly groups: readonly number[] | null; readonly except: readonly number[] }[] {
  const restFor = (fingerprint: string | null) =>
    simplify(filter, (leaf) =>
      leaf.kind === 'group' ? fingerprint !== null && leaf.fingerprints.includes(fingerprint) : null,
    );
  const ofNamed = Map.groupBy(
    [...named].map(([fingerprint, id]) => ({ id, rest: restFor(fingerprint) })),
    ({ rest }) => JSON.stringify(rest),
  );
  const parts = [...ofNamed.values()].flatMap((some) => {
    const rest = some[0]?.rest;
    return rest ? [{ rest, groups: some.map(({ id }) => id), except: [] }] : [];
  });
  return [...parts, { rest: restFor(null), groups: null, except: [...named.values()] }].filter(
    ({ rest }) => !isNothing(rest),
  );
}
