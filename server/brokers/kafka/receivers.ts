import {
  consumerGroupDescribeV0,
  describeGroupsV5,
  listGroupsV4,
  listGroupsV5,
  offsetFetchV8,
} from '@platformatic/kafka';
import type { Receiver } from '#server/brokers/driver.ts';
import type { KafkaCluster, TopicLayout } from '#server/brokers/kafka/kafka-cluster.ts';
import { kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';
import { readShareGroups, tellsOfShareGroups } from '#server/brokers/kafka/share-groups.ts';

export interface TopicReceivers {
  readonly receivers: readonly Receiver[];
  /** What could not be learned. */
  readonly notes: readonly string[];
}

interface ListedGroup {
  readonly node: number;
  readonly groupId: string;
  readonly state: string;
  /** `classic`, `consumer` (KIP-848), `share`, `streams`; `null` before Kafka 3.8. */
  readonly type: string | null;
}

interface GroupMembers {
  readonly state: string;
  /** Of the group's members, those that read the topic. */
  readonly onTopic: number;
}

const listGroupsKey = 16;

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
        readCommits(cluster, node, consumers, layout, signal),
        readMembers(cluster, node, consumers, layout.name, signal),
        readShareGroups(
          cluster,
          node,
          sharers.map(({ groupId }) => groupId),
          layout,
          signal,
        ),
      ]);
      untold += sharers.length - shared.size;
      for (const [name, { state, onTopic, startOffsets }] of shared) {
        if (onTopic === 0 && startOffsets.size === 0) continue;
        const lag = startOffsets.size === 0 ? null : lagOf(startOffsets, high);
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
        if (committed === 'denied') hidden += 1;
        const offsets = committed === undefined || committed === 'denied' ? null : committed;
        if (offsets === null && (described?.onTopic ?? 0) === 0) continue;
        receivers.push({
          kind: 'consumer-group',
          name: groupId,
          state: (described?.state || state || 'unknown').toLowerCase(),
          members: described?.onTopic ?? null,
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

function lagOf(committed: ReadonlyMap<number, number>, high: ReadonlyMap<number, number>): number {
  let lag = 0;
  for (const [partition, offset] of committed) lag += Math.max(0, (high.get(partition) ?? offset) - offset);
  return lag;
}

/** Each broker lists the groups that it coordinates, so that the broker to ask about a group is known from here on. */
async function listGroups(
  cluster: KafkaCluster,
  signal: AbortSignal,
): Promise<{ groups: readonly ListedGroup[]; denied: boolean }> {
  const typed = (await cluster.newestVersion(listGroupsKey, signal)) >= 5;
  const nodes = await cluster.brokerIds(signal);
  const answers = await Promise.all(
    nodes.map(async (node) => ({
      node,
      answer: await cluster.call(node, typed ? listGroupsV5.api : listGroupsV4.api, [[], []], signal),
    })),
  );
  const groups = answers.flatMap(({ node, answer }) =>
    answer.groups
      // Other protocols than the consumers' (Kafka Connect's workers) read no topic through their group.
      .filter(
        (group) => group.protocolType === 'consumer' || group.protocolType === '' || group.groupType !== 'classic',
      )
      .map((group) => ({
        node,
        groupId: group.groupId,
        state: group.groupState,
        type: group.groupType?.toLowerCase() || null,
      })),
  );
  return { groups, denied: answers.some(({ answer }) => answer.errorCode === kafkaCode.clusterAuthorizationFailed) };
}

async function readCommits(
  cluster: KafkaCluster,
  node: number,
  groups: readonly ListedGroup[],
  layout: TopicLayout,
  signal: AbortSignal,
): Promise<Map<string, Map<number, number> | 'denied'>> {
  const partitionIndexes = layout.partitions.map((each) => each.partition);
  const asked = groups.map(({ groupId }) => ({
    groupId,
    memberEpoch: -1,
    topics: [{ name: layout.name, partitionIndexes }],
  }));
  const answer = await cluster.call(node, offsetFetchV8.api, [asked, false], signal, layout.name);
  const found = new Map<string, Map<number, number> | 'denied'>();
  for (const group of answer.groups) {
    if (group.errorCode === kafkaCode.groupAuthorizationFailed) found.set(group.groupId, 'denied');
    const commits = group.topics
      .flatMap((topic) => topic.partitions)
      // -1 stands for no commit.
      .filter((each) => each.errorCode === kafkaCode.none && each.committedOffset >= 0n)
      .map((each) => [each.partitionIndex, Number(each.committedOffset)] as const);
    if (commits.length > 0) found.set(group.groupId, new Map(commits));
  }
  return found;
}

async function readMembers(
  cluster: KafkaCluster,
  node: number,
  groups: readonly ListedGroup[],
  topic: string,
  signal: AbortSignal,
): Promise<Map<string, GroupMembers>> {
  const found = new Map<string, GroupMembers>();
  const namesOf = (wanted: (type: string | null) => boolean) =>
    groups.filter((group) => wanted(group.type)).map((group) => group.groupId);
  // Asked the classic way, a live KIP-848 group is called dead.
  const modern = namesOf((type) => type === 'consumer');
  const classic = namesOf((type) => type === 'classic' || type === null);
  if (modern.length > 0) {
    const answer = await cluster.call(node, consumerGroupDescribeV0.api, [modern, false], signal, topic);
    for (const group of answer.groups.filter((each) => each.errorCode === kafkaCode.none)) {
      const onTopic = group.members.filter(
        (member) =>
          member.subscribedTopicNames.includes(topic) ||
          [...member.assignment.topicPartitions, ...member.targetAssignment.topicPartitions].some(
            (each) => each.topicName === topic,
          ),
      );
      found.set(group.groupId, { state: group.groupState, onTopic: onTopic.length });
    }
  }
  if (classic.length > 0) {
    const answer = await cluster.call(node, describeGroupsV5.api, [classic, false], signal, topic);
    for (const group of answer.groups.filter((each) => each.errorCode === kafkaCode.none)) {
      const onTopic = group.members.filter((member) => subscribedTopics(member.memberMetadata).includes(topic));
      found.set(group.groupId, { state: group.groupState, onTopic: onTopic.length });
    }
  }
  return found;
}

/**
 * The topics in a classic member's subscription: version int16, then a list of int16-prefixed names
 * (ConsumerProtocolSubscription.json). Written by the member itself, so nothing in it is taken on trust.
 */
export function subscribedTopics(metadata: Buffer): readonly string[] {
  const topics: string[] = [];
  if (metadata.length < 6) return topics;
  const count = metadata.readInt32BE(2);
  let at = 6;
  for (let index = 0; index < count && at + 2 <= metadata.length; index += 1) {
    const length = metadata.readInt16BE(at);
    at += 2;
    if (length < 0 || at + length > metadata.length) break;
    topics.push(metadata.toString('utf8', at, at + length));
    at += length;
  }
  return topics;
}
