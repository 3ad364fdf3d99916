import { createHash } from 'node:crypto';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { fold } from '#lib/filter/fold.ts';
import { boundLetter } from '#server/store/bounds.ts';
import { encodeContent } from '#server/store/content.ts';
import { errorShape } from '#server/store/error-shape.ts';
import type { Database } from '#server/store/sqlite/database.ts';
import { createCounters } from '#server/store/sqlite/index/counters.ts';
import { queueNumber } from '#server/store/sqlite/index/queues.ts';
import { restOf, sequenceRank, stateCodes } from '#server/store/sqlite/index/row.ts';
import type { IngestBatch } from '#server/store/store.ts';

type Letter = Omit<DeadLetter, 'queueId'>;

/** See `MessageIndex.ingest`. Statements are written by hand: this is the one loop whose cost a row is felt. */
export function createIngest(db: Database): (batch: IngestBatch) => { inserted: readonly string[] } {
  const groups = createGroups(db);

  const write = (batch: IngestBatch) =>
    db.transaction(() => {
      const queue = queueNumber(db, batch.queueId);
      const counters = createCounters(db);
      const inserted: string[] = [];
      const find = db.prepare('SELECT id, grp, state, state_before_gone AS before FROM messages WHERE uid = ?');
      const see = db.prepare(
        'INSERT INTO sightings (id, scan) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET scan = excluded.scan WHERE scan <> excluded.scan',
      );
      const revive = db.prepare('UPDATE messages SET state = ?, state_before_gone = NULL, state_at = ? WHERE id = ?');

      for (const { letter: unbounded, raw } of batch.letters) {
        const known = find.get(unbounded.id);
        if (known) {
          const [id, group, state, before] = [
            Number(known['id']),
            Number(known['grp']),
            Number(known['state']),
            known['before'],
          ];
          see.run(id, batch.scan);
          if (state === stateCodes.gone) {
            const again = before === null ? stateCodes.new : Number(before);
            revive.run(again, unbounded.firstSeenAt, id);
            counters.add(queue, group, state, -1);
            counters.add(queue, group, again, 1);
          }
          continue;
        }
        const letter = boundLetter(unbounded);
        const group = groups.of(letter.failure);
        const id = insertLetter(db, queue, group, letter);
        db.prepare('INSERT INTO contents (id, content) VALUES (?, ?)').run(id, encodeContent(raw));
        insertTexts(db, id, letter);
        see.run(id, batch.scan);
        counters.add(queue, group, stateCodes[letter.state], 1);
        inserted.push(letter.id);
      }

      counters.write();
      if (batch.cursor !== undefined) db.prepare('UPDATE queues SET cursor = ? WHERE id = ?').run(batch.cursor, queue);
      if (batch.changeMark !== undefined)
        db.prepare('UPDATE queues SET change_mark = ? WHERE id = ?').run(batch.changeMark, queue);
      return { inserted };
    });

  return (batch) => {
    try {
      return write(batch);
    } catch (error) {
      // What was rolled back includes the groups that this batch made.
      groups.forget();
      throw error;
    }
  };
}

function insertLetter(db: Database, queue: number, group: number, letter: Letter): number {
  const { failure } = letter;
  const result = db
    .prepare(
      `INSERT INTO messages (
        uid, queue, grp, at, state, state_at, sequence_rank, lane, key_digest, key_text, correlation_id, event_id, event_type,
        last_replay_id, return_of, error_class, error_message, reason, preview, size_bytes, first_seen_at, original_at, attempts,
        at_is, kind, identity, position, sequence, trace_id, rest, stack_trace
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      letter.id,
      queue,
      group,
      letter.at,
      stateCodes[letter.state],
      letter.stateAt,
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
      letter.sizeBytes,
      letter.firstSeenAt,
      letter.originalAt,
      failure.attempts,
      letter.atIs,
      letter.kind,
      letter.identity,
      letter.position,
      letter.sequence,
      letter.traceId,
      restOf(letter),
      failure.stackTrace,
    );
  return Number(result.lastInsertRowid);
}

function insertTexts(db: Database, id: number, letter: Letter): void {
  const texts = [
    letter.failure.errorClass,
    letter.failure.errorMessage,
    letter.keyText,
    letter.eventType,
    letter.preview,
  ];
  db.prepare('INSERT INTO message_texts (rowid, class, message, key, type, preview) VALUES (?, ?, ?, ?, ?, ?)').run(
    id,
    ...texts.map((text) => (text === null ? null : fold(text))),
  );
}

const groupsRemembered = 5_000;

/** What a class and reason have beyond so many shapes is counted together: messages are hostile, and every list of errors walks the groups. */
const shapesOfClassMax = 200;

/** The number of a failure's group, made when it is first met. */
function createGroups(db: Database): { of(failure: Letter['failure']): number; forget(): void } {
  const remembered = new Map<string, number>();
  return {
    of({ errorClass, errorMessage, reason }) {
      const identity = JSON.stringify([errorClass, reason, errorMessage === null ? null : errorShape(errorMessage)]);
      const known = remembered.get(identity);
      if (known !== undefined) return known;
      const group = findGroup(db, digestOf(identity)) ?? makeGroup(db, identity, errorClass, reason, errorMessage);
      if (remembered.size >= groupsRemembered) remembered.clear();
      remembered.set(identity, group);
      return group;
    },
    forget: () => remembered.clear(),
  };
}

function findGroup(db: Database, digest: string): number | undefined {
  const id = db.prepare('SELECT id FROM error_groups WHERE digest = ?').get(digest)?.['id'];
  return id === undefined ? undefined : Number(id);
}

function makeGroup(
  db: Database,
  identity: string,
  errorClass: string | null,
  reason: string | null,
  errorMessage: string | null,
): number {
  const shapes = db
    .prepare('SELECT count(*) AS n FROM error_groups WHERE error_class IS ? AND reason IS ?')
    .get(errorClass, reason);
  const isFull = Number(shapes?.['n']) >= shapesOfClassMax;
  const digest = digestOf(isFull ? JSON.stringify([errorClass, reason, { further: true }]) : identity);
  const further = isFull ? findGroup(db, digest) : undefined;
  if (further !== undefined) return further;
  const example = errorMessage === null ? null : errorMessage.slice(0, 500).toWellFormed();
  const insert = db.prepare('INSERT INTO error_groups (digest, error_class, reason, example) VALUES (?, ?, ?, ?)');
  return Number(insert.run(digest, errorClass, reason, example).lastInsertRowid);
}

function digestOf(identity: string): string {
  return createHash('sha256').update(identity).digest('base64url');
}
