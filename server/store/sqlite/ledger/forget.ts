import { sql } from 'kysely';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<LedgerSchema>();

/** A plan may have a million items: so many a call are still a short transaction. */
const itemsMax = 5_000;
const requestsMax = 1_000;

export function forgetOld(db: Database, before: number): number {
  return db.transaction(() => forgetPlan(db, before) + forgetRequests(db, before));
}

/** The oldest plan, or a part of its items: the plan itself goes last. */
function forgetPlan(db: Database, before: number): number {
  const plan = db.first(
    build
      .selectFrom('replays')
      .select('number')
      .where('confirmed_at', 'is', null)
      .where('state', 'in', ['planned', 'cancelled', 'drafting'])
      .where('created_at', '<', before)
      .orderBy('number')
      .limit(1)
      .compile(),
  );
  if (!plan) return 0;
  // Nobody may confirm what is half forgotten.
  db.run(build.updateTable('replays').set({ state: 'drafting' }).where('number', '=', plan.number).compile());
  const items = db.run(
    sql`delete from items where id in (select id from items where replay = ${plan.number} limit ${itemsMax})`.compile(
      build,
    ),
  );
  if (items === itemsMax) return items;
  for (const table of ['accounts', 'replay_queues'] as const)
    db.run(build.deleteFrom(table).where('replay', '=', plan.number).compile());
  db.run(build.deleteFrom('replays').where('number', '=', plan.number).compile());
  return 1 + items;
}

function forgetRequests(db: Database, before: number): number {
  return db.run(
    sql`delete from requests where number in
      (select number from requests where state = 'answered' and answered_at < ${before} limit ${requestsMax})`.compile(
      build,
    ),
  );
}
