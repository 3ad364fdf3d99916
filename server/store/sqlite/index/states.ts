import { sql } from 'kysely';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { AlikeChanges } from '#server/store/sqlite/index/alike-changes.ts';
import { type Counters, createCounters } from '#server/store/sqlite/index/counters.ts';
import { hashText } from '#server/store/sqlite/index/hash.ts';
import { queueNumber } from '#server/store/sqlite/index/queues.ts';
import { openStates, sequenceRank, stateCodes } from '#server/store/sqlite/index/row.ts';
import { numbersOf, placesOf } from '#server/store/sqlite/index/uids.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { GoneRule, MessageIndex } from '#server/store/store.ts';

const build = queryBuilder<IndexSchema>();

/** Unknown ids are left out: a message may have been indexed by a file that was since rebuilt. */
export function setStates(db: Database, changes: readonly AlikeChanges[]): void {
  if (changes.length === 0) return;
  db.transaction(() => {
    const countersOf = new Map<number, Counters>();
    const count = (queue: number, group: number, state: number, n: number): void => {
      const counters = countersOf.get(queue) ?? createCounters(db, queue);
      countersOf.set(queue, counters);
      counters.add(group, state, n);
    };
    for (const change of changes) writeStates(db, change, count);
    for (const counters of countersOf.values()) counters.write();
  });
}

/** All at once: a replay of a million comes by here with each of its messages. */
function writeStates(
  db: Database,
  { messageIds, state, at, replayId }: AlikeChanges,
  count: (queue: number, group: number, state: number, n: number) => void,
): void {
  const code = stateCodes[state];
  const places = placesOf(db, messageIds);
  for (const [, , queue, group, before] of places) {
    count(queue, group, before, -1);
    count(queue, group, code, 1);
  }
  const ids = JSON.stringify(places.map(([, id]) => id));
  const beforeGone =
    state === 'gone' ? sql`case when state = ${code} then state_before_gone else state end` : sql`null`;
  db.run(
    sql`update messages set state = ${code}, state_at = ${at}, state_before_gone = ${beforeGone},
      last_replay_id = coalesce(${replayId}, last_replay_id)
      where id in (select value from json_each(${ids}))`.compile(build),
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
