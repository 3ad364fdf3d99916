import { expect, it, onTestFinished } from 'vitest';
import type { HeaderValue } from '#lib/domain/message.ts';
import { nestedMax, shortString } from '#server/brokers/rabbitmq/amqp-fields.ts';
import { decodeContentHeader, encodeContentHeader } from '#server/brokers/rabbitmq/basic-properties.ts';
import { canonicalHeader, identifying } from '#server/brokers/rabbitmq/delivery.ts';
import { connectLossless } from '#server/brokers/rabbitmq/lossless-connection.ts';
import { createRabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';

/** RabbitMQ takes headers with as many lists within one another as fit into a frame. One such message must not hide the others of its queue. */

const levels = 8_000;

/** A content header with one header, `n`: lists within lists. */
function deepHeader(depth: number): Buffer {
  const lists = Buffer.alloc(depth * 5);
  for (let level = 0; level < depth; level += 1) {
    lists.write('A', level * 5, 'latin1');
    lists.writeUInt32BE(lists.length - (level + 1) * 5, level * 5 + 1);
  }
  const table = Buffer.concat([Buffer.from([1]), Buffer.from('n'), lists]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(table.length);
  return Buffer.concat([Buffer.from([0x20, 0]), length, table]);
}

function depthOf(value: HeaderValue | undefined): number {
  return value?.kind === 'list' ? 1 + depthOf(value.items[0]) : 0;
}

it.each([1, nestedMax, nestedMax + 1, nestedMax + 2, levels])(
  '%i lists within one another are written as they were read, and known by the same bytes either way',
  (depth) => {
    const header = deepHeader(depth);
    const content = decodeContentHeader(header);
    expect(depthOf(content.headers[0]?.value)).toBe(Math.min(depth, nestedMax));
    expect(encodeContentHeader(content)).toEqual(header);
    expect(identifying(header).canonical).toEqual(canonicalHeader(content));
  },
);

it('a queue with such a message is read, and the message sent on as it came', async () => {
  const harness = await createRabbitMqHarness({ env: 'TEST_RABBITMQ' });
  const driver = harness.connect();
  onTestFinished(async () => {
    await driver.close();
    await harness.close();
  });
  const [queue, other] = [await harness.createPlainQueue('classic'), await harness.createPlainQueue('classic')];
  await putAsItIs(harness.url, queue, deepHeader(levels));
  const origin = { kind: 'rabbitmq', exchange: '', routingKey: other } as const;
  await harness.put({ name: queue, origin }, [aMessage('beside it')]);

  const { messages } = await browseAll(driver, queue);
  expect(messages).toHaveLength(2);
  const deep = messages.find(({ headers }) => headers.length === 1);
  expect(encodeContentHeader({ headers: deep?.headers ?? [], properties: [] })).toEqual(deepHeader(levels));

  const message = { key: null, body: deep?.body ?? null, headers: deep?.headers ?? [], properties: [] };
  const { signal } = new AbortController();
  expect(await driver.publish([{ ref: 'deep', destination: origin, message }], { timeoutMs: 10_000, signal })).toEqual([
    { kind: 'sent', ref: 'deep', position: null },
  ]);
  const sent = (await browseAll(driver, other)).messages;
  expect(sent.map(({ headers, body }) => ({ headers, body }))).toEqual([{ headers: deep?.headers, body: deep?.body }]);
});

async function putAsItIs(url: string, queue: string, contentHeader: Buffer): Promise<void> {
  const { hostname, port, username, password } = new URL(url);
  const lossless = await connectLossless({ hostname, port: Number(port), username, password, vhost: '/' }, {});
  const channel = await lossless.model.createConfirmChannel();
  const isTaken = new Promise((resolve, reject) => {
    channel.once('ack', resolve);
    channel.once('error', reject);
  });
  const [exchange, routingKey] = [shortString('', 'exchange'), shortString(queue, 'routing key')];
  lossless.publish(channel, [{ exchange, routingKey, contentHeader, body: Buffer.from('{}') }]);
  await isTaken;
  await lossless.model.close();
}
