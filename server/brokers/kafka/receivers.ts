import type { Receiver } from '#server/brokers/driver.ts';
import { describeGroups, listGroups, readCommits } from '#server/brokers/kafka/consumer-groups.ts';
import type { KafkaCluster, TopicLayout } from '#server/brokers/kafka/kafka-cluster.ts';
import { readShareGroups, tellsOfShareGroups } from '#server/brokers/kafka/share-groups.ts';

export interface TopicReceivers {
  readonly receivers: readonly Receiver[];
  /** What could not be learned. */
  readonly notes: readonly string[];
}

/**
 * Every consumer group that reads the topic: it has members that subscribe to it, or it has committed offsets for it; share groups, where they begin
 * to deliver. Lag is counted to the high watermark, over the partitions with a commit.
 */
export async function findReceivers(
  cluster: KafkaCluster,
  layout: TopicLayout,
  high: ReadonlyMap<number, number>,
  signal: AbortSignal,
): Promise<TopicReceivers> {
  const { groups, denied } = await listGroups(cluster, signal);
  const notes: string[] = denied
    ? ['This account may not see the consumer groups: who receives is not known. Grant it Describe on groups.']
    : [];
  const shares = groups.filter((group) => group.type === 'share');
  const tellsOfShares = shares.length > 0 && (await tellsOfShareGroups(cluster, signal));
  let untold = tellsOfShares ? 0 : shares.length;

  const asked = { name: layout.name, partitions: layout.partitions.map((each) => each.partition) };
  const readers = groups.filter((group) => group.type !== 'share' || tellsOfShares);
  const receivers: Receiver[] = [];
  let hidden = 0;
  await Promise.all(
    [...Map.groupBy(readers, (group) => group.node)].map(async ([node, mine]) => {
      const [consumers, sharers] = [
        mine.filter((each) => each.type !== 'share'),
        mine.filter((each) => each.type === 'share'),
      ];
      const [commits, members, shared] = await Promise.all([
        readCommits(cluster, node, idsOf(consumers), asked, signal),
        describeGroups(cluster, node, consumers, signal, layout.name),
        readShareGroups(cluster, node, idsOf(sharers), asked, signal),
      ]);
      untold += sharers.length - shared.size;
      for (const [name, { state, members: sharing, startOffsets }] of shared) {
        const onTopic = sharing.filter((topics) => topics.has(layout.name)).length;
        const starts = startOffsets.get(layout.name);
        if (onTopic === 0 && starts === undefined) continue;
        const lag = starts === undefined ? null : lagOf(starts, high);
        receivers.push({
          kind: 'consumer-group',
          name,
          state: `share group, ${state.toLowerCase()}`,
          members: onTopic,
          lag,
        });
      }
      for (const { groupId, state } of consumers) {
        const committed = commits.get(groupId);
        const described = members.get(groupId);
        const onTopic = described?.members.filter((topics) => topics?.has(layout.name)).length;
        if (committed === 'denied') hidden += 1;
        const offsets = (typeof committed === 'object' && committed.get(layout.name)) || null;
        if (offsets === null && (onTopic ?? 0) === 0) continue;
        receivers.push({
          kind: 'consumer-group',
          name: groupId,
          state: (described?.state || state || 'unknown').toLowerCase(),
          members: onTopic ?? null,
          lag: offsets === null ? null : lagOf(offsets, high),
        });
      }
    }),
  );
  if (untold > 0)
    notes.push(
      `${untold} share ${untold === 1 ? 'group exists' : 'groups exist'} on the cluster; whether one reads this topic is not known.`,
    );
  if (hidden > 0)
    notes.push(
      `The offsets of ${hidden} consumer ${hidden === 1 ? 'group' : 'groups'} may not be seen by this account.`,
    );
  return { receivers: receivers.toSorted((a, b) => (a.name < b.name ? -1 : 1)), notes };
}

function idsOf(groups: readonly { readonly groupId: string }[]): string[] {
  return groups.map(({ groupId }) => groupId);
}

function lagOf(committed: ReadonlyMap<number, number>, high: ReadonlyMap<number, number>): number {
  let lag = 0;
  for (const [partition, offset] of committed) lag += Math.max(0, (high.get(partition) ?? offset) - offset);
  return lag;
}
