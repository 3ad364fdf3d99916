import { findCoordinatorV4 } from '@platformatic/kafka';
import type { GroupLag } from '#lib/domain/lag.ts';
import { readCommits } from '#server/brokers/kafka/consumer-groups.ts';
import type { KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';

/** Rows of the reading before, by group. */
export type KnownRows = ReadonlyMap<string, readonly GroupLag[]>;

/** What is still known of groups that nothing is told of: a group that merely moves must not look as if it had caught up. */
export function movingRows(known: KnownRows, groups: Iterable<string>): readonly GroupLag[] {
  return [...groups].flatMap((group) =>
    (known.get(group) ?? []).map((row) => ({ ...row, lag: null, gap: 'moving' as const, uncommitted: 0 })),
  );
}

/** Of groups that no broker lists now, those that are between two coordinators. The others were deleted, or may not be seen any more. */
export async function stillThere(
  cluster: KafkaCluster,
  unlisted: readonly Pick<GroupLag, 'group' | 'groupKind'>[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (unlisted.length === 0) return [];
  const kinds = new Map(unlisted.map(({ group, groupKind }) => [group, groupKind]));
  const { coordinators } = await cluster.call('any', findCoordinatorV4.api, [0, [...kinds.keys()]], signal);
  const moving = coordinators.filter(({ errorCode }) => isMoving(errorCode)).map(({ key }) => key);
  const led = coordinators.filter(({ key, errorCode }) => errorCode === kafkaCode.none && kinds.get(key) !== 'share');
  const asked = await Promise.all(
    [...Map.groupBy(led, ({ nodeId }) => nodeId)].map(async ([node, some]) => {
      const commits = await readCommits(
        cluster,
        node,
        some.map(({ key }) => key),
        null,
        signal,
      );
      // A deleted group is one that committed nothing.
      return [...commits].filter(([, offsets]) => offsets === 'gone' || (offsets !== 'denied' && offsets.size > 0));
    }),
  );
  return [...moving, ...asked.flat().map(([group]) => group)];
}

function isMoving(errorCode: number): boolean {
  return (
    errorCode === kafkaCode.coordinatorLoading ||
    errorCode === kafkaCode.coordinatorNotAvailable ||
    errorCode === kafkaCode.notCoordinator
  );
}
