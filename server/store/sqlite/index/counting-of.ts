import type { Filter } from '#lib/filter/filter.ts';
import { isNothing, simplify } from '#lib/filter/simplify.ts';
import type { Database } from '#server/store/sqlite/database.ts';
import { countParts, type Part } from '#server/store/sqlite/index/count-parts.ts';
import { countRows } from '#server/store/sqlite/index/count-rows.ts';
import type { Counting } from '#server/store/sqlite/index/counting.ts';
import { findGroups } from '#server/store/sqlite/index/merged-groups.ts';
import { listCells, listQueueRefs, planWalks } from '#server/store/sqlite/index/walks.ts';
import type { CountQuery } from '#server/store/group-store.ts';

/** Counts from the indexes alone where a filter is about queues, states and groups; else from the single messages. */
export function countingOf(db: Database, query: CountQuery): Counting {
  const parts = partsOf(db, query.filter);
  return parts ? countParts(db, parts, query.range) : countRows(db, query);
}

/** What a filter takes as a whole, part by part; `null` where it has to look at single messages. */
export function partsOf(db: Database, filter: Filter): readonly Part[] | null {
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
