import { AppError } from '#lib/domain/errors.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import type { LedgerSchema } from '#server/store/sqlite/schema.ts';
import type { EngineRequest, RequestAnswer } from '#server/store/engine-request.ts';
import type { Ledger } from '#server/store/store.ts';

const build = queryBuilder<LedgerSchema>();

export function submitRequest(db: Database, id: string, request: EngineRequest, by: string, at: number): string {
  return db.transaction(() => {
    const waiting = request.kind === 'sync' ? findWaitingSync(db, request.queueId) : undefined;
    if (waiting && request.kind === 'sync') {
      // A person who insists must not be answered with the read of one who did not.
      if (request.insist)
        db.run(
          build
            .updateTable('requests')
            .set({ request: JSON.stringify(request) })
            .where('id', '=', waiting)
            .compile(),
        );
      return waiting;
    }
    db.run(
      build
        .insertInto('requests')
        .values({
          id,
          kind: request.kind,
          queue_id: request.kind === 'sync' ? request.queueId : null,
          request: JSON.stringify(request),
          submitted_by: by,
          submitted_at: at,
          state: 'waiting',
        })
        .compile(),
    );
    return id;
  });
}

function findWaitingSync(db: Database, queueId: string): string | undefined {
  const query = build
    .selectFrom('requests')
    .select('id')
    .where('state', '=', 'waiting')
    .where('kind', '=', 'sync')
    .where('queue_id', '=', queueId);
  // Said again in the index's own words, so that SQLite takes it.
  return db.first(query.where('state', '<>', 'answered').compile())?.id;
}

/** Whoever works on a request may die of it: another one takes it up so often, and no more. */
const takenMax = 3;

const givenUp: RequestAnswer = {
  kind: 'failed',
  error: {
    code: 'interrupted',
    message: `It was begun ${takenMax} times, and each time the engine ended before it was done, perhaps because of it. It is not begun again. Look into the log for what ended the engine; then ask again, or for less.`,
  },
};

export function claimRequest(
  db: Database,
  worker: string,
  now: number,
  leaseMs: number,
): Awaited<ReturnType<Ledger['claimRequest']>> {
  return db.transaction(() => {
    for (;;) {
      const row = db.first(
        build
          .selectFrom('requests')
          .select(['id', 'request', 'submitted_by as by', 'taken'])
          .where('state', '<>', 'answered')
          .where((eb) => eb.or([eb('state', '=', 'waiting'), eb('leased_until', '<=', now)]))
          .orderBy('number')
          .limit(1)
          .compile(),
      );
      if (!row) return null;
      if (row.taken >= takenMax) {
        writeAnswer(db, row.id, givenUp, now);
        continue;
      }
      db.run(
        build
          .updateTable('requests')
          .set({ state: 'claimed', worker, leased_until: now + leaseMs, taken: row.taken + 1 })
          .where('id', '=', row.id)
          .compile(),
      );
      return { id: row.id, request: JSON.parse(row.request) as EngineRequest, by: row.by };
    }
  });
}

export function renewRequest(db: Database, id: string, worker: string, now: number, leaseMs: number): boolean {
  return db.transaction(() => {
    const renewed = db.run(
      build
        .updateTable('requests')
        .set({ leased_until: now + leaseMs })
        .where('id', '=', id)
        .where('worker', '=', worker)
        .where('state', '=', 'claimed')
        .compile(),
    );
    return renewed > 0;
  });
}

/** The first answer stays: a worker whose lease ran out may finish after the one that took over. */
export function answerRequest(db: Database, id: string, answer: RequestAnswer, at: number): void {
  db.transaction(() => {
    if (getRequest(db, id).state !== 'answered') writeAnswer(db, id, answer, at);
  });
}

function writeAnswer(db: Database, id: string, answer: RequestAnswer, at: number): void {
  db.run(
    build
      .updateTable('requests')
      .set({ state: 'answered', answer: JSON.stringify(answer), answered_at: at })
      .where('id', '=', id)
      .compile(),
  );
}

export function getRequest(db: Database, id: string): Awaited<ReturnType<Ledger['getRequest']>> {
  const row = db.first(build.selectFrom('requests').select(['state', 'answer']).where('id', '=', id).compile());
  if (!row) throw new AppError('not_found', 'There is no such request.', { details: { request: id.slice(0, 40) } });
  return { state: row.state, answer: row.answer === null ? null : (JSON.parse(row.answer) as RequestAnswer) };
}
