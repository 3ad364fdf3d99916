import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConfirmChannel } from 'amqplib';
import { loadForeignAmqplib } from '#server/brokers/rabbitmq/foreign-amqplib.ts';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import type { RestartableServer } from '#server/brokers/testing/harness.ts';
import { startLocalRabbitMq } from '#server/local-brokers/rabbitmq.ts';

export interface RestartableOptions {
  readonly version: 'installed' | 4;
  /** The connection's name, for errors. */
  readonly connection: string;
  /** Puts the messages into the queue; settles when they are confirmed. */
  fill(channel: ConfirmChannel, queue: string): Promise<void>;
}

/** A server of its own that loses nothing when it is killed: queue and messages are on disk before anyone gets it. */
export async function startRestartable({ version, connection, fill }: RestartableOptions): Promise<RestartableServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-rabbitmq-'));
  const server = await startLocalRabbitMq({ folder, version });
  const url = server.env['RABBITMQ_URL'] ?? '';
  const client = await loadForeignAmqplib().connect(url, { noDelay: true });
  const channel = await client.createConfirmChannel();
  const name = 'restarted.dlq';
  await channel.assertQueue(name, { durable: true });
  await fill(channel, name);
  await client.close();
  await declaredOnDisk(folder, name);
  const managementUrl = server.env['RABBITMQ_MANAGEMENT_URL'] ?? '';
  const driver = createRabbitMqDriver({ connection, url, managementUrl, clock: Date.now });
  return {
    driver,
    queue: { name, origin: { kind: 'rabbitmq', exchange: '', routingKey: 'restarted' } },
    async restart() {
      await server.kill();
      await server.start();
    },
    async close() {
      await driver.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * RabbitMQ answers a declaration when it is in Mnesia's log, and writes a moment later that it was committed. A server that is killed in between
 * takes it for aborted (`presume_abort`) when it starts again, and the queue is gone with all its confirmed messages (3.10.8, 4.0.5).
 */
export async function declaredOnDisk(folder: string, queue: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await isCommitted(folder, queue))) {
    if (performance.now() > deadline) throw new Error(`The queue ${queue} was not on disk within 30 s.`);
    await delay(50);
  }
}

async function isCommitted(folder: string, queue: string): Promise<boolean> {
  for await (const file of glob('data/*/*.{LOG,DCD,DCL}', { cwd: folder })) {
    // A log goes away when its content was carried over into the files of the tables.
    const content = await readFile(join(folder, file)).catch(() => Buffer.alloc(0));
    const at = content.lastIndexOf(queue);
    if (at >= 0 && (!file.endsWith('.LOG') || content.indexOf('committed', at) > at)) return true;
  }
  return false;
}
