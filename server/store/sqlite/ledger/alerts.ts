import { sql } from 'kysely';
import { type Alert, type Notification, notificationId } from '#lib/alerts/alert.ts';
import type { Mute } from '#lib/alerts/mute.ts';
import type { ReceiverReport } from '#lib/alerts/receiver-report.ts';
import type { RoundResult } from '#lib/alerts/round.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Attempt, WaitingNotification } from '#server/store/alert-ledger.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<LedgerSchema>();

// What is read from `record` is what was written there.

export function listStandingAlerts(db: Database): Alert[] {
  return db
    .all(build.selectFrom('alerts').select('record').where('resolved_at', 'is', null).orderBy('number').compile())
    .map(({ record }) => JSON.parse(record) as Alert);
}

export function listResolvedAlerts(db: Database, limit: number): Alert[] {
  return db
    .all(
      build
        .selectFrom('alerts')
        .select('record')
        .where('resolved_at', 'is not', null)
        .orderBy('resolved_at', 'desc')
        .orderBy('number', 'desc')
        .limit(limit)
        .compile(),
    )
    .map(({ record }) => JSON.parse(record) as Alert);
}

export function saveRound(db: Database, { alerts, dropped, notifications }: RoundResult): void {
  db.transaction(() => {
    for (const alert of alerts) {
      const row = { resolved_at: alert.resolvedAt, record: JSON.stringify(alert) };
      db.run(
        build
          .insertInto('alerts')
          .values({ id: alert.id, ...row })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
          .compile(),
      );
    }
    for (const id of dropped) db.run(build.deleteFrom('alerts').where('id', '=', id).compile());
    for (const notification of notifications) {
      const { id, receiver, at, transition, alert } = notification;
      if (transition === 'resolved' && isGivenUp(db, notificationId(alert.id, 'fired', receiver))) continue;
      db.run(
        build
          .insertInto('notifications')
          .values({ id, receiver, record: JSON.stringify(notification), next_at: at })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .compile(),
      );
    }
  });
}

export function listWaitingNotifications(db: Database, limitEach: number): WaitingNotification[] {
  const rows = db.all(
    sql<{ record: string; attempts: number; nextAt: number }>`
      select record, attempts, next_at as nextAt from (
        select *, row_number() over (partition by receiver order by number) as place from notifications where ended_at is null
      ) where place <= ${limitEach} order by number`.compile(build),
  );
  return rows.map(({ record, ...when }) => ({ ...(JSON.parse(record) as Notification), ...when }));
}

export function recordAttempt(db: Database, id: string, attempt: Attempt, report: ReceiverReport | null): void {
  db.transaction(() => {
    const { said, at } = attempt;
    const end =
      attempt.outcome === 'retried'
        ? { next_at: attempt.nextAt }
        : { next_at: null, ended_at: at, outcome: attempt.outcome };
    const changed = db.run(
      build
        .updateTable('notifications')
        .set((row) => ({ ...end, said, attempts: row('attempts', '+', 1) }))
        .where('id', '=', id)
        .compile(),
    );
    if (changed === 0)
      throw new AppError('not_found', 'There is no such notification.', { details: { notification: id } });
    if (attempt.outcome === 'given-up') giveUpEndOf(db, id, attempt);
    if (report) saveReceiverReport(db, report);
  });
}

function isGivenUp(db: Database, id: string): boolean {
  const row = db.first(build.selectFrom('notifications').select('outcome').where('id', '=', id).compile());
  return row?.outcome === 'given-up';
}

/** Who never hears of a beginning is not told of its end. */
function giveUpEndOf(db: Database, id: string, { at, said }: Attempt): void {
  const row = db.first(build.selectFrom('notifications').select('record').where('id', '=', id).compile());
  if (!row) return;
  const { transition, alert, receiver } = JSON.parse(row.record) as Notification;
  if (transition !== 'fired') return;
  db.run(
    build
      .updateTable('notifications')
      .set({ next_at: null, ended_at: at, outcome: 'given-up', said })
      .where('id', '=', notificationId(alert.id, 'resolved', receiver))
      .where('ended_at', 'is', null)
      .compile(),
  );
}

export function listUnheard(db: Database, receiver: string): Notification[] {
  const rows = db.all(
    sql<{ record: string }>`
      select n.record from notifications as n join alerts as a on a.id = n.record ->> '$.alert.id'
      where n.outcome = 'given-up' and n.receiver = ${receiver} and n.record ->> '$.transition' = 'fired' and a.resolved_at is null
      order by n.number`.compile(build),
  );
  return rows.map(({ record }) => JSON.parse(record) as Notification);
}

export function tellAgain(db: Database, ids: readonly string[], at: number): void {
  if (ids.length === 0) return;
  db.run(
    build
      .updateTable('notifications')
      .set({ attempts: 0, next_at: at, ended_at: null, outcome: null })
      .where('id', 'in', ids)
      .where('outcome', '=', 'given-up')
      .compile(),
  );
}

export function listReceiverReports(db: Database): (ReceiverReport & { waiting: number })[] {
  const rows = db.all(
    sql<{ record: string; waiting: number }>`
      select r.record, (select count(*) from notifications as n where n.ended_at is null and n.receiver = r.receiver) as waiting
      from receiver_reports as r order by r.receiver`.compile(build),
  );
  return rows.map(({ record, waiting }) => ({ ...(JSON.parse(record) as ReceiverReport), waiting }));
}

export function saveReceiverReport(db: Database, report: ReceiverReport): void {
  const row = { record: JSON.stringify(report) };
  db.run(
    build
      .insertInto('receiver_reports')
      .values({ receiver: report.receiver, ...row })
      .onConflict((conflict) => conflict.column('receiver').doUpdateSet(row))
      .compile(),
  );
}

export function listMutes(db: Database, now: number): Mute[] {
  return db
    .all(
      build
        .selectFrom('alert_mutes')
        .select('record')
        .where((row) => row.or([row('until', 'is', null), row('until', '>', now)]))
        .compile(),
    )
    .map(({ record }) => JSON.parse(record) as Mute)
    .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
}

/** Each look at everything asks all of them. */
const mutesMax = 500;

export function saveMute(db: Database, id: string, wanted: Omit<Mute, 'id'>): Mute {
  return db.transaction(() => {
    if (listMutes(db, wanted.createdAt).length >= mutesMax)
      throw new AppError('conflict', `There are ${mutesMax} mutes already. Lift one that nobody needs.`);
    const mute = { ...wanted, id };
    db.run(
      build
        .insertInto('alert_mutes')
        .values({ id, until: mute.until, record: JSON.stringify(mute) })
        .compile(),
    );
    return mute;
  });
}

export function deleteMute(db: Database, id: string): void {
  if (db.run(build.deleteFrom('alert_mutes').where('id', '=', id).compile()) === 0)
    throw new AppError('not_found', 'There is no such mute. Somebody may have lifted it; reload the page.', {
      details: { mute: id.slice(0, 40) },
    });
}

export function forgetAlerts(db: Database, before: number): number {
  return db.transaction(
    () =>
      db.run(build.deleteFrom('alerts').where('resolved_at', '<', before).compile()) +
      db.run(build.deleteFrom('notifications').where('ended_at', '<', before).compile()) +
      db.run(build.deleteFrom('alert_mutes').where('until', '<', before).compile()),
  );
}
