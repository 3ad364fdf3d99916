import { createAPI, type Reader, Writer } from '@platformatic/kafka';
import type { KafkaCluster, TopicLayout } from '#server/brokers/kafka/kafka-cluster.ts';
import { kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';

/** What a share group (KIP-932) has to do with a topic. */
export interface ShareGroupOnTopic {
  readonly state: string;
  /** Of the group's members, those that subscribe to it. */
  readonly onTopic: number;
  /** Where it begins to deliver, by partition: what is before is done with. Empty where it never read the topic, or nobody may know. */
  readonly startOffsets: ReadonlyMap<number, number>;
}

const describeKey = 77;
const offsetsKey = 90;

/** Whether the cluster tells what share groups read: from Kafka 4.1 on. */
export async function tellsOfShareGroups(cluster: KafkaCluster, signal: AbortSignal): Promise<boolean> {
  return (await cluster.newestVersion(describeKey, signal)) >= 1;
}

/** Asks the coordinator `node` of these groups. Those that may not be described are not in the answer. */
export async function readShareGroups(
  cluster: KafkaCluster,
  node: number,
  groupIds: readonly string[],
  layout: TopicLayout,
  signal: AbortSignal,
): Promise<Map<string, ShareGroupOnTopic>> {
  if (groupIds.length === 0) return new Map();
  const knowsOffsets = (await cluster.newestVersion(offsetsKey, signal)) >= 0;
  const [described, offsets] = await Promise.all([
    cluster.call(node, describeApi, [groupIds], signal, layout.name),
    knowsOffsets
      ? cluster.call(
          node,
          offsetsApi,
          [groupIds, layout.name, layout.partitions.map((each) => each.partition)],
          signal,
          layout.name,
        )
      : new Map<string, ReadonlyMap<number, number>>(),
  ]);
  return new Map(
    described.flatMap(({ errorCode, groupId, state, subscriptions }) => {
      if (errorCode !== kafkaCode.none) return [];
      const onTopic = subscriptions.filter((topics) => topics.includes(layout.name)).length;
      return [[groupId, { state, onTopic, startOffsets: offsets.get(groupId) ?? new Map<number, number>() }]];
    }),
  );
}

interface DescribedGroup {
  readonly errorCode: number;
  readonly groupId: string;
  readonly state: string;
  /** The topics of each member. */
  readonly subscriptions: readonly (readonly string[])[];
}

/** ShareGroupDescribeRequest.json and ShareGroupDescribeResponse.json in Kafka's source, version 1; 0 was for early access only. */
const describeApi = createAPI<[groupIds: readonly string[]], readonly DescribedGroup[]>(
  describeKey,
  1,
  (groupIds) =>
    Writer.create()
      .appendArray([...groupIds], (writer, id) => void writer.appendString(id), true, false)
      .appendBoolean(false)
      .appendTaggedFields(),
  (_id, _key, _version, reader) => {
    reader.readInt32(); // The throttle time: the broker itself holds back the answer.
    return reader.readArray((group) => {
      const errorCode = group.readInt16();
      group.readNullableString();
      const groupId = group.readString();
      const state = group.readString();
      group.readInt32(); // The group's epoch and that of its assignment.
      group.readInt32();
      group.readString();
      const subscriptions = group.readArray(readSubscription);
      group.readInt32();
      return { errorCode, groupId, state, subscriptions };
    });
  },
);

function readSubscription(member: Reader): readonly string[] {
  member.readString();
  member.readNullableString();
  member.readInt32();
  member.readString();
  member.readString();
  const topics = member.readArray((each) => each.readString(), true, false);
  // The assignment, a structure with tagged fields of its own.
  member.readArray((assigned) => {
    assigned.readUUID();
    assigned.readString();
    assigned.readArray((partition) => partition.readInt32(), true, false);
  });
  member.readTaggedFields();
  return topics;
}

/** DescribeShareGroupOffsetsRequest.json and …Response.json, version 0. By group and partition; what has no start yet is -1 and left out. */
const offsetsApi = createAPI<
  [groupIds: readonly string[], topic: string, partitions: readonly number[]],
  Map<string, ReadonlyMap<number, number>>
>(
  offsetsKey,
  0,
  (groupIds, topic, partitions) =>
    Writer.create()
      .appendArray([...groupIds], (groups, id) => {
        groups.appendString(id).appendArray([topic], (topics, name) => {
          topics.appendString(name).appendArray([...partitions], (w, index) => void w.appendInt32(index), true, false);
        });
      })
      .appendTaggedFields(),
  (_id, _key, _version, reader) => {
    reader.readInt32();
    const groups = reader.readArray((group) => {
      const groupId = group.readString();
      const topics = group.readArray((topic) => {
        topic.readString();
        topic.readUUID();
        return topic.readArray((partition) => {
          const index = partition.readInt32();
          const start = partition.readInt64();
          partition.readInt32();
          const errorCode = partition.readInt16();
          partition.readNullableString();
          return [index, errorCode === kafkaCode.none ? Number(start) : -1] as const;
        });
      });
      group.readInt16();
      group.readNullableString();
      return [groupId, new Map(topics.flat().filter(([, start]) => start >= 0))] as const;
    });
    return new Map(groups);
  },
);
