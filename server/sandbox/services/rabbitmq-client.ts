import {
  type ChannelModel,
  connect,
  type ConfirmChannel,
  type ConsumeMessage,
  type Options,
  type RecoveringChannelModel,
} from 'amqplib';

/** Connects, and connects again after the broker was away; `setup` runs each time, to consume anew. */
export async function connectRabbitMq(
  url: string,
  setup: (open: OpenChannel) => Promise<void>,
): Promise<RecoveringChannelModel> {
  const model = await connect(url, {
    // Small frames wait for an answer 40 ms each otherwise.
    noDelay: true,
    recovery: {
      initialDelay: 200,
      maxDelay: 5_000,
      setup: (connection: ChannelModel) =>
        setup(async () => {
          const channel = await connection.createConfirmChannel();
          // A channel without a listener ends the process when the broker closes it.
          channel.on('error', () => {});
          return channel;
        }),
    },
  });
  model.on('error', () => {});
  return model;
}

export type OpenChannel = () => Promise<ConfirmChannel>;

/** Publishes and waits until the broker has taken responsibility for the message. */
export async function publishConfirmed(
  channel: ConfirmChannel,
  to: { exchange: string; routingKey: string },
  content: Buffer,
  options: Options.Publish,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    channel.publish(to.exchange, to.routingKey, content, { persistent: true, ...options }, (error: unknown) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/**
 * Puts a failed message back at the end of its queue with the error and one retry more; after the last retry rejects it, and the broker
 * dead-letters it, with the error that the retry before had. A message that was replayed since has all its retries again.
 */
export async function retryOrReject(
  channel: ConfirmChannel,
  queue: string,
  message: ConsumeMessage,
  errorHeaders: Readonly<Record<string, string>>,
): Promise<'retried' | 'rejected'> {
  const { headers = {}, ...properties } = message.properties;
  const isFresh = Number(headers['replayed-at'] ?? 0) > Number(headers['dlq-timestamp'] ?? 0);
  const retries = isFresh ? 0 : Number(headers['retry-count'] ?? 0);
  if (retries >= maxRetries) {
    channel.reject(message, false);
    return 'rejected';
  }
  const again = { ...properties, headers: { ...headers, ...errorHeaders, 'retry-count': retries + 1 } };
  await publishConfirmed(channel, { exchange: '', routingKey: queue }, message.content, again);
  channel.ack(message);
  return 'retried';
}

export const maxRetries = 2;
