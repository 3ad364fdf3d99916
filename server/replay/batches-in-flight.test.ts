import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { createBatchSending } from '#server/replay/batch-sending.ts';
import { putRight } from '#server/replay/put-right.ts';
import { makeReady, readWatermark } from '#server/replay/send-batch.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { createQueueGate } from '#server/sync/queue-gate.ts';

/** On Kafka the outcomes of a batch are written while the next one is sent: what a crash between the two leaves, and how it is put right. */

const signal = new AbortController().signal;
const never = new Promise<never>(() => undefined);

it.each([
  {
    label: ' and sent are all proven sent',
    secondLeaves: true,
    sent: 4,
    account: { settled: 4, failed: 0, unknown: 0 },
  },
  {
    label: ', of which the second never left, are told apart',
    secondLeaves: false,
    sent: 2,
    account: { settled: 2, failed: 2, unknown: 0 },
  },
])('two batches that were intended$label', { timeout: 60_000 }, async ({ secondLeaves, sent, account }) => {
  const harness = await createKafkaHarness('kafka');
  const driver = harness.connect();
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-in-flight-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  onTestFinished(async () => {
    await store.close();
    await driver.close();
    await harness.close();
    rmSync(folder, { recursive: true });
  });
  const queue = await harness.createQueue();
  const bodies = Array.from({ length: 6 }, (_, index) => harness.inLane(aMessage(`${index}`), 0));
  await harness.put(queue, bodies);
  const { messages } = await browseAll(driver, queue.name);
  const queueId = `kafka/${queue.name}`;
  const { capabilities } = await driver.inspect(queue.name, signal);
  await store.index.saveQueues('kafka', [
    { name: queue.name, kind: 'kafka', foundBy: 'pattern', origins: [], capabilities },
  ]);
  const id = randomUUID();
  const plan = aReplay(id, messages.length, { queueIds: [queueId] });
  const items = plan.items.map((item, index) => ({
    ...item,
    queueId,
    identity: messages[index]?.identity ?? '',
    position: messages[index]?.position ?? '',
    destination: queue.origin,
  }));
  await writePlan(store.ledger, { ...plan, items });
  await store.ledger.confirmReplay(id, `hash of ${id}`, 'ada', Date.now());
  const replay = await store.ledger.setReplayState(id, { state: 'sending', at: Date.now() });

  // The process dies with the outcomes of the first batch in its memory: no answer to what it wrote ever comes.
  let batches = 0;
  const dying: BrokerDriver = {
    ...driver,
    publish: (outgoing, options) => (++batches < 2 || secondLeaves ? driver.publish(outgoing, options) : never),
  };
  const dependencies = {
    store: { ...store, ledger: { ...store.ledger, recordItems: () => never } },
    clock: systemClock,
    driver: dying,
    publishTimeoutMs: 500,
    canRemove: false,
    watermarkOf: (destination: typeof queue.origin) => readWatermark(driver, destination, signal),
    mayGoOn: async () => true,
    signal,
  };
  const planned = await store.ledger.listItems(id, { states: ['planned'], after: null, limit: 10 });
  const batchOf = (from: number) => {
    const pairs = planned.slice(from, from + 2).flatMap((item, index) => {
      const raw = messages[from + index];
      return raw ? [{ item, raw, letter: undefined, replays: 0 }] : [];
    });
    return makeReady(dependencies, replay, { messages: pairs.map(({ raw }) => raw), remove: () => never }, pairs);
  };
  const sending = createBatchSending(dependencies, replay);
  await sending.send(batchOf(0), () => undefined);
  let isThrough = false;
  void sending.send(batchOf(2), () => undefined).then(() => (isThrough = true));
  const origin = queue.origin.kind === 'kafka' ? queue.origin.topic : '';
  await vi.waitFor(async () => expect((await browseAll(driver, origin)).messages).toHaveLength(sent), {
    timeout: 10_000,
  });
  await vi.waitFor(() => expect(batches).toBe(2));
  expect((await store.ledger.getReplay(id)).account).toMatchObject({ intended: 4, planned: 2 });
  expect(isThrough, 'no third batch before the outcomes of the first are on disk').toBe(false);

  const queues = { store, driverOf: () => driver, clock: systemClock, gate: createQueueGate(), publishTimeoutMs: 500 };
  await putRight(queues, await store.ledger.getReplay(id), signal);
  expect((await store.ledger.getReplay(id)).account).toMatchObject({ ...account, intended: 0, planned: 2 });
  expect((await browseAll(driver, origin)).messages).toHaveLength(sent);
});
