import type { QueueCapabilities } from '#lib/domain/queue.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import { createSqsDriver } from '#server/brokers/sqs/sqs-driver.ts';
import type { Clock } from '#server/clock.ts';
import type { ConnectionSettings } from '#server/config/connection-settings.ts';

export interface DriverDependencies extends Clock {
  /** What an earlier process has told of a queue of this connection; `null` where nothing is known. */
  readonly earlier?: (queue: string) => Promise<QueueCapabilities | null>;
}

/** The driver for a connection: the only place that knows which adapters there are. Nothing is connected yet. */
export function createDriver(settings: ConnectionSettings, { now: clock, earlier }: DriverDependencies): BrokerDriver {
  const { name: connection, deadLetter } = settings;
  const patterns = deadLetter?.patterns === undefined ? {} : { deadLetterPatterns: deadLetter.patterns };
  const pinned = deadLetter?.queues ?? [];
  switch (settings.kind) {
    case 'kafka': {
      const { brokers, clientId, sasl, tls } = settings;
      return createKafkaDriver({
        connection,
        brokers,
        pinnedTopics: pinned,
        clock,
        ...patterns,
        ...(clientId === undefined ? {} : { clientId }),
        ...(sasl === undefined ? {} : { sasl }),
        ...(tls === undefined ? {} : { tls }),
      });
    }
    case 'rabbitmq': {
      const { url, managementUrl } = settings;
      return createRabbitMqDriver({
        connection,
        url,
        pinnedQueues: pinned,
        clock,
        ...patterns,
        ...(managementUrl === undefined ? {} : { managementUrl }),
        ...(earlier === undefined ? {} : { earlier }),
      });
    }
    case 'sqs': {
      const { region, endpoint, credentials } = settings;
      return createSqsDriver({
        connection,
        region,
        pinnedQueues: pinned,
        clock,
        ...patterns,
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(credentials === undefined ? {} : { credentials }),
      });
    }
  }
}
