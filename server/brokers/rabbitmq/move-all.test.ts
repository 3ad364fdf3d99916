import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { movesIn, progressOf } from '#server/brokers/rabbitmq/move-all.ts';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import { endpointOf, type RabbitMqSettings } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';
import { createShovelApi, type Shovel } from '#server/brokers/rabbitmq/shovel-api.ts';
import { failureOf } from '#server/brokers/testing/expectations.ts';
import type { LocalBroker } from '#server/local-brokers/local-broker.ts';
import { putRabbitMqUser, shovelPlugins, startLocalRabbitMq } from '#server/local-brokers/rabbitmq.ts';

/** A server of its own, first without the shovel plugin and then with it. What both kinds of server do alike is in the conformance suite. */

const signal = new AbortController().signal;
let folder: string;
let server: LocalBroker;
let client: ChannelModel;

async function start(withPlugin: boolean): Promise<void> {
  await client?.close();
  server = await startLocalRabbitMq({ folder, ...(withPlugin && { plugins: shovelPlugins }) });
  client = await connect(server.env['RABBITMQ_URL'] ?? '');
  client.on('error', () => undefined);
}

function settingsOf(user = 'guest:guest'): RabbitMqSettings {
  const [url = '', managementUrl = ''] = [server.env['RABBITMQ_URL'], server.env['RABBITMQ_MANAGEMENT_URL']].map(
    (text) => text?.replace('guest:guest', user),
  );
  return { connection: 'moving', url, managementUrl, clock: Date.now };
}

function connected(settings = settingsOf()): BrokerDriver {
  const driver = createRabbitMqDriver(settings);
  onTestFinished(() => driver.close());
  return driver;
}

async function queues(...names: readonly string[]): Promise<void> {
  const channel = await client.createChannel();
  for (const name of names) await channel.assertQueue(name, { durable: true });
  await channel.close();
}

describe('moving everything on a RabbitMQ of its own', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redeliver-shovel-'));
    await start(false);
  });

  afterAll(async () => {
    await client?.close();
    await server?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('is refused where the plugin is not there, and then works once it is enabled', async () => {
    await queues('orders', 'orders.dlq');
    const before = connected();
    expect(await before.moveAll.facts('orders.dlq', signal)).toMatchObject({
      available: false,
      why: expect.stringContaining('rabbitmq_shovel_management are not enabled'),
    });
    const refused = await failureOf(before.moveAll.start('orders.dlq', { ratePerSecond: null, to: null }, signal));
    expect(refused).toMatchObject({ code: 'unsupported', message: expect.stringContaining('Replay all of them') });
    expect(await before.moveAll.progress('orders.dlq', signal)).toBeNull();

    await start(true);
    const facts = await connected().moveAll.facts('orders.dlq', signal);
    // By its name alone.
    expect(facts).toMatchObject({ available: true, destination: 'orders', destinations: ['orders'] });
  });

  it('is refused without a management API, without the rights, and of a stream', async () => {
    await queues('orders.dlq');
    const { managementUrl: _, ...withoutApi } = settingsOf();
    expect((await connected(withoutApi).moveAll.facts('orders.dlq', signal)).why).toContain('no management API');
    for (const tags of ['management', 'monitoring', 'policymaker']) {
      const permissions = { configure: '.*', write: '.*', read: '.*' };
      const user = { username: tags, password: 'p', tags, permissions };
      await putRabbitMqUser(server.env['RABBITMQ_MANAGEMENT_URL'] ?? '', user);
      const { why } = await connected(settingsOf(`${tags}:p`)).moveAll.facts('orders.dlq', signal);
      expect(why).toContain('needs the tags monitoring and policymaker');
    }
    const channel = await client.createChannel();
    await channel.assertQueue('log.dlq', { durable: true, arguments: { 'x-queue-type': 'stream' } });
    expect((await connected().moveAll.facts('log.dlq', signal)).why).toContain('would only copy it');
  });

  it('asks for the queue where several dead-letter there, and takes no rate', async () => {
    const channel = await client.createChannel();
    await channel.assertQueue('shared.dlq', { durable: true });
    const toShared = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'shared.dlq' };
    for (const name of ['a', 'b']) await channel.assertQueue(name, { durable: true, arguments: toShared });
    const driver = connected();
    const facts = await driver.moveAll.facts('shared.dlq', signal);
    expect(facts).toMatchObject({ available: true, destination: null, destinations: ['a', 'b'] });
    const unnamed = await failureOf(driver.moveAll.start('shared.dlq', { ratePerSecond: null, to: null }, signal));
    expect(unnamed.code).toBe('invalid_request');
    const paced = await failureOf(driver.moveAll.start('shared.dlq', { ratePerSecond: 5, to: 'a' }, signal));
    expect(paced.code).toBe('unsupported');
  });

  it('a shovel holds no secret; one that RabbitMQ starts again and again is told as failed, and can be cancelled by a console that starts anew', async () => {
    await queues('locked', 'locked.dlq');
    const channel = await client.createChannel();
    // The first is held, the second waits for the shovel.
    for (const text of ['held', 'waiting']) channel.sendToQueue('locked.dlq', Buffer.from(text));
    await expect.poll(async () => (await channel.checkQueue('locked.dlq')).messageCount).toBe(2);
    await channel.prefetch(1);
    await channel.consume('locked.dlq', () => undefined, { exclusive: true });
    const name = `redeliver-move ${Date.now()} 1 - locked.dlq`;
    await createShovelApi(endpointOf(settingsOf()))?.begin(name, 'locked.dlq', 'locked', signal);
    const driver = connected();
    await expect
      .poll(async () => driver.moveAll.progress('locked.dlq', signal), { timeout: 30_000 })
      .toMatchObject({ state: 'failed', canCancel: true, problem: expect.stringContaining('tries again') });
    const { origin, authorization } = managementOf();
    const defined = await (await fetch(`${origin}/api/parameters`, { headers: { authorization } })).text();
    expect(defined).toContain('"src-uri":"amqp:///%2F"');
    expect(defined).not.toMatch(/guest|password|@/);
    const second = await failureOf(driver.moveAll.start('locked.dlq', { ratePerSecond: null, to: null }, signal));
    expect(second.code).toBe('conflict');
    await driver.moveAll.cancel('locked.dlq', signal);
    expect(await driver.moveAll.progress('locked.dlq', signal)).toMatchObject({ state: 'cancelled', canCancel: false });
    expect((await failureOf(driver.moveAll.cancel('locked.dlq', signal))).code).toBe('conflict');
  });

  it('what the other queue refuses stays, and the move is not said to be of everything', async () => {
    await queues('narrow.dlq');
    const channel = await client.createConfirmChannel();
    const narrow = { 'x-max-length': 2, 'x-overflow': 'reject-publish' };
    await channel.assertQueue('narrow', { durable: true, arguments: narrow });
    for (let n = 0; n < 10; n++) channel.sendToQueue('narrow.dlq', Buffer.from(String(n)));
    await channel.waitForConfirms();
    const driver = connected();
    await driver.moveAll.start('narrow.dlq', { ratePerSecond: null, to: 'narrow' }, signal);
    await expect
      .poll(async () => driver.moveAll.progress('narrow.dlq', signal), { timeout: 30_000 })
      .toMatchObject({ state: 'done', problem: expect.stringMatching(/^8 messages are in the queue: .*refused/) });
    expect((await channel.checkQueue('narrow')).messageCount).toBe(2);
  });
});

