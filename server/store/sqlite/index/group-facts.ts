import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { GroupFacts } from '#lib/domain/error-group.ts';
import type { FingerprintParts } from '#lib/fingerprint/fingerprint.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { MergedGroup } from '#server/store/sqlite/index/merged-groups.ts';
import type { GroupTable, IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** What the group says of itself; one that this file has not met yet is told by one of its members. */
export function factsOf(db: Database, { fingerprint, members }: MergedGroup): GroupFacts {
  const row = db.first(
    sql<Selectable<GroupTable>>`
      select g.* from json_each(${JSON.stringify(members)}) as wanted join groups as g on g.id = wanted.value
      order by g.fingerprint <> ${fingerprint}, g.id limit 1`.compile(build),
  );
  if (!row) throw new Error('A group without members');
  return {
    fingerprint,
    description: {
      // The only version so far, and what ingest has written.
      version: row.version as 1,
      title: row.title,
      explanation: row.explanation,
      parts: JSON.parse(row.parts) as FingerprintParts,
    },
    errorClass: row.error_class,
    errorMessage: row.example,
    reason: row.reason,
  };
}
