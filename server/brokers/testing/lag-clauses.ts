import { expect } from 'vitest';
import type { LagRow } from '#lib/domain/lag.ts';
import type { Clause } from '#server/brokers/testing/clause.ts';
import { aQueueWith, messagesApart } from '#server/brokers/testing/driving.ts';
import { failureOf, namesOf } from '#server/brokers/testing/expectations.ts';

export const lagClauses: readonly Clause[] = [
  {
    name: 'what waits in a queue is told, a name that is no queue is passed over, and nothing is changed by it',
    async prove(context) {
      const { driver, harness, signal } = context;
      const queue = await aQueueWith(context, messagesApart(context, 4));
      const known = [queue.name, ...namesOf(queue.origin), 'no-such-queue-6f1d'];
      const before = await harness.snapshot(queue);
      const rowOf = async () => (await driver.readLag(known, signal)).rows.find((row) => nameOf(row) === queue.name);
      // A log has no readers here, so there is nobody who could be behind.
      if (driver.kind === 'kafka') expect(await rowOf()).toBeUndefined();
      else await expect.poll(rowOf, { timeout: 60_000 }).toMatchObject({ kind: 'queue', waiting: 4 });
      const { rows } = await driver.readLag(known, signal);
      expect(rows.map(nameOf)).not.toContain('no-such-queue-6f1d');
      await expect.poll(() => harness.snapshot(queue), { timeout: 60_000 }).toEqual(before);
    },
  },
  {
    name: 'a reading of the lag that is aborted is cancelled',
    oncePerServer: true,
    async prove({ driver }) {
      expect((await failureOf(driver.readLag(['any'], AbortSignal.abort()))).code).toBe('cancelled');
    },
  },
];

function nameOf(row: LagRow): string {
  return row.kind === 'group' ? row.topic : row.queue;
}
