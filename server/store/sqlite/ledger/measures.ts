import { sql } from 'kysely';
import type { ItemState, ReplayAction, ReplayState } from '#lib/domain/replay.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';
import type { ReplayMeasures } from '#server/store/measure-store.ts';

const build = queryBuilder<LedgerSchema>();

/** Replays are in the thousands, and their messages are counted in `accounts`. */
export function measureReplays(db: Database): ReplayMeasures {
  return db.snapshot(() => {
    const replays = db.all(
      sql<{ action: ReplayAction; state: ReplayState; count: number; returned: number; different: number }>`
        select coalesce(options ->> 'action', 'replay') as action, state, count(*) as "count",
          sum(case when options ->> 'action' = 'restore' then 0 else returned end) as returned, sum(returned_different) as different
        from replays where confirmed_at is not null group by 1, 2`.compile(build),
    );
    const items = db.all(
      sql<{ action: ReplayAction; state: ItemState; count: number }>`
        select coalesce(r.options ->> 'action', 'replay') as action, a.state, sum(a.n) as "count"
        from replays as r join accounts as a on a.replay = r.number where r.confirmed_at is not null group by 1, 2`.compile(
        build,
      ),
    );
    return {
      replays: replays.map(({ action, state, count }) => ({ action, state, count })),
      items,
      returned: replays.reduce((sum, each) => sum + each.returned, 0),
      returnedDifferent: replays.reduce((sum, each) => sum + each.different, 0),
    };
  });
}
