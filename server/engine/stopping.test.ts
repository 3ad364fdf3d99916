import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#server/clock.ts';
import { startEngine } from '#server/engine/engine.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Ledger } from '#server/store/store.ts';

it('what the engine takes up in the moment in which it is stopped is answered before it has stopped: the store is closed next', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-stopping-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  const id = await store.ledger.submitRequest({ kind: 'sync', queueId: 'a/b', insist: false }, 'ann', Date.now());
  // As from another thread: the answer comes in a later turn.
  const [asked, stopped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const away: Pick<Ledger, 'claimRequest' | 'answerRequest'> = {
    async claimRequest(...args) {
      asked.resolve();
      await stopped.promise;
      return store.ledger.claimRequest(...args);
    },
    async answerRequest(...args) {
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      return store.ledger.answerRequest(...args);
    },
  };
  const engine = startEngine({
    store: { ...store, ledger: { ...store.ledger, ...away } },
    clock: systemClock,
    connections: [],
    sync: { discoverEveryMs: 60_000, lookEveryMs: 60_000, scanEveryMs: 60_000, scanLimit: 10 },
    watchMs: 500,
    publishTimeoutMs: 1_000,
    say: () => undefined,
  });
  await asked.promise;
  const stopping = engine.stop();
  stopped.resolve();
  await stopping;
  expect((await store.ledger.getRequest(id)).answer).toMatchObject({ kind: 'failed' });
});
