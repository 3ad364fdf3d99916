import { listOffsetsV7 } from '@platformatic/kafka';
import type { GroupKind, GroupLag, LagReading } from '#lib/domain/lag.ts';
import { describeGroups, listGroups, readCommits } from '#server/brokers/kafka/consumer-groups.ts';
import { byLeader, type KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';
import { type KnownRows, movingRows, stillThere } from '#server/brokers/kafka/moving-groups.ts';
import { readShareGroups, tellsOfShareGroups } from '#server/brokers/kafka/share-groups.ts';

/** Where a group stands on the topics that it committed for or reads. */
interface GroupStanding {
  readonly group: string;
  readonly groupKind: GroupKind;
  readonly state: string;
  /** The topics of each member; `null`: nobody may tell. */
  readonly members: readonly (ReadonlySet<string> | null)[] | null;
  readonly offsets: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

interface Standings {
  readonly groups: readonly GroupStanding[];
  /** Groups that are there, and whose coordinator tells nothing at the moment. */
  readonly moving: readonly string[];
  readonly notes: readonly string[];
}

type TopicEnds = 'gone' | 'denied' | 'leaderless' | ReadonlyMap<number, number>;

/** Partitions of one ListOffsets: an answer about them should not keep a broker's thread for long. */
const partitionsAtOnce = 10_000;

/** Readings of one cluster, one after the other: of a group that is moving, what the one before told of it is known. */
export function createKafkaLagReader(cluster: KafkaCluster): (signal: AbortSignal) => Promise<LagReading> {
  let known: KnownRows = new Map();
  return async (signal) => {
    const { rows, notes } = await readKafkaLag(cluster, known, signal);
    known = Map.groupBy(rows, ({ group }) => group);
    return { rows, notes };
  };
}

/**
 * A few requests a broker, whatever the number of groups and topics: its groups, their commits and members, then the ends of all partitions that any of them
 * reads. In that order: a group that goes on meanwhile is seen a little behind, never ahead.
 */
async function readKafkaLag(
  cluster: KafkaCluster,
  known: KnownRows,
  signal: AbortSignal,
): Promise<{ readonly rows: readonly GroupLag[]; readonly notes: readonly string[] }> {
  const { groups, moving, notes } = await readStandings(cluster, known, signal);
  const topicsOf = ({ offsets, members }: GroupStanding) =>
    new Set([...offsets.keys(), ...(members ?? []).flatMap((topics) => [...(topics ?? [])])]);
  const reads = groups.flatMap((group) => [...topicsOf(group)].map((topic) => ({ group, topic })));
  const ends = await readEnds(cluster, [...new Set(reads.map(({ topic }) => topic))], signal);
  const rows = reads.map(({ group, topic }) => lagRow(group, topic, ends.get(topic) ?? 'gone'));
  return { rows: [...rows, ...movingRows(known, moving)].toSorted(byNames), notes };
}

async function readStandings(cluster: KafkaCluster, known: KnownRows, signal: AbortSignal): Promise<Standings> {
  const { groups, denied } = await listGroups(cluster, signal);
  const shares = groups.filter((group) => group.type === 'share');
  const tellsOfShares = shares.length > 0 && (await tellsOfShareGroups(cluster, signal));
  let hidden = 0;
  let untold = tellsOfShares ? 0 : shares.length;
  const found: GroupStanding[] = [];
  const listed = new Set(groups.map(({ groupId }) => groupId));
  const unlisted = [...known].flatMap(([group, [row]]) => (row === undefined || listed.has(group) ? [] : row));
  const moving = [...(await stillThere(cluster, unlisted, signal))];

  await Promise.all(
    [...Map.groupBy(groups, (group) => group.node)].map(async ([node, mine]) => {
      const consumers = mine.filter(({ type }) => type !== 'share');
      const sharers = tellsOfShares ? mine.filter(({ type }) => type === 'share') : [];
      const ids = (some: typeof mine) => some.map(({ groupId }) => groupId);
      const [commits, described, shared] = await Promise.all([
        readCommits(cluster, node, ids(consumers), null, signal),
        describeGroups(cluster, node, consumers, signal),
        readShareGroups(cluster, node, ids(sharers), null, signal),
      ]);
      for (const { groupId, type, state } of consumers) {
        const offsets = commits.get(groupId) ?? 'gone';
        if (offsets === 'denied') hidden += 1;
        else if (offsets === 'gone') moving.push(groupId);
        else {
          const { state: told = '', members = null } = described.get(groupId) ?? {};
          found.push({ group: groupId, groupKind: type, state: told || state, members, offsets });
        }
      }
      const silent = ids(sharers).filter((id) => !shared.has(id));
      untold += silent.length;
      moving.push(...silent.filter((id) => known.has(id)));
      for (const [group, { state, members, startOffsets }] of shared)
        found.push({ group, groupKind: 'share', state, members, offsets: startOffsets });
    }),
  );

  return {
    groups: found,
    moving,
    notes: [
      ...(denied
        ? ['This account may not list the consumer groups. Grant it Describe on the cluster or on groups.']
        : []),
      ...note(hidden, 'may not be looked at by this account. Grant it Describe on them.'),
      ...note(moving.length, 'changed coordinator just now: not read this time. The next reading will have them.'),
      ...note(untold, 'of the share kind: this cluster does not tell where they are. Kafka 4.1 and newer do.'),
    ],
  };
}

function note(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} consumer ${count === 1 ? 'group' : 'groups'} ${what}`];
}

/** The high watermark of each partition of these topics: what an open transaction holds back is behind it and counts. */
async function readEnds(
  cluster: KafkaCluster,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TopicEnds>> {
  const ends = new Map<string, TopicEnds>();
  if (names.length === 0) return ends;
  const partitions: { topic: string; partition: number; leader: number }[] = [];
  for (const topic of await cluster.topics(signal, names)) {
    const name = topic.name ?? '';
    if (topic.errorCode === kafkaCode.topicAuthorizationFailed) ends.set(name, 'denied');
    else if (topic.errorCode !== kafkaCode.none) ends.set(name, 'gone');
    else if (topic.partitions.some(({ leaderId }) => leaderId < 0)) ends.set(name, 'leaderless');
    else {
      for (const { partitionIndex, leaderId } of topic.partitions)
        partitions.push({ topic: name, partition: partitionIndex, leader: leaderId });
    }
  }

  const found = new Map<string, Map<number, number>>();
  await Promise.all(
    [...byLeader(partitions)].map(async ([leader, all]) => {
      for (let from = 0; from < all.length; from += partitionsAtOnce) {
        const asked = Map.groupBy(all.slice(from, from + partitionsAtOnce), ({ topic }) => topic);
        const topics = [...asked].map(([name, wanted]) => ({
          name,
          partitions: wanted.map(({ partition }) => ({
            partitionIndex: partition,
            currentLeaderEpoch: -1,
            timestamp: -1n,
          })),
        }));
        const answer = await cluster.call(leader, listOffsetsV7.api, [-1, 0, topics], signal);
        for (const { name, partitions: told } of answer.topics) {
          const highs = found.get(name) ?? new Map<number, number>();
          found.set(name, highs);
          for (const each of told) {
            if (each.errorCode === kafkaCode.none) highs.set(each.partitionIndex, Number(each.offset));
            // Its leader went elsewhere since we asked for it, or the topic was deleted: the next reading knows.
            else ends.set(name, 'leaderless');
          }
        }
      }
    }),
  );
  for (const [name, highs] of found) if (!ends.has(name)) ends.set(name, highs);
  return ends;
}

function lagRow(standing: GroupStanding, topic: string, ends: TopicEnds): GroupLag {
  const { group, groupKind, members } = standing;
  const offsets = standing.offsets.get(topic) ?? new Map<number, number>();
  const row = {
    kind: 'group',
    group,
    groupKind,
    topic,
    state: standing.state.toLowerCase(),
    members: members?.includes(null) === false ? members.filter((topics) => topics?.has(topic)).length : null,
    partitions: typeof ends === 'object' ? ends.size : 0,
  } as const;
  if (typeof ends === 'string') {
    const gap = ends === 'gone' ? 'topic-gone' : ends === 'denied' ? 'denied' : 'no-leader';
    return { ...row, lag: null, gap, uncommitted: 0 };
  }
  let lag = 0;
  let uncommitted = 0;
  for (const [partition, high] of ends) {
    const committed = offsets.get(partition);
    if (committed === undefined) uncommitted += 1;
    // A commit beyond the end is of a topic that was made anew, or that lost its last records.
    else lag += Math.max(0, high - committed);
  }
  const isTold = uncommitted < ends.size;
  return { ...row, lag: isTold ? lag : null, gap: isTold ? null : 'no-commit', uncommitted };
}

function byNames(a: GroupLag, b: GroupLag): number {
  return a.group === b.group ? compare(a.topic, b.topic) : compare(a.group, b.group);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
