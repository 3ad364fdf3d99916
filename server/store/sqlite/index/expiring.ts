import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Queue } from '#lib/domain/queue.ts';
import { soonestExpiry } from '#lib/expiry/expiry.ts';
import { type ExpiryRule, expiryRule } from '#lib/expiry/expiry-rule.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { isNothing } from '#lib/filter/simplify.ts';
import type { PlaceInRun, Run } from '#server/store/sqlite/index/cursor.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { condition, type QueueRef, readsContent, within } from '#server/store/sqlite/index/lower.ts';
import {
  compare,
  type Examined,
  type Found,
  mergeStreams,
  type MergeOptions,
  type Place,
  sliceMaxes,
  type Stream,
} from '#server/store/sqlite/index/merge-streams.ts';
import { listQueues } from '#server/store/sqlite/index/queues.ts';
import { restColumns, stateOf } from '#server/store/sqlite/index/row.ts';
import { sieved, type Sifting, siftingOf, streamOfPlaces } from '#server/store/sqlite/index/search.ts';
import { keptSeeks } from '#server/store/sqlite/index/summary.ts';
import { type Cell, filterWithin, groupsOf, groupWalksMax, listQueueRefs } from '#server/store/sqlite/index/walks.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';
import type { MessageQuery } from '#server/store/message-query.ts';

const build = queryBuilder<IndexSchema>();

/** Where runs are told apart. */
export interface FoundInRuns extends Found {
  readonly places: readonly PlaceInRun[];
  readonly endedAt: PlaceInRun | null;
}

/**
 * The matches of a filter, the soonest expiry first, then those without one. Within a queue and state the order of time is that of expiry, but for
 * the messages that stand in an index of their own because they are counted from another time or have a life of their own: three walks, which are merged.
 */
export function searchExpiring(
  db: Database,
  query: Pick<MessageQuery, 'filter' | 'range'>,
  { after, max, effort }: Omit<MergeOptions, 'direction' | 'after'> & { readonly after: PlaceInRun | null },
): FoundInRuns {
  const until = performance.now() + effort.timeMsMax;
  const streams = streamsOf(db, query);
  const first =
    after?.run === 'kept'
      ? { places: [], endedAt: null, examined: 0 }
      : inRun('expiring', mergeStreams(streams.expiring, { direction: 1, after, max, effort }));
  if (first.endedAt !== null || first.places.length >= max) return first;
  const left = {
    examinedMax: Math.max(1, effort.examinedMax - first.examined),
    timeMsMax: Math.max(0, until - performance.now()),
  };
  const second = mergeStreams(streams.kept, {
    direction: 1,
    after: after?.run === 'kept' ? after : null,
    max: max - first.places.length,
    effort: left,
  });
  const kept = inRun('kept', second);
  return { ...kept, places: [...first.places, ...kept.places], examined: first.examined + second.examined };
}

export function inRun(run: Run, { places, endedAt, examined }: Found): FoundInRuns {
  return { places: places.map((place) => ({ ...place, run })), endedAt: endedAt && { ...endedAt, run }, examined };
}

interface Streams {
  readonly expiring: readonly Stream[];
  readonly kept: readonly Stream[];
}

function streamsOf(db: Database, query: Pick<MessageQuery, 'filter' | 'range'>): Streams {
  const refs = listQueueRefs(db);
  const queues = new Map(listQueues(db).map((queue) => [queue.id, queue]));
  const sifting = siftingOf(db, query.filter, refs);
  if (sifting.candidates) return streamsOfCandidates(db, sifting.candidates, query, sifting, refs, queues);
  const groups = groupsOf(db, query.filter);
  const walks = listCells(db).flatMap((cell) => {
    const queue = queues.get(cell.queueId);
    const rest = filterWithin(query.filter, cell);
    return queue === undefined || isNothing(rest) ? [] : walksOf(cell, queue, sourcesOf(db, groups, cell), rest);
  });
  const streamsIn = (run: Run) =>
    walks.filter((walk) => walk.run === run).map((walk) => streamOfWalk(db, walk, query, refs, sifting));
  return { expiring: streamsIn('expiring'), kept: streamsIn('kept') };
}

