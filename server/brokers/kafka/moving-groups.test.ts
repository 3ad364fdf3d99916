import { randomUUID } from 'node:crypto';
import { findCoordinatorV4, listGroupsV5, offsetFetchV8 } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKafkaCluster, type KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { createKafkaLagReader } from '#server/brokers/kafka/lag.ts';
import { commitOffsets } from '#server/brokers/kafka/testing/commit-offsets.ts';

/** A coordinator that moves, as a cluster of several brokers has it: answers of the real broker with that one code put into them. */

const cluster = createKafkaCluster({
  connection: 'kafka-moving',
  brokers: required('TEST_KAFKA_BROKERS').split(','),
  clock: Date.now,
});
const signal = new AbortController().signal;
const left: string[] = [];
let foreign: ForeignClient;

beforeAll(async () => {
  foreign = await createForeignClient(required('TEST_KAFKA_BROKERS').split(','));
});
afterAll(async () => {
  await foreign.admin.deleteGroups(left);
  await cluster.close();
  await foreign.close();
});

async function aGroupBehind(): Promise<{ group: string; topic: string }> {
  const [group, topic] = [`moving-${randomUUID()}`, `moving-${randomUUID()}`];
  await foreign.createTopic(topic, 1);
  await foreign.put(topic, [{ key: null, body: Buffer.from('m'), headers: [], properties: [] }]);
  await commitOffsets(cluster, group, { [topic]: [0] });
  return { group, topic };
}

/** The cluster, where these answers are changed before they are read. */
function changing(change: (api: unknown, answer: never) => void): KafkaCluster {
  return {
    ...cluster,
    async call(node, api, args, ...rest) {
      const answer = await cluster.call(node, api, args, ...rest);
      change(api, answer as never);
      return answer;
    },
  };
}

test('a group whose coordinator says that it moved keeps its rows, without a number', async () => {
  const { group, topic } = await aGroupBehind();
  left.push(group);
  let moves = false;
  const read = createKafkaLagReader(
    changing((api, answer: { groups: { groupId: string; errorCode: number }[] }) => {
      if (api !== offsetFetchV8.api || !moves) return;
      for (const each of answer.groups) if (each.groupId === group) each.errorCode = kafkaCode.notCoordinator;
    }),
  );
  const own = async () => (await read(signal)).rows.filter((row) => row.kind === 'group' && row.group === group);
  const known = await own();
  expect(known).toMatchObject([{ topic, lag: 1, gap: null }]);
  moves = true;
  for (let time = 0; time < 2; time += 1)
    expect(await own()).toEqual([{ ...known[0], lag: null, gap: 'moving', uncommitted: 0 }]);
  expect((await read(signal)).notes.join(' ')).toContain('changed coordinator');
  moves = false;
  expect(await own()).toEqual(known);
});

test('a group that no broker lists keeps its rows until its coordinator says that it is gone', async () => {
  const { group, topic } = await aGroupBehind();
  let coordinator: 'lists' | 'is missing' | 'is new' = 'lists';
  const read = createKafkaLagReader(
    changing((api, answer: { groups: { groupId: string }[]; coordinators: { key: string; errorCode: number }[] }) => {
      if (api === listGroupsV5.api && coordinator !== 'lists')
        answer.groups.splice(0, Infinity, ...answer.groups.filter(({ groupId }) => groupId !== group));
      if (api === findCoordinatorV4.api && coordinator === 'is missing')
        for (const each of answer.coordinators)
          if (each.key === group) each.errorCode = kafkaCode.coordinatorNotAvailable;
    }),
  );
  const own = async () => (await read(signal)).rows.filter((row) => row.kind === 'group' && row.group === group);
  expect(await own()).toMatchObject([{ topic, lag: 1 }]);
  coordinator = 'is missing';
  expect(await own()).toMatchObject([{ topic, lag: null, gap: 'moving' }]);
  coordinator = 'is new';
  expect(await own()).toMatchObject([{ topic, lag: null, gap: 'moving' }]);
  await foreign.admin.deleteGroups([group]);
  expect(await own()).toEqual([]);
});
