import { AppError } from '#lib/domain/errors.ts';
import type { Destination } from '#lib/domain/message.ts';
import type { QueueCapabilities } from '#lib/domain/queue.ts';
import type { BrokerDriver, DestinationFacts } from '#server/brokers/driver.ts';
import { browseTopic } from '#server/brokers/kafka/browse.ts';
import { createKafkaCheck } from '#server/brokers/kafka/check.ts';
import { formatCursor } from '#server/brokers/kafka/cursor.ts';
import { findDeadLetterTopics } from '#server/brokers/kafka/dead-letter-topics.ts';
import { holdMessages } from '#server/brokers/kafka/hold.ts';
import { createKafkaCluster, type KafkaCluster, type TopicLayout } from '#server/brokers/kafka/kafka-cluster.ts';
import type { KafkaSettings } from '#server/brokers/kafka/kafka-settings.ts';
import { createKafkaLagReader } from '#server/brokers/kafka/lag.ts';
import { createProducerPool } from '#server/brokers/kafka/producer.ts';
import { kafkaMoveAll } from '#server/brokers/kafka/move-all.ts';
import { publish } from '#server/brokers/kafka/publish.ts';
import { findReceivers } from '#server/brokers/kafka/receivers.ts';
import { retentionOf, topicConfig } from '#server/brokers/kafka/topic-config.ts';
import { readKafkaTopology } from '#server/brokers/kafka/topology.ts';

/** The bit of WRITE in the operations that an account may do (AclOperation.java). */
const writeOperation = 1 << 4;

/**
 * Apache Kafka 3.5 and newer. Reads by offset without a consumer group and never commits; writes as an idempotent producer with
 * acks=all; never creates a topic. Reading, writing and watching have connections of their own, so that a publish does not wait behind a long fetch.
 */
export function createKafkaDriver(settings: KafkaSettings): BrokerDriver {
  const reading = createKafkaCluster(settings);
  const writing = createKafkaCluster(settings);
  const watching = createKafkaCluster(settings);
  const looking = createKafkaCheck(settings);
  const readLag = createKafkaLagReader(watching);
  const producers = createProducerPool(writing);
  /** Seen while reading: only then does it show that a count of offsets is no count of messages. */
  const topicsWithGaps = new Set<string>();

  return {
    kind: 'kafka',

    check: (signal) => looking.check(signal),

    async discover(signal) {
      const topics = (await reading.topics(signal)).filter((topic) => !topic.isInternal && topic.name !== null);
      const partitions = new Map(topics.map((topic) => [topic.name ?? '', topic.partitions.length]));
      const found = findDeadLetterTopics([...partitions.keys()], {
        patterns: settings.deadLetterPatterns,
        pinned: settings.pinnedTopics,
      });
      return found.map((topic) => ({
        ...topic,
        capabilities: capabilities([partitionsLabel(partitions.get(topic.name))]),
      }));
    },

    async inspect(queue, signal) {
      const layout = await reading.topic(queue, signal);
      const [earliest, stable, high, config] = await Promise.all([
        reading.offsets(layout, 'earliest', signal),
        reading.offsets(layout, 'stable', signal),
        reading.offsets(layout, 'high', signal),
        topicConfig(reading, queue, signal),
      ]);
      const compacted = config.get('cleanup.policy')?.includes('compact') ?? false;
      const withheld = sumOver(layout, (partition) => (high.get(partition) ?? 0) - (stable.get(partition) ?? 0));
      const words = [
        partitionsLabel(layout.partitions.length),
        ...(compacted ? ['compacted'] : []),
        ...(withheld > 0 ? [`${withheld} behind an open transaction`] : []),
      ];
      return {
        depth: {
          count: sumOver(layout, (partition) => (stable.get(partition) ?? 0) - (earliest.get(partition) ?? 0)),
          // Compaction and transactions leave offsets without a message; only the first shows before the topic is read.
          exact: !compacted && !topicsWithGaps.has(queue),
        },
        heldByOthers: 0,
        capabilities: capabilities(words),
        retention: retentionOf(config),
        refusal: null,
        changeMark: JSON.stringify([
          layout.id,
          ...layout.partitions.map(({ partition: p }) => [earliest.get(p), stable.get(p), high.get(p)]),
        ]),
        countsOnly: false,
        lostBefore: [...earliest]
          .filter(([, before]) => before > 0)
          .map(([partition, before]) => ({ lane: String(partition), before: String(before) })),
      };
    },

    browse: (queue, options, signal) =>
      browseTopic(reading, queue, options, signal, (topic) => topicsWithGaps.add(topic)),

    // Reading a log destroys nothing, so there is nothing to insist on.
    hold: (queue, wanted, _options, signal) => holdMessages(reading, queue, wanted, signal),

    describeDestination: (destination, signal) => describeTopic(reading, destination, signal),

    publish: (messages, options) => publish(writing, producers, messages, options),

    readLag: (_known, signal) => readLag(signal),

    topology: (signal) => readKafkaTopology(watching, signal),

    moveAll: kafkaMoveAll,

    async close() {
      await Promise.all([reading.close(), writing.close(), watching.close(), looking.close()]);
    },
  };
}

