import { type RawBuilder, sql } from 'kysely';
import type { DeadLetter, DeadLetterDetail, HistoryEvent } from '#lib/domain/dead-letter.ts';
import { AppError } from '#lib/domain/errors.ts';
import { unpackBlock } from '#server/store/content-blocks.ts';
import { decodeContent } from '#server/store/content.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { findCandidates } from '#server/store/sqlite/index/candidates.ts';
import { countParts } from '#server/store/sqlite/index/count-parts.ts';
import { partsOf } from '#server/store/sqlite/index/counting-of.ts';
import { decodeCursor, encodeCursor, type PlaceInRun } from '#server/store/sqlite/index/cursor.ts';
import { type FoundInRuns, inRun, searchExpiring } from '#server/store/sqlite/index/expiring.ts';
import { within } from '#server/store/sqlite/index/lower.ts';
import { type MessageRow, messageRowColumns, messageRowJoins, toDeadLetter } from '#server/store/sqlite/index/row.ts';
import { search, type SearchOptions, usualEffort } from '#server/store/sqlite/index/search.ts';
import { groupsOf, listCells, listQueueRefs, planWalks } from '#server/store/sqlite/index/walks.ts';
import { numbersOf } from '#server/store/sqlite/index/uids.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { MessageOrder } from '#lib/domain/message-order.ts';
import type { MessagePage, MessageQuery } from '#server/store/store.ts';

const build = queryBuilder<IndexSchema>();

export function listMessages(db: Database, query: MessageQuery): MessagePage {
  const { limit, order = 'newest', effort = usualEffort } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
    throw new AppError('invalid_request', 'A page holds 1 to 1,000 messages.', { details: { field: 'limit' } });
  }
  const after = query.cursor === null ? null : decodeCursor(query.cursor, order);

  return db.snapshot(() => {
    const { places, endedAt, examined } = findPage(db, query, order, after, { max: limit + 1, effort });
    const page = places.slice(0, limit);
    const last = places.length > limit ? page.at(-1) : endedAt;
    return {
      messages: loadRows(db, page),
      nextCursor: last ? encodeCursor(last) : null,
      incomplete: places.length <= limit && endedAt ? { searchedTo: endedAt.at, examined } : null,
    };
  });
}

function findPage(
  db: Database,
  query: MessageQuery,
  order: MessageOrder,
  after: PlaceInRun | null,
  options: Pick<SearchOptions, 'max' | 'effort'>,
): FoundInRuns {
  if (order === 'expiring') return searchExpiring(db, query, { after, ...options });
  return inRun(order, search(db, query, { order, after, ...options }));
}

export function countMessages(
  db: Database,
  query: Pick<MessageQuery, 'filter' | 'range' | 'effort'>,
  cap: number,
): { count: number; capped: boolean } {
  return db.snapshot(() => {
    const { from, to } = query.range;
    // Without a range the kept counters know.
    const whole = from === null && to === null ? null : wholeSources(db, query);
    const parts = whole ? null : partsOf(db, query.filter);
    if (parts) {
      const { byGroup } = countParts(db, parts, query.range);
      const met = [...byGroup.values()].reduce((sum, n) => sum + n, 0);
      return { count: Math.min(cap, met), capped: met > cap };
    }
    if (!whole) {
      const { effort = usualEffort } = query;
      const { places, endedAt } = search(db, query, { order: 'newest', after: null, max: cap + 1, effort });
      return { count: Math.min(cap, places.length), capped: places.length > cap || endedAt !== null };
    }
    let count = 0;
    for (const source of whole) {
      const row = db.first(
        sql<{ n: number }>`select count(*) as n from (select 1 ${source} limit ${cap + 1 - count})`.compile(build),
      );
      count += row?.n ?? 0;
      if (count > cap) return { count: cap, capped: true };
    }
    return { count, capped: false };
  });
}

/** `from … where …` of disjoint parts that together are exactly the matches, where no message has to be looked at: the index counts them. */
function wholeSources(
  db: Database,
  { filter, range }: Pick<MessageQuery, 'filter' | 'range'>,
): RawBuilder<unknown>[] | null {
  const queues = listQueueRefs(db);
  if (findCandidates(db, filter, queues)) return null;
  const walks = planWalks(filter, listCells(db), queues, groupsOf(db, filter));
  return walks.some((walk) => walk.residual !== null)
    ? null
    : walks.map(({ source }) => sql`${source} and ${within(range)}`);
}

export function getMessages(db: Database, uids: readonly string[]): DeadLetter[] {
  return db.snapshot(() => {
    const numbers = numbersOf(db, uids);
    return loadRows(
      db,
      uids.flatMap((uid) => {
        const id = numbers.get(uid);
        return id === undefined ? [] : [{ id }];
      }),
    );
  });
}

export function getMessage(db: Database, uid: string): DeadLetterDetail {
  return db.snapshot(() => {
    const row = db.first(
      sql<MessageRow & { block: number; content: Uint8Array }>`
        select ${messageRowColumns}, c.id as block, c.content from messages as m ${messageRowJoins}
          join contents as c on c.id = (select max(b.id) from contents as b where b.id <= m.id)
        where m.id = ${numbersOf(db, [uid]).get(uid) ?? null}`.compile(build),
    );
    if (!row)
      throw new AppError('not_found', `The message ${uid.slice(0, 40)} is not in the index.`, {
        details: { message: uid.slice(0, 40) },
      });
    const letter = toDeadLetter(row);
    return { ...letter, raw: decodeContent(unpackBlock(row.content, row.id - row.block)), history: historyOf(letter) };
  });
}

/** What the index knows by itself; replays and returns stand in the ledger. */
function historyOf(letter: DeadLetter): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  if (letter.originalAt !== null) events.push({ kind: 'produced', at: letter.originalAt });
  events.push({
    kind: 'dead-lettered',
    at: letter.at,
    atIs: letter.atIs,
    attempts: letter.failure.attempts,
    by: letter.origin.failedIn,
  });
  if (letter.state === 'gone') events.push({ kind: 'gone', at: letter.stateAt });
  return events;
}

/** In the order of the places. */
export function loadRows(db: Database, places: readonly { readonly id: number }[]): DeadLetter[] {
  const rows = db.all(
    sql<MessageRow>`
      select ${messageRowColumns} from json_each(${JSON.stringify(places.map((place) => place.id))}) as wanted
        cross join messages as m on m.id = wanted.value ${messageRowJoins}
      order by wanted.key`.compile(build),
  );
  return rows.map(toDeadLetter);
}
