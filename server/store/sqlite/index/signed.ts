import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { Signed } from '#server/store/sqlite/index/signatures.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** What a message says to the signatures: whatever a filter can ask of its content stands here, or it is not found. */
export function signedOf(
  { failure, keyText, keyDigest, eventType, eventId, correlationId, preview }: Omit<DeadLetter, 'queueId'>,
  queue: number,
): Signed {
  return {
    texts: [failure.errorClass, failure.errorMessage, keyText, eventType, preview],
    values: [
      ['q', String(queue)],
      ['k', keyText],
      ['k', keyDigest],
      ['t', eventType],
      ['x', failure.errorClass],
      ['c', correlationId],
      ['e', eventId],
    ],
  };
}

/** The same from the rows. */
export function loadSigned(db: Database, from: number, to: number): (readonly [id: number, signed: Signed])[] {
  const rows = db.all(
    build
      .selectFrom('messages')
      .select([
        'id',
        'queue',
        'error_class',
        'error_message',
        'key_text',
        'key_digest',
        'event_type',
        'event_id',
        'correlation_id',
        'preview',
      ])
      .where('id', '>=', from)
      .where('id', '<=', to)
      .compile(),
  );
  return rows.map((row) => [
    row.id,
    {
      texts: [row.error_class, row.error_message, row.key_text, row.event_type, row.preview],
      values: [
        ['q', String(row.queue)],
        ['k', row.key_text],
        ['k', row.key_digest],
        ['t', row.event_type],
        ['x', row.error_class],
        ['c', row.correlation_id],
        ['e', row.event_id],
      ],
    },
  ]);
}
