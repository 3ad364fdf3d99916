import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';

export function kafkaClient(brokers: readonly string[], clientId: string): Kafka {
  return new Kafka({
    clientId,
    brokers: [...brokers],
    // kafkajs gives up for good after its retries; a shop waits for its broker.
    retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: Number.MAX_SAFE_INTEGER },
    logLevel: logLevel.NOTHING,
  });
}

export function kafkaProducer(kafka: Kafka): Producer {
  return kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false });
}

export const consumerSettings = {
  // The smallest that brokers allow: after a crash the partitions of the dead consumer are free again so much sooner.
  sessionTimeout: 6_000,
  heartbeatInterval: 2_000,
  // Disconnecting waits for the fetch that is under way.
  maxWaitTimeInMs: 1_000,
  allowAutoTopicCreation: false,
};
