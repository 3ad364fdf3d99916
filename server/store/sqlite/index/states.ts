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

interface StateRow {
  readonly id: number;
  readonly queue: number;
  readonly grp: number;
  readonly state: number;
  readonly state_before_gone: number | null;
}

/** Unknown ids are left out: a message may have been indexed by a file that was since rebuilt. */
export function setStates(db: Database, changes: readonly StateChange[]): void {
  db.transaction(() => {
    const countersOf = new Map<number, Counters>();
    // By hand: a replay of a million comes by here with each of its messages.
    const read = db.prepare('SELECT id, queue, grp, state, state_before_gone FROM messages WHERE id = ?');
    const write = db.prepare(
      'UPDATE messages SET state = ?, state_at = ?, state_before_gone = ?, last_replay_id = coalesce(?, last_replay_id) WHERE id = ?',
    );
    const numbers = numbersOf(
      db,
      changes.map((change) => change.messageId),
    );
    for (const change of changes) {
      const id = numbers.get(change.messageId);
      if (id === undefined) continue;
      const row = read.get(id) as StateRow | undefined;
      if (!row) continue;
      const state = stateCodes[change.state];
      const beforeGone = change.state !== 'gone' ? null : row.state === state ? row.state_before_gone : row.state;
      write.run(state, change.at, beforeGone, change.replayId, row.id);
      const counters = countersOf.get(row.queue) ?? createCounters(db, row.queue);
      countersOf.set(row.queue, counters);
      counters.add(row.grp, row.state, -1);
      counters.add(row.grp, state, 1);
    }
    for (const counters of countersOf.values()) counters.write();
  });
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
