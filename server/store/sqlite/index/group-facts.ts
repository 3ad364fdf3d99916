import { type Selectable, sql } from 'kysely';
import type { Failure } from '#lib/domain/dead-letter.ts';
import type { GroupFacts, SplitFrom } from '#lib/domain/error-group.ts';
import { type Fingerprint, type FingerprintParts, fingerprintVersion } from '#lib/fingerprint/fingerprint.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { findGroups, type MergedGroup } from '#server/store/sqlite/index/merged-groups.ts';
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
  const { id: _, ...description } = toFingerprint(row);
  return {
    fingerprint,
    description,
    errorClass: row.error_class,
    errorMessage: row.example,
    reason: row.reason,
    splitFrom: toSplitFrom(row),
  };
}

/** As ingest had it when the group was made; `splitFrom` is the number of the group that it is a part of. */
export function loadFingerprint(
  db: Database,
  group: number,
): { readonly fingerprint: Fingerprint; readonly failure: Failure; readonly splitFrom: number | null } {
  const row = db.first(build.selectFrom('groups').selectAll().where('id', '=', group).compile());
  if (!row) throw new Error('There is no group of this number');
  const [whole] = row.split_from === null ? [] : findGroups(db, [row.split_from]);
  return {
    fingerprint: toFingerprint(row),
    failure: {
      errorClass: row.error_class,
      errorMessage: row.example,
      reason: row.reason,
      stackTrace: null,
      attempts: null,
    },
    splitFrom: whole?.id ?? null,
  };
}

/** What was split off one of these groups, and what of these was split off. */
export function listSplitOff(
  db: Database,
  fingerprints: readonly string[],
): { readonly fingerprint: string; readonly splitFrom: SplitFrom }[] {
  const wanted = sql`(select value from json_each(${JSON.stringify(fingerprints)}))`;
  const rows = db.all(
    sql<Selectable<GroupTable>>`
      select g.* from groups as g where g.split_from in ${wanted}
      union select g.* from groups as g where g.fingerprint in ${wanted} and g.split_from is not null
      order by g.id`.compile(build),
  );
  return rows.flatMap((row) => {
    const splitFrom = toSplitFrom(row);
    return splitFrom ? [{ fingerprint: row.fingerprint, splitFrom }] : [];
  });
}

/** The columns hold what `group-numbers.ts` wrote. An index with groups of another version is set aside at the start (`set-aside-index.ts`). */
function toFingerprint(row: Selectable<GroupTable>): Fingerprint {
  return {
    id: row.fingerprint,
    version: fingerprintVersion,
    title: row.title,
    explanation: row.explanation,
    parts: JSON.parse(row.parts) as FingerprintParts,
  };
}

function toSplitFrom(row: Selectable<GroupTable>): SplitFrom | null {
  if (row.split_from === null || row.split_by === null || row.split_value === null) return null;
  return { fingerprint: row.split_from, by: row.split_by, value: row.split_value };
}
