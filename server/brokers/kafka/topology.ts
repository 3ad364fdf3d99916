import type { Topology, TopologyQueue } from '#lib/domain/topology.ts';
import { findDeadLetterTopics } from '#server/brokers/kafka/dead-letter-topics.ts';
import type { KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { retentionOf, topicConfigs } from '#server/brokers/kafka/topic-config.ts';

const consumersDecide =
  'Kafka knows no dead-letter topics: each consumer has its own, or none. Which topics have none cannot be told, and which belong together is told by their names.';

export async function readKafkaTopology(cluster: KafkaCluster, signal: AbortSignal): Promise<Topology> {
  const names = (await cluster.topics(signal)).flatMap(({ name, isInternal }) => (isInternal ? [] : (name ?? [])));
  const { deadLetterPatterns: patterns, pinnedTopics: pinned } = cluster.settings;
  const deadLetters = new Map<string, string[]>();
  for (const { name, origins } of findDeadLetterTopics(names, { patterns, pinned }))
    for (const origin of origins) deadLetters.set(origin, [...(deadLetters.get(origin) ?? []), name]);
  const configs = await topicConfigs(cluster, names, signal);
  const queues = names.toSorted().map((name): TopologyQueue => {
    const to = deadLetters.get(name);
    const config = configs.get(name);
    return {
      name,
      kind: 'topic',
      deadLetters: to === undefined ? { kind: 'untold' } : { kind: 'to', queues: to, via: 'consumers, by its name' },
      retention: config === undefined ? { kind: 'untold' } : retentionOf(config),
      deliveryLimit: null,
      consumers: null,
      isShortLived: false,
    };
  });
  const hidden = names.length - configs.size;
  const refused = `The settings of ${hidden} topics may not be seen (DescribeConfigs): how long they keep messages is not known.`;
  return { queues, notes: hidden === 0 ? [consumersDecide] : [consumersDecide, refused] };
}
