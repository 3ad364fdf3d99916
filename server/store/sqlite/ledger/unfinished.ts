import { sql } from 'kysely';
import type { ReplayState } from '#lib/domain/replay.ts';
import type { UnfinishedReplay } from '#server/store/return-ledger.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { isUnderWay } from '#server/store/sqlite/ledger/item-indexes.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<LedgerSchema>();

/** The accounts tell first which replays can have any, so that the items of all the others are never read. */
export function listUnfinishedOn(db: Database, queueId: string): UnfinishedReplay[] {
  const rows = db.all(
    sql<{ number: number; state: string; unknown: number; others: number }>`
      select * from (
        select r.number, r.state,
          exists (select 1 from items where replay = r.number and items.queue_id = q.queue_id and items.state = 'unknown' and ${isUnderWay}) as unknown,
          exists (select 1 from items where replay = r.number and items.queue_id = q.queue_id and items.state in ('intended', 'sent') and ${isUnderWay})
            or (r.state in ('queued', 'sending', 'paused') and exists (
              select 1 from items indexed by items_waiting where replay = r.number and items.queue_id = q.queue_id and state = 'planned')) as others
        from replay_queues as q join replays as r on r.number = q.replay
        where q.queue_id = ${queueId} and r.confirmed_at is not null
          and r.number in (select replay from accounts where n > 0 and (state in ('intended', 'sent', 'unknown')
            or (state = 'planned' and r.state in ('queued', 'sending', 'paused')))))
      where unknown or others order by number`.compile(build),
  );
  return rows.map(({ number, state, others }) => ({ number, state: state as ReplayState, onlyUnknown: others === 0 }));
}
