import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Filter, NumberField, Parts, TextField, TimeField, TimeRange, ValueField } from '#lib/filter/filter.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import { matchesWhole } from '#lib/filter/wildcards.ts';
import { restColumns, stateCodes } from '#server/store/sqlite/index/row.ts';

export interface QueueRef {
  readonly id: number;
  readonly queueId: string;
}

/**
 * A filter as a condition on a row `m` of messages: always true or false, never NULL, so that a negation is one. Everything that a
 * person wrote is bound; the SQL is made of constants only. `asked`: whether of each row in its turn, or of a few that were picked out.
 */
export function condition(
  filter: Filter,
  queues: readonly QueueRef[],
  asked: 'of a few' | 'of each' = 'of a few',
): RawBuilder<SqlBool> {
  switch (filter.kind) {
    case 'all':
      return sql<SqlBool>`true`;
    case 'and':
    case 'or':
      if (filter.terms.length === 0) return filter.kind === 'and' ? sql<SqlBool>`true` : sql<SqlBool>`false`;
      return sql<SqlBool>`(${sql.join(
        cheapFirst(filter.terms).map((term) => condition(term, queues, asked)),
        filter.kind === 'and' ? sql` and ` : sql` or `,
      )})`;
    case 'not':
      return sql<SqlBool>`not ${condition(filter.term, queues, asked)}`;
    case 'contains':
      return sql<SqlBool>`folded_contains(${filter.value}, ${sql.join(textColumns[filter.field])})`;
    case 'like':
      return sql<SqlBool>`folded_like(${JSON.stringify(filter.parts)}, ${sql.join(textColumns[filter.field])})`;
    case 'equals':
      if (filter.field === 'connection') return inQueues(queues, (id) => matchesConnection(filter.value, id));
      if (filter.field === 'queue') return inQueues(queues, (id) => id === filter.value.toWellFormed());
      return sql<SqlBool>`(${sql.join(
        valueColumns[filter.field].map((column) => sql`${column} is ${filter.value.toWellFormed()}`),
        sql` or `,
      )})`;
    case 'matches':
      if (filter.field === 'connection') return inQueues(queues, (id) => matchesConnections(filter.parts, id));
      return sql<SqlBool>`whole_matches(${JSON.stringify(filter.parts)}, ${sql.join(valueColumns[filter.field])})`;
    case 'queue':
      return inQueues(queues, (id) => matchesQueue(filter.pattern, id));
    case 'state':
      return sql<SqlBool>`m.state = ${stateCodes[filter.state]}`;
    case 'group':
      return sql<SqlBool>`m.grp in (
        select g.id from "groups" as g where g.fingerprint in (select value from json_each(${JSON.stringify(filter.fingerprints)})))`;
    case 'number': {
      const to = filter.to === null ? null : filter.to + 1;
      return between(numberColumns[filter.field], { from: filter.from, to });
    }
    case 'time':
      return between(timeColumns[filter.field], filter);
    case 'header':
    case 'payload':
      return asked === 'of each'
        ? sql<SqlBool>`content_has_near(m.id, ${JSON.stringify(filter)})`
        : sql<SqlBool>`content_has(m.id, ${JSON.stringify(filter)})`;
  }
}

export function within(range: TimeRange): RawBuilder<SqlBool> {
  const from = range.from === null ? sql`` : sql` and m.at >= ${range.from}`;
  const to = range.to === null ? sql`` : sql` and m.at < ${range.to}`;
  return sql<SqlBool>`true${from}${to}`;
}

export function matchesConnection(connection: string, queueId: string): boolean {
  return splitQueueId(queueId)?.connection === connection.toWellFormed();
}

export function matchesConnections(parts: Parts, queueId: string): boolean {
  const connection = splitQueueId(queueId)?.connection;
  return (
    connection !== undefined &&
    matchesWhole(
      parts.map((part) => part.toWellFormed()),
      connection,
    )
  );
}

/** Whether a filter looks into headers or payloads, which lie in compressed blocks beside the rows. */
export function readsContent(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.some(readsContent);
    case 'not':
      return readsContent(filter.term);
    default:
      return filter.kind === 'header' || filter.kind === 'payload';
  }
}

/** Terms are asked from left to right until one decides: those that unpack contents come last. */
function cheapFirst(terms: readonly Filter[]): readonly Filter[] {
  return terms.toSorted((a, b) => Number(readsContent(a)) - Number(readsContent(b)));
}

/** False where the column is NULL. */
function between(column: RawBuilder<unknown>, { from, to }: TimeRange): RawBuilder<SqlBool> {
  const above = from === null ? sql`` : sql` and ${column} >= ${from}`;
  const below = to === null ? sql`` : sql` and ${column} < ${to}`;
  return sql<SqlBool>`(${column} is not null${above}${below})`;
}

const error = [sql.ref('m.error_class'), sql.ref('m.error_message')] as const;

const textColumns: Readonly<Record<TextField, readonly RawBuilder<unknown>[]>> = {
  error,
  origin: [sql`(select origin_label(p.text) from phrases as p where p.id = m.alike)`],
  key: [sql.ref('m.key_text')],
  type: [sql.ref('m.event_type')],
  text: [...error, sql.ref('m.key_text'), sql.ref('m.event_type'), sql.ref('m.preview')],
};

const numberColumns: Readonly<Record<NumberField, RawBuilder<unknown>>> = {
  attempts: restColumns.attempts,
  size: restColumns.sizeBytes,
  returns: sql.ref('m.returns'),
};

const timeColumns: Readonly<Record<TimeField, RawBuilder<unknown>>> = {
  at: sql`m.at`,
  original: restColumns.originalAt,
  kept: sql`(${restColumns.keptFrom})`,
  ends: sql`(${restColumns.endsAt})`,
  expires: sql`null`,
};

const valueColumns: Readonly<Record<Exclude<ValueField, 'connection'>, readonly RawBuilder<unknown>[]>> = {
  key: [sql.ref('m.key_text'), sql.ref('m.key_digest')],
  type: [sql.ref('m.event_type')],
  class: [sql.ref('m.error_class')],
  reason: [sql.ref('m.reason')],
  correlation: [sql.ref('m.correlation_id')],
  causation: [sql`(${restColumns.causationId})`],
  event: [sql.ref('m.event_id')],
  trace: [sql`(${restColumns.traceId})`],
  replay: [sql.ref('m.last_replay_id'), sql.ref('m.return_of')],
};

function inQueues(queues: readonly QueueRef[], matches: (queueId: string) => boolean): RawBuilder<SqlBool> {
  const ids = queues.filter((queue) => matches(queue.queueId)).map((queue) => queue.id);
  return sql<SqlBool>`m.queue in (select value from json_each(${JSON.stringify(ids)}))`;
}