async function describeTopic(
  cluster: KafkaCluster,
  destination: Destination,
  signal: AbortSignal,
): Promise<DestinationFacts> {
  const { connection } = cluster.settings;
  if (destination.kind !== 'kafka') {
    throw new AppError('invalid_request', `Connection ${connection} is Kafka and can only send to topics.`, {
      details: { connection },
    });
  }
  const { topic, partition } = destination;
  const layout = await existing(cluster.topic(topic, signal));
  if (!layout || (partition !== null && !layout.partitions.some((each) => each.partition === partition))) {
    const note = layout
      ? `Topic ${topic} has no partition ${partition}.`
      : `Topic ${topic} does not exist, and it is not created by sending to it.`;
    return { exists: false, writable: 'no', receivers: [], maxMessageBytes: null, watermark: null, notes: [note] };
  }
  const [high, stable, config] = await Promise.all([
    cluster.offsets(layout, 'high', signal),
    cluster.offsets(layout, 'stable', signal),
    topicConfig(cluster, topic, signal),
  ]);
  const { receivers, notes } = await findReceivers(cluster, layout, high, signal);
  const withheld = sumOver(layout, (each) => (high.get(each) ?? 0) - (stable.get(each) ?? 0));
  const maxMessageBytes = config.get('max.message.bytes');
  const retention = retentionOf(config);
  const ownTime = config.get('message.timestamp.type') === 'LogAppendTime';
  return {
    exists: true,
    writable: layout.operations === null ? 'unknown' : (layout.operations & writeOperation) === 0 ? 'no' : 'yes',
    receivers,
    maxMessageBytes: maxMessageBytes === undefined ? null : Number(maxMessageBytes),
    ...(retention.kind === 'for' && { keepsMs: retention.ms }),
    // In the form of a cursor: a browse from here finds what has arrived since.
    watermark: formatCursor(layout, high),
    notes: [
      ...notes,
      ...(ownTime ? [`Topic ${topic} gives each message the time at which it takes it.`] : []),
      ...(withheld > 0
        ? [
            `${withheld} messages of topic ${topic} are behind an open transaction: readers of committed messages do not see them yet.`,
          ]
        : []),
    ],
  };
}

async function existing(layout: Promise<TopicLayout>): Promise<TopicLayout | null> {
  try {
    return await layout;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}

function capabilities(words: readonly string[]): QueueCapabilities {
  return { browse: 'log', remove: false, order: 'partition', costs: [], description: words.join(', ') };
}

function partitionsLabel(count: number | undefined): string {
  if (count === undefined) return 'missing';
  return count === 1 ? '1 partition' : `${count} partitions`;
}

function sumOver(layout: TopicLayout, ofPartition: (partition: number) => number): number {
  return layout.partitions.reduce((sum, { partition }) => sum + ofPartition(partition), 0);
}
