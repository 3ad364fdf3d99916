import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { textHeader } from '#lib/domain/message.ts';
import { createElasticMqHarness, type SqsHarness } from '#server/brokers/sqs/sqs-harness.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { systemClock } from '#server/clock.ts';
import { intentMark } from '#server/replay/intent-mark.ts';
import { putRight } from '#server/replay/put-right.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { aLetter } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { messageId } from '#server/sync/read-letter.ts';
import { createQueueGate } from '#server/sync/queue-gate.ts';

/** What an engine that was killed had sent and removed from a FIFO queue without writing the removal down, where more of the group waits than is shown at once. */

let harness: SqsHarness;
let store: Store;
let folder: string;
const signal = new AbortController().signal;

beforeAll(async () => {
  harness = createElasticMqHarness('fifo');
  folder = await mkdtemp(join(tmpdir(), 'redeliver-put-right-fifo-'));
  store = openSqliteStore({ folder, role: 'writer' });
});

afterAll(async () => {
  await store?.close();
  await harness?.close();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Of 14 messages of one group the first two are sent, by the ledger; the next eight are planned where `planned`. Where `indexed`, a read of the queue has met what it
 * shows.
 */
async function interrupted({ planned, indexed = false }: { readonly planned: boolean; readonly indexed?: boolean }) {
  const queue = await harness.createQueue('fifo');
  const texts = Array.from({ length: 14 }, (_, index) => `m${index}`);
  await harness.put(
    queue,
    texts.map((text) => ({
      key: null,
      body: new TextEncoder().encode(text),
      headers: [],
      properties: [textHeader('MessageGroupId', 'one')],
    })),
  );
  const driver = harness.connect();
  onTestFinished(() => driver.close());
  const { capabilities } = await driver.inspect(queue.name, signal);
  const queueId = `sqs/${queue.name}`;
  await store.index.saveQueues('sqs', [
    { name: queue.name, kind: 'sqs', foundBy: 'pattern', origins: [], capabilities },
  ]);
  // A receive may show fewer of a group than it could.
  const shown = await vi.waitFor(
    async () => {
      const { messages } = await browseAll(driver, queue.name);
      expect(messages).toHaveLength(10);
      return messages;
    },
    { timeout: 60_000 },
  );

  const idOf = (identity: string) => messageId(queueId, identity);
  const letters = shown.map((raw) =>
    aLetter(raw.identity, {
      ...{ id: idOf(raw.identity), kind: 'sqs', lane: raw.lane, sequence: raw.sequence },
      ...{ keyText: raw.lane, keyDigest: raw.lane },
    }),
  );
  if (indexed) await store.index.ingest({ queueId, letters, scan: 'first' });

  const id = `replay of ${queue.name}`;
  const plan = aReplay(id, planned ? shown.length : 2, { queueIds: [queueId] });
  const items = plan.items.map((item, index) => {
    const { identity = '', position = '', lane = '' } = shown[index] ?? {};
    return { ...item, messageId: idOf(identity), queueId, identity, position, lane };
  });
  await writePlan(store.ledger, { ...plan, items });
  const at = Date.now();
  await store.ledger.confirmReplay(id, `hash of ${id}`, 'ada', at);
  await store.ledger.setReplayState(id, { state: 'sending', at });
  const sent = items.slice(0, 2);
  const watermark = intentMark({ watermark: null, equals: 1 });
  await store.ledger.intend(
    sent.map((item) => ({ itemId: item.id, watermark })),
    at,
  );
  await store.ledger.recordItems(
    sent.map((item) => ({ itemId: item.id, state: 'sent' })),
    at,
  );
  const remove = async (count: number): Promise<void> => {
    const gone = sent.slice(0, count);
    for await (const held of driver.hold(queue.name, gone, { insist: false }, signal))
      await held.remove(held.messages.map(({ identity }) => identity));
  };
  const dependencies = {
    store,
    driverOf: () => driver,
    clock: systemClock,
    gate: createQueueGate(),
    publishTimeoutMs: 1_000,
  };
  return {
    remove,
    putRight: async () => putRight(dependencies, await store.ledger.getReplay(id), signal),
    account: async () => (await store.ledger.getReplay(id)).account,
    left: async () => (await browseAll(driver, queue.name)).messages.map(({ identity }) => identity),
    identities: shown.map(({ identity }) => identity),
  };
}

it('is known to be gone where the next of its group is met, and what is still there is removed', async () => {
  const replay = await interrupted({ planned: true });
  await replay.remove(1);
  await replay.putRight();
  expect(await replay.account()).toMatchObject({ sent: 0, settled: 2, planned: 8 });
  // What was held is given back one after the other.
  const wanted = replay.identities.slice(2);
  await expect.poll(async () => (await replay.left()).slice(0, 8), { timeout: 60_000 }).toEqual(wanted);
});

it('is not called gone where nothing tells that it does not stand behind what others put there', async () => {
  const replay = await interrupted({ planned: false });
  await replay.remove(2);
  await expect(replay.putRight()).rejects.toMatchObject({ code: 'unsupported' });
  expect(await replay.account()).toMatchObject({ sent: 2, settled: 0 });
});

it('is known to be gone where what others put behind it is met, and nothing of the replay is left in the group', async () => {
  const replay = await interrupted({ planned: false, indexed: true });
  await replay.remove(1);
  await replay.putRight();
  expect(await replay.account()).toMatchObject({ sent: 0, settled: 2 });
  const wanted = replay.identities.slice(2);
  await expect.poll(async () => (await replay.left()).slice(0, 8), { timeout: 60_000 }).toEqual(wanted);
});
