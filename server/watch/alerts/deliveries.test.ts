import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Alert } from '#lib/alerts/alert.ts';
import { aNotification, anAlert } from '#lib/alerts/testing/an-alert.ts';
import type { Receiver } from '#server/config/alert-settings.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { createDeliveries } from '#server/watch/alerts/deliveries.ts';
import { type HttpReceiver, startHttpReceiver } from '#server/watch/alerts/testing/http-receiver.ts';

/** The outbox on a real store, to real servers. */

const folder = mkdtempSync(join(tmpdir(), 'redeliver-deliveries-'));
const stores: Store[] = [];
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  rmSync(folder, { recursive: true, force: true });
});

let store: Store;
let now = 1_795_000_060_000;
beforeEach(() => {
  store = openSqliteStore({ folder: mkdtempSync(join(folder, 's-')), role: 'writer' });
  stores.push(store);
});

async function aServer(): Promise<HttpReceiver> {
  const server = await startHttpReceiver();
  onTestFinished(() => server.close());
  return server;
}

const hmacKey = 'a-key-that-nobody-knows';
const webhook = (url: string, name = 'hook'): Receiver => ({
  name,
  kind: 'webhook',
  secretUrl: `${url}/s3cret-path`,
  hmacKey,
});

function deliveriesTo(...receivers: readonly Receiver[]) {
  return deliveriesBy(store.ledger, receivers);
}

function deliveriesBy(ledger: Store['ledger'], receivers: readonly Receiver[]) {
  const stopping = new AbortController();
  const deliveries = createDeliveries(
    {
      ledger,
      clock: { now: () => now },
      receivers,
      consoleUrl: 'https://redeliver.internal',
      renewMs: 60_000,
      random: () => 1,
      say: () => undefined,
    },
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
}

/** Alerts whose ids begin alike have the same key. */
async function write(
  ...ids: readonly (readonly [alert: string, receiver: string, transition?: 'fired' | 'resolved'])[]
) {
  const notifications = ids.map(([id, receiver, transition]) =>
    aNotification(anAlert(id, { key: id.slice(0, 1) }), receiver, transition),
  );
  await store.ledger.saveRound({ alerts: [], dropped: [], notifications });
}

const reportOf = async (name: string) =>
  (await store.ledger.listReceiverReports()).find((each) => each.receiver === name);
const waiting = async () => (await store.ledger.listWaitingNotifications(100)).map(({ id }) => id);

test('a notification is sent once, signed, under an id of its own, and a receiver can check all of it', async () => {
  const server = await aServer();
  const { look } = deliveriesTo(webhook(server.url));
  await write(['a', 'hook']);
  await write(['a', 'hook']);
  await look();
  await look();
  expect(server.received).toHaveLength(1);
  const [one] = server.received;
  expect(one).toMatchObject({ method: 'POST', path: '/s3cret-path', json: { event: 'fired', id: 'a.fired.hook' } });
  expect(one?.headers['idempotency-key']).toBe('a.fired.hook');
  const [, seconds, signature] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(one?.headers['x-redeliver-signature'])) ?? [];
  expect(Number(seconds)).toBe(Math.floor(now / 1_000));
  expect(createHmac('sha256', hmacKey).update(`${seconds}.${one?.body}`).digest('hex')).toBe(signature);
  expect(await waiting()).toEqual([]);
  expect(await reportOf('hook')).toMatchObject({ outcome: 'delivered', said: '200 OK: ok', failingSince: null });
});

test('a receiver that fails is asked again later and later, and what waits is delivered in its order', async () => {
  const server = await aServer();
  server.answer((n) => ({ status: n <= 2 ? 503 : 200 }));
  const { look } = deliveriesTo(webhook(server.url));
  await write(['a', 'hook'], ['a', 'hook', 'resolved']);
  await look();
  expect(server.received).toHaveLength(1);
  const failingSince = now;
  expect(await reportOf('hook')).toMatchObject({
    outcome: 'failing',
    said: '503 Service Unavailable',
    waiting: 2,
    failingSince,
  });
  now += 4_999;
  await look();
  expect(server.received).toHaveLength(1);
  now += 1;
  await look();
  now += 9_999;
  await look();
  expect(server.received).toHaveLength(2);
  now += 1;
  await look();
  expect(server.received.map(({ json }) => json['event'])).toEqual(['fired', 'fired', 'fired', 'resolved']);
  expect(await reportOf('hook')).toMatchObject({ outcome: 'delivered', failingSince: null, waiting: 0 });
});

