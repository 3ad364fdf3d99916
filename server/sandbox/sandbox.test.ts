import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRunning } from '#server/local-brokers/child.ts';
import { isFree } from '#server/local-brokers/free-port.ts';
import { type Sandbox, startSandbox } from '#server/sandbox/sandbox.ts';
import type { SandboxConnection } from '#server/sandbox/sandbox-contract.ts';
import { headerText, observeKafka } from '#server/sandbox/testing/kafka-observer.ts';
import { observeRabbitMq } from '#server/sandbox/testing/rabbitmq-observer.ts';
import { startSandboxProcess } from '#server/sandbox/testing/sandbox-process.ts';
import { observeSqs } from '#server/sandbox/testing/sqs-observer.ts';
import { until } from '#server/sandbox/testing/until.ts';

let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  sandbox = await startSandbox({ folder, log: () => {} });
});

afterAll(async () => {
  await sandbox.stop();
  // A broker that is being ended may still write.
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
});

test('it tells where the brokers will be before they run', () => {
  const connections = sandbox.connections.map(({ name, state }) => [name, state]);
  expect(connections).toEqual([
    ['kafka', 'starting'],
    ['rabbitmq', 'starting'],
    ['sqs', 'starting'],
  ]);
  expect(connection('kafka').brokers).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
});

test('a service that does not exist cannot be mended', async () => {
  await expect(sandbox.setMended('no-such-service', true)).rejects.toThrow(RangeError);
});

describe('Kafka', () => {
  beforeAll(() => allRun(sandbox), 150_000);

  test('dead letters of the last days are there, with their errors and pointing at real records', async () => {
    const observer = await observeKafka(connection('kafka').brokers, 'orders.order.completed.dlq');
    const origin = await observeKafka(connection('kafka').brokers, 'orders.order.completed');
    try {
      await until('640 dead letters', () => (observer.seen.length >= 640 ? true : undefined));
      const errors = new Set(observer.seen.map(({ message }) => headerText(message, 'dlq-error-class')));
      expect(errors.size).toBeGreaterThanOrEqual(7);

      const { message } = observer.seen[0] ?? expect.fail('no dead letter');
      const original = await until('the original record', () =>
        origin.seen.find(
          (record) =>
            String(record.partition) === headerText(message, 'dlq-original-partition') &&
            record.message.offset === headerText(message, 'dlq-original-offset'),
        ),
      );
      expect(message.value?.equals(original.message.value ?? Buffer.of())).toBe(true);
      expect(Number(message.timestamp)).toBeLessThan(Date.now() - 3_600_000);
    } finally {
      await observer.close();
      await origin.close();
    }
  });

  test('what is sent back comes back before the mend and stays gone after it', async () => {
    const observer = await observeKafka(connection('kafka').brokers, 'orders.order.completed.dlq');
    try {
      const { message } = await until('a guest order', () =>
        observer.seen.find((record) => headerText(record.message, 'dlq-error')?.includes('customer.email is required')),
      );
      const sendBack = (item: string) => {
        const headers = { 'replay-item': item, replayed: 'true' };
        return observer.send('orders.order.completed', { key: message.key, value: message.value, headers });
      };
      const find = (item: string) => observer.seen.find((record) => headerText(record.message, 'replay-item') === item);

      await sendBack('before');
      const returned = await until('its return', () => find('before'));
      expect(headerText(returned.message, 'dlq-error')).toBe(headerText(message, 'dlq-error'));
      expect(headerText(returned.message, 'replayed')).toBe('true');

      const state = await sandbox.setMended('notifications', true);
      expect(state.services.find(({ id }) => id === 'notifications')?.mended).toBe(true);
      const sent = await sendBack('after');
      await until('its processing', async () =>
        (await observer.hasPassed('notifications-service', 'orders.order.completed', sent)) ? true : undefined,
      );
      const end = await observer.end();
      await until('everything to be seen', () => (observer.seen.length >= end ? true : undefined));
      expect(find('after')).toBeUndefined();
    } finally {
      await observer.close();
    }
  });

  test('the Spring service writes its numbers in binary and its cause at the bottom of the trace', async () => {
    const observer = await observeKafka(connection('kafka').brokers, 'payments.payment.captured.DLT');
    try {
      const { partition, message } = await until('a dead letter', () =>
        observer.seen.find((record) =>
          headerText(record.message, 'kafka_dlt-exception-stacktrace')?.includes('No ledger account'),
        ),
      );
      const original = message.headers?.['kafka_dlt-original-partition'];
      expect(Buffer.isBuffer(original) && original.readInt32BE()).toBe(partition);
      expect(headerText(message, 'kafka_dlt-exception-fqcn')).toContain('ListenerExecutionFailedException');
      expect(headerText(message, 'kafka_dlt-exception-stacktrace')).toMatch(
        /\nCaused by: com\.example\.shop\.ledger\.UnknownAccountException: /,
      );
      expect(message.value?.toString()).toMatch(/"paymentId":7\d{18},/);
    } finally {
      await observer.close();
    }
  });
});

