import { type RawBuilder, sql } from 'kysely';
import {
  type ItemState,
  type ReplayAction,
  type ReplayItem,
  type ReplayState,
  usualOptions,
} from '#lib/domain/replay.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { isLeft, isUnderWay } from '#server/store/sqlite/ledger/item-indexes.ts';
import { type ItemRow, toItem, toWaitingItem, type WaitingRow } from '#server/store/sqlite/ledger/replay-row.ts';
import { findReplay } from '#server/store/sqlite/ledger/replays.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';
import type { Ledger } from '#server/store/store.ts';

const build = queryBuilder<LedgerSchema>();

export function listItems(db: Database, replayId: string, query: Parameters<Ledger['listItems']>[1]): ReplayItem[] {
  return db.snapshot(() => {
    const replay = findReplay(db, replayId);
    const { states = null, queueId, after, newestFirst = false, limit } = query;
    const isPlain = !query.returnedOnly && !query.notReturned && query.settledFrom === undefined && !newestFirst;
    if (isPlain && states?.length === 1 && states[0] === 'planned')
      return listWaiting(db, replay, queueId === undefined ? waitingQueues(db, replay) : [queueId], query);
    if (states && !hasAny(db, replay, states)) return [];
    const wanted = [sql`replay = ${replay.number}`];
    if (states) wanted.push(sql`state in (${sql.join(states)})`, ...indexedBy(states));
    if (after !== null) wanted.push(sql`ordinal > ${after}`);
    if (query.returnedOnly) wanted.push(sql`returned_at is not null`);
    if (queueId !== undefined) wanted.push(sql`queue_id = ${queueId}`);
    if (query.notReturned) wanted.push(sql`returned_at is null`);
    if (query.settledFrom !== undefined) wanted.push(sql`settled_at >= ${query.settledFrom}`);
    const rows = db.all(
      sql<ItemRow>`
        select *, ${replay.id} as replay_id from items where ${sql.join(wanted, sql` and `)}
        order by ordinal ${sql.raw(newestFirst ? 'desc' : 'asc')} limit ${limit}`.compile(build),
    );
    return rows.map(toItem);
  });
}

const underWay: ReadonlySet<ItemState> = new Set(['intended', 'sent', 'unknown']);
const left: ReadonlySet<ItemState> = new Set(['failed', 'skipped', 'unknown']);

/** SQLite takes an index of some rows only where it is asked in the index's own words. */
function indexedBy(states: readonly ItemState[]): RawBuilder<unknown>[] {
  if (states.every((state) => underWay.has(state))) return [isUnderWay];
  if (states.every((state) => left.has(state))) return [isLeft];
  return [];
}

/** Mostly nothing is under way or unknown, and to find that out among very many that failed takes long. */
function hasAny(db: Database, { number }: Numbered, states: readonly ItemState[]): boolean {
  const found = db.first(
    sql<{
      n: number;
    }>`select 1 as n from accounts where replay = ${number} and n > 0 and state in (${sql.join(states)}) limit 1`.compile(
      build,
    ),
  );
  return found !== undefined;
}

interface Numbered {
  readonly id: string;
  readonly number: number;
}

function listWaiting(
  db: Database,
  replay: Numbered,
  queueIds: readonly string[],
  { after, limit }: Pick<Parameters<Ledger['listItems']>[1], 'after' | 'limit'>,
): ReplayItem[] {
  const ofQueues = queueIds.map((queueId) => waitingIn(db, replay, queueId, after ?? -1, limit));
  const items = ofQueues.length === 1 ? ofQueues.flat() : ofQueues.flat().sort((a, b) => a.ordinal - b.ordinal);
  return items.slice(0, limit);
}

/** Rows of a whole pass at once would outlive the nursery, and be in memory beside its items. */
const rowsAtOnce = 1_000;

/** What is planned has none of the columns yet that a send, a return or a decision writes. */
function waitingIn(db: Database, replay: Numbered, queueId: string, from: number, limit: number): ReplayItem[] {
  const items: ReplayItem[] = [];
  for (let after = from; items.length < limit;) {
    const most = Math.min(rowsAtOnce, limit - items.length);
    const rows = db.all(
      sql<WaitingRow>`
        select item_id, ordinal, message_id, identity, position, lane, destination, reason, fingerprint
        from items indexed by items_waiting
        where replay = ${replay.number} and queue_id = ${queueId} and state = 'planned' and ordinal > ${after}
        order by ordinal limit ${most}`.compile(build),
    );
    for (const row of rows) items.push(toWaitingItem(row, replay.id, queueId));
    if (rows.length < most) break;
    after = rows.at(-1)?.ordinal ?? after;
  }
  return items;
}

/** From one queue to the next in the index, however much waits in each. */
function waitingQueues(db: Database, { number }: Numbered): readonly string[] {
  const next = (after: string) => sql`
    select queue_id from items indexed by items_waiting
    where replay = ${number} and state = 'planned' and queue_id > ${sql.raw(after)} order by queue_id limit 1`;
  const rows = db.all(
    sql<{ queue_id: string }>`
      with recursive waiting (queue_id) as (
        select (${next("''")}) union all select (${next('waiting.queue_id')}) from waiting where queue_id is not null)
      select queue_id from waiting where queue_id is not null`.compile(build),
  );
  return rows.map(({ queue_id }) => queue_id);
}

export function findItems(db: Database, replayId: string, itemIds: readonly string[]): ReplayItem[] {
  const rows = db.all(
    sql<ItemRow>`
      select i.*, r.id as replay_id from (select distinct value from json_each(${JSON.stringify(itemIds)})) as wanted
        cross join items as i on i.item_id = wanted.value join replays as r on r.number = i.replay
      where r.id = ${replayId}`.compile(build),
  );
  return rows.map(toItem);
}

export function listItemsOfMessages(
  db: Database,
  messageIds: readonly string[],
): Awaited<ReturnType<Ledger['listItemsOfMessages']>> {
  const rows = db.all(
    sql<ItemRow & { replay_number: number; replay_state: string; by: string; action: string | null }>`
      select i.*, r.id as replay_id, r.number as replay_number, r.state as replay_state, coalesce(r.confirmed_by, r.created_by) as by,
        r.options ->> 'action' as action
      from (select distinct value from json_each(${JSON.stringify(messageIds)})) as wanted
        cross join items as i on i.message_id = wanted.value join replays as r on r.number = i.replay and r.state <> 'drafting'
      order by r.number desc, i.ordinal`.compile(build),
  );
  return rows.map((row) => ({
    ...toItem(row),
    replayNumber: row.replay_number,
    replayState: row.replay_state as ReplayState,
    by: row.by,
    action: (row.action ?? usualOptions.action) as ReplayAction,
  }));
}

export function findOvertaken(
  db: Database,
  replayId: string,
  messageIds: readonly string[],
  since: number,
): readonly string[] {
  const rows = db.all(
    sql<{ id: string }>`
      select distinct i.message_id as id from (select value from json_each(${JSON.stringify(messageIds)})) as wanted
        cross join items as i on i.message_id = wanted.value
      where (i.intended_at >= ${since} or i.sent_at >= ${since}) and i.state in ('intended', 'sent', 'settled', 'unknown')
        and i.replay <> (select number from replays where id = ${replayId})`.compile(build),
  );
  return rows.map((row) => row.id);
}
