import { sql } from 'kysely';
import type { GroupSplit } from '#lib/domain/error-group.ts';
import { splitOff } from '#lib/groups/split-group.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { type Counters, createCounters } from '#server/store/sqlite/index/counters.ts';
import { loadFingerprint } from '#server/store/sqlite/index/group-facts.ts';
import { createGroups, type GroupNumbers } from '#server/store/sqlite/index/group-numbers.ts';
import { listQueueRefs } from '#server/store/sqlite/index/walks.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** Messages that stand in one group and belong into another. */
interface Misplaced {
  readonly grp: number;
  /** How they are split; `null`: they go back to the group that they were split off. */
  readonly by: GroupSplit['by'] | null;
}

interface Row {
  readonly id: number;
  readonly queue: number;
  readonly state: number;
  readonly eventType: string | null;
  readonly errorClass: string | null;
  readonly errorMessage: string | null;
  readonly reason: string | null;
}

/** See `GroupIndex.regroup`. What is left to do is read from the file itself, so a crash in between loses nothing. */
export function regroup(db: Database, splits: readonly GroupSplit[], limit: number): number {
  return db.transaction(() => {
    const [misplaced] = findMisplaced(db, splits);
    if (!misplaced) return 0;
    const rows = db.all(
      sql<Row>`
        select m.id, m.queue, m.state, m.event_type as eventType, m.error_class as errorClass, m.error_message as errorMessage, m.reason
        from messages as m indexed by messages_group_at where m.grp = ${misplaced.grp} limit ${limit}`.compile(build),
    );
    const targetOf = createTargets(db, misplaced);
    const move = db.prepare('UPDATE messages SET grp = ? WHERE id = ?');
    const countersOf = new Map<number, Counters>();
    for (const row of rows) {
      const target = targetOf(row);
      const counters = countersOf.get(row.queue) ?? createCounters(db, row.queue);
      countersOf.set(row.queue, counters);
      move.run(target, row.id);
      counters.add(misplaced.grp, row.state, -1);
      counters.add(target, row.state, 1);
    }
    for (const counters of countersOf.values()) counters.write();
    return rows.length;
  });
}

function findMisplaced(db: Database, splits: readonly GroupSplit[]): Misplaced[] {
  const wanted = JSON.stringify(splits.map(({ fingerprint, by }) => [fingerprint, by]));
  const hasMessages = sql`exists (select 1 from group_counts as c indexed by group_counts_group where c.grp = g.id and c.n > 0)`;
  const joined = sql<Misplaced>`
    select g.id as grp, null as "by" from groups as g
    where g.split_from is not null and ${hasMessages}
      and (g.split_from, g.split_by) not in (select value ->> 0, value ->> 1 from json_each(${wanted})) limit 1`;
  const split = sql<Misplaced>`
    select g.id as grp, wanted.value ->> 1 as "by"
    from json_each(${wanted}) as wanted join groups as g on g.fingerprint = wanted.value ->> 0
    where ${hasMessages} limit 1`;
  // Back first: a group that was split by one thing and is now split by another goes through its whole.
  return [...db.all(joined.compile(build)), ...db.all(split.compile(build))];
}

function createTargets(db: Database, { grp, by }: Misplaced): (row: Row) => number {
  const groups: GroupNumbers = createGroups(db);
  const { fingerprint, failure, splitFrom } = loadFingerprint(db, grp);
  if (by === null) {
    if (splitFrom === null) throw new Error('A group that was not split off cannot go back');
    const whole = loadFingerprint(db, splitFrom);
    const target = groups.of(whole.fingerprint, failure);
    return () => target;
  }
  const queueIds = new Map(listQueueRefs(db).map(({ id, queueId }) => [id, queueId]));
  return (row) => {
    const value = by === 'queue' ? (queueIds.get(row.queue) ?? null) : row.eventType;
    const { errorClass, errorMessage, reason } = row;
    return groups.of(splitOff(fingerprint, by, value), {
      errorClass,
      errorMessage,
      reason,
      stackTrace: null,
      attempts: null,
    });
  };
}
