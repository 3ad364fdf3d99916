import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';
import type { AuditEntry, Ledger } from '#server/store/store.ts';

const build = queryBuilder<LedgerSchema>();

export function appendAudit(db: Database, { from, ...entry }: AuditEntry): void {
  db.run(
    build
      .insertInto('audit')
      .values({ ...entry, from_address: from })
      .compile(),
  );
}

/** Newest first; `before` is an entry's id. */
export function listAudit(
  db: Database,
  { limit, before, target, done }: Parameters<Ledger['listAudit']>[0],
): Awaited<ReturnType<Ledger['listAudit']>> {
  let select = build
    .selectFrom('audit')
    .select(['id', 'at', 'actor', 'action', 'target', 'reason', 'from_address as from', 'result'])
    .orderBy('id', 'desc')
    .limit(limit);
  if (before !== null) select = select.where('id', '<', before);
  if (target !== undefined) select = select.where('target', '=', target);
  if (done !== undefined)
    select = select
      .where('action', 'in', done)
      .where((eb) => eb.or([eb('result', '=', 'done'), eb('result', 'like', 'done,%')]));
  return db.all(select.compile()).map((row) => ({ ...row }));
}
