import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqplib, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';

/** For the test file that calls it: a foreign channel to a real RabbitMQ and an empty store, without an engine. */
export function createRabbitMqStore() {
  const url = process.env['TEST_RABBITMQ_URL'] ?? '';
  let client: ChannelModel;
  let channel: ConfirmChannel;
  let store: Store;
  let folder: string;

  beforeAll(async () => {
    client = await amqplib.connect(url, { noDelay: true });
    channel = await client.createConfirmChannel();
    folder = await mkdtemp(join(tmpdir(), 'redeliver-rabbitmq-store-'));
    store = openSqliteStore({ folder, role: 'writer' });
  }, 60_000);

  afterAll(async () => {
    await store?.close();
    await client?.close();
    await rm(folder, { recursive: true, force: true });
  });

  return {
    get channel() {
      return channel;
    },
    get store() {
      return store;
    },
    /** Until the test is over. */
    connect(connection: string): BrokerDriver {
      const managementUrl = process.env['TEST_RABBITMQ_MANAGEMENT_URL'] ?? '';
      const driver = createRabbitMqDriver({ connection, url, managementUrl, clock: Date.now });
      onTestFinished(() => driver.close());
      return driver;
    },
  };
}
