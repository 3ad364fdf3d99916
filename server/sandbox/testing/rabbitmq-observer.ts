import { connect, type ConsumeMessage } from 'amqplib';
import { until } from '#server/sandbox/testing/until.ts';

/** Looks at a RabbitMQ of the sandbox as any client would. */
export async function observeRabbitMq(url: string) {
  const model = await connect(url, { noDelay: true });
  const channel = await model.createConfirmChannel();
  return {
    count: async (queue: string) => (await channel.checkQueue(queue)).messageCount,
    /** Reads everything and gives it back. */
    async read(queue: string): Promise<ConsumeMessage[]> {
      const reading = await model.createChannel();
      const count = (await reading.checkQueue(queue)).messageCount;
      const messages: ConsumeMessage[] = [];
      const { consumerTag } = await reading.consume(queue, (message) => {
        if (message) messages.push(message);
      });
      await until(`${count} messages of ${queue}`, () => (messages.length >= count ? true : undefined));
      await reading.cancel(consumerTag);
      await reading.close();
      return messages;
    },
    async send(queue: string, content: Buffer, headers: Record<string, string>): Promise<void> {
      channel.sendToQueue(queue, content, { persistent: true, headers });
      await channel.waitForConfirms();
    },
    close: () => model.close(),
  };
}
