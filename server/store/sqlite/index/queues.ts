import type { Selectable } from 'kysely';
import { AppError } from '#lib/domain/errors.ts';
import type { BrokerKind } from '#lib/domain/message.ts';
import { type Connection, type Queue, type ReaderState, queueId } from '#lib/domain/queue.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { IndexSchema, QueueTable } from '#server/store/sqlite/schema.ts';
import type { MessageIndex, QueueStatus, SyncState } from '#server/store/store.ts';

const build = queryBuilder<IndexSchema>();

export function saveConnections(db: Database, connections: readonly Connection[]): void {
  db.transaction(() => {
    for (const connection of connections) {
      const record = JSON.stringify(connection);
      db.run(
        build
          .insertInto('connections')
          .values({ name: connection.name, record })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ record }))
          .compile(),
      );
    }
  });
}

export function listConnections(db: Database): Connection[] {
  const rows = db.all(build.selectFrom('connections').select('record').orderBy('name').compile());
  return rows.map((row) => JSON.parse(row.record) as Connection);
}

export function saveQueues(db: Database, connection: string, found: Parameters<MessageIndex['saveQueues']>[1]): void {
  db.transaction(() => {
    const known = db.all(
      build.selectFrom('queues').select(['id', 'name', 'reader']).where('connection', '=', connection).compile(),
    );
    const names = new Set(found.map((queue) => queue.name));
    for (const queue of found) {
      const facts = {
        kind: queue.kind,
        found_by: queue.foundBy,
        origins: JSON.stringify(queue.origins),
        capabilities: JSON.stringify(queue.capabilities),
      };
      db.run(
        build
          .insertInto('queues')
          .values({
            queue_id: queueId(connection, queue.name),
            connection,
            name: queue.name,
            reader: JSON.stringify(waiting),
            held_by_others: null,
            retention: JSON.stringify(untold),
            ...facts,
          })
          .onConflict((conflict) => conflict.column('queue_id').doUpdateSet(facts))
          .compile(),
      );
    }
    for (const { id, name, reader } of known) {
      const wasMissing = readerOf(reader).kind === 'missing';
      if (names.has(name) !== wasMissing) continue;
      db.run(
        build
          .updateTable('queues')
          .set({ reader: JSON.stringify(wasMissing ? waiting : missing) })
          .where('id', '=', id)
          .compile(),
      );
    }
  });
}

const untold: Queue['retention'] = { kind: 'untold' };
const waiting: ReaderState = { kind: 'waiting' };
const missing: ReaderState = { kind: 'missing' };

export function saveQueueStatus(db: Database, id: string, status: QueueStatus): void {
  const change = {
    ...(status.depth !== undefined && { depth: status.depth && JSON.stringify(status.depth) }),
    ...(status.heldByOthers !== undefined && { held_by_others: status.heldByOthers }),
    ...(status.capabilities !== undefined && { capabilities: JSON.stringify(status.capabilities) }),
    ...(status.retention !== undefined && { retention: JSON.stringify(status.retention) }),
    ...(status.reader !== undefined && { reader: JSON.stringify(status.reader) }),
    ...(status.knownBackTo !== undefined && { known_back_to: status.knownBackTo }),
    ...(status.syncedAt !== undefined && { synced_at: status.syncedAt }),
  };
  db.transaction(() => {
    const queue = queueNumber(db, id);
    if (Object.keys(change).length > 0)
      db.run(build.updateTable('queues').set(change).where('id', '=', queue).compile());
  });
}

export function listQueues(db: Database): Queue[] {
  // The queues of a connection say much the same in these columns: each text is parsed, copied to another thread and made there again once.
  const parsed = new Map<string, unknown>();
  const parseOnce = (json: string): unknown => {
    const known = parsed.get(json);
    if (known !== undefined) return known;
    const value: unknown = JSON.parse(json);
    parsed.set(json, value);
    return value;
  };
  return db
    .all(build.selectFrom('queues').selectAll().orderBy('queue_id').compile())
    .map((row) => toQueue(row, parseOnce));
}

export function getQueue(db: Database, id: string): Queue {
  const row = db.first(build.selectFrom('queues').selectAll().where('queue_id', '=', id).compile());
  if (!row) throw unknownQueue(id);
  return toQueue(row);
}

export function getSyncState(db: Database, id: string): SyncState {
  const row = db.first(
    build.selectFrom('queues').select(['cursor', 'change_mark as changeMark']).where('queue_id', '=', id).compile(),
  );
  if (!row) throw unknownQueue(id);
  return { cursor: row.cursor, changeMark: row.changeMark };
}

/** The number by which messages name their queue. `not_found` where it was never discovered. */
export function queueNumber(db: Database, id: string): number {
  const row = db.first(build.selectFrom('queues').select('id').where('queue_id', '=', id).compile());
  if (!row) throw unknownQueue(id);
  return row.id;
}

function unknownQueue(id: string): AppError {
  return new AppError('not_found', `The queue ${id} was never discovered. Check its name and its connection.`, {
    details: { queue: id },
  });
}

/** JSON columns hold what this file wrote; the layout of the database was checked when it was opened. */
function toQueue(row: Selectable<QueueTable>, parse: (json: string) => unknown = JSON.parse): Queue {
  return {
    id: row.queue_id,
    connection: row.connection,
    kind: row.kind as BrokerKind,
    name: row.name,
    foundBy: row.found_by as Queue['foundBy'],
    origins: parse(row.origins) as string[],
    capabilities: parse(row.capabilities) as Queue['capabilities'],
    depth: row.depth === null ? null : (parse(row.depth) as Queue['depth']),
    heldByOthers: row.held_by_others,
    retention: parse(row.retention) as Queue['retention'],
    reader: parse(row.reader) as ReaderState,
    knownBackTo: row.known_back_to,
    syncedAt: row.synced_at,
  };
}

function readerOf(json: string): ReaderState {
  return JSON.parse(json) as ReaderState;
}