function managementOf(): { readonly origin: string; readonly authorization: string } {
  const { origin, username, password } = new URL(server.env['RABBITMQ_MANAGEMENT_URL'] ?? '');
  return { origin, authorization: `Basic ${btoa(`${username}:${password}`)}` };
}

const running: Shovel = { name: '', state: 'running', reason: null, isBlocked: false };
const move = { of: 100, acknowledged: 50, startedAt: 1_000, isCancelled: false };
const at = { ready: 40, acknowledged: 110, now: 20_000 };

describe('how far a shovel is', () => {
  it('is told by what RabbitMQ has counted since it began, and not by what arrived meanwhile', () => {
    expect(progressOf(move, running, at)).toMatchObject({ state: 'running', moved: 60, of: 100, problem: null });
    expect(progressOf(move, running, { ...at, acknowledged: 999 }).moved).toBe(100);
  });

  it('is not told where the counters began anew, or count nothing', () => {
    expect(progressOf(move, running, { ...at, acknowledged: 3 }).moved).toBeNull();
    expect(progressOf({ ...move, acknowledged: null }, running, at).moved).toBeNull();
  });

  it('says that it waits for what others have taken, and that nobody may send', () => {
    expect(progressOf(move, running, { ...at, ready: 0 }).problem).toContain('waits for what others have taken');
    expect(progressOf(move, running, { ...at, ready: 0, now: 2_000 }).problem).toBeNull();
    expect(progressOf(move, { ...running, isBlocked: true }, at).problem).toContain('nobody send');
  });

  it('counts a move that is over only once the counts have caught up', () => {
    expect(progressOf(move, null, { ...at, ready: 0 })).toMatchObject({ state: 'done', moved: null, problem: null });
    expect(progressOf(move, null, { ...at, ready: 0, acknowledged: 150 })).toMatchObject({ moved: 100 });
    expect(progressOf({ ...move, isCancelled: true }, null, at).state).toBe('cancelled');
  });

  it('is read from the shovels that there are: those of this queue and of ours, the newest first', () => {
    const named = (name: string): Shovel => ({ ...running, name });
    const shovels = [
      'redeliver-move 5 1 - q',
      'redeliver-move 9 20 7 q',
      'redeliver-move 9 1 1 q 2',
      'q',
      'Move from q',
    ];
    const found = movesIn(shovels.map(named), 'q');
    expect(found.map(({ move: { startedAt, of, acknowledged } }) => [startedAt, of, acknowledged])).toEqual([
      [9, 20, 7],
      [5, 1, null],
    ]);
    expect(movesIn(shovels.map(named), 'q 2').map(({ shovel }) => shovel.name)).toEqual(['redeliver-move 9 1 1 q 2']);
  });
});