describe('RabbitMQ', () => {
  beforeAll(() => allRun(sandbox), 150_000);

  test('rejected, expired and failed messages are in their dead-letter queues', async () => {
    const broker = await observeRabbitMq(connection('rabbitmq').url);
    try {
      await until('130 e-mails', async () => ((await broker.count('email_dlq')) >= 130 ? true : undefined));
      await until('40 expired orders', async () =>
        (await broker.count('order-processing-dlq')) >= 40 ? true : undefined,
      );
      await until('32 invoices', async () => ((await broker.count('invoices.dead')) >= 32 ? true : undefined));
      const invoices = await broker.read('invoices.dead');
      const reasons = invoices.map(({ properties }) => properties.headers?.['x-first-death-reason']);
      expect(reasons).toContain('delivery_limit');
      const traces = invoices.map(({ properties }) => String(properties.headers?.['dlq-stack']));
      expect(traces.some((trace) => trace.startsWith('Traceback (most recent call last):'))).toBe(true);
    } finally {
      await broker.close();
    }
  });

  test('what is sent back comes back before the mend and stays gone after it', async () => {
    const broker = await observeRabbitMq(connection('rabbitmq').url);
    try {
      const refused = (await broker.read('email_dlq')).find(({ properties }) =>
        String(properties.headers?.['dlq-error']).includes('mailbox unavailable'),
      );
      const content = refused?.content ?? expect.fail('no refused mail');
      // What a replay needs: where it came from.
      expect(refused?.properties.headers?.['x-first-death-queue']).toBe('email_queue');
      const find = async (item: string) =>
        (await broker.read('email_dlq')).find(({ properties }) => properties.headers?.['replay-item'] === item);

      await broker.send('email_queue', content, { 'replay-item': 'before' });
      const returned = await until('its return', () => find('before'));
      expect(returned.properties.headers?.['dlq-error']).toBe(refused?.properties.headers?.['dlq-error']);

      await sandbox.setMended('email', true);
      const processed = service('email').processed;
      await broker.send('email_queue', content, { 'replay-item': 'after' });
      await until('its processing', () => (service('email').processed > processed ? true : undefined));
      await until('an empty queue', async () => ((await broker.count('email_queue')) === 0 ? true : undefined));
      expect(await find('after')).toBeUndefined();
    } finally {
      await broker.close();
    }
  });

  test('orders expire while the warehouse is down and are taken while it is up', async () => {
    const broker = await observeRabbitMq(connection('rabbitmq').url);
    try {
      const expired = async (item: string) =>
        (await broker.read('order-processing-dlq')).find(
          ({ properties }) => properties.headers?.['replay-item'] === item,
        );
      await broker.send('order-processing', Buffer.from('{}'), { 'replay-item': 'before' });
      const returned = await until('its expiry', () => expired('before'));
      expect(returned.properties.headers?.['x-first-death-reason']).toBe('expired');

      await sandbox.setMended('fulfilment', true);
      await broker.send('order-processing', Buffer.from('{}'), { 'replay-item': 'after' });
      await until('its processing', () => (service('fulfilment').processed > 0 ? true : undefined));
      expect(await expired('after')).toBeUndefined();
      await sandbox.setMended('fulfilment', false);
    } finally {
      await broker.close();
    }
  });
});

