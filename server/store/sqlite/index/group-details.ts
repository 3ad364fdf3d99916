import { sql } from 'kysely';
import type { DeadLetterState } from '#lib/domain/dead-letter.ts';
import type { GroupTriage } from '#lib/domain/error-group.ts';
import { AppError } from '#lib/domain/errors.ts';
import { dayMs, groupState } from '#lib/groups/group-state.ts';
import type { GroupDetails, GroupPart } from '#server/store/group-store.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { countingOf } from '#server/store/sqlite/index/counting-of.ts';
import { listSplitOff } from '#server/store/sqlite/index/group-facts.ts';
import { signsOf } from '#server/store/sqlite/index/group-signs.ts';
import { detailsOf } from '#server/store/sqlite/index/groups.ts';
import { numbersOf } from '#server/store/sqlite/index/merged-groups.ts';
import { stateCodes, stateOf } from '#server/store/sqlite/index/row.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** So many of the newest messages are looked at for what is frequent among them. */
const newestMax = 1_000;
/** Keys are counted among so many, as far as the time lasts. */
const countedMax = 50_000;
const countedAtOnce = 2_000;
const countedMsMax = 150;
const keysMax = 10;
const touchedMax = 500;

const touchedStates = [stateCodes.replayed, stateCodes.returned, stateCodes.failed, stateCodes.unknown];

export function getGroup(db: Database, fingerprint: string, triage: readonly GroupTriage[], now: number): GroupDetails {
  return db.snapshot(() => {
    const merged = triage.filter((record) => record.mergedInto === fingerprint).map((record) => record.fingerprint);
    const members = numbersOf(db, [fingerprint, ...merged]);
    if (members.length === 0)
      throw new AppError('not_found', 'There is no such group: no dead letter of it was met.', {
        details: { group: fingerprint.slice(0, 40) },
      });
    const decision = triage.find((record) => record.fingerprint === fingerprint)?.decision ?? null;
    const group = { fingerprint, members, decision };
    const [told] = signsOf(db, [group], now);
    const splitInto = listParts(db, fingerprint);
    const parts = numbersOf(
      db,
      splitInto.map((part) => part.fingerprint),
    );
    // A group all of which was split off is as old as its parts.
    const [whole] = told ? [told] : signsOf(db, [{ ...group, members: parts }], now);
    const signs = whole?.signs ?? { decision, firstAt: now, regressedAt: null, lastHour: 0, weekBefore: 0 };
    const counting = countingOf(db, {
      filter: { kind: 'group', fingerprints: [fingerprint, ...merged] },
      range: { from: null, to: null },
    });
    const trend = { from: now + 1 - dayMs, to: now + 1, widthMs: dayMs / 24, count: 24 };
    const count = members.reduce((sum, member) => sum + (counting.byGroup.get(member) ?? 0), 0);
    const decided = {
      ...group,
      count,
      state: groupState(signs, now),
      regressedAt: signs.regressedAt,
      firstAt: signs.firstAt,
      lastAt: whole?.lastAt ?? now,
    };
    const [entry] = detailsOf(db, [decided], counting, trend).groups;
    if (!entry) throw new Error('A group without its entry');
    const newest = newestOf(db, members, countedMax);
    const byState = byStateOf(db, members);
    return {
      ...entry,
      splitInto,
      trendFrom: trend.from,
      trendTo: trend.to,
      byState,
      mergedMembers: listGroupParts(db, merged),
      keys: keysOf(
        db,
        newest.slice(0, newestMax).map((place) => place.id),
      ),
      keyCount: keyCountOf(
        db,
        newest.map((place) => place.id),
        Object.values(byState).reduce((sum, n) => sum + n, 0),
      ),
      newestMessageId: idOf(db, newest[0]?.id),
      oldestMessageId: idOf(db, oldestOf(db, members)),
      ...touchedOf(db, members),
    };
  });
}

function byStateOf(db: Database, members: readonly number[]): GroupDetails['byState'] {
  const rows = db.all(
    sql<{ state: number; n: number }>`
      select c.state, sum(c.n) as n
      from json_each(${JSON.stringify(members)}) as g cross join group_counts as c indexed by group_counts_group on c.grp = g.value
      where c.n > 0 group by c.state`.compile(build),
  );
  const byState: Partial<Record<DeadLetterState, number>> = {};
  for (const { state, n } of rows) byState[stateOf(state)] = n;
  return byState;
}

