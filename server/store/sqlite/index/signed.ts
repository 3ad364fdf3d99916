import { sql } from 'kysely';
import { openBlock } from '#server/store/content-blocks.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { type PreparedLetter, textOf } from '#server/store/sqlite/index/prepare.ts';
import { restColumns } from '#server/store/sqlite/index/row.ts';
import type { Signed } from '#server/store/sqlite/index/signature-bits.ts';
import type { IndexSchema, MessageTable } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** What a message says to the signatures: whatever a filter can ask of it by them stands here, or it is not found. */
function signedOfRow(row: Omit<SignedRow, 'id'>, content: Uint8Array): Signed {
  return {
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
      ['u', row.causation_id],
      ['w', row.trace_id],
    ],
    content,
  };
}

/** `content`: as it is encoded. */
export function signedOf(letter: PreparedLetter, queue: number, content: Uint8Array): Signed {
  const row = {
    queue,
    error_class: textOf(letter, 'error_class'),
    error_message: textOf(letter, 'error_message'),
    reason: textOf(letter, 'reason'),
    key_text: textOf(letter, 'key_text'),
    key_digest: textOf(letter, 'key_digest'),
    event_type: textOf(letter, 'event_type'),
    event_id: textOf(letter, 'event_id'),
    correlation_id: textOf(letter, 'correlation_id'),
    preview: textOf(letter, 'preview') ?? '',
    causation_id: letter.causationId,
    trace_id: letter.traceId,
  };
  return signedOfRow(row, content);
}

type SignedRow = Pick<
  MessageTable,
  'id' | 'queue' | 'error_class' | 'error_message' | 'reason' | 'key_text' | 'key_digest' | 'event_type' | 'event_id'
> &
  Pick<MessageTable, 'correlation_id' | 'preview'> & {
    readonly causation_id: string | null;
    readonly trace_id: string | null;
  };

/** The same from the rows and their contents. */
export function loadSigned(db: Database, from: number, to: number): (readonly [id: number, signed: Signed])[] {
  const rows = db.all(
    sql<SignedRow>`
      select m.id, m.queue, m.error_class, m.error_message, m.reason, m.key_text, m.key_digest, m.event_type, m.event_id,
        m.correlation_id, m.preview, ${restColumns.causationId} as causation_id, ${restColumns.traceId} as trace_id
      from messages as m where m.id >= ${from} and m.id <= ${to}`.compile(build),
  );
  const contentOf = loadContents(db, from, to);
  return rows.map((row) => [row.id, signedOfRow(row, contentOf(row.id))]);
}

function loadContents(db: Database, from: number, to: number): (id: number) => Uint8Array {
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
    return found.block.at(id - found.id);
  };
}
