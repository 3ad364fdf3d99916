import {
  consumerGroupDescribeV0,
  describeGroupsV5,
  listGroupsV4,
  listGroupsV5,
  offsetFetchV8,
} from '@platformatic/kafka';
import type { GroupKind } from '#lib/domain/lag.ts';
import type { KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';

export interface ListedGroup {
  /** The broker that coordinates it, and answers for it. */
  readonly node: number;
  readonly groupId: string;
  readonly state: string;
  /** `unknown` before Kafka 3.8. */
  readonly type: GroupKind;
}

export interface ListedGroups {
  readonly groups: readonly ListedGroup[];
  /** This account may not see them. */
  readonly denied: boolean;
}

/** What a group committed, by topic and partition. `gone`: its coordinator has no answer at the moment. */
export type Commits = ReadonlyMap<string, ReadonlyMap<number, number>> | 'denied' | 'gone';

export interface PartitionsOfTopic {
  readonly name: string;
  readonly partitions: readonly number[];
}

export interface DescribedGroup {
  readonly state: string;
  /** The topics that each member reads; `null` for one that does not tell while the group is being put together. */
  readonly members: readonly (ReadonlySet<string> | null)[];
}

const listGroupsKey = 16;
/** An answer about them should not keep a coordinator's thread for long. */
const groupsAtOnce = 500;

/** Each broker lists the groups that it coordinates, so that the broker to ask about a group is known from here on. */
export async function listGroups(cluster: KafkaCluster, signal: AbortSignal): Promise<ListedGroups> {
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
        type: groupKind(group.groupType?.toLowerCase()),
      })),
  );
  return { groups, denied: answers.some(({ answer }) => answer.errorCode === kafkaCode.clusterAuthorizationFailed) };
}

function groupKind(type: string | undefined): GroupKind {
  return type === 'classic' || type === 'consumer' || type === 'share' || type === 'streams' ? type : 'unknown';
}

/** Of groups that `node` coordinates, for these partitions of a topic or, with `null`, for all that they committed. */
export async function readCommits(
  cluster: KafkaCluster,
  node: number,
  groupIds: readonly string[],
  of: PartitionsOfTopic | null,
  signal: AbortSignal,
): Promise<Map<string, Commits>> {
  const topics = of && [{ name: of.name, partitionIndexes: [...of.partitions] }];
  const found = new Map<string, Commits>();
  for (const some of slices(groupIds)) {
    const asked = some.map((groupId) => ({ groupId, memberEpoch: -1, topics }));
    const answer = await cluster.call(node, offsetFetchV8.api, [asked, false], signal, of?.name);
    for (const group of answer.groups) found.set(group.groupId, commitsOf(group));
  }
  return found;
}

function commitsOf(group: {
  readonly errorCode: number;
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly {
      readonly partitionIndex: number;
      readonly committedOffset: bigint;
      readonly errorCode: number;
    }[];
  }[];
}): Commits {
  if (group.errorCode === kafkaCode.groupAuthorizationFailed) return 'denied';
  if (group.errorCode === kafkaCode.groupIdNotFound) return new Map();
  if (group.errorCode !== kafkaCode.none) return 'gone';
  const byTopic = new Map<string, Map<number, number>>();
  for (const { name, partitions } of group.topics) {
    const commits = new Map<number, number>();
    for (const each of partitions) {
      // -1 stands for no commit.
      if (each.errorCode === kafkaCode.none && each.committedOffset >= 0n)
        commits.set(each.partitionIndex, Number(each.committedOffset));
    }
    if (commits.size > 0) byTopic.set(name, commits);
  }
  return byTopic;
}

/** Of groups that `node` coordinates. Those of a kind that is not described here, or that may not be seen, are not in the answer. */
export async function describeGroups(
  cluster: KafkaCluster,
  node: number,
  groups: readonly ListedGroup[],
  signal: AbortSignal,
  topic?: string,
): Promise<Map<string, DescribedGroup>> {
  const found = new Map<string, DescribedGroup>();
  const namesOf = (...wanted: readonly GroupKind[]) =>
    groups.filter((group) => wanted.includes(group.type)).map((group) => group.groupId);
  // Asked the classic way, a live KIP-848 group is called dead.
  for (const modern of slices(namesOf('consumer'))) {
    const answer = await cluster.call(node, consumerGroupDescribeV0.api, [modern, false], signal, topic);
    for (const group of answer.groups.filter((each) => each.errorCode === kafkaCode.none)) {
      const members = group.members.map((member) => {
        const assigned = [...member.assignment.topicPartitions, ...member.targetAssignment.topicPartitions];
        return new Set([...member.subscribedTopicNames, ...assigned.map(({ topicName }) => topicName)]);
      });
      found.set(group.groupId, { state: group.groupState, members });
    }
  }
  for (const classic of slices(namesOf('classic', 'unknown'))) {
    const answer = await cluster.call(node, describeGroupsV5.api, [classic, false], signal, topic);
    for (const group of answer.groups.filter((each) => each.errorCode === kafkaCode.none)) {
      const members = group.members.map((member) =>
        member.memberMetadata.length === 0 ? null : new Set(subscribedTopics(member.memberMetadata)),
      );
      found.set(group.groupId, { state: group.groupState, members });
    }
  }
  return found;
}

function slices(ids: readonly string[]): string[][] {
  const found: string[][] = [];
  for (let from = 0; from < ids.length; from += groupsAtOnce) found.push(ids.slice(from, from + groupsAtOnce));
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
