import { type Selectable, sql } from 'kysely';
import { AppError } from '#lib/domain/errors.ts';
import type { Replay, ReplayState } from '#lib/domain/replay.ts';
import { canReplayGo } from '#lib/replay/transitions.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { appendAudit } from '#server/store/sqlite/ledger/audit.ts';
import { hashText } from '#server/store/sqlite/index/hash.ts';
import { toReplay } from '#server/store/sqlite/ledger/replay-row.ts';
import type { LedgerSchema, ReplayTable } from '#server/store/sqlite/schema.ts';
import type { FinishedPlan, Ledger, NewItem, NewPlan, ReplayStateChange } from '#server/store/store.ts';

const build = queryBuilder<LedgerSchema>();

/** Of a plan that is being written: the ledger's own, and no state of a replay. */
const drafting = 'drafting';

export function beginPlan(db: Database, plan: NewPlan): void {
  db.transaction(() => {
    if (db.first(build.selectFrom('replays').select('number').where('id', '=', plan.id).compile())) {
      throw new AppError('conflict', 'A replay with this id is there already.', { details: { replay: plan.id } });
    }
    db.run(
      build
        .insertInto('replays')
        .values({
          id: plan.id,
          state: drafting,
          created_at: plan.createdAt,
          created_by: plan.createdBy,
          sentence: '',
          queue_ids: '[]',
          options: JSON.stringify(plan.options),
          plan: '{}',
          plan_hash: '',
          returned: 0,
          returned_different: 0,
        })
        .compile(),
    );
  });
}

