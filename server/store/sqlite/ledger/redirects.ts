import type { Selectable } from 'kysely';
import { AppError } from '#lib/domain/errors.ts';
import type { Destination } from '#lib/domain/message.ts';
import type { RedirectRule } from '#lib/replay/destination.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<LedgerSchema>();

/** Each plan tries all of them on each message, so there is an end to them. */
const redirectsMax = 200;

export function listRedirects(db: Database): RedirectRule[] {
  return db.all(build.selectFrom('redirects').selectAll().orderBy('number').compile()).map(toRule);
}

export function saveRedirect(db: Database, id: string, rule: Omit<RedirectRule, 'id'>): RedirectRule {
  return db.transaction(() => {
    const known = listRedirects(db);
    const other = known.find(({ name }) => name.toLowerCase() === rule.name.toLowerCase());
    if (other)
      throw new AppError('conflict', `There is a rule called "${other.name}" already. Choose another name.`, {
        details: { redirect: other.id },
      });
    if (known.length >= redirectsMax)
      throw new AppError('conflict', `There are ${redirectsMax} redirect rules already. Delete one that nobody needs.`);
    db.run(
      build
        .insertInto('redirects')
        .values({
          id,
          name: rule.name,
          connection: rule.connection,
          matches: rule.matches,
          pattern: rule.pattern,
          destination: JSON.stringify(rule.destination),
          created_at: rule.createdAt,
          created_by: rule.createdBy,
        })
        .compile(),
    );
    return { ...rule, id };
  });
}

export function deleteRedirect(db: Database, id: string): void {
  if (db.run(build.deleteFrom('redirects').where('id', '=', id).compile()) === 0)
    throw new AppError('not_found', 'There is no such redirect rule. Somebody may have deleted it; reload the list.', {
      details: { redirect: id.slice(0, 40) },
    });
}

/** Both were checked before they were written. */
function toRule(row: Selectable<LedgerSchema['redirects']>): RedirectRule {
  return {
    id: row.id,
    name: row.name,
    connection: row.connection,
    matches: row.matches,
    pattern: row.pattern,
    destination: JSON.parse(row.destination) as Destination,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}
