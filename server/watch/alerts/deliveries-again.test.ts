import { expect, test, vi } from 'vitest';
import type { Alert } from '#lib/alerts/alert.ts';
import { aNotification, anAlert } from '#lib/alerts/testing/an-alert.ts';
import type { Receiver } from '#server/config/alert-settings.ts';
import type { Store } from '#server/store/store.ts';
import { aServer, createOutbox, webhook } from '#server/watch/alerts/testing/delivering.ts';
import type { HttpReceiver } from '#server/watch/alerts/testing/http-receiver.ts';

/** What is told again, held up or dropped: the outbox on a real store, to real servers. */

const outbox = createOutbox();
const { write, waiting } = outbox;
let now = 1_795_000_060_000;

const deliveriesTo = (...receivers: readonly Receiver[]) => outbox.deliveries(receivers, () => now);

test('what cannot be written down is not sent again and again, and is written once it can be', async () => {
  const server = await aServer();
  let isFull = true;
  const ledger: Store['ledger'] = {
    ...outbox.store.ledger,
    async recordAttempt(...args) {
      if (isFull) throw new Error('disk is full');
      await outbox.store.ledger.recordAttempt(...args);
    },
  };
  const { look } = outbox.deliveries([webhook(server.url)], () => now, { ledger });
  await write(['a', 'hook'], ['b', 'hook']);
  for (let second = 0; second < 30; second += 1) {
    await look();
    now += 1_000;
  }
  expect(server.received).toHaveLength(1);
  isFull = false;
  now += 60_000;
  await look();
  expect(server.received.map(({ json }) => json['id'])).toEqual(['a.fired.hook', 'b.fired.hook']);
  expect(await waiting()).toEqual([]);
});

/** Written with its alert, as a round does. */
async function writeFiring(id: string, changes: Partial<Alert> = {}) {
  const alert = anAlert(id, { told: ['hook'], ...changes });
  await outbox.store.ledger.saveRound({ alerts: [alert], dropped: [], notifications: [aNotification(alert, 'hook')] });
  return alert;
}

const sentIds = (server: HttpReceiver) => server.received.map(({ json }) => json['id']);

test('a receiver that was given up on is told what still fires when its settings are right, and no end without its beginning', async () => {
  const server = await aServer();
  server.answer(() => ({ status: 404 }));
  await writeFiring('a', { key: 'ka' });
  const over = await writeFiring('b', { key: 'kb' });
  await deliveriesTo(webhook(server.url)).look();
  expect(await waiting()).toEqual([]);
  const ended = { ...over, phase: 'resolved', resolvedAt: now } as const;
  await outbox.store.ledger.saveRound({
    alerts: [ended],
    dropped: [],
    notifications: [aNotification(ended, 'hook', 'resolved')],
  });
  const right = await aServer();
  await deliveriesTo(webhook(right.url)).look();
  expect(sentIds(right)).toEqual(['a.fired.hook']);
});

test('after an outage all that still fires and is not muted is told, without a restart', async () => {
  const server = await aServer();
  server.answer(() => ({ status: 503 }));
  const { look } = deliveriesTo(webhook(server.url));
  for (const id of ['a', 'b', 'c']) await writeFiring(id, { key: id, rule: id });
  await look();
  for (const id of ['a', 'b', 'c'])
    await outbox.store.ledger.recordAttempt(`${id}.fired.hook`, { at: now, outcome: 'given-up', said: '503' }, null);
  const mute = { queue: null, group: null, subject: null, label: null, by: 'ann', reason: '' };
  await outbox.store.ledger.saveMute({ ...mute, rule: 'b', until: null, createdAt: now });
  server.answer(() => ({ status: 200 }));
  const before = server.received.length;
  now += 600_000;
  await look();
  await look();
  expect(sentIds(server).slice(before)).toEqual(['a.fired.hook', 'c.fired.hook']);
});

test('an end that waits is not told once the same fires anew', async () => {
  const server = await aServer();
  server.answer((_, { json }) => ({ status: json['event'] === 'resolved' ? 500 : 200 }));
  const { look } = deliveriesTo(webhook(server.url));
  await write(['a', 'hook'], ['a', 'hook', 'resolved']);
  await look();
  await write(['a2', 'hook']);
  now += 60_000;
  await look();
  expect(server.received.map(({ json }) => json['event'])).toEqual(['fired', 'resolved', 'fired']);
  expect(await waiting()).toEqual([]);
});

test('what came later of the same key waits behind what is tried again', async () => {
  const server = await aServer();
  server.answer((n) => ({ status: n === 1 ? 500 : 200 }));
  const { look } = deliveriesTo(webhook(server.url));
  await write(['a', 'hook'], ['a2', 'hook']);
  await look();
  expect(server.received).toHaveLength(1);
  now += 60_000;
  await look();
  expect(sentIds(server)).toEqual(['a.fired.hook', 'a.fired.hook', 'a2.fired.hook']);
});

test('who is told again of all that fires waits for the turn of the receiver', async () => {
  const server = await aServer();
  const hanging = Promise.withResolvers<{ status: number }>();
  server.answer(() => hanging.promise);
  const { begin, inTurn } = deliveriesTo(webhook(server.url));
  await write(['a', 'hook']);
  await begin();
  await vi.waitUntil(() => server.received.length === 1, { timeout: 30_000 });
  let waitingThen: readonly string[] | null = null;
  const turn = inTurn('hook', async () => {
    waitingThen = await waiting();
  });
  expect(waitingThen).toBeNull();
  hanging.resolve({ status: 200 });
  await turn;
  expect(waitingThen).toEqual([]);
});
