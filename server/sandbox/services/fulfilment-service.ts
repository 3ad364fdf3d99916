import type { ConfirmChannel } from 'amqplib';
import { connectRabbitMq } from '#server/sandbox/services/rabbitmq-client.ts';
import type { ShopService, Tally } from '#server/sandbox/services/service.ts';

export const fulfilmentQueue = 'order-processing';
const fulfilmentDeadLetterQueue = 'order-processing-dlq';

/** An order that nobody has taken by then is dead-lettered by the broker, by way of the default exchange. */
const expiresAfterMs = 2_000;

export async function declareFulfilmentQueues(channel: ConfirmChannel): Promise<void> {
  await channel.assertQueue(fulfilmentDeadLetterQueue, { durable: true });
  await channel.assertQueue(fulfilmentQueue, {
    durable: true,
    messageTtl: expiresAfterMs,
    deadLetterExchange: '',
    deadLetterRoutingKey: fulfilmentDeadLetterQueue,
  });
}

/** The warehouse's worker. Broken, it is connected and does not consume. */
export async function startFulfilmentService(options: {
  url: string;
  isMended: boolean;
  tally: Tally;
}): Promise<ShopService> {
  const tag = 'warehouse-worker';
  let isUp = options.isMended;
  let current: ConfirmChannel | undefined;
  let consuming = false;

  const connection = await connectRabbitMq(options.url, async (open) => {
    const channel = await open();
    await declareFulfilmentQueues(channel);
    await channel.prefetch(10);
    current = channel;
    consuming = false;
    if (isUp) await consume(channel);
  });
  connection.on('disconnect', () => {
    current = undefined;
    consuming = false;
  });

  async function consume(channel: ConfirmChannel): Promise<void> {
    consuming = true;
    await channel.consume(
      fulfilmentQueue,
      (message) => {
        if (!message) return;
        channel.ack(message);
        options.tally.processed();
      },
      { consumerTag: tag },
    );
  }

  return {
    async setMended(mended) {
      isUp = mended;
      if (current === undefined || consuming === mended) return;
      if (mended) return await consume(current);
      consuming = false;
      await current.cancel(tag);
    },
    running: () => current !== undefined,
    async stop() {
      current = undefined;
      await connection.close();
    },
  };
}
