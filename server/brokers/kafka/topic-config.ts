import { describeConfigsV4 } from '@platformatic/kafka';
import type { Retention } from '#lib/domain/queue.ts';
import type { KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';

export type TopicConfig = ReadonlyMap<string, string>;

/** So many topics in one request. */
const topicsAtOnce = 200;

/** The settings that matter here; those of a topic are empty where the account may not see them (DescribeConfigs is a permission of its own). */
export async function topicConfigs(
  cluster: KafkaCluster,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TopicConfig>> {
  const found = new Map<string, TopicConfig>();
  for (let from = 0; from < topics.length; from += topicsAtOnce) {
    const resources = topics.slice(from, from + topicsAtOnce).map((resourceName) => ({
      resourceType: 2 as const,
      resourceName,
      configurationKeys: [
        'cleanup.policy',
        'max.message.bytes',
        'message.timestamp.type',
        'retention.bytes',
        'retention.ms',
      ],
    }));
    const subject = resources.length === 1 ? resources[0]?.resourceName : undefined;
    const answer = await cluster.call('any', describeConfigsV4.api, [resources, false, false], signal, subject);
    for (const { errorCode, resourceName, configs } of answer.results) {
      if (errorCode !== kafkaCode.none) continue;
      found.set(
        resourceName,
        new Map(configs.flatMap(({ name, value }) => (typeof value === 'string' ? [[name, value] as const] : []))),
      );
    }
  }
  return found;
}

export async function topicConfig(cluster: KafkaCluster, topic: string, signal: AbortSignal): Promise<TopicConfig> {
  return (await topicConfigs(cluster, [topic], signal)).get(topic) ?? new Map();
}

/** The largest number is often given for "without end", and no date is that late (ECMA-262 ends with 8.64e15). */
const endlessMs = 1e14;

/**
 * A segment goes as a whole, when its newest record is that old (kafka.apache.org, topic configuration `retention.ms`; -1 is unlimited). A limit of bytes takes the
 * oldest earlier, and compaction takes whatever has a newer record of its key: of those nobody can tell when.
 */
export function retentionOf(config: TopicConfig): Retention {
  const policy = config.get('cleanup.policy');
  const ms = Number(config.get('retention.ms') ?? Number.NaN);
  const bytes = Number(config.get('retention.bytes') ?? Number.NaN);
  if (policy === undefined || Number.isNaN(ms)) return { kind: 'untold' };
  if (policy.includes('compact')) return { kind: 'untold' };
  if (!policy.includes('delete')) return { kind: 'unlimited' };
  if (bytes >= 0) return { kind: 'untold' };
  return ms >= 0 && ms < endlessMs ? { kind: 'for', ms, bound: 'at-least' } : { kind: 'unlimited' };
}
