import type { Failure } from '#lib/domain/dead-letter.ts';
import { digestOf } from '#lib/fingerprint/digest.ts';
import type { Fingerprint } from '#lib/fingerprint/fingerprint.ts';
import { type GroupFingerprint, otherParts } from '#lib/groups/split-group.ts';
import type { Database } from '#server/store/sqlite/database.ts';

/** The numbers by which messages name their groups. */
export interface GroupNumbers {
  /** Made when it is first met; `failure` is kept as the group's example. */
  of(fingerprint: GroupFingerprint, failure: Failure): number;
  /** After a transaction that was rolled back: what it made is not there. */
  forget(): void;
}

const remembered = 5_000;

/** Messages are hostile, and every list of groups walks them: what a class has beyond so many, and what all have, is counted in one group. */
const groupsOfClassMax = 500;
const groupsMax = 20_000;
/** Event types are hostile, too. */
const partsMax = 100;

const exampleCharacters = 500;

export function createGroups(db: Database): GroupNumbers {
  const numbers = new Map<string, number>();
  return {
    of(fingerprint, failure) {
      const known = numbers.get(fingerprint.id);
      if (known !== undefined) return known;
      const group = find(db, fingerprint.id) ?? make(db, fingerprint, failure);
      if (numbers.size >= remembered) numbers.clear();
      numbers.set(fingerprint.id, group);
      return group;
    },
    forget: () => numbers.clear(),
  };
}

function find(db: Database, fingerprint: string): number | undefined {
  const id = db.prepare('SELECT id FROM groups WHERE fingerprint = ?').get(fingerprint)?.['id'];
  return id === undefined ? undefined : Number(id);
}

function make(db: Database, fingerprint: GroupFingerprint, failure: Failure): number {
  if (fingerprint.splitFrom) return makePart(db, fingerprint, fingerprint.splitFrom, failure);
  // Parts have a limit of their own.
  const ofClass = count(
    db,
    'SELECT count(*) AS n FROM groups WHERE error_class IS ? AND split_from IS NULL',
    failure.errorClass,
  );
  const isFull = ofClass >= groupsOfClassMax;
  if (!isFull && count(db, 'SELECT count(*) AS n FROM groups') < groupsMax) return insert(db, fingerprint, failure);
  const others = furtherGroups(isFull ? failure.errorClass : null, fingerprint.version);
  return find(db, others.id) ?? insert(db, others, { ...failure, errorClass: isFull ? failure.errorClass : null });
}

/** A person asked for these, so they count by themselves. The whole must be there, because one day its parts are joined again. */
function makePart(
  db: Database,
  fingerprint: GroupFingerprint,
  { group, by }: NonNullable<GroupFingerprint['splitFrom']>,
  failure: Failure,
): number {
  if (find(db, group.id) === undefined) insert(db, group, failure);
  const parts = count(db, 'SELECT count(*) AS n FROM groups WHERE split_from = ? AND split_by = ?', group.id, by);
  if (parts < partsMax) return insert(db, fingerprint, failure);
  const others = otherParts(group, by);
  return find(db, others.id) ?? insert(db, others, failure);
}

function count(db: Database, query: string, ...values: readonly (string | null)[]): number {
  return Number(db.prepare(query).get(...values)?.['n'] ?? 0);
}

/** Stands for the groups that are too many to be kept apart. */
function furtherGroups(errorClass: string | null, version: Fingerprint['version']): Fingerprint {
  return {
    version,
    id: digestOf(JSON.stringify(['further', errorClass])),
    title: errorClass === null ? 'Further errors' : `${errorClass}: further errors`,
    explanation: 'grouped because there are too many different ones to tell them apart',
    parts: { kind: 'error', errorClass, frames: [], message: '' },
  };
}

function insert(
  db: Database,
  { id, version, title, explanation, parts, splitFrom }: GroupFingerprint,
  failure: Failure,
): number {
  const { errorClass, reason, errorMessage } = failure;
  const example = errorMessage === null ? null : errorMessage.slice(0, exampleCharacters).toWellFormed();
  const statement = db.prepare(
    `INSERT INTO groups (fingerprint, version, title, explanation, parts, error_class, reason, example, split_from, split_by, split_value)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const texts = [title.toWellFormed(), explanation.toWellFormed(), JSON.stringify(parts)];
  const split = splitFrom ? [splitFrom.group.id, splitFrom.by, splitFrom.value.toWellFormed()] : [null, null, null];
  return Number(statement.run(id, version, ...texts, errorClass, reason, example, ...split).lastInsertRowid);
}
