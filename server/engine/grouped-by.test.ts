import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { textHeader } from '#lib/domain/message.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { createBroker } from '#server/brokers/broker.ts';
import { createElasticMqHarness } from '#server/brokers/sqs/sqs-harness.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';
import type { DriverHarness } from '#server/brokers/testing/harness.ts';
import { systemClock } from '#server/clock.ts';
import { startEngine, type Engine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { onlyQueues } from '#server/brokers/testing/only-queues.ts';

/** Dead letters of a real SQS server, which say nothing of their error, told apart by the attributes that the operator named. */

let harness: DriverHarness;
let folder: string;
let store: Store;
let engine: Engine;

beforeAll(async () => {
  harness = createElasticMqHarness();
  folder = await mkdtemp(join(tmpdir(), 'redeliver-grouped-by-'));
  store = openSqliteStore({ folder, role: 'writer' });
});

afterAll(async () => {
  await engine?.stop();
  await store?.close();
  await harness?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test('a native SQS dead letter is grouped by the attributes of its connection, and a masked one shows no value', async () => {
  const queue = await harness.createQueue();
  const queueId = `${harness.connection}/${queue.name}`;
  const coded = (errorCode: string, tenant: string) => ({
    ...harness.inLane(aMessage('grouped'), 0),
    headers: [textHeader('errorCode', errorCode, 'String'), textHeader('tenant', tenant, 'String')],
  });
  await harness.put(queue, [coded('404', 'acme'), coded('404', 'globex'), coded('503', 'acme')]);
  engine = startEngine({
    store,
    clock: systemClock,
    connections: [
      {
        name: harness.connection,
        kind: 'sqs',
        address: 'test',
        driver: createBroker(onlyQueues(harness.connect(), [queue.name]), {
          connection: harness.connection,
          random: () => 0.5,
        }),
        groupedBy: ['errorCode', 'tenant'],
      },
    ],
    sync: {
      discoverEveryMs: 60_000,
      lookEveryMs: 60_000,
      scanEveryMs: 60_000,
      scanLimit: 1_000,
      reading: { masking: createMasking({ fields: [], headers: ['tenant'], patterns: [], keys: false }) },
    },
    watchMs: 60_000,
    publishTimeoutMs: 10_000,
    say: () => undefined,
  });
  await vi.waitUntil(async () => (await store.index.listQueues()).some(({ id }) => id === queueId), 30_000);
  await askEngine({ store, clock: systemClock }, { kind: 'sync', queueId, insist: false }, 'test', 30_000);

  const { groups } = await store.index.listGroups({
    filter: { kind: 'queue', pattern: queueId },
    range: { from: null, to: null },
    now: Date.now(),
    triage: [],
    states: ['new', 'ongoing', 'escalating', 'regressed'],
    sort: 'count',
    limit: 10,
  });
  expect(groups.map(({ count, description }) => [count, description.parts])).toMatchObject([
    [
      2,
      {
        kind: 'no-error-text',
        attributes: [
          { name: 'errorCode', value: '404' },
          { name: 'tenant', value: '•••' },
        ],
      },
    ],
    [
      1,
      {
        kind: 'no-error-text',
        attributes: [
          { name: 'errorCode', value: '503' },
          { name: 'tenant', value: '•••' },
        ],
      },
    ],
  ]);
  expect(groups[0]?.description.explanation).toContain('payload shape + attribute errorCode + attribute tenant');
  expect(JSON.stringify(groups)).not.toContain('acme');
});
