import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import type { Receiver } from '#server/config/alert-settings.ts';
import type { Say } from '#server/log/log.ts';
import { aServer, createOutbox, hmacKey, webhook } from '#server/watch/alerts/testing/delivering.ts';

/** The outbox on a real store, to real servers. */

const outbox = createOutbox();
const { write, waiting } = outbox;
let now = 1_795_000_060_000;

function deliveriesTo(...receivers: readonly Receiver[]) {
  /** Of the log, with the code of what failed. */
  const lines: [line: string, code: string | undefined][] = [];
  const say: Say = (line, about) => void lines.push([line, about?.code]);
  return { ...outbox.deliveries(receivers, () => now, { say }), lines };
}

const reportOf = async (name: string) =>
  (await outbox.store.ledger.listReceiverReports()).find((each) => each.receiver === name);

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

test('the log has once that a receiver began to fail and once that it answers again, without its words', async () => {
  const server = await aServer();
  server.answer((n) => ({ status: n <= 2 ? 503 : 200, body: 'no room for card 4111' }));
  const { look, lines } = deliveriesTo(webhook(server.url));
  await write(['a', 'hook']);
  await look();
  now += 5_000;
  await look();
  expect(server.received).toHaveLength(2);
  expect(lines).toEqual([['alert receiver hook does not take what it is sent: it answers 503', 'rejected']]);
  now += 10_000;
  await look();
  expect(lines.slice(1)).toEqual([['alert receiver hook takes what it is sent again', undefined]]);
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

test('an endless answer is read no further than a few kilobytes, also where it is a bomb', async () => {
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
});

test('a receiver that hangs holds up no other', async () => {
  const hanging = await aServer();
  hanging.answer(() => ({ status: 200, afterMs: 60_000 }));
  const quick = await aServer();
  const { begin, stopping } = deliveriesTo(webhook(hanging.url, 'hangs'), webhook(quick.url, 'quick'));
  await write(['a', 'hangs'], ['a', 'quick']);
  await begin();
  await vi.waitUntil(() => quick.received.length === 1 && hanging.received.length === 1, { timeout: 30_000 });
  await write(['b', 'hangs'], ['b', 'quick']);
  await vi.waitUntil(
    async () => {
      await begin();
      return quick.received.length === 2;
    },
    { timeout: 30_000 },
  );
  expect(hanging.received).toHaveLength(1);
  stopping.abort();
});

test('one that never answers is given up on in the end, and says why', async () => {
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
