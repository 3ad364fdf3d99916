import { sql } from 'kysely';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Content } from '#lib/filter/evaluate.ts';
import { openBlock } from '#server/store/content-blocks.ts';
import { decodeSearched } from '#server/store/content.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { restColumns } from '#server/store/sqlite/index/row.ts';
import type { Signed } from '#server/store/sqlite/index/signature-bits.ts';
import type { IndexSchema, MessageTable } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** What a message says to the signatures, but its queue: whatever a filter can ask of it by them stands here, or it is not found. */
export function signedOf(letter: Omit<DeadLetter, 'queueId'>, content: Content): Signed {
  const { failure, keyText, keyDigest, eventType, eventId, correlationId, traceId, preview } = letter;
  return {
    texts: [failure.errorClass, failure.errorMessage, keyText, eventType, preview],
    values: [
      ['k', keyText],
      ['k', keyDigest],
      ['t', eventType],
      ['x', failure.errorClass],
      ['r', failure.reason],
      ['c', correlationId],
      ['e', eventId],
      ['w', traceId],
    ],
    content,
  };
}

type SignedRow = Pick<
  MessageTable,
  'id' | 'queue' | 'error_class' | 'error_message' | 'reason' | 'key_text' | 'key_digest' | 'event_type' | 'event_id'
> &
  Pick<MessageTable, 'correlation_id' | 'preview'> & { readonly trace_id: string | null };

/** The same from the rows and their contents. */
export function loadSigned(db: Database, from: number, to: number): (readonly [id: number, signed: Signed])[] {
  const rows = db.all(
    sql<SignedRow>`
      select m.id, m.queue, m.error_class, m.error_message, m.reason, m.key_text, m.key_digest, m.event_type, m.event_id,
        m.correlation_id, m.preview, ${restColumns.traceId} as trace_id
      from messages as m where m.id >= ${from} and m.id <= ${to}`.compile(build),
  );
  const contentOf = loadContents(db, from, to);
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
        ['r', row.reason],
        ['c', row.correlation_id],
        ['e', row.event_id],
        ['w', row.trace_id],
      ],
      content: contentOf(row.id),
    },
  ]);
}

function loadContents(db: Database, from: number, to: number): (id: number) => Content {
  const blocks = db
    .all(
      sql<{ id: number; content: Uint8Array }>`
        select id, content from contents
        where id <= ${to} and id >= coalesce((select max(id) from contents where id <= ${from}), ${from})`.compile(
        build,
      ),
    )
    .map(({ id, content }) => ({ id, block: openBlock(content) }));
  return (id) => {
    const found = blocks.findLast((each) => each.id <= id);
    if (!found) throw new Error('A block of contents is not there');
    return decodeSearched(found.block.at(id - found.id));
  };
}
