import { type RawBuilder, sql } from 'kysely';
import type { DeadLetterState } from '#lib/domain/dead-letter.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { openStates, stateCodes, stateOf } from '#server/store/sqlite/index/row.ts';
import { keptAmong, type KeptRow, keptSeeks, least } from '#server/store/sqlite/index/summary.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { Arrivals, GroupCount, QueueMeasure } from '#server/store/measure-store.ts';

const build = queryBuilder<IndexSchema>();

const sameCell = sql`m.queue = c.queue and m.state = c.state`;
const { oldestKept, kept, ends } = keptSeeks(sameCell);
const ofOpen = (seek: RawBuilder<unknown>) => sql`case when c.state in (${sql.join(openStates)}) then ${seek} end`;

/** Four seeks for each queue and open state. */
export function measureQueues(db: Database): QueueMeasure[] {
  const cells = db.all(
    sql<{ queueId: string; state: number; n: number; oldest: number | null } & KeptRow>`
      select q.queue_id as queueId, c.state, c.n,
        ${ofOpen(sql`(select min(m.at) from messages as m indexed by messages_queue_state_at where ${sameCell})`)} as oldest,
        ${ofOpen(oldestKept)} as oldestKept, ${ofOpen(kept)} as kept, ${ofOpen(ends)} as ends
      from state_counts as c join queues as q on q.id = c.queue where c.n > 0`.compile(build),
  );
  return [...Map.groupBy(cells, (cell) => cell.queueId)].map(([queueId, own]) => {
    const byState: Partial<Record<DeadLetterState, number>> = {};
    for (const { state, n } of own) byState[stateOf(state)] = n;
    return { queueId, byState, oldestAt: least(own.map(({ oldest }) => oldest)), ...keptAmong(own) };
  });
}

/** Rows of messages are wide: so many are about 50 ms. */
const lookedAtMax = 50_000;

/** A replay is named by what was restored, too, and a return by none but the one that it came back from (`recogniseRestored`). */
const wasRestored = sql`(last_replay_id is not null
  and (state = ${stateCodes.new} or (return_of is not null and return_of <> last_replay_id)))`;

export function countArrivals(db: Database, after: number | null): Arrivals {
  return db.snapshot(() => {
    const last = db.first(sql<{ id: number | null }>`select max(id) as id from messages`.compile(build))?.id ?? 0;
    if (after === null || last <= after) return { upTo: last, isAll: true, counts: [] };
    const upTo = Math.min(last, after + lookedAtMax);
    const counts = db.all(
      sql<{ queueId: string; fingerprint: string; count: number }>`
        select q.queue_id as queueId, g.fingerprint, met.n as "count" from (
          select queue, grp, count(*) as n from messages where id > ${after} and id <= ${upTo} and not ${wasRestored} group by queue, grp
        ) as met join queues as q on q.id = met.queue join groups as g on g.id = met.grp`.compile(build),
    );
    return { upTo, isAll: upTo === last, counts };
  });
}

export function countRestored(
  db: Database,
  queueId: string,
  { from, to }: { readonly from: number; readonly to: number },
): GroupCount[] {
  return db.all(
    sql<GroupCount>`
      select g.fingerprint, count(*) as "count" from messages as m join groups as g on g.id = m.grp
      where m.queue = (select id from queues where queue_id = ${queueId}) and m.at >= ${from} and m.at < ${to} and ${wasRestored}
      group by m.grp`.compile(build),
  );
}

/** The oldest of a group are mostly the first that were met, so this ends early where the answer is yes. */
export function listMetBy(db: Database, fingerprints: readonly string[], place: number): string[] {
  return db
    .all(
      sql<{ fingerprint: string }>`
        select g.fingerprint from json_each(${JSON.stringify(fingerprints)}) as f join groups as g on g.fingerprint = f.value
        where exists (select 1 from messages as m indexed by messages_group_at where m.grp = g.id and m.id <= ${place})`.compile(
        build,
      ),
    )
    .map(({ fingerprint }) => fingerprint);
}
