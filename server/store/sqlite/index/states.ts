import { sql } from 'kysely';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { type Counters, createCounters } from '#server/store/sqlite/index/counters.ts';
import { hashText } from '#server/store/sqlite/index/hash.ts';
import { queueNumber } from '#server/store/sqlite/index/queues.ts';
import { openStates, sequenceRank, stateCodes } from '#server/store/sqlite/index/row.ts';
import { numbersOf } from '#server/store/sqlite/index/uids.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { GoneRule, MessageIndex, StateChange } from '#server/store/store.ts';

const build = queryBuilder<IndexSchema>();

/** Unknown ids are left out: a message may have been indexed by a file that was since rebuilt. */
export function setStates(db: Database, changes: readonly StateChange[]): void {
  db.transaction(() => {
    const countersOf = new Map<number, Counters>();
    const count = (queue: number, group: number, state: number, n: number): void => {
      const counters = countersOf.get(queue) ?? createCounters(db, queue);
      countersOf.set(queue, counters);
      counters.add(group, state, n);
    };
    const numbers = numbersOf(
      db,
      changes.map((change) => change.messageId),
    );
    // The last change of a message counts.
    const last = new Map(changes.map((change) => [change.messageId, change]));
    const alike = Map.groupBy(last.values(), ({ state, at, replayId }) => JSON.stringify([state, at, replayId]));
    for (const [first, ...others] of alike.values()) {
      if (first === undefined) continue;
      const ids = [first, ...others].flatMap(({ messageId }) => numbers.get(messageId) ?? []);
      writeStates(db, ids, first, count);
    }
    for (const counters of countersOf.values()) counters.write();
  });
}

/** All at once: a replay of a million comes by here with each of its messages. */
function writeStates(
  db: Database,
  ids: readonly number[],
  { state, at, replayId }: StateChange,
  count: (queue: number, group: number, state: number, n: number) => void,
): void {
  const wanted = JSON.stringify(ids);
  const code = stateCodes[state];
  const rows = db.all(
    sql<{ queue: number; grp: number; state: number; n: number }>`
      select m.queue, m.grp, m.state, count(*) as n from json_each(${wanted}) as w cross join messages as m on m.id = w.value
      group by 1, 2, 3`.compile(build),
  );
  for (const { queue, grp, state: before, n } of rows) {
    count(queue, grp, before, -n);
    count(queue, grp, code, n);
  }
  const beforeGone =
    state === 'gone' ? sql`case when state = ${code} then state_before_gone else state end` : sql`null`;
  db.run(
    sql`update messages set state = ${code}, state_at = ${at}, state_before_gone = ${beforeGone},
      last_replay_id = coalesce(${replayId}, last_replay_id)
      where id in (select value from json_each(${wanted}))`.compile(build),
  );
}

export function noteReturns(db: Database, counts: Parameters<MessageIndex['noteReturns']>[0]): void {
  db.transaction(() => {
    const numbers = numbersOf(
      db,
      counts.map((count) => count.messageId),
    );
    const write = db.prepare('UPDATE messages SET returns = ?1 WHERE id = ?2 AND returns < ?1');
    for (const { messageId, returns } of counts) {
      const id = numbers.get(messageId);
      if (id !== undefined) write.run(returns, id);
    }
  });
}

export function markGone(db: Database, queueId: string, which: GoneRule, at: number): number {
  return db.transaction(() => {
    const queue = queueNumber(db, queueId);
    const gone = db.all(
      sql<{ grp: number; before: number }>`
        update messages set state_before_gone = state, state = ${stateCodes.gone}, state_at = ${at}
        where id in (${gonePart(queue, which)})
        returning grp, state_before_gone as before`.compile(build),
    );
    const counters = createCounters(db, queue);
    for (const { grp, before } of gone) {
      counters.add(grp, before, -1);
      counters.add(grp, stateCodes.gone, 1);
    }
    counters.write();
    return gone.length;
  });
}

function gonePart(queue: number, which: GoneRule) {
  const states = sql.join(openStates);
  switch (which.kind) {
    case 'not-seen-in':
      return sql`
        select m.id from messages as m indexed by messages_queue_state_at left join sightings as s on s.id = m.id
        where m.queue = ${queue} and m.state in (${states}) and coalesce(s.scan, m.scan) <> ${hashText(which.scan)}`;
    case 'before':
      return sql`
        select m.id from messages as m indexed by messages_sequence
        where m.queue = ${queue} and m.lane = ${which.lane} and m.sequence_rank is not null
          and m.sequence_rank < ${sequenceRank(which.sequence)} and m.state in (${states})`;
  }
}
