import { sql } from 'kysely';
import type { ItemState } from '#lib/domain/replay.ts';
import type {
  ArchivedMessage,
  ArchiveEntry,
  ArchiveLedger,
  ArchiveQuery,
  MetRestored,
  RestoredLink,
} from '#server/store/archive-ledger.ts';
import { decodeContent, encodeContent } from '#server/store/content.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { writeIntents, writeItems } from '#server/store/sqlite/ledger/items.ts';
import { findReplay } from '#server/store/sqlite/ledger/replays.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<LedgerSchema>();

/** Messages may be large: so many a call are still a short transaction. */
const forgottenMax = 200;

export function archive(db: Database, entries: readonly ArchiveEntry[], at: number): void {
  db.transaction(() => {
    const intents = entries.map(({ itemId, mark }) => ({ itemId, watermark: mark }));
    writeIntents(db, intents, at);
    const insert = db.prepare(
      'INSERT INTO archive (item, archived_at, size_bytes, content) SELECT id, ?, ?, ? FROM items WHERE item_id = ?',
    );
    for (const { itemId, raw } of entries) {
      const content = raw && encodeContent(raw);
      insert.run(at, content && content.length, content, itemId);
    }
    writeItems(
      db,
      entries.map(({ itemId }) => ({ itemId, state: 'sent' })),
      at,
    );
  });
}

interface ArchivedRow {
  item_id: string;
  discard_id: string;
  number: number;
  by: string;
  ordinal: number;
  message_id: string;
  queue_id: string;
  identity: string;
  lane: string;
  state: string;
  archived_at: number;
  restored_at: number | null;
  size_bytes: number | null;
}

const columns = sql`i.item_id, r.id as discard_id, r.number, coalesce(r.confirmed_by, r.created_by) as by, i.ordinal, i.message_id, i.queue_id,
  i.identity, i.lane, i.state, a.archived_at, a.restored_at, a.size_bytes`;

export function listArchived(db: Database, query: ArchiveQuery): ArchivedMessage[] {
  return db.snapshot(() => {
    if ('messageIds' in query) {
      return db
        .all(
          sql<ArchivedRow>`
            select ${columns} from (select distinct value from json_each(${JSON.stringify(query.messageIds)})) as wanted
              cross join items as i on i.message_id = wanted.value join archive as a on a.item = i.id join replays as r on r.number = i.replay
            order by r.number desc, i.ordinal`.compile(build),
        )
        .map(toArchived);
    }
    const discard = findReplay(db, query.discardId);
    return db
      .all(
        sql<ArchivedRow>`
          select ${columns} from items as i join archive as a on a.item = i.id join replays as r on r.number = i.replay
          where i.replay = ${discard.number} and i.ordinal > ${query.after ?? -1} order by i.ordinal limit ${query.limit}`.compile(
          build,
        ),
      )
      .map(toArchived);
  });
}

function toArchived(row: ArchivedRow): ArchivedMessage {
  return {
    itemId: row.item_id,
    discardId: row.discard_id,
    discardNumber: row.number,
    by: row.by,
    ordinal: row.ordinal,
    messageId: row.message_id,
    queueId: row.queue_id,
    identity: row.identity,
    lane: row.lane,
    state: row.state as ItemState,
    archivedAt: row.archived_at,
    restoredAt: row.restored_at,
    sizeBytes: row.size_bytes,
  };
}

export function readArchived(
  db: Database,
  itemIds: readonly string[],
): Awaited<ReturnType<ArchiveLedger['readArchived']>> {
  const rows = db.all(
    sql<{ item_id: string; restored_at: number | null; content: Uint8Array }>`
      select i.item_id, a.restored_at, a.content from (select distinct value from json_each(${JSON.stringify(itemIds)})) as wanted
        cross join items as i on i.item_id = wanted.value join archive as a on a.item = i.id
      where a.content is not null`.compile(build),
  );
  return rows.map((row) => ({
    itemId: row.item_id,
    restoredAt: row.restored_at,
    raw: decodeContent(row.content),
  }));
}

const noteRestored =
  'UPDATE archive SET restored_at = coalesce(restored_at, ?) WHERE item = (SELECT id FROM items WHERE item_id = ?)';

export function markRestored(db: Database, itemIds: readonly string[], at: number): void {
  db.transaction(() => {
    const write = db.prepare(noteRestored);
    for (const itemId of itemIds) write.run(at, itemId);
  });
}

/** By the items of later restores: most discards have none, and that is known at once. */
export function countRestoredOf(db: Database, discardId: string): number {
  return db.snapshot(() => {
    const { number } = findReplay(db, discardId);
    const counted = db.first(
      sql<{ restored: number }>`
        select count(distinct d.id) as restored from replays as r cross join items as b on b.replay = r.number
          cross join items as d on d.item_id = b.position
        where r.number > ${number} and r.options ->> 'action' = 'restore' and d.replay = ${number}
          and (b.state in ('sent', 'settled') or b.returned_at is not null)`.compile(build),
    );
    return counted?.restored ?? 0;
  });
}

/** What may have been sent. A mark of anything else is not ours: anyone may write it. */
const perhapsSent: ReadonlySet<string> = new Set<ItemState>(['intended', 'sent', 'settled', 'unknown', 'failed']);

/** How often the message came back from replays goes on with the restored one. It is no return, and no replay's account counts it. */
export function linkRestored(db: Database, links: readonly RestoredLink[]): MetRestored[] {
  return db.transaction(() => {
    const write = db.prepare(
      `UPDATE items SET returned_message_id = ?1, returned_at = ?2, returned_same_error = 1,
         return_count = (SELECT max(return_count) FROM items AS earlier WHERE earlier.message_id = items.message_id)
       WHERE item_id = ?3 AND returned_at IS NULL`,
    );
    const noteBack = db.prepare(noteRestored);
    return links.flatMap(({ replayId, itemId, messageId, at }) => {
      const found = db.first(
        sql<{ restoredFrom: string; state: string; position: string; metAs: string | null }>`
          select i.message_id as restoredFrom, i.state, i.position, i.returned_message_id as metAs from items as i join replays as r on r.number = i.replay
          where i.item_id = ${itemId} and r.id = ${replayId} and r.options ->> 'action' = 'restore'`.compile(build),
      );
      if (!found || !perhapsSent.has(found.state)) return [];
      noteBack.run(at, found.position);
      write.run(messageId, at, itemId);
      if (found.state === 'unknown' || found.state === 'failed')
        writeItems(db, [{ itemId, state: 'sent' }], at, 'proven');
      const { restoredFrom, metAs } = found;
      return metAs === null || metAs === messageId ? [{ messageId, replayId, restoredFrom }] : [];
    });
  });
}

export function forgetArchived(db: Database, before: number): number {
  return db.run(
    sql`delete from archive where item in
      (select a.item from archive as a cross join items as i on i.id = a.item
        where a.size_bytes is not null and a.archived_at < ${before} and i.state not in ('intended', 'sent')
        order by a.archived_at limit ${forgottenMax})`.compile(build),
  );
}