describe('SQS', () => {
  beforeAll(() => allRun(sandbox), 150_000);

  test('dead letters are there: with error attributes, redriven without a word, of a FIFO group and in an envelope of SNS', async () => {
    const sqs = observeSqs(connection('sqs'));
    try {
      const isDescribed = (message: Message) => message.MessageAttributes?.['dlq-error'] !== undefined;
      await until('60 charges with errors', async () =>
        (await sqs.read('billing-dlq')).filter(isDescribed).length >= 60 ? true : undefined,
      );
      await until('a redriven charge', async () =>
        (await sqs.read('billing-dlq')).find((message) => !isDescribed(message)),
      );
      const grouped = await until('a plan change', async () => (await sqs.read('billing-events-dlq.fifo'))[0]);
      expect(grouped.Attributes?.MessageGroupId).toMatch(/^c-\d{4}$/);
      const raw = await until('a raw parcel', async () => (await sqs.read('shipping-raw-dlq'))[0]);
      expect(JSON.parse(raw.Body ?? '')).toMatchObject({ type: 'parcel.packed' });
      const enveloped = await until('an enveloped parcel', async () => (await sqs.read('shipping-enveloped-dlq'))[0]);
      expect(JSON.parse(enveloped.Body ?? '')).toMatchObject({
        Type: 'Notification',
        TopicArn: expect.stringContaining('shipping-events'),
      });
    } finally {
      sqs.close();
    }
  });

  test('what is sent back comes back before the mend and stays gone after it', async () => {
    const sqs = observeSqs(connection('sqs'));
    try {
      const errorOf = (message: Message) => message.MessageAttributes?.['dlq-error']?.StringValue;
      const refused = await until('a charge without a tax rate', async () =>
        (await sqs.read('billing-dlq')).find((message) => errorOf(message)?.includes('No tax rate')),
      );
      const find = async (item: string) =>
        (await sqs.read('billing-dlq')).find(
          (message) => message.MessageAttributes?.['replay-item']?.StringValue === item,
        );

      await sqs.send('billing', refused.Body ?? '', 'before');
      const returned = await until('its return', () => find('before'));
      expect(errorOf(returned)).toBe(errorOf(refused));

      await sandbox.setMended('billing', true);
      const processed = service('billing').processed;
      await sqs.send('billing', refused.Body ?? '', 'after');
      await until('its processing', () => (service('billing').processed > processed ? true : undefined));
      expect(await find('after')).toBeUndefined();
    } finally {
      sqs.close();
    }
  });
});

test('customers go on: new dead letters keep coming', async () => {
  await allRun(sandbox);
  for (const { id } of sandbox.state().services) await sandbox.setMended(id, false);
  const failures = () => sandbox.state().services.reduce((sum, { failed }) => sum + failed, 0);
  const before = failures();
  await until('another failure', () => (failures() > before ? true : undefined), 60_000);
});

test('it stops without leaving a process, and comes back with the same ports, dead letters and switches', async () => {
  await allRun(sandbox);
  await sandbox.setMended('notifications', true);
  const before = sandbox.connections;
  const processes = await brokerProcesses();
  await sandbox.stop();
  expect(await Promise.all(processes.map(isRunning))).toEqual(processes.map(() => false));
  expect(await isFree(Number(new URL(connection('sqs').endpoint).port))).toBe(true);

  const again = await startSandboxProcess(folder);
  try {
    expect(again.state).toMatchObject({ connections: before });
    const mended = sandbox.state().services.map((each) => ({ id: each.id, mended: each.mended }));
    expect(mended).toContainEqual({ id: 'notifications', mended: true });
    expect(again.state).toMatchObject({ services: mended });
    const observer = await observeKafka(connection('kafka').brokers, 'orders.order.completed.dlq');
    // Seeded once: 640 and what came since, not 1,280.
    expect(await observer.end()).toBeLessThan(1_000);
    await observer.close();
  } finally {
    await again.kill();
  }
  const orphans = await brokerProcesses();
  await until('the brokers of a killed console to end', async () =>
    (await Promise.all(orphans.map(isRunning))).some(Boolean) ? undefined : true,
  );
});

async function allRun(started: Sandbox): Promise<void> {
  await until(
    'all brokers to run',
    () => {
      for (const { name, state } of started.connections)
        if (state === 'not-started') throw new Error(`${name} was not started`);
      return started.connections.every(({ state }) => state === 'running') ? true : undefined;
    },
    140_000,
  );
}

function connection<Name extends SandboxConnection['name']>(name: Name): Extract<SandboxConnection, { name: Name }> {
  const found = sandbox.connections.find(
    (candidate): candidate is Extract<SandboxConnection, { name: Name }> => candidate.name === name,
  );
  return found ?? expect.fail(`no connection ${name}`);
}

function service(id: string) {
  return sandbox.state().services.find((candidate) => candidate.id === id) ?? expect.fail(`no service ${id}`);
}

async function brokerProcesses(): Promise<{ pid: number; startedAt: string }[]> {
  const files = ['kafka', 'rabbitmq'].map((name) => readFile(join(folder, name, 'broker.json'), 'utf8'));
  return (await Promise.all(files)).flatMap((text) => JSON.parse(text).processes);
}
