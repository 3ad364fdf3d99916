import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { usualOptions } from '#lib/domain/replay.ts';
import { createElasticMqHarness } from '#server/brokers/sqs/sqs-harness.ts';
import { aMessage } from '#server/brokers/testing/sample-messages.ts';
import { movesSincePlan } from '#server/replay/moved-by-broker.ts';
import { createPlanNotes } from '#server/replay/plan-notes.ts';
import { createPlanQueues } from '#server/replay/plan-queues.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { aLetter } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { addQueue } from '#server/store/testing/reading.ts';

const { signal } = new AbortController();

test('two queues of one name on two connections are warned of each by itself', async () => {
  const harness = createElasticMqHarness();
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-moved-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  const driver = harness.connect();
  onTestFinished(async () => {
    await driver.close();
    await harness.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const { name } = await harness.createQueue('standard');
  await harness.put(
    { name, origin: harness.missingDestination() },
    Array.from({ length: 30 }, (_, n) => aMessage(`message ${n}`)),
  );
  // Both connections lead to the same server.
  const queues = { store, driverOf: () => driver };
  const queueIds = [await addQueue(store, name, 'east'), await addQueue(store, name, 'west')];
  for (const queueId of queueIds) await store.index.ingest({ queueId, letters: [aLetter(`0:${queueId}`)], scan: 's' });
  await driver.moveAll.start(name, { ratePerSecond: 1, to: null }, signal);

  const letters = (
    await store.index.listMessages({
      filter: { kind: 'and', terms: [] },
      range: { from: null, to: null },
      cursor: null,
      limit: 10,
      order: 'oldest',
    })
  ).messages;
  expect(letters).toHaveLength(2);
  const planned = createPlanQueues(queues, usualOptions);
  const notes = createPlanNotes();
  await planned.meet(letters, signal);
  for (const letter of letters) planned.noteTaking(letter, notes);
  notes.closePage();
  const warnings = notes.warnings().filter(({ code }) => code === 'moved-by-broker');
  expect(warnings.map(({ count }) => count)).toEqual([1, 1]);

  const base = aReplay('both', 3, { queueIds });
  const items = base.items.map((item, n) => ({ ...item, queueId: queueIds[n === 0 ? 0 : 1] ?? '' }));
  const east = warnings.filter(
    ({ messageIds: [id] }) => letters.find((letter) => letter.id === id)?.queueId === queueIds[0],
  );
  const replay = await writePlan(store.ledger, { ...base, items, plan: { ...base.plan, warnings: east } });
  const moves = await movesSincePlan(queues, replay, signal, signal);
  expect(moves).toEqual([
    { kind: 'moved-by-broker', count: 2, text: expect.stringContaining(`are in west/${name}, `) },
  ]);
  const both = await writePlan(store.ledger, {
    ...base,
    id: 'all',
    items: items.map((item) => ({ ...item, id: `all-${item.id}` })),
    plan: { ...base.plan, hash: 'all', warnings },
  });
  expect(await movesSincePlan(queues, both, signal, signal)).toEqual([]);
});
