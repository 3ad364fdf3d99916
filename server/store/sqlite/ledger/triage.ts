import type { GroupDecision, GroupNote, GroupSplit, GroupTriage } from '#lib/domain/error-group.ts';
import { AppError } from '#lib/domain/errors.ts';
import { sql } from 'kysely';
import type { TriageChange } from '#server/store/group-ledger.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<LedgerSchema>();

export function listTriage(db: Database): GroupTriage[] {
  const rows = db.all(
    sql<Omit<GroupTriage, 'decision'> & { decision: string }>`
      select t.fingerprint, t.decision, t.owner, t.merged_into as mergedInto, t.changed_at as changedAt, t.changed_by as changedBy,
        (select count(*) from group_notes as n where n.fingerprint = t.fingerprint) as notes
      from group_triage as t order by t.fingerprint`.compile(build),
  );
  // What `changeGroup` wrote.
  return rows.map((row) => ({ ...row, decision: JSON.parse(row.decision) as GroupDecision }));
}

export function listNotes(db: Database, fingerprints: readonly string[]): GroupNote[] {
  return db.all(
    sql<GroupNote>`
      select n.id, n.fingerprint, n.at, n.by, n.text
      from (select distinct value from json_each(${JSON.stringify(fingerprints)})) as wanted
      join group_notes as n on n.fingerprint = wanted.value order by n.number desc`.compile(build),
  );
}

export function listSplits(db: Database): GroupSplit[] {
  return db.all(
    build.selectFrom('group_splits').select(['fingerprint', 'split_by as by']).orderBy('fingerprint').compile(),
  );
}

export function changeGroup(
  db: Database,
  newId: () => string,
  fingerprint: string,
  change: TriageChange,
  by: string,
  at: number,
): void {
  db.transaction(() => {
    const known = find(db, fingerprint);
    refuseWhatIsMerged(fingerprint, known?.merged_into ?? null, change);
    const record = {
      decision: change.decision ? JSON.stringify(change.decision) : (known?.decision ?? '{"kind":"open"}'),
      owner: change.owner === undefined ? (known?.owner ?? null) : change.owner,
      changed_at: at,
      changed_by: by,
    };
    db.run(
      build
        .insertInto('group_triage')
        .values({ fingerprint, merged_into: null, ...record })
        .onConflict((conflict) => conflict.column('fingerprint').doUpdateSet(record))
        .compile(),
    );
    if (change.note !== undefined)
      db.run(build.insertInto('group_notes').values({ id: newId(), fingerprint, at, by, text: change.note }).compile());
    if (change.mergeInto !== undefined) merge(db, fingerprint, change.mergeInto);
    if (change.splitBy !== undefined) split(db, fingerprint, change.splitBy);
  });
}

function find(db: Database, fingerprint: string) {
  return db.first(
    build
      .selectFrom('group_triage')
      .select(['decision', 'owner', 'merged_into'])
      .where('fingerprint', '=', fingerprint)
      .compile(),
  );
}

function refuseWhatIsMerged(fingerprint: string, mergedInto: string | null, change: TriageChange): void {
  if (mergedInto === null) return;
  if (change.decision === undefined && change.owner === undefined && (change.splitBy ?? null) === null) return;
  throw new AppError(
    'conflict',
    'This group was merged into another, and has no state of its own. Change that one, or take this one out first.',
    { details: { group: fingerprint, mergedInto } },
  );
}

/** Only ever one step deep: whoever was merged into this group goes along. */
function merge(db: Database, fingerprint: string, target: string | null): void {
  const head = target === null ? null : (find(db, target)?.merged_into ?? target);
  if (head === fingerprint) {
    throw new AppError(
      'conflict',
      target === fingerprint
        ? 'A group cannot be merged into itself.'
        : 'That group was merged into this one. Take it out first, or merge the other way round.',
      { details: { group: fingerprint, target } },
    );
  }
  for (const each of head === null ? [] : [fingerprint, head]) refuseWhatIsSplit(db, each);
  const moved = build.updateTable('group_triage').set({ merged_into: head });
  db.run(moved.where('fingerprint', '=', fingerprint).compile());
  if (head !== null) db.run(moved.where('merged_into', '=', fingerprint).compile());
}

function refuseWhatIsSplit(db: Database, fingerprint: string): void {
  if (
    !db.first(build.selectFrom('group_splits').select('fingerprint').where('fingerprint', '=', fingerprint).compile())
  )
    return;
  throw new AppError('conflict', 'A group that is split cannot be merged. Merge its parts, or join them first.', {
    details: { group: fingerprint },
  });
}

function split(db: Database, fingerprint: string, splitBy: GroupSplit['by'] | null): void {
  if (splitBy === null) {
    db.run(build.deleteFrom('group_splits').where('fingerprint', '=', fingerprint).compile());
    return;
  }
  if (
    db.first(build.selectFrom('group_triage').select('fingerprint').where('merged_into', '=', fingerprint).compile())
  ) {
    throw new AppError(
      'conflict',
      'Other groups were merged into this one: take them out before it is split, so that it is clear what is split.',
      { details: { group: fingerprint } },
    );
  }
  db.run(
    build
      .insertInto('group_splits')
      .values({ fingerprint, split_by: splitBy })
      .onConflict((conflict) => conflict.column('fingerprint').doUpdateSet({ split_by: splitBy }))
      .compile(),
  );
}
