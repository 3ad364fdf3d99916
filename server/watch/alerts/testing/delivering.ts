import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, onTestFinished } from 'vitest';
import { aNotification, anAlert } from '#lib/alerts/testing/an-alert.ts';
import type { Receiver } from '#server/config/alert-settings.ts';
import type { Say } from '#server/log/log.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { createDeliveries } from '#server/watch/alerts/deliveries.ts';
import { type HttpReceiver, startHttpReceiver } from '#server/watch/alerts/testing/http-receiver.ts';

export const hmacKey = 'a-key-that-nobody-knows';

export const webhook = (url: string, name = 'hook'): Receiver => ({
  name,
  kind: 'webhook',
  secretUrl: `${url}/s3cret-path`,
  hmacKey,
});

/** Until the test is over. */
export async function aServer(): Promise<HttpReceiver> {
  const server = await startHttpReceiver();
  onTestFinished(() => server.close());
  return server;
}

/** For the test file that calls it: an outbox on a real store of its own for each test. */
export function createOutbox() {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-deliveries-'));
  const stores: Store[] = [];
  let store: Store;

  beforeEach(() => {
    store = openSqliteStore({ folder: mkdtempSync(join(folder, 's-')), role: 'writer' });
    stores.push(store);
  });

  afterAll(async () => {
    await Promise.all(stores.map((each) => each.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    get store() {
      return store;
    },
    /** `now`: of its clock. */
    deliveries(
      receivers: readonly Receiver[],
      now: () => number,
      { ledger = store.ledger, say = () => undefined }: { readonly ledger?: Store['ledger']; readonly say?: Say } = {},
    ) {
      const stopping = new AbortController();
      const consoleUrl = 'https://redeliver.internal';
      const deliveries = createDeliveries(
        { ledger, clock: { now }, receivers, consoleUrl, renewMs: 60_000, random: () => 1, say },
        stopping.signal,
      );
      onTestFinished(async () => {
        stopping.abort();
        await deliveries.ended();
      });
      return {
        stopping,
        /** Looks once, and waits for all that it began. */
        async look() {
          await deliveries.look();
          await deliveries.ended();
        },
        begin: () => deliveries.look(),
        inTurn: deliveries.inTurn,
      };
    },
    /** Alerts whose ids begin alike have the same key. */
    async write(...ids: readonly (readonly [alert: string, receiver: string, transition?: 'fired' | 'resolved'])[]) {
      const notifications = ids.map(([id, receiver, transition]) =>
        aNotification(anAlert(id, { key: id.slice(0, 1) }), receiver, transition),
      );
      await store.ledger.saveRound({ alerts: [], dropped: [], notifications });
    },
    waiting: async () => (await store.ledger.listWaitingNotifications(100)).map(({ id }) => id),
  };
}