test('Retry-After holds for everything that the receiver is sent', async () => {
  const server = await aServer();
  server.answer((n) => (n === 1 ? { status: 429, headers: { 'retry-after': '120' } } : { status: 200 }));
  const { look } = deliveriesTo(webhook(server.url));
  await write(['a', 'hook'], ['b', 'hook']);
  await look();
  now += 119_000;
  await look();
  expect(server.received).toHaveLength(1);
  now += 1_000;
  await look();
  expect(server.received).toHaveLength(3);
});

test.each([400, 401, 403, 404, 410])('%i is not tried again: the receiver is shown as broken', async (status) => {
  const server = await aServer();
  server.answer(() => ({ status, body: 'no such hook' }));
  const { look } = deliveriesTo(webhook(server.url));
  await write(['a', 'hook']);
  await look();
  now += 3_600_000;
  await look();
  expect(server.received).toHaveLength(1);
  expect(await reportOf('hook')).toMatchObject({
    outcome: 'refused',
    said: expect.stringMatching(`^${status} .*: no such hook$`),
  });
  expect(await waiting()).toEqual([]);
});

test('a redirect is not followed, so that what is signed and secret goes nowhere else', async () => {
  const elsewhere = await aServer();
  const server = await aServer();
  server.answer(() => ({ status: 307, headers: { location: `${elsewhere.url}/stolen` } }));
  const { look } = deliveriesTo(webhook(server.url));
  await write(['a', 'hook']);
  await look();
  expect(elsewhere.received).toEqual([]);
  expect(await reportOf('hook')).toMatchObject({ outcome: 'refused', said: expect.stringContaining('redirect') });
});

test('nothing of a secret is kept of what a receiver answers, and no more than a line', async () => {
  const server = await aServer();
  server.answer((_, { headers }) => ({
    status: 400,
    body: `${'<p>\n'.repeat(3)}${server.url}/s3cret-path ${hmacKey} ${headers['x-redeliver-signature']}`,
  }));
  const { look } = deliveriesTo(webhook(server.url));
  await write(['a', 'hook']);
  await look();
  const said = (await reportOf('hook'))?.said ?? '';
  expect(said).toContain('[secret] [secret]');
  expect(said).not.toMatch(/s3cret|nobody-knows|\n/);
  expect(said.length).toBeLessThan(260);
});

test('nothing of the address of a receiver is kept where a server quotes its path', async () => {
  const server = await aServer();
  server.answer((_, { path }) => ({
    status: 404,
    body: `Cannot POST ${path} (${decodeURIComponent(path)}, ${path.split('/').at(-1)}, token T0K3N-of-query)`,
  }));
  const secretUrl = `${server.url}/services/T0PLACE/XX%2Bsecret%2Bword?t=T0K3N-of-query`;
  const { look } = deliveriesTo({ name: 'chat', kind: 'slack', secretUrl });
  await write(['a', 'chat']);
  await look();
  const said = (await reportOf('chat'))?.said ?? '';
  expect(said).toMatch(/^404 Not Found: Cannot POST \[secret\] \(\[secret\], /);
  expect(said).not.toMatch(/T0PLACE|secret%2Bword|secret\+word|T0K3N/);
});

test(
  'an endless answer is read no further than a few kilobytes, also where it is a bomb',
  { timeout: 20_000 },
  async () => {
    const server = await aServer();
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 'a'));
    server.answer((n) => ({
      status: 500,
      body: n === 1 ? 'b'.repeat(64 * 1024 * 1024) : bomb,
      headers: n === 1 ? {} : { 'content-encoding': 'gzip' },
    }));
    const { look } = deliveriesTo(webhook(server.url));
    await write(['a', 'hook'], ['b', 'hook']);
    const before = process.memoryUsage().rss;
    await look();
    expect(server.received).toHaveLength(2);
    expect((await reportOf('hook'))?.said.length).toBeLessThan(260);
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * 1024 * 1024);
  },
);