/** A cell with the first of each of its walks; NULL where it has none. */
interface ExpiringCell extends Cell {
  readonly oldest: number;
  readonly kept: number | null;
  readonly ends: number | null;
  readonly unknown: number | null;
}

/** Four seeks a cell. */
function listCells(db: Database): ExpiringCell[] {
  const same = sql`m.queue = c.queue and m.state = c.state`;
  const { kept, ends } = keptSeeks(same);
  return db.all(
    sql<ExpiringCell>`
      select q.id, q.queue_id as queueId, c.state, c.n, ${kept} as kept, ${ends} as ends,
        (select min(m.at) from messages as m indexed by messages_queue_state_at where ${same}) as oldest,
        (select min(m.at) from messages as m indexed by messages_kept_unknown where ${same} and m.rest ->> 11 <= 0) as unknown
      from state_counts as c join queues as q on q.id = c.queue where c.n > 0`.compile(build),
  );
}

interface ExpiringWalk {
  readonly run: Run;
  /** `from messages as m indexed by … where …`. */
  readonly source: RawBuilder<unknown>;
  /** By which it is ordered; so much later is the message's place. */
  readonly column: RawBuilder<unknown>;
  readonly laterMs: number;
  /** Its first place, or one before it. */
  readonly from: number;
  /** Which of its messages are not in another walk; `null`: all of them. */
  readonly own: RawBuilder<SqlBool> | null;
  /** What of the filter is asked of each. */
  readonly rest: Filter;
}

const at = sql`m.at`;
/** Another time than that of the failure from which the broker counts, and the end of a message's own life; see `row.ts`. */
const [keptFrom, endsAt] = [sql`m.rest ->> 11`, restColumns.endsAt];

function walksOf(
  cell: ExpiringCell,
  queue: Queue,
  sources: readonly RawBuilder<unknown>[],
  rest: Filter,
): ExpiringWalk[] {
  const rule = expiryRule(queue);
  const all = (walk: Omit<ExpiringWalk, 'source' | 'rest'>) => sources.map((source) => ({ ...walk, source, rest }));
  const byTime = { column: at, from: cell.oldest };
  if (rule === null || rule.over.includes(stateOf(cell.state)))
    return all({ ...byTime, run: 'kept', laterMs: 0, own: null });
  const { keptMs } = rule;
  const inCell = sql`m.queue = ${cell.id} and m.state = ${cell.state}`;
  const lives = livesOf(rule);
  const walks: ExpiringWalk[] = [];
  if (cell.ends !== null && rule.haveLives) {
    const source = sql`from messages as m indexed by messages_ends_at where ${inCell} and ${endsAt} > 0`;
    walks.push({ run: 'expiring', source, column: endsAt, laterMs: 0, from: cell.ends, own: lives.first, rest });
  }
  if (keptMs === null) return [...walks, ...all({ ...byTime, run: 'kept', laterMs: 0, own: lives.none })];
  const own = sql<SqlBool>`${keptFrom} is null and ${lives.notBefore(at)}`;
  walks.push(...all({ run: 'expiring', column: at, laterMs: keptMs, from: cell.oldest + keptMs, own }));
  if (cell.kept !== null) {
    const source = sql`from messages as m indexed by messages_kept_from where ${inCell} and ${keptFrom} > 0`;
    const from = cell.kept + keptMs;
    walks.push({
      run: 'expiring',
      source,
      column: keptFrom,
      laterMs: keptMs,
      from,
      own: lives.notBefore(keptFrom),
      rest,
    });
  }
  if (cell.unknown !== null) {
    const source = sql`from messages as m indexed by messages_kept_unknown where ${inCell} and ${keptFrom} <= 0`;
    walks.push({ run: 'kept', source, column: at, laterMs: 0, from: cell.unknown, own: lives.none, rest });
  }
  return walks;
}

/** Which messages go by their own life, and which by their queue. As `soonestExpiry` has it. */
function livesOf({ keptMs, haveLives }: ExpiryRule) {
  const yes = sql<SqlBool>`true`;
  const sooner = (from: RawBuilder<unknown>) => sql<SqlBool>`${endsAt} < ${from} + ${keptMs}`;
  return {
    first:
      keptMs === null
        ? yes
        : sql<SqlBool>`(coalesce(${keptFrom} <= 0, false) or ${sooner(sql`coalesce(${keptFrom}, m.at)`)})`,
    notBefore: (from: RawBuilder<unknown>) =>
      haveLives ? sql<SqlBool>`(${endsAt} > 0 and ${sooner(from)}) is not true` : yes,
    none: haveLives ? sql<SqlBool>`(${endsAt} > 0) is not true` : yes,
  };
}

