import { sql } from 'kysely';
import { AppError } from '#lib/domain/errors.ts';
import { type ContentBlock, createBlockWriter } from '#server/store/content-blocks.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { type Counters, createCounters } from '#server/store/sqlite/index/counters.ts';
import { createGroups } from '#server/store/sqlite/index/group-numbers.ts';
import { hashText } from '#server/store/sqlite/index/hash.ts';
import { createPhrases } from '#server/store/sqlite/index/phrases.ts';
import { ownColumns, type PreparedBatch } from '#server/store/sqlite/index/prepare.ts';
import { queueNumber } from '#server/store/sqlite/index/queues.ts';
import { stateCodes } from '#server/store/sqlite/index/row.ts';
import { createSignatureWriter } from '#server/store/sqlite/index/signatures.ts';
import { loadSigned, signedOf } from '#server/store/sqlite/index/signed.ts';
import { addUid, numbersOfHashes } from '#server/store/sqlite/index/uids.ts';
import type { IndexSchema, MessageTable } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/**
 * See `MessageIndex.ingest`. This is the one loop whose cost a row is felt: its statements are written by hand and prepared once a batch, what a batch
 * has in common is written once, and a letter that was never met costs a look at one index.
 */
export function createIngest(db: Database): (batch: PreparedBatch) => { inserted: readonly string[] } {
  const groupNumbers = createGroups(db);
  const phraseNumbers = createPhrases(db);
  const signatures = createSignatureWriter(db, (from, to) => loadSigned(db, from, to));
  const blocks = createBlockWriter();

  const write = (batch: PreparedBatch) =>
    db.transaction(() => {
      const queue = queueNumber(db, batch.queueId);
      requirePosition(db, queue, batch);
      const scan = hashText(batch.scan);
      const counters = createCounters(db, queue);
      const known = findKnown(db, batch);
      const inserted = new Set<string>();
      const first = highestNumber(db) + 1;
      let firstOfBlock = first;
      const insert = db.prepare(insertMessage);
      const see = db.prepare(
        'INSERT INTO sightings (id, scan) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET scan = excluded.scan WHERE scan <> excluded.scan',
      );
      const insertBlock = db.prepare('INSERT INTO contents (id, content) VALUES (?, ?)');
      const insertUnsearched = db.prepare('INSERT INTO unsearched (id, waits) VALUES (?, ?)');
      const writeBlock = (block: ContentBlock | null): void => {
        if (!block) return;
        insertBlock.run(firstOfBlock, block.blob);
        firstOfBlock += block.count;
      };
      const groupOf = remembered(batch.groups, ({ fingerprint, failure }) => groupNumbers.of(fingerprint, failure));
      const phraseOf = remembered(batch.phrases, phraseNumbers.of);

      for (const [index, letter] of batch.letters.entries()) {
        if (inserted.has(letter.uid)) continue;
        const before = known.get(letter.uid);
        if (before) {
          see.run(before.id, scan);
          if (before.state === stateCodes.gone) {
            revive(db, before, letter.firstSeenAt, counters);
            known.set(letter.uid, { ...before, state: before.stateBeforeGone ?? stateCodes.new });
          }
          continue;
        }
        const group = groupOf(letter.group);
        const alike = phraseOf(letter.alike);
        const frames = letter.stackFrames === null ? null : phraseOf(letter.stackFrames);
        const id = first + inserted.size;
        const { uid, uidHash, state, columns, waits } = letter;
        insert.run(id, uid, queue, group, state, scan, alike, frames, ...columns);
        addUid(db, uidHash, id);
        if (waits !== null) insertUnsearched.run(id, waits);
        const content = contentAt(batch, index);
        signatures.add(id, signedOf(letter, queue, content));
        writeBlock(blocks.add(content));
        counters.add(group, state, 1);
        inserted.add(uid);
      }

      writeBlock(blocks.finish());
      counters.write();
      if (batch.cursor !== undefined) db.prepare('UPDATE queues SET cursor = ? WHERE id = ?').run(batch.cursor, queue);
      if (batch.changeMark !== undefined)
        db.prepare('UPDATE queues SET change_mark = ? WHERE id = ?').run(batch.changeMark, queue);
      return { inserted: [...inserted] };
    });

  return (batch) => {
    try {
      return write(batch);
    } catch (error) {
      // What was rolled back includes the groups and phrases that this batch made.
      groupNumbers.forget();
      phraseNumbers.forget();
      signatures.forget();
      blocks.finish();
      throw error;
    }
  };
}

/** Looked up when it is first asked for: what only known letters have is not written. */
function remembered<Item>(items: readonly Item[], numberOf: (item: Item) => number): (place: number) => number {
  const numbers: number[] = [];
  return (place) => {
    const item = items[place];
    if (item === undefined) throw new RangeError('A prepared batch names what it does not have');
    return (numbers[place] ??= numberOf(item));
  };
}

function contentAt({ contents, contentEnds }: PreparedBatch, index: number): Uint8Array {
  return contents.subarray(index === 0 ? 0 : contentEnds[index - 1], contentEnds[index]);
}

function requirePosition(db: Database, queue: number, { queueId, after }: PreparedBatch): void {
  if (after === undefined) return;
  const stands = db.prepare('SELECT cursor FROM queues WHERE id = ?').get(queue)?.['cursor'];
  if (stands !== after)
    throw new AppError(
      'conflict',
      `The reader of ${queueId} no longer stands where this batch begins; nothing was written. It is read again from where it stands.`,
      { details: { queue: queueId } },
    );
}

interface Known {
  readonly id: number;
  readonly group: number;
  readonly state: number;
  readonly stateBeforeGone: number | null;
}

/** Those of a batch that are there already, asked for at once. */
function findKnown(db: Database, { letters }: PreparedBatch): Map<string, Known> {
  const numbers = numbersOfHashes(
    db,
    letters.map(({ uidHash }) => uidHash),
  );
  if (numbers.size === 0) return new Map();
  const rows = db.all(
    sql<Known & { uid: string }>`
      select m.uid, m.id, m.grp as "group", m.state, m.state_before_gone as stateBeforeGone
      from json_each(${JSON.stringify([...numbers.values()])}) as wanted cross join messages as m on m.id = wanted.value`.compile(
      build,
    ),
  );
  return new Map(rows.map((row) => [row.uid, row]));
}

function revive(db: Database, known: Known, at: number, counters: Counters): void {
  const again = known.stateBeforeGone ?? stateCodes.new;
  db.prepare('UPDATE messages SET state = ?, state_before_gone = NULL, state_at = ? WHERE id = ?').run(
    again,
    at,
    known.id,
  );
  counters.add(known.group, stateCodes.gone, -1);
  counters.add(known.group, again, 1);
}

/** Messages are numbered without gaps, which is what signatures and blocks of contents rest on. */
function highestNumber(db: Database): number {
  return Number(db.prepare('SELECT max(id) AS id FROM messages').get()?.['id'] ?? 0);
}

const columnNames = [
  ...['id', 'uid', 'queue', 'grp', 'state', 'scan', 'alike', 'stack_frames'],
  ...ownColumns,
] as const satisfies readonly (keyof MessageTable)[];
const insertMessage = `INSERT INTO messages (${columnNames.join(', ')}) VALUES (${columnNames.map(() => '?').join(', ')})`;
