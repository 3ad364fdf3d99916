import { sql } from 'kysely';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<LedgerSchema>();

/** A plan may have ten thousand items: a few at a time are still a short transaction. */
const plansMax = 3;
const requestsMax = 1_000;

export function forgetOld(db: Database, before: number): number {
  return db.transaction(() => {
    const plans = db.all(
      build
        .selectFrom('replays')
        .select('number')
        .where('confirmed_at', 'is', null)
        .where('state', 'in', ['planned', 'cancelled'])
        .where('created_at', '<', before)
        .orderBy('number')
        .limit(plansMax)
        .compile(),
    );
    for (const { number } of plans) {
      for (const table of ['items', 'accounts', 'replay_queues'] as const)
        db.run(build.deleteFrom(table).where('replay', '=', number).compile());
      db.run(build.deleteFrom('replays').where('number', '=', number).compile());
    }
    const requests = db.run(
      sql`delete from requests where number in
        (select number from requests where state = 'answered' and answered_at < ${before} limit ${requestsMax})`.compile(
        build,
      ),
    );
    return plans.length + requests;
  });
}