/** Walks of a cell in order of time: of all of it, or of the few groups to which the filter is limited. */
function sourcesOf(db: Database, groups: readonly number[] | null, cell: Cell): readonly RawBuilder<unknown>[] {
  const inCell = sql`m.queue = ${cell.id} and m.state = ${cell.state}`;
  if (groups === null || groups.length > groupWalksMax)
    return [sql`from messages as m indexed by messages_queue_state_at where ${inCell}`];
  const here = db.all(
    sql<{ grp: number }>`
      select c.grp from group_counts as c where c.queue = ${cell.id} and c.state = ${cell.state} and c.n > 0
        and c.grp in (select value from json_each(${JSON.stringify(groups)}))`.compile(build),
  );
  return here.map(({ grp }) => sql`from messages as m indexed by messages_group_at where m.grp = ${grp} and ${inCell}`);
}

function streamOfWalk(
  db: Database,
  { source, column, laterMs, from, own, rest }: ExpiringWalk,
  { range }: Pick<MessageQuery, 'range'>,
  queues: readonly QueueRef[],
  sifting: Sifting,
): Stream {
  const isSieved = sifting.sieve !== null && rest.kind !== 'all';
  const residual = rest.kind === 'all' || isSieved ? sql`true` : condition(rest, queues, 'of each');
  // In order of time the range is where the walk begins and ends; else it is asked of each message.
  const [bounds, inRange] = column === at ? [within(range), sql`true`] : [sql`true`, within(range)];
  const reads = readsContent(rest);
  const stream: Stream = {
    looksAtEach: true,
    sliceMax: reads && !isSieved ? sliceMaxes.blocks : sliceMaxes.rows,
    from,
    next(after, count) {
      const further = after === null ? sql`` : sql` and (${column}, m.id) > (${after.at - laterMs}, ${after.id})`;
      return db.all(
        sql<Examined>`
          select m.id, ${column} + ${laterMs} as at, (${own ?? sql`true`} and ${inRange} and ${residual}) as hit
          ${source} and ${bounds}${further} order by ${column}, m.id limit ${count}`.compile(build),
      );
    },
  };
  return isSieved ? sieved(stream, reads ? sliceMaxes.picked : sliceMaxes.rows, sifting) : stream;
}

/** Few enough that the rule is asked of each. */
function streamsOfCandidates(
  db: Database,
  candidates: readonly number[],
  { filter, range }: Pick<MessageQuery, 'filter' | 'range'>,
  sifting: Sifting,
  refs: readonly QueueRef[],
  queues: ReadonlyMap<string, Queue>,
): Streams {
  const queueOf = new Map(refs.map(({ id, queueId }) => [id, queues.get(queueId)]));
  const rows = db.all(
    sql<Place & { queue: number; state: number; keptFrom: number | null; endsAt: number | null }>`
      select m.id, m.at, m.queue, m.state, ${restColumns.keptFrom} as keptFrom, ${endsAt} as endsAt
      from json_each(${JSON.stringify(candidates)}) as c cross join messages as m on m.id = c.value
      where ${within(range)}`.compile(build),
  );
  const [expiring, kept]: [Place[], Place[]] = [[], []];
  for (const { id, at: failedAt, queue: number, state, ...own } of rows) {
    const queue = queueOf.get(number);
    const rule = queue && expiryRule(queue);
    const isThere = rule && !rule.over.includes(stateOf(state));
    const expiry = isThere && soonestExpiry(queue.retention, rule.haveLives ? own : { ...own, endsAt: null });
    if (expiry) expiring.push({ id, at: expiry.at });
    else kept.push({ id, at: failedAt });
  }
  const streamOf = (places: readonly Place[]) => [streamOfPlaces(places.toSorted(compare), filter, sifting, 1)];
  return { expiring: streamOf(expiring), kept: streamOf(kept) };
}
