import { createAPI, type Reader, Writer } from '@platformatic/kafka';
import type { PartitionsOfTopic } from '#server/brokers/kafka/consumer-groups.ts';
import type { KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';

/** A share group (KIP-932). */
export interface ShareGroup {
  readonly state: string;
  /** The topics that each member subscribes to. */
  readonly members: readonly ReadonlySet<string>[];
  /** Where it begins to deliver, by topic and partition: what is before is done with. Without topics that it never read, or whose place nobody may know. */
  readonly startOffsets: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

const describeKey = 77;
const offsetsKey = 90;

/** Whether the cluster tells what share groups read: from Kafka 4.1 on. */
export async function tellsOfShareGroups(cluster: KafkaCluster, signal: AbortSignal): Promise<boolean> {
  return (await cluster.newestVersion(describeKey, signal)) >= 1;
}

/** Asks the coordinator `node` of these groups about these partitions of a topic or, with `null`, about all that they read. Those that may not be described are not in the answer. */
export async function readShareGroups(
  cluster: KafkaCluster,
  node: number,
  groupIds: readonly string[],
  of: PartitionsOfTopic | null,
  signal: AbortSignal,
): Promise<Map<string, ShareGroup>> {
  if (groupIds.length === 0) return new Map();
  const knowsOffsets = (await cluster.newestVersion(offsetsKey, signal)) >= 0;
  const [described, offsets] = await Promise.all([
    cluster.call(node, describeApi, [groupIds], signal, of?.name),
    knowsOffsets
      ? cluster.call(node, offsetsApi, [groupIds, of], signal, of?.name)
      : new Map<string, ShareGroup['startOffsets']>(),
  ]);
  return new Map(
    described.flatMap(({ errorCode, groupId, state, subscriptions }) => {
      if (errorCode !== kafkaCode.none) return [];
      const members = subscriptions.map((topics) => new Set(topics));
      return [[groupId, { state, members, startOffsets: offsets.get(groupId) ?? new Map() }]];
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

/** DescribeShareGroupOffsetsRequest.json and …Response.json, version 0. By group, topic and partition; what has no start yet is -1 and left out. */
const offsetsApi = createAPI<
  [groupIds: readonly string[], of: PartitionsOfTopic | null],
  Map<string, ShareGroup['startOffsets']>
>(
  offsetsKey,
  0,
  (groupIds, of) =>
    Writer.create()
      .appendArray([...groupIds], (groups, id) => {
        // No list at all stands for every topic.
        groups.appendString(id).appendArray<PartitionsOfTopic>(of && [of], (topics, { name, partitions }) => {
          topics.appendString(name).appendArray([...partitions], (w, index) => void w.appendInt32(index), true, false);
        });
      })
      .appendTaggedFields(),
  (_id, _key, _version, reader) => {
    reader.readInt32();
    const groups = reader.readArray((group) => {
      const groupId = group.readString();
      const topics = group.readArray((topic) => [topic.readString(), readStarts(topic)] as const);
      group.readInt16();
      group.readNullableString();
      return [groupId, new Map(topics.filter(([, starts]) => starts.size > 0))] as const;
    });
    return new Map(groups);
  },
);

function readStarts(topic: Reader): ReadonlyMap<number, number> {
  topic.readUUID();
  const starts = topic.readArray((partition) => {
    const index = partition.readInt32();
    const start = partition.readInt64();
    partition.readInt32();
    const errorCode = partition.readInt16();
    partition.readNullableString();
    return [index, errorCode === kafkaCode.none ? Number(start) : -1] as const;
  });
  return new Map(starts.filter(([, start]) => start >= 0));
}
