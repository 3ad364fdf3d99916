import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { createBatchSending } from '#server/replay/batch-sending.ts';
import { makeReady, readWatermark, type SendBatchDependencies } from '#server/replay/send-batch.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import type { Ledger, MessageIndex } from '#server/store/store.ts';

const signal = new AbortController().signal;
const perBatch = 2;

/** What is different from a broker and a ledger that are well. */
export interface Trouble {
  publish?(publish: BrokerDriver['publish']): BrokerDriver['publish'];
  recordItems?(ledger: Ledger): Ledger['recordItems'];
  setStates?(index: MessageIndex): MessageIndex['setStates'];
  readonly publishTimeoutMs?: number;
  /** As usual where absent. */
  readonly shownWithinMs?: number;
}

/** A replay of so many messages of one partition, in batches of two, on a real topic and a real ledger, until the test is over. */
export async function kafkaBatches(count: number, trouble: Trouble) {
  const harness = await createKafkaHarness('kafka');
  const driver = harness.connect();
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-batches-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  onTestFinished(async () => {
    await store.close();
    await driver.close();
    await harness.close();
    rmSync(folder, { recursive: true });
  });
  const queue = await harness.createQueue();
  const bodies = Array.from({ length: count }, (_, index) => harness.inLane(aMessage(`${index}`), 0));
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

  const publish: BrokerDriver['publish'] = (outgoing, options) => driver.publish(outgoing, options);
  const recordItems = trouble.recordItems?.(store.ledger) ?? store.ledger.recordItems;
  const setStates = trouble.setStates?.(store.index) ?? store.index.setStates;
  const dependencies: SendBatchDependencies = {
    store: { ...store, ledger: { ...store.ledger, recordItems }, index: { ...store.index, setStates } },
    clock: systemClock,
    driver: { ...driver, publish: trouble.publish?.(publish) ?? publish },
    publishTimeoutMs: trouble.publishTimeoutMs ?? 5_000,
    canRemove: false,
    watermarkOf: (destination) => readWatermark(driver, destination, signal),
    mayGoOn: async () => true,
    signal,
  };
  const planned = await store.ledger.listItems(id, { states: ['planned'], after: null, limit: count });
  const sending = createBatchSending(dependencies, replay, trouble.shownWithinMs);
  return {
    driver,
    store,
    replayId: id,
    /** Of the destination. */
    topic: queue.origin.kind === 'kafka' ? queue.origin.topic : '',
    send(batch: number) {
      const from = batch * perBatch;
      const pairs = planned.slice(from, from + perBatch).flatMap((item, index) => {
        const raw = messages[from + index];
        return raw ? [{ item, raw, letter: undefined, replays: 0 }] : [];
      });
      const remove = () => Promise.reject(new Error('A log keeps its messages.'));
      const ready = makeReady(dependencies, replay, { messages: pairs.map(({ raw }) => raw), remove }, pairs);
      return sending.send(ready, () => undefined);
    },
    drained: () => sending.drained(),
    account: async () => (await store.ledger.getReplay(id)).account,
  };
}