export function addPlanItems(db: Database, replayId: string, items: readonly NewItem[]): void {
  db.transaction(() => {
    const replay = findDraft(db, replayId);
    const counts = new Map<string, number>();
    const insert = db.prepare(
      `INSERT INTO items (item_id, replay, ordinal, message_id, queue_id, identity, position, lane, destination, state, reason,
         event_sign, content_sign, fingerprint)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const item of items) {
      const destination = item.destination && JSON.stringify(item.destination);
      const reason = item.reason && JSON.stringify(item.reason);
      const place = [item.messageId, item.queueId, item.identity, item.position, item.lane] as const;
      const { event = null, content = null, fingerprint = null } = item.signs ?? {};
      const signs = [event === null ? null : hashText(event), content === null ? null : hashText(content)] as const;
      insert.run(item.id, replay, item.ordinal, ...place, destination, item.state, reason, ...signs, fingerprint);
      counts.set(item.state, (counts.get(item.state) ?? 0) + 1);
    }
    const add = db.prepare(
      'INSERT INTO accounts (replay, state, n) VALUES (?, ?, ?) ON CONFLICT (replay, state) DO UPDATE SET n = n + excluded.n',
    );
    for (const [state, n] of counts) add.run(replay, state, n);
  });
}

export function finishPlan(db: Database, replayId: string, { plan, sentence, queueIds }: FinishedPlan): Replay {
  return db.transaction(() => {
    const replay = findDraft(db, replayId);
    for (const queue of new Set(queueIds))
      db.run(build.insertInto('replay_queues').values({ queue_id: queue, replay }).compile());
    const texts = { sentence, queue_ids: JSON.stringify(queueIds), plan: JSON.stringify(plan), plan_hash: plan.hash };
    db.run(
      build
        .updateTable('replays')
        .set({ state: 'planned', ...texts })
        .where('number', '=', replay)
        .compile(),
    );
    return getReplay(db, replayId);
  });
}

function findDraft(db: Database, id: string): number {
  const draft = db.first(
    build.selectFrom('replays').select('number').where('id', '=', id).where('state', '=', drafting).compile(),
  );
  if (!draft)
    throw new AppError('not_found', 'No plan of this id is being written.', { details: { replay: id.slice(0, 40) } });
  return draft.number;
}

export function confirmReplay(db: Database, id: string, hash: string, by: string, at: number): Replay {
  return db.transaction(() => {
    const row = findReplay(db, id);
    if (row.state !== 'planned')
      throw new AppError('conflict', `Replay ${row.number} is no plan that waits: it is ${row.state}.`, {
        details: { replay: row.number, state: row.state },
      });
    if (row.plan_hash !== hash) {
      throw new AppError(
        'stale_plan',
        'This is not the plan that was confirmed. Look at the new plan, then confirm again.',
        { details: { replay: row.id } },
      );
    }
    db.run(
      build
        .updateTable('replays')
        .set({ state: 'queued', confirmed_at: at, confirmed_by: by, go_account: accountText(db, row.id) })
        .where('number', '=', row.number)
        .compile(),
    );
    return getReplay(db, row.id);
  });
}

export function setReplayState(db: Database, id: string, change: ReplayStateChange): Replay {
  return db.transaction(() => {
    const row = findReplay(db, id);
    const { state, at, from } = change;
    if (from?.every((each) => each !== row.state)) throw wrongState(row, state);
    // Saying the same again is not a move: an engine that starts anew finds its replays as it left them.
    const stays = row.state === state && state !== 'planned';
    if (!stays && (row.state === 'planned' ? state !== 'cancelled' : !canReplayGo(row.state as ReplayState, state)))
      throw wrongState(row, state);
    const sendingEnds =
      row.started_at !== null &&
      (['watching', 'settled', 'cancelled', 'stopped'] as const).some((end) => end === state);
    db.run(
      build
        .updateTable('replays')
        .set({
          state,
          started_at: row.started_at ?? (state === 'sending' ? at : null),
          finished_sending_at: state === 'queued' ? null : (row.finished_sending_at ?? (sendingEnds ? at : null)),
          settled_at: row.settled_at ?? (state === 'settled' ? at : null),
          ...(state === 'queued' && { go_account: accountText(db, row.id) }),
          ...(change.watchUntil !== undefined && { watch_until: change.watchUntil }),
          // Who goes on with a replay that was stopped has to know that there was trouble.
          error: change.error ? JSON.stringify(change.error) : stays || state === 'queued' ? row.error : null,
        })
        .where('number', '=', row.number)
        .compile(),
    );
    if (change.audit) appendAudit(db, change.audit);
    return getReplay(db, row.id);
  });
}

function accountText(db: Database, id: string): string {
  return JSON.stringify(getReplay(db, id).account);
}

/** Also of a plan and of one that is paused: who works on a replay holds it, whatever its state. */
export function leaseReplay(db: Database, id: string, worker: string, now: number, leaseMs: number): boolean {
  return db.transaction(() => {
    const row = findReplay(db, id);
    if (row.worker !== worker && row.leased_until !== null && row.leased_until > now) return false;
    db.run(
      build
        .updateTable('replays')
        .set({ worker, leased_until: now + leaseMs })
        .where('number', '=', row.number)
        .compile(),
    );
    return true;
  });
}

export function getReplay(db: Database, idOrNumber: string): Replay {
  const [replay] = withAccounts(db, [findReplay(db, idOrNumber)]);
  if (!replay) throw unknownReplay(idOrNumber);
  return replay;
}

export function listReplays(db: Database, query: Parameters<Ledger['listReplays']>[0]): Replay[] {
  let select = build
    .selectFrom('replays')
    .selectAll()
    .where('state', '<>', drafting)
    .orderBy('number', 'desc')
    .limit(query.limit);
  if (query.before !== null) select = select.where('number', '<', query.before);
  if (!query.withPlans) select = select.where('confirmed_at', 'is not', null);
  return withAccounts(db, db.all(select.compile()));
}

export function listActiveReplays(db: Database): Replay[] {
  const active = sql<Selectable<ReplayTable>>`select * from replays where state in ('queued', 'sending', 'watching')
    or (state not in ('planned', ${drafting}) and number in (select replay from accounts where state in ('intended', 'sent') and n > 0)) order by number`;
  return withAccounts(db, db.all(active.compile(build)));
}

export function lastReplays(db: Database): Awaited<ReturnType<Ledger['lastReplays']>> {
  const last = db.all(
    build
      .selectFrom('replay_queues as rq')
      .innerJoin('replays as r', 'r.number', 'rq.replay')
      .where('r.confirmed_at', 'is not', null)
      .where(sql`coalesce(r.options ->> 'action', 'replay')`, '=', 'replay')
      .groupBy('rq.queue_id')
      .select(['rq.queue_id as queueId', (eb) => eb.fn.max('r.number').as('number')])
      .compile(),
  );
  const numbers = [...new Set(last.map((row) => row.number))];
  const rows = db.all(
    sql<
      Selectable<ReplayTable>
    >`select * from replays where number in (select value from json_each(${JSON.stringify(numbers)}))`.compile(build),
  );
  const replays = new Map(withAccounts(db, rows).map((replay) => [replay.number, replay]));
  return last.flatMap(({ queueId, number }) => {
    const replay = replays.get(number);
    return replay ? [{ queueId, replay }] : [];
  });
}

/** By id, or by number as text. */
export function findReplay(db: Database, idOrNumber: string): Selectable<ReplayTable> {
  const select = build.selectFrom('replays').selectAll().where('state', '<>', drafting);
  const byId = db.first(select.where('id', '=', idOrNumber).compile());
  if (byId) return byId;
  const byNumber = /^\d{1,15}$/.test(idOrNumber)
    ? db.first(select.where('number', '=', Number(idOrNumber)).compile())
    : undefined;
  if (!byNumber) throw unknownReplay(idOrNumber);
  return byNumber;
}

function withAccounts(db: Database, rows: readonly Selectable<ReplayTable>[]): Replay[] {
  const numbers = JSON.stringify(rows.map((row) => row.number));
  const counts = db.all(
    sql<{ replay: number; state: string; n: number }>`
      select replay, state, n from accounts where replay in (select value from json_each(${numbers}))`.compile(build),
  );
  const byReplay = Map.groupBy(counts, (count) => count.replay);
  return rows.map((row) => toReplay(row, new Map((byReplay.get(row.number) ?? []).map(({ state, n }) => [state, n]))));
}

function unknownReplay(id: string): AppError {
  return new AppError('not_found', 'There is no such replay.', { details: { replay: id.slice(0, 40) } });
}

function wrongState(row: { readonly number: number; readonly state: string }, wanted: ReplayState): AppError {
  return new AppError('conflict', `Replay ${row.number} is ${row.state} and cannot become ${wanted}.`, {
    details: { replay: row.number, state: row.state, wanted },
  });
}
