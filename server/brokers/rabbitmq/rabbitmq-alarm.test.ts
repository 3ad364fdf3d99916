import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { isHeldBack } from '#server/brokers/backpressure.ts';
import { createBroker } from '#server/brokers/broker.ts';
import type { OutgoingMessage } from '#server/brokers/driver.ts';
import { createAmqpSession } from '#server/brokers/rabbitmq/amqp-session.ts';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import { endpointOf } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';
import type { LocalBroker } from '#server/local-brokers/local-broker.ts';
import { startLocalRabbitMq } from '#server/local-brokers/rabbitmq.ts';

/** A server of its own, whose memory alarm is set off while messages are being sent to it. */

const queue = 'destination';
const run = promisify(execFile);
let folder: string;
let server: LocalBroker;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-alarm-'));
  server = await startLocalRabbitMq({ folder });
  const connection = await connect(server.env['RABBITMQ_URL'] ?? '');
  await (await connection.createChannel()).assertQueue(queue);
  await connection.close();
});

afterAll(async () => {
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function setWatermark(...watermark: readonly string[]): Promise<void> {
  const versions = '/usr/lib/rabbitmq/lib';
  const script = join(versions, readdirSync(versions).toSorted().at(-1) ?? '', 'sbin/rabbitmqctl');
  await run(script, ['set_vm_memory_high_watermark', ...watermark], {
    env: {
      PATH: process.env['PATH'] ?? '',
      LANG: 'C.UTF-8',
      NODE_ENV: 'test',
      HOME: folder,
      RABBITMQ_NODENAME: 'redeliver@localhost',
      RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(server.ports['epmd']),
    },
  });
}

test('while a memory alarm blocks publishers nothing is given up, however late, and all is sent when it is over', async () => {
  const url = server.env['RABBITMQ_URL'] ?? '';
  const driver = createRabbitMqDriver({ connection: 'alarm', url, clock: Date.now });
  const broker = createBroker(driver, { connection: 'alarm', random: () => 0.5, limits: { publishGraceMs: 500 } });
  const messages = Array.from({ length: 20 }, (_, number): OutgoingMessage => ({
    ref: String(number),
    destination: { kind: 'rabbitmq', exchange: '', routingKey: queue },
    message: aMessage(`message ${number}`),
  }));
  const signal = new AbortController().signal;
  const blocked = Promise.withResolvers<void>();
  const told: boolean[] = [];
  const heldUp = (isHeldUp: boolean): void => {
    told.push(isHeldUp);
    if (isHeldUp) blocked.resolve();
  };
  try {
    await setWatermark('absolute', '1');
    // To lift the alarm takes the tool longer than a send may take.
    const outcomes = broker.publish(messages, { timeoutMs: 500, signal, heldUp });
    await blocked.promise;
    await setWatermark('0.6');
    expect((await outcomes).map(({ kind }) => kind)).toEqual(messages.map(() => 'sent'));
    expect(told).toEqual([true, false]);
    expect((await broker.inspect(queue, signal)).depth.count).toBe(messages.length);
  } finally {
    await broker.close();
  }
});

test('an alarm that does not end is given up before anything is written, and says that nothing was sent', async () => {
  const url = server.env['RABBITMQ_URL'] ?? '';
  const session = createAmqpSession(endpointOf({ connection: 'alarm', url, clock: Date.now }));
  const signal = new AbortController().signal;
  const told: boolean[] = [];
  try {
    await setWatermark('absolute', '1');
    const { channel, connection } = await session.openConfirmChannel(signal);
    // RabbitMQ tells a connection of the alarm when it first publishes.
    channel.publish('', queue, Buffer.from('before'));
    await expect.poll(() => connection.isBlocked(), { timeout: 60_000 }).toBe(true);
    const error: unknown = await session.untilUnblocked(100, signal, (isHeldUp) => told.push(isHeldUp)).catch((e) => e);
    expect(error).toMatchObject({ code: 'timed_out', message: expect.stringContaining('Nothing was sent') });
    expect(error instanceof AppError && isHeldBack(error)).toBe(true);
    expect(told).toEqual([true, false]);
  } finally {
    await setWatermark('0.6');
    await session.close();
  }
});
