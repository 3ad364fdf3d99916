import { sql } from 'kysely';
import { destinationLabel } from '#lib/domain/message.ts';
import type { Facet, FacetField, FacetQuery } from '#server/store/group-store.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { countEffort } from '#server/store/sqlite/index/count-rows.ts';
import { countingOf } from '#server/store/sqlite/index/counting-of.ts';
import { destinationOf, stateOf } from '#server/store/sqlite/index/row.ts';
import { search } from '#server/store/sqlite/index/search.ts';
import { listQueueRefs } from '#server/store/sqlite/index/walks.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** Of fields that no index counts, the values of so many of the newest matches are counted. */
const amongMax = 2_000;

/** Queues and states are counted exactly, the others among the newest. */
export function readFacets(db: Database, query: FacetQuery): Facet[] {
  return db.snapshot(() => {
    const isCounted = (field: FacetField) => field === 'queue' || field === 'state';
    const counted = query.fields.some(isCounted) ? countedFacets(db, query) : null;
    const newest = query.fields.every(isCounted) ? null : newestFacets(db, query);
    return query.fields.flatMap((field) => {
      const facet = (isCounted(field) ? counted : newest)?.get(field);
      return facet ? [facet] : [];
    });
  });
}

function countedFacets(db: Database, query: FacetQuery): ReadonlyMap<FacetField, Facet> {
  const counting = countingOf(db, query);
  const cells = counting.byCell();
  const queueIds = new Map(listQueueRefs(db).map(({ id, queueId }) => [id, queueId]));
  const among = counting.searchedTo === null ? null : cells.reduce((sum, cell) => sum + cell.n, 0);
  const queues = cells.map(({ queue, n }) => [queueIds.get(queue) ?? null, n] as const);
  const states = cells.map(({ state, n }) => [stateOf(state), n] as const);
  return new Map([
    ['queue', { field: 'queue', values: mostFrequent(queues, query.limit), among }],
    ['state', { field: 'state', values: mostFrequent(states, query.limit), among }],
  ]);
}

interface Row {
  readonly class: string | null;
  readonly type: string | null;
  readonly key: string | null;
  readonly alike: string;
}

function newestFacets(db: Database, query: FacetQuery): ReadonlyMap<FacetField, Facet> {
  const { places, endedAt } = search(db, query, {
    order: 'newest',
    after: null,
    max: amongMax,
    effort: query.effort ?? countEffort,
  });
  const ids = JSON.stringify(places.map((place) => place.id));
  const rows = db.all(
    sql<Row>`
      select m.error_class as "class", m.event_type as "type", m.key_text as "key", a.text as alike
      from json_each(${ids}) as wanted cross join messages as m on m.id = wanted.value join phrases as a on a.id = m.alike`.compile(
      build,
    ),
  );
  const among = places.length < amongMax && endedAt === null ? null : places.length;
  const facet = (field: FacetField, valueOf: (row: Row) => string | null) => {
    const counts = rows.map((row) => [valueOf(row), 1] as const);
    return [field, { field, values: mostFrequent(counts, query.limit), among }] as const;
  };
  const origins = new Map([...new Set(rows.map((row) => row.alike))].map((alike) => [alike, originOf(alike)]));
  return new Map([
    facet('class', (row) => row.class),
    facet('type', (row) => row.type),
    facet('key', (row) => row.key),
    facet('origin', (row) => origins.get(row.alike) ?? null),
  ]);
}

function originOf(alike: string): string | null {
  const destination = destinationOf(alike);
  return destination === null ? null : destinationLabel(destination);
}

function mostFrequent(counts: readonly (readonly [string | null, number])[], limit: number): Facet['values'] {
  const sums = new Map<string, number>();
  for (const [value, n] of counts) if (value !== null && n > 0) sums.set(value, (sums.get(value) ?? 0) + n);
  return [...sums]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, limit);
}
