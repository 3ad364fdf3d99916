import { sql } from 'kysely';
import type { GroupDecision } from '#lib/domain/error-group.ts';
import { escalatingLeast, type GroupSigns, lastHourMs, usualMs } from '#lib/groups/group-state.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { MergedGroup } from '#server/store/sqlite/index/merged-groups.ts';
import { firstSeenAt, openStates } from '#server/store/sqlite/index/row.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

interface DecidedGroup extends MergedGroup {
  readonly decision: GroupDecision | null;
}

/** What the state of each group is made of: of all time and all queues, whatever was asked for. A group without a dead letter has none. */
export function signsOf<Group extends DecidedGroup>(
  db: Database,
  groups: readonly Group[],
  now: number,
): { readonly group: Group; readonly signs: GroupSigns; readonly lastAt: number }[] {
  const rows = readMembers(
    db,
    groups.flatMap((group) => group.members),
    now,
  );
  const told = groups.flatMap((group) => {
    const of = group.members.flatMap((member) => rows.get(member) ?? []);
    return of.length === 0 ? [] : [{ group, of, lastHour: of.reduce((sum, row) => sum + row.lastHour, 0) }];
  });
  // The days before are many messages: they are counted only where the last hour has enough to be compared with them.
  const busy = told.filter(({ lastHour }) => lastHour >= escalatingLeast).flatMap(({ group }) => group.members);
  const weekBefore = countWeekBefore(db, busy, now);

  return told.map(({ group, of, lastHour }) => ({
    group,
    signs: {
      decision: group.decision,
      firstAt: Math.min(...of.map((row) => row.firstAt)),
      regressedAt: group.decision?.kind === 'resolved' ? firstAfter(db, group.members, group.decision.at) : null,
      lastHour,
      weekBefore: group.members.reduce((sum, member) => sum + (weekBefore.get(member) ?? 0), 0),
    },
    lastAt: Math.max(...of.map((row) => row.lastAt)),
  }));
}

interface Member {
  readonly grp: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly lastHour: number;
}

const messagesOf = sql`from messages as m indexed by messages_group_at where m.grp = g.value`;

function readMembers(db: Database, groups: readonly number[], now: number): ReadonlyMap<number, Member> {
  const rows = db.all(
    sql<Member>`
      select * from (
        select g.value as grp,
          (select min(m.at) ${messagesOf}) as firstAt,
          (select max(m.at) ${messagesOf}) as lastAt,
          (select count(*) ${messagesOf} and m.at > ${now - lastHourMs} and m.at <= ${now}) as lastHour
        from json_each(${JSON.stringify(groups)}) as g
      ) where firstAt is not null`.compile(build),
  );
  return new Map(rows.map((row) => [row.grp, row]));
}

function countWeekBefore(db: Database, groups: readonly number[], now: number): ReadonlyMap<number, number> {
  const to = now - lastHourMs;
  const rows = db.all(
    sql<{ grp: number; n: number }>`
      select g.value as grp, (select count(*) ${messagesOf} and m.at > ${to - usualMs} and m.at <= ${to}) as n
      from json_each(${JSON.stringify(groups)}) as g`.compile(build),
  );
  return new Map(rows.map(({ grp, n }) => [grp, n]));
}

/** Messages with clocks ahead of ours lie after any instant and may have been there before; no more of them than this are passed over. */
const passedOverMax = 2_000;

/** No message has waited for longer than there are such brokers: what claims to be older has a clock that tells nothing. */
const saneFloor = Date.UTC(2000, 0, 1);

interface Arrived {
  readonly queue: number;
  readonly scan: number;
  readonly at: number;
  readonly told: 'by clock' | 'by arrival';
}

/**
 * The first dead letter that both came about and arrived after an instant: what is only read late, or again, is no news. Where nothing but its arrival
 * tells when a letter came about, it is news unless this index first read its queue later than that instant, and the letter with it.
 */
function firstAfter(db: Database, groups: readonly number[], instant: number): number | null {
  const row = sql`m.queue, m.scan, m.at, m.alike, ${firstSeenAt} as seenAt`;
  const members = sql`json_each(${JSON.stringify(groups)}) as g cross join messages as m indexed by messages_group_at on m.grp = g.value`;
  const arrived = db.all(
    sql<Arrived>`
      select queue, scan, 'by clock' as told, min(at) as at from (
        select ${row} from ${members} where m.at > ${instant} and m.at >= ${saneFloor} order by m.at limit ${passedOverMax}
      ) as some join phrases as p on p.id = some.alike
      where seenAt > ${instant} and p.text ->> 1 <> 'first-seen' group by queue, scan
      union all
      select queue, scan, 'by arrival' as told, min(seenAt) as at from (
        select * from (select ${row} from ${members} where m.at > ${instant} and m.at >= ${saneFloor} order by m.at limit ${passedOverMax})
        union all select * from (select ${row} from ${members} where m.at < ${saneFloor} order by m.at limit ${passedOverMax})
      ) as some join phrases as p on p.id = some.alike
      where seenAt > ${instant} and (at < ${saneFloor} or p.text ->> 1 = 'first-seen') group by queue, scan`.compile(
      build,
    ),
  );
  const firstReads = new Map<number, FirstRead | undefined>();
  const isNews = ({ told, queue, scan }: Arrived): boolean => {
    if (told === 'by clock') return true;
    if (!firstReads.has(queue)) firstReads.set(queue, firstReadOf(db, queue));
    const first = firstReads.get(queue);
    return first === undefined || first.at <= instant || (!first.isLog && first.scan !== scan);
  };
  const news = arrived.filter(isNews).map(({ at }) => at);
  return news.length === 0 ? null : Math.min(...news);
}

interface FirstRead {
  readonly scan: number;
  readonly at: number;
  /** Is read in many pieces, each of which counts as a scan. */
  readonly isLog: boolean;
}

function firstReadOf(db: Database, queue: number): FirstRead | undefined {
  const row = db.first(
    sql<{ scan: number; at: number; kind: string }>`
      select m.scan, ${firstSeenAt} as at, p.text ->> 0 as kind from messages as m join phrases as p on p.id = m.alike
      where m.id = (select min(f.id) from messages as f indexed by messages_queue_state_at where f.queue = ${queue})`.compile(
      build,
    ),
  );
  return row && { scan: row.scan, at: row.at, isLog: row.kind === 'kafka' };
}

/** By queue from the kept counters: exact, of all time. */
export function keptByQueue(
  db: Database,
  groups: readonly number[],
): { readonly all: Map<number, Map<number, number>>; readonly open: Map<number, number> } {
  const rows = db.all(
    sql<{ grp: number; queue: number; n: number; open: number }>`
      select c.grp, c.queue, sum(c.n) as n, sum(c.n * (c.state in (${sql.join(openStates)}))) as "open"
      from json_each(${JSON.stringify(groups)}) as g cross join group_counts as c indexed by group_counts_group on c.grp = g.value
      where c.n > 0 group by c.grp, c.queue`.compile(build),
  );
  const all = new Map<number, Map<number, number>>();
  const open = new Map<number, number>();
  for (const row of rows) {
    all.set(row.grp, (all.get(row.grp) ?? new Map<number, number>()).set(row.queue, row.n));
    open.set(row.grp, (open.get(row.grp) ?? 0) + row.open);
  }
  return { all, open };
}
