import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Filter, TimeRange } from '#lib/filter/filter.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import { stateCodes } from '#server/store/sqlite/index/row.ts';

export interface QueueRef {
  readonly id: number;
  readonly queueId: string;
}

/**
 * A filter as a condition on a row `m` of messages: always true or false, never NULL, so that a negation is one. Everything that a
 * person wrote is bound; the SQL is made of constants only.
 */
export function condition(filter: Filter, queues: readonly QueueRef[]): RawBuilder<SqlBool> {
  switch (filter.kind) {
    case 'all':
      return sql<SqlBool>`true`;
    case 'and':
    case 'or':
      if (filter.terms.length === 0) return filter.kind === 'and' ? sql<SqlBool>`true` : sql<SqlBool>`false`;
      return sql<SqlBool>`(${sql.join(
        filter.terms.map((term) => condition(term, queues)),
        filter.kind === 'and' ? sql` and ` : sql` or `,
      )})`;
    case 'not':
      return sql<SqlBool>`not ${condition(filter.term, queues)}`;
    case 'contains':
      return sql<SqlBool>`folded_contains(${filter.value}, ${sql.join(textColumns[filter.field].map((column) => sql.ref(`m.${column}`)))})`;
    case 'equals':
      if (filter.field === 'connection') return inQueues(queues, (id) => matchesConnection(filter.value, id));
      if (filter.field === 'queue') return inQueues(queues, (id) => id === filter.value.toWellFormed());
      return sql<SqlBool>`(${sql.join(
        valueColumns[filter.field].map((column) => sql`${sql.ref(`m.${column}`)} is ${filter.value.toWellFormed()}`),
        sql` or `,
      )})`;
    case 'queue':
      return inQueues(queues, (id) => matchesQueue(filter.pattern, id));
    case 'state':
      return sql<SqlBool>`m.state = ${stateCodes[filter.state]}`;
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

type FieldOf<Kind extends 'contains' | 'equals'> = Extract<Filter, { readonly kind: Kind }>['field'];

const textColumns: Readonly<Record<FieldOf<'contains'>, readonly string[]>> = {
  error: ['error_class', 'error_message'],
  key: ['key_text'],
  type: ['event_type'],
  text: ['error_class', 'error_message', 'key_text', 'event_type', 'preview'],
};

export const valueColumns: Readonly<Record<Exclude<FieldOf<'equals'>, 'connection' | 'queue'>, readonly string[]>> = {
  key: ['key_text', 'key_digest'],
  type: ['event_type'],
  class: ['error_class'],
  correlation: ['correlation_id'],
  event: ['event_id'],
  replay: ['last_replay_id', 'return_of'],
};

function inQueues(queues: readonly QueueRef[], matches: (queueId: string) => boolean): RawBuilder<SqlBool> {
  const ids = queues.filter((queue) => matches(queue.queueId)).map((queue) => queue.id);
  return sql<SqlBool>`m.queue in (select value from json_each(${JSON.stringify(ids)}))`;
}
