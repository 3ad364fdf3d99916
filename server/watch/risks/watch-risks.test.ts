import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { riskView } from '#lib/api/risks.ts';
import { AppError } from '#lib/domain/errors.ts';
import { usualRule } from '#lib/alerts/rule.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createRabbitMqHarness, type RabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { systemClock } from '#server/clock.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { readRiskRecord } from '#server/watch/risks/risk-record.ts';
import { watchRisks } from '#server/watch/risks/watch-risks.ts';

/** The queues of a real RabbitMQ, looked at as the engine does. */

let harness: RabbitMqHarness;
let driver: BrokerDriver;
let folder: string;
let store: Store;
let stopping: AbortController;
let watching: Promise<void>;

beforeAll(async () => {
  harness = await createRabbitMqHarness({ env: 'TEST_RABBITMQ' });
  driver = harness.connect();
});

afterAll(async () => {
  await driver?.close();
  await harness?.close();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-risks-'));
  store = openSqliteStore({ folder, role: 'writer' });
  stopping = new AbortController();
});

afterEach(async () => {
  stopping.abort();
  await watching;
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

function watch(of: Pick<BrokerDriver, 'topology'>, everyMs = 600_000): void {
  const rules = [{ ...usualRule('depth-above', 'deep'), queues: ['watched-only'] }];
  const alerts = { rules, receivers: [] };
  const connections = [{ name: 'rabbit', kind: 'rabbitmq' as const, driver: of }];
  watching = watchRisks(
    { store, clock: systemClock, connections, alerts, everyMs, say: () => undefined },
    stopping.signal,
  );
}

async function connect(kind: 'starting' | 'live'): Promise<void> {
  const health =
    kind === 'live'
      ? ({ kind, product: 'RabbitMQ', version: null, notes: [] } as const)
      : ({ kind, step: 'connecting' } as const);
  await store.index.saveConnections([{ name: 'rabbit', kind: 'rabbitmq', address: '', health, checkedAt: 1 }]);
}

const found = async (name: string) =>
  (await readRiskRecord(store.watch, 'rabbit')).risks.filter(({ queue }) => queue === name).map(({ kind }) => kind);

describe('watching for risks', () => {
  it('finds what the server tells, once its dead-letter queues are known, and again when there is another one', async () => {
    await connect('starting');
    watch(driver);
    const queue = await harness.createQueue('classic');
    const lonely = await harness.createPlainQueue('quorum', { 'x-delivery-limit': 9 });
    const origin = queue.origin.kind === 'rabbitmq' ? queue.origin.routingKey : '';
    const record = (name: string, origins: readonly string[]) => ({
      name,
      kind: 'rabbitmq' as const,
      foundBy: 'topology' as const,
      origins,
      capabilities: {
        browse: 'hold' as const,
        remove: true,
        order: 'queue' as const,
        costs: [],
        description: 'queue',
      },
    });
    await store.index.saveQueues('rabbit', [record(queue.name, [origin])]);
    expect((await readRiskRecord(store.watch, 'rabbit')).at).toBeNull();

    await connect('live');
    await expect.poll(() => found(lonely), { timeout: 60_000 }).toEqual(['no-dead-letter-queue']);
    expect(await found(origin)).toEqual([]);
    expect(await found(queue.name)).toEqual(['unwatched']);
    const { queues, risks, failing } = await readRiskRecord(store.watch, 'rabbit');
    expect(queues).toBeGreaterThanOrEqual(3);
    expect(failing).toBeNull();
    expect(risks.map((risk) => riskView.safeParse(risk).success)).not.toContain(false);

    await store.index.saveQueues('rabbit', [record(queue.name, [origin]), record(lonely, [])]);
    await expect.poll(() => found(lonely), { timeout: 60_000 }).toEqual(['delivery-limit', 'unwatched']);
  });

  it('keeps what was found when a later look fails, and says why', async () => {
    await connect('live');
    let isDown = false;
    const refuses = new AppError('unreachable', 'RabbitMQ "rabbit" does not answer. Check that it runs.');
    watch({ topology: (signal) => (isDown ? Promise.reject(refuses) : driver.topology(signal)) }, 1);
    const read = () => readRiskRecord(store.watch, 'rabbit');
    await expect.poll(async () => (await read()).at, { timeout: 60_000 }).not.toBeNull();
    isDown = true;
    await expect.poll(async () => (await read()).failing?.error.code, { timeout: 60_000 }).toBe('unreachable');
    expect((await read()).at).not.toBeNull();
  });
});