/** Parts that were joined again have no message any more. */
function listParts(db: Database, fingerprint: string): GroupPart[] {
  const parts = listSplitOff(db, [fingerprint]).filter(({ splitFrom }) => splitFrom.fingerprint === fingerprint);
  return listGroupParts(
    db,
    parts.map((part) => part.fingerprint),
  ).filter((part) => part.count > 0);
}

/** Most frequent first. */
export function listGroupParts(db: Database, fingerprints: readonly string[]): GroupPart[] {
  return db.all(
    sql<GroupPart>`
      select g.fingerprint, g.title, (
        select coalesce(sum(c.n), 0) from group_counts as c indexed by group_counts_group where c.grp = g.id
      ) as "count"
      from (select distinct value from json_each(${JSON.stringify(fingerprints)})) as wanted
      join groups as g on g.fingerprint = wanted.value order by 3 desc, g.fingerprint`.compile(build),
  );
}

interface Place {
  readonly id: number;
  readonly at: number;
}

/** Each member in its own index range, so that none has to be sorted. */
function newestOf(db: Database, members: readonly number[], limit: number): Place[] {
  const places = members.flatMap((member) =>
    db.all(
      sql<Place>`
        select m.id, m.at from messages as m indexed by messages_group_at where m.grp = ${member}
        order by m.at desc limit ${limit}`.compile(build),
    ),
  );
  return places.toSorted((a, b) => b.at - a.at || b.id - a.id).slice(0, limit);
}

function oldestOf(db: Database, members: readonly number[]): number | undefined {
  const places = members.flatMap((member) =>
    db.all(
      sql<Place>`
        select m.id, m.at from messages as m indexed by messages_group_at where m.grp = ${member} order by m.at limit 1`.compile(
        build,
      ),
    ),
  );
  return places.toSorted((a, b) => a.at - b.at || a.id - b.id)[0]?.id;
}

function keysOf(db: Database, ids: readonly number[]): GroupDetails['keys'] {
  return db.all(
    sql<{ value: string; count: number }>`
      select m.key_text as value, count(*) as "count"
      from json_each(${JSON.stringify(ids)}) as wanted cross join messages as m on m.id = wanted.value
      where m.key_text is not null group by m.key_text order by 2 desc, 1 limit ${keysMax}`.compile(build),
  );
}

/** By digest, because long keys may begin alike. Each message's row is read, so that a cold disk ends it by time. */
function keyCountOf(db: Database, ids: readonly number[], all: number): GroupDetails['keyCount'] {
  const digests = new Set<string>();
  const until = performance.now() + countedMsMax;
  let masked = 0;
  let examined = 0;
  while (examined < ids.length && (examined === 0 || performance.now() < until)) {
    const some = ids.slice(examined, examined + countedAtOnce);
    const rows = db.all(
      sql<{ digest: string | null; n: number }>`
        select m.key_digest as digest, count(*) as n
        from json_each(${JSON.stringify(some)}) as wanted cross join messages as m on m.id = wanted.value
        where m.key_text is not null group by m.key_digest`.compile(build),
    );
    for (const { digest, n } of rows) {
      if (digest === null) masked += n;
      else digests.add(digest);
    }
    examined += some.length;
  }
  return { distinct: digests.size, masked, among: examined < all ? examined : null };
}

function idOf(db: Database, id: number | undefined): string | null {
  if (id === undefined) return null;
  return db.first(build.selectFrom('messages').select('uid').where('id', '=', id).compile())?.uid ?? null;
}

function touchedOf(db: Database, members: readonly number[]): Pick<GroupDetails, 'touchedMessageIds' | 'returnedFrom'> {
  const rows = members.flatMap((member) =>
    db.all(
      sql<{ uid: string; at: number; returnOf: string | null }>`
        select m.uid, m.at, m.return_of as returnOf from messages as m indexed by messages_group_at
        where m.grp = ${member} and m.state in (${sql.join(touchedStates)})
          and exists (select 1 from group_counts as c where c.grp = ${member} and c.state in (${sql.join(touchedStates)}) and c.n > 0)
        order by m.at desc limit ${touchedMax}`.compile(build),
    ),
  );
  const newest = rows.toSorted((a, b) => b.at - a.at).slice(0, touchedMax);
  return {
    touchedMessageIds: newest.map((row) => row.uid),
    returnedFrom: [...new Set(newest.flatMap((row) => row.returnOf ?? []))],
  };
}
