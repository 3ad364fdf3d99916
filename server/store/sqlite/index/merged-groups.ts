import { sql } from 'kysely';
import type { GroupTriage } from '#lib/domain/error-group.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** A group as people see it: what a person merged is one. */
export interface MergedGroup {
  /** Of the group that the others were merged into. */
  readonly fingerprint: string;
  /** Its numbers in this file; never empty. */
  readonly members: readonly number[];
}

/** The groups that these numbers belong to, each with all of its members. */
export function findMerged(
  db: Database,
  groups: readonly number[],
  triage: readonly Pick<GroupTriage, 'fingerprint' | 'mergedInto'>[],
): MergedGroup[] {
  const headOf = new Map(
    triage.flatMap(({ fingerprint, mergedInto }) => (mergedInto === null ? [] : [[fingerprint, mergedInto] as const])),
  );
  const merged = Map.groupBy(headOf, ([, head]) => head);
  const met = db.all(
    sql<GroupNumber>`
      select g.id, g.fingerprint from json_each(${JSON.stringify(groups)}) as wanted join groups as g on g.id = wanted.value`.compile(
      build,
    ),
  );
  return [...Map.groupBy(met, ({ fingerprint }) => headOf.get(fingerprint) ?? fingerprint)].map(([head, own]) => {
    const others = merged.get(head);
    return {
      fingerprint: head,
      members: others ? numbersOf(db, [head, ...others.map(([member]) => member)]) : own.map(({ id }) => id),
    };
  });
}

export interface GroupNumber {
  readonly id: number;
  readonly fingerprint: string;
}

/** Of those fingerprints that this file knows. */
export function findGroups(db: Database, fingerprints: readonly string[]): GroupNumber[] {
  return db.all(
    sql<GroupNumber>`
      select g.id, g.fingerprint
      from json_each(${JSON.stringify(fingerprints)}) as wanted join groups as g on g.fingerprint = wanted.value`.compile(
      build,
    ),
  );
}

export function numbersOf(db: Database, fingerprints: readonly string[]): number[] {
  return findGroups(db, fingerprints).map(({ id }) => id);
}
