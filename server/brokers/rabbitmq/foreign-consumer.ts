import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChannelModel, Message } from 'amqplib';
import { receivedMessage } from '#server/brokers/rabbitmq/foreign-messages.ts';

/** All that is there once `count` have come, in order; `look` gives everything back. */
export async function consume(
  client: ChannelModel,
  queue: string,
  count: number,
  how: 'look' | 'take',
): Promise<readonly Message[]> {
  const channel = await client.createChannel();
  try {
    const messages: Message[] = [];
    await channel.prefetch(10_000);
    const onMessage = (message: Message | null): void => {
      if (message !== null) messages.push(message);
    };
    const { consumerTag } =
      count > 0 || how === 'take' ? await channel.consume(queue, onMessage) : { consumerTag: null };
    const deadline = performance.now() + 15_000;
    while (messages.length < count && performance.now() < deadline) await delay(5);
    // What came is complete when nothing is ready any more and an answer on the same channel brought nothing new.
    let seen = -1;
    while (seen < messages.length) {
      seen = messages.length;
      await channel.checkQueue(queue);
      await delay(20);
    }
    if (how === 'take' && messages.length > 0) channel.ackAll();
    if (consumerTag !== null) await channel.cancel(consumerTag);
    return messages;
  } finally {
    await channel.close();
  }
}

/** What an observer sees of a message, without what every read changes. */
export function visibleOf(message: Message): unknown {
  const { headers, properties, body } = receivedMessage(message);
  const show = (value: unknown): string =>
    JSON.stringify(value, (_, item: unknown) =>
      item instanceof Uint8Array ? Buffer.from(item).toString('hex') : item,
    );
  return {
    headers: headers
      .filter(({ name }) => name !== 'x-delivery-count')
      .map(show)
      .toSorted(),
    properties: properties.map(show),
    body: createHash('sha256')
      .update(body ?? '')
      .digest('hex'),
  };
}
