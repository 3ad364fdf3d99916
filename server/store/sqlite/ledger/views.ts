import type { Selectable } from 'kysely';
import { AppError } from '#lib/domain/errors.ts';
import type { SavedView } from '#lib/domain/error-group.ts';
import type { ViewChange } from '#server/store/group-ledger.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<LedgerSchema>();

/** All of them are read at every page, so there is an end to them. */
const viewsMax = 1_000;

export function listViews(db: Database): SavedView[] {
  return db.all(build.selectFrom('saved_views').selectAll().orderBy('name').compile()).map(toView);
}

export function saveView(db: Database, id: string, view: Omit<SavedView, 'id' | 'changedAt'>): SavedView {
  return db.transaction(() => {
    refuseTakenName(db, view.name, null);
    if (listViews(db).length >= viewsMax)
      throw new AppError('conflict', `There are ${viewsMax} saved views already. Delete one that nobody needs.`);
    db.run(
      build
        .insertInto('saved_views')
        .values({
          id,
          name: view.name,
          owner: view.owner,
          created_at: view.createdAt,
          changed_at: view.createdAt,
          queue_id: view.queueId,
          page: JSON.stringify(view.page),
          filter: view.filter,
          range: view.range === null ? null : JSON.stringify(view.range),
        })
        .compile(),
    );
    return getView(db, id);
  });
}

export function changeView(db: Database, id: string, change: ViewChange, at: number): SavedView {
  return db.transaction(() => {
    getView(db, id);
    if (change.name !== undefined) refuseTakenName(db, change.name, id);
    db.run(
      build
        .updateTable('saved_views')
        .set({
          changed_at: at,
          ...(change.name !== undefined && { name: change.name }),
          ...(change.queueId !== undefined && { queue_id: change.queueId }),
          ...(change.page !== undefined && { page: JSON.stringify(change.page) }),
          ...(change.filter !== undefined && { filter: change.filter }),
          ...(change.range !== undefined && { range: change.range === null ? null : JSON.stringify(change.range) }),
        })
        .where('id', '=', id)
        .compile(),
    );
    return getView(db, id);
  });
}

export function deleteView(db: Database, id: string): void {
  db.transaction(() => {
    getView(db, id);
    db.run(build.deleteFrom('saved_views').where('id', '=', id).compile());
  });
}

function getView(db: Database, id: string): SavedView {
  const row = db.first(build.selectFrom('saved_views').selectAll().where('id', '=', id).compile());
  if (!row) throw new AppError('not_found', 'There is no such saved view.', { details: { view: id.slice(0, 40) } });
  return toView(row);
}

function refuseTakenName(db: Database, name: string, except: string | null): void {
  const other = db.first(build.selectFrom('saved_views').select(['id', 'name']).where('name', '=', name).compile());
  if (other && other.id !== except)
    throw new AppError(
      'conflict',
      `There is a view called "${other.name}" already. Choose another name, or change that one.`,
      {
        details: { view: other.id },
      },
    );
}

/** Page and range are what this file wrote. */
function toView(row: Selectable<LedgerSchema['saved_views']>): SavedView {
  return {
    id: row.id,
    name: row.name,
    owner: row.owner,
    createdAt: row.created_at,
    changedAt: row.changed_at,
    queueId: row.queue_id,
    page: JSON.parse(row.page) as SavedView['page'],
    filter: row.filter,
    range: row.range === null ? null : (JSON.parse(row.range) as SavedView['range']),
  };
}