test('a receiver that hangs holds up no other', { timeout: 30_000 }, async () => {
  const hanging = await aServer();
  hanging.answer(() => ({ status: 200, afterMs: 60_000 }));
  const quick = await aServer();
  const { begin, stopping } = deliveriesTo(webhook(hanging.url, 'hangs'), webhook(quick.url, 'quick'));
  await write(['a', 'hangs'], ['a', 'quick']);
  await begin();
  await vi.waitUntil(() => quick.received.length === 1 && hanging.received.length === 1);
  await write(['b', 'hangs'], ['b', 'quick']);
  await vi.waitUntil(async () => {
    await begin();
    return quick.received.length === 2;
  });
  expect(hanging.received).toHaveLength(1);
  stopping.abort();
});

test('one that never answers is given up on in the end, and says why', { timeout: 30_000 }, async () => {
  const { look } = deliveriesTo(webhook('http://127.0.0.1:1'));
  await write(['a', 'hook']);
  for (let n = 0; n < 20; n += 1) {
    await look();
    now += 300_000;
  }
  expect(await waiting()).toEqual([]);
  expect(await reportOf('hook')).toMatchObject({ outcome: 'failing', said: expect.stringMatching(/^no answer/) });
});

test('what was written for a receiver that is no longer configured is given up', async () => {
  const { look } = deliveriesTo();
  await write(['a', 'gone']);
  await look();
  expect(await waiting()).toEqual([]);
  expect(await reportOf('gone')).toMatchObject({ outcome: 'refused' });
});

test('what cannot be written down is not sent again and again, and is written once it can be', async () => {
  const server = await aServer();
  let isFull = true;
  const ledger: Store['ledger'] = {
    ...store.ledger,
    async recordAttempt(...args) {
      if (isFull) throw new Error('disk is full');
      await store.ledger.recordAttempt(...args);
    },
  };
  const { look } = deliveriesBy(ledger, [webhook(server.url)]);
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
  await store.ledger.saveRound({ alerts: [alert], dropped: [], notifications: [aNotification(alert, 'hook')] });
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
  await store.ledger.saveRound({
    alerts: [ended],
    dropped: [],
    notifications: [aNotification(ended, 'hook', 'resolved')],
  });
  const right = await aServer();
  await deliveriesTo(webhook(right.url)).look();
  expect(sentIds(right)).toEqual(['a.fired.hook']);
});

test(
  'after an outage all that still fires and is not muted is told, without a restart',
  { timeout: 20_000 },
  async () => {
    const server = await aServer();
    server.answer(() => ({ status: 503 }));
    const { look } = deliveriesTo(webhook(server.url));
    for (const id of ['a', 'b', 'c']) await writeFiring(id, { key: id, rule: id });
    await look();
    for (const id of ['a', 'b', 'c'])
      await store.ledger.recordAttempt(`${id}.fired.hook`, { at: now, outcome: 'given-up', said: '503' }, null);
    const mute = { queue: null, group: null, subject: null, label: null, by: 'ann', reason: '' };
    await store.ledger.saveMute({ ...mute, rule: 'b', until: null, createdAt: now });
    server.answer(() => ({ status: 200 }));
    const before = server.received.length;
    now += 600_000;
    await look();
    await look();
    expect(sentIds(server).slice(before)).toEqual(['a.fired.hook', 'c.fired.hook']);
  },
);

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
  await vi.waitUntil(() => server.received.length === 1);
  let waitingThen: readonly string[] | null = null;
  const turn = inTurn('hook', async () => {
    waitingThen = await waiting();
  });
  expect(waitingThen).toBeNull();
  hanging.resolve({ status: 200 });
  await turn;
  expect(waitingThen).toEqual([]);
});
