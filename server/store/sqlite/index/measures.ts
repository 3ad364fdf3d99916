import { sql } from 'kysely';
import type { DeadLetterState } from '#lib/domain/dead-letter.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { openStates, stateOf } from '#server/store/sqlite/index/row.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { Arrivals, QueueMeasure } from '#server/store/measure-store.ts';

const build = queryBuilder<IndexSchema>();

/** One seek for each queue and open state. */
export function measureQueues(db: Database): QueueMeasure[] {
  const cells = db.all(
    sql<{ queueId: string; state: number; n: number; oldest: number | null }>`
      select q.queue_id as queueId, c.state, c.n,
        case when c.state in (${sql.join(openStates)}) then (
          select min(m.at) from messages as m indexed by messages_queue_state_at where m.queue = c.queue and m.state = c.state
        ) end as oldest
      from state_counts as c join queues as q on q.id = c.queue where c.n > 0`.compile(build),
  );
  return [...Map.groupBy(cells, (cell) => cell.queueId)].map(([queueId, own]) => {
    const byState: Partial<Record<DeadLetterState, number>> = {};
    for (const { state, n } of own) byState[stateOf(state)] = n;
    const oldest = own.flatMap((cell) => (cell.oldest === null ? [] : [cell.oldest]));
    return { queueId, byState, oldestAt: oldest.length === 0 ? null : Math.min(...oldest) };
  });
}

/** Rows of messages are wide: so many are about 50 ms. */
const lookedAtMax = 50_000;

export function countArrivals(db: Database, after: number | null): Arrivals {
  return db.snapshot(() => {
    const last = db.first(sql<{ id: number | null }>`select max(id) as id from messages`.compile(build))?.id ?? 0;
    if (after === null || last <= after) return { upTo: last, isAll: true, counts: [] };
    const upTo = Math.min(last, after + lookedAtMax);
    const counts = db.all(
      sql<{ queueId: string; fingerprint: string; count: number }>`
        select q.queue_id as queueId, g.fingerprint, met.n as "count" from (
          select queue, grp, count(*) as n from messages where id > ${after} and id <= ${upTo} group by queue, grp
        ) as met join queues as q on q.id = met.queue join groups as g on g.id = met.grp`.compile(build),
    );
    return { upTo, isAll: upTo === last, counts };
  });
}
