import { offsetCommitV9 } from '@platformatic/kafka';
import type { KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';

/** Commits for a group without members, by topic: an offset for each partition from 0 on. kafkajs joins the group for it, which takes seconds. */
export async function commitOffsets(
  cluster: KafkaCluster,
  group: string,
  offsets: Readonly<Record<string, readonly number[]>>,
): Promise<void> {
  const topics = Object.entries(offsets).map(([name, all]) => ({
    name,
    partitions: all.map((offset, partitionIndex) => ({
      partitionIndex,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: null,
    })),
  }));
  const signal = AbortSignal.timeout(30_000);
  for (;;) {
    // The clusters of the tests have one broker.
    const answer = await cluster.call('any', offsetCommitV9.api, [group, -1, '', null, topics], signal);
    const failed = answer.topics.flatMap(({ partitions }) => partitions).find(({ errorCode }) => errorCode !== 0);
    if (failed === undefined) return;
    // The coordinator of a young broker is still loading.
    if (failed.errorCode !== 14 && failed.errorCode !== 15)
      throw new Error(`Kafka refused a commit with error ${failed.errorCode}.`);
  }
}
