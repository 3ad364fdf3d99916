import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createAmqpSession, ignore } from '#server/brokers/rabbitmq/amqp-session.ts';
import { browseQueue } from '#server/brokers/rabbitmq/browse.ts';
import { createRabbitMqCheck } from '#server/brokers/rabbitmq/check.ts';
import { describeRabbitMqDestination } from '#server/brokers/rabbitmq/destination.ts';
import { discoverQueues } from '#server/brokers/rabbitmq/discover.ts';
import { holdMessages } from '#server/brokers/rabbitmq/hold.ts';
import { readRabbitMqLag } from '#server/brokers/rabbitmq/lag.ts';
import { createManagementApi } from '#server/brokers/rabbitmq/management-api.ts';
import { createRabbitMqMoveAll } from '#server/brokers/rabbitmq/move-all.ts';
import { publishMessages } from '#server/brokers/rabbitmq/publish.ts';
import { createPublishingChannels } from '#server/brokers/rabbitmq/publishing-channels.ts';
import { cancelled } from '#server/brokers/rabbitmq/rabbitmq-errors.ts';
import { inspectQueue, type ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';
import { returnsIn } from '#server/brokers/rabbitmq/read-costs.ts';
import { createReadMemory } from '#server/brokers/rabbitmq/read-memory.ts';
import { endpointOf, type RabbitMqSettings } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';
import { createShovelApi } from '#server/brokers/rabbitmq/shovel-api.ts';
import { readRabbitMqTopology } from '#server/brokers/rabbitmq/topology.ts';

const heldBytesMax = 256 * 1024 * 1024;

/** One virtual host of a RabbitMQ (AMQP 0-9-1, and the management API where there is one). Throws `invalid_configuration`. */
export function createRabbitMqDriver(settings: RabbitMqSettings): BrokerDriver {
  const endpoint = endpointOf(settings);
  const session = createAmqpSession(endpoint);
  const looking = createRabbitMqCheck(endpoint, createManagementApi(endpoint));
  const channels = createPublishingChannels(session);
  const context: ReadContext = {
    session,
    management: createManagementApi(endpoint),
    memory: createReadMemory(settings.clock, async (queue) => {
      const capabilities = await settings.earlier?.(queue);
      return capabilities ? returnsIn(capabilities) : null;
    }),
    heldBytesMax: settings.heldBytesMax ?? heldBytesMax,
  };
  const closing = new AbortController();
  const reading = new Set<Promise<void>>();
  let closed: Promise<void> | null = null;

  const within = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closing.signal]);

  /** Gives everything back as soon as the signal fires, also from a caller that never asks again; `close` waits for that. */
  async function* tracked<T>(
    read: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
    callersSignal: AbortSignal,
  ): AsyncGenerator<T, void, undefined> {
    const signal = within(callersSignal);
    const items = read(signal);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    reading.add(ended);
    const end = async (): Promise<void> => {
      // What broke the read is told to whoever waits for its next batch.
      await items.return().catch(ignore);
      reading.delete(ended);
      resolve();
    };
    const onAbort = (): void => void end();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        const result = await items.next();
        if (signal.aborted) throw cancelled();
        if (result.done === true) return;
        yield result.value;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      await end();
    }
  }

  return {
    kind: 'rabbitmq',

    check: (signal) => looking.check(within(signal)),

    discover: (signal) => discoverQueues(context, settings, within(signal)),
    inspect: async (queue, signal) => (await inspectQueue(context, queue, within(signal))).facts,
    browse: (queue, options, signal) => tracked((either) => browseQueue(context, queue, options, either), signal),
    hold: (queue, wanted, options, signal) =>
      tracked((either) => holdMessages(context, queue, wanted, options, either), signal),
    describeDestination: (destination, signal) => describeRabbitMqDestination(context, destination, within(signal)),
    publish: (messages, options) =>
      publishMessages(session, channels, endpoint.username, messages, {
        ...options,
        signal: within(options.signal),
      }),
    readLag: (known, signal) => readRabbitMqLag(context, known, within(signal)),

    topology: (signal) => readRabbitMqTopology({ ...context, vhost: endpoint.vhost }, within(signal)),
    moveAll: createRabbitMqMoveAll({ ...context, shovels: createShovelApi(endpoint), settings }),

    async close() {
      closed ??= (async () => {
        closing.abort();
        await Promise.all(reading);
        await Promise.all([session.close(), looking.close()]);
      })();
      await closed;
    },
  };
}
