import { fc } from '#lib/testing/properties.ts';
import { expect, test } from 'vitest';
import type { OutgoingMessage } from '#server/brokers/driver.ts';
import { createSendQueue, type Lane, type Pending } from '#server/brokers/sqs/send-queue.ts';

function aLane(sizes: readonly number[], name: number): Lane {
  const lane: Lane = { waiting: [], blocked: false };
  for (const [index, bytes] of sizes.entries()) {
    const message: OutgoingMessage = {
      ref: `${name}/${index}`,
      destination: { kind: 'sqs', queue: 'orders' },
      message: { key: null, body: new Uint8Array(), headers: [], properties: [] },
    };
    lane.waiting.push({ message, lane, bytes, entry: { MessageBody: 'x' } });
  }
  return lane;
}

test('batches are within ten messages and 1 MiB, hold one of each lane, and send each lane in its order', () => {
  const sizes = fc.array(fc.array(fc.integer({ min: 1, max: 1_048_576 }), { maxLength: 6 }), { maxLength: 30 });
  fc.assert(
    fc.property(sizes, (lanes) => {
      const sends = createSendQueue(lanes.map(aLane));
      const sent: Pending[] = [];
      for (let batch = sends.take(); batch.length > 0; batch = sends.take()) {
        expect(batch.length).toBeLessThanOrEqual(10);
        expect(batch.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(1_048_576);
        expect(new Set(batch.map(({ lane }) => lane)).size).toBe(batch.length);
        sent.push(...batch);
        sends.putBack(batch);
      }
      for (const [name, lane] of lanes.entries()) {
        const refs = sent.map(({ message }) => message.ref).filter((ref) => ref.startsWith(`${name}/`));
        expect(refs).toEqual(lane.map((_, index) => `${name}/${index}`));
      }
    }),
  );
});

test('a lane whose outcome is not known yet waits, and others go on', () => {
  const sends = createSendQueue([aLane([1, 1], 0), aLane([1], 1)]);
  const first = sends.take();
  expect(first.map(({ message }) => message.ref)).toEqual(['0/0', '1/0']);
  expect(sends.take()).toEqual([]);
  sends.putBack(first);
  expect(sends.take().map(({ message }) => message.ref)).toEqual(['0/1']);
});
