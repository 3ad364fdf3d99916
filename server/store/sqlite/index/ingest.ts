import type { SQLInputValue } from 'node:sqlite';
import { sql } from 'kysely';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { boundLetter } from '#server/store/bounds.ts';
import { type ContentBlock, createBlockWriter } from '#server/store/content-blocks.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { type Counters, createCounters } from '#server/store/sqlite/index/counters.ts';
import { createGroups } from '#server/store/sqlite/index/group-numbers.ts';
import { hashText } from '#server/store/sqlite/index/hash.ts';
import { createPhrases, type Phrases } from '#server/store/sqlite/index/phrases.ts';
import { queueNumber } from '#server/store/sqlite/index/queues.ts';
import { alikeOf, restOf, sequenceRank, splitStack, stateCodes } from '#server/store/sqlite/index/row.ts';
import { createSignatureWriter } from '#server/store/sqlite/index/signatures.ts';
import { loadSigned, signedOf } from '#server/store/sqlite/index/signed.ts';
import type { IndexSchema, MessageTable } from '#server/store/sqlite/schema.ts';
import type { IngestBatch } from '#server/store/store.ts';

const build = queryBuilder<IndexSchema>();

type Letter = Omit<DeadLetter, 'queueId'>;

/**
 * See `MessageIndex.ingest`. This is the one loop whose cost a row is felt: its statements are written by hand and prepared once a batch, what a batch
 * has in common is written once, and a letter that was never met costs a look at one index.
 */
export function createIngest(db: Database): (batch: IngestBatch) => { inserted: readonly string[] } {
  const groups = createGroups(db);
  const phrases = createPhrases(db);
  const signatures = createSignatureWriter(db, (from, to) => loadSigned(db, from, to));

  const blocks = createBlockWriter();

  const write = (batch: IngestBatch) =>
    db.transaction(() => {
      const queue = queueNumber(db, batch.queueId);
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
      const writeBlock = (block: ContentBlock | null): void => {
        if (!block) return;
        insertBlock.run(firstOfBlock, block.blob);
        firstOfBlock += block.count;
      };

      for (const { letter: unbounded, raw, group: fingerprint } of batch.letters) {
        if (inserted.has(unbounded.id)) continue;
        const before = known.get(unbounded.id);
        if (before) {
          see.run(before.id, scan);
          if (before.state === stateCodes.gone) {
            revive(db, before, unbounded.firstSeenAt, counters);
            known.set(unbounded.id, { ...before, state: before.stateBeforeGone ?? stateCodes.new });
          }
          continue;
        }
        const letter = boundLetter(unbounded);
        const group = groups.of(fingerprint, letter.failure);
        const id = first + inserted.size;
        insert.run(...columnsOf(letter, { id, queue, group, scan }, phrases));
        signatures.add(id, signedOf(letter, queue, raw));
        writeBlock(blocks.add(raw));
        counters.add(group, stateCodes[letter.state], 1);
        inserted.add(letter.id);
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
      groups.forget();
      phrases.forget();
      signatures.forget();
      blocks.finish();
      throw error;
    }
  };
}

interface Known {
  readonly id: number;
  readonly group: number;
  readonly state: number;
  readonly stateBeforeGone: number | null;
}

/** Those of a batch that are there already, asked for at once. */
function findKnown(db: Database, { letters }: IngestBatch): Map<string, Known> {
  const hashes = JSON.stringify(letters.map(({ letter }) => hashText(letter.id)));
  const rows = db.all(
    sql<Known & { uid: string }>`
      select m.uid, m.id, m.grp as "group", m.state, m.state_before_gone as stateBeforeGone
      from json_each(${hashes}) as wanted cross join messages as m on m.uid_hash = wanted.value`.compile(build),
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
  ...[
    'id',
    'uid',
    'uid_hash',
    'queue',
    'grp',
    'at',
    'state',
    'state_at',
    'scan',
    'sequence_rank',
    'lane',
    'key_digest',
    'key_text',
  ],
  ...[
    'correlation_id',
    'event_id',
    'event_type',
    'last_replay_id',
    'return_of',
    'error_class',
    'error_message',
    'reason',
    'preview',
  ],
  ...['alike', 'stack_head', 'stack_frames', 'rest'],
] as const satisfies readonly (keyof MessageTable)[];
const insertMessage = `INSERT INTO messages (${columnNames.join(', ')}) VALUES (${columnNames.map(() => '?').join(', ')})`;

/** In the order of `columnNames`. */
function columnsOf(
  letter: Letter,
  known: {
    readonly id: number;
    readonly queue: number;
    readonly group: number;
    readonly scan: number;
  },
  phrases: Phrases,
): SQLInputValue[] {
  const { failure } = letter;
  const stack = splitStack(failure);
  return [
    known.id,
    letter.id,
    hashText(letter.id),
    known.queue,
    known.group,
    letter.at,
    stateCodes[letter.state],
    letter.stateAt,
    known.scan,
    letter.sequence === null ? null : sequenceRank(letter.sequence),
    letter.lane,
    letter.keyDigest,
    letter.keyText,
    letter.correlationId,
    letter.eventId,
    letter.eventType,
    letter.lastReplayId,
    letter.replay?.replayId ?? null,
    failure.errorClass,
    failure.errorMessage,
    failure.reason,
    letter.preview,
    phrases.of(alikeOf(letter)),
    stack?.head ?? null,
    stack && phrases.of(stack.frames),
    restOf(letter),
  ];
}
