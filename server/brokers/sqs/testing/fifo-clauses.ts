import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import {
  bodyOf,
  browse,
  grouped,
  holdAndRemove,
  outgoing,
  publish,
  signal,
  texts,
} from '#server/brokers/sqs/testing/driving.ts';
import type { SqsHarness } from '#server/brokers/sqs/sqs-harness.ts';

/** What only SQS promises, of FIFO queues. Call it before the conformance suite, which closes the harness. */
export function describeFifoQueues(harness: SqsHarness): void {
  describe(`${harness.label}, FIFO queues in their own ways`, () => {
    let driver: BrokerDriver;
    beforeAll(() => {
      driver = harness.connect();
    });
    afterAll(() => driver.close());

    test('a FIFO queue shows the heads of its groups, says so, and gives them back in their order', async () => {
      const queue = await harness.createQueue('fifo');
      await harness.put(queue, grouped(texts(25), 1));
      const { messages, end } = await browse(driver, queue.name);
      expect(messages.length).toBeGreaterThan(0);
      expect(messages.length).toBeLessThanOrEqual(10);
      expect(end).toMatchObject({ complete: false, reason: 'heads-of-groups' });
      const received = await harness.receive({ kind: 'sqs', queue: queue.name }, 25);
      expect(received.map(bodyOf)).toEqual(texts(25).map(bodyOf));
    });

    test('a hold reaches deeper into a group as its heads are removed', async () => {
      const queue = await harness.createQueue('fifo');
      const ids = await harness.putAndName(queue.name, grouped(texts(23), 2));
      const wanted = ids.map((identity) => ({ identity, position: identity }));
      const held = await holdAndRemove(driver, queue.name, wanted);
      expect(held).toHaveLength(23);
      for (const lane of ['group-0', 'group-1']) {
        const inLane = held.filter((letter) => letter.lane === lane).map((letter) => Number(letter.sequence));
        expect(inLane).toEqual(inLane.toSorted((a, b) => a - b));
      }
      expect(await harness.counts(queue.name)).toEqual({ visible: 0, inFlight: 0 });
    }, 60_000);

    test('wanted messages behind others of their group are told as out of reach, not as gone', async () => {
      const queue = await harness.createQueue('fifo');
      await harness.put(queue, grouped(texts(12), 1));
      const deep = [{ identity: randomUUID(), position: 'not among the heads' }];
      await expect(holdAndRemove(driver, queue.name, deep)).rejects.toMatchObject({
        code: 'unsupported',
        details: { missing: 1 },
      });
      expect(await harness.counts(queue.name)).toEqual({ visible: 12, inFlight: 0 });
    });

    test('a duplicate within five minutes is told as failed, and a repetition of the same item as sent once', async () => {
      const { origin } = await harness.createQueue('fifo');
      const [first] = grouped(texts(1), 1).map((content) => outgoing(origin, content, 'item-1', 'same-id'));
      if (first === undefined) throw new Error('There is one message.');
      const options = { timeoutMs: 10_000, signal };
      const [sent] = await driver.publish([first], options);
      expect(sent).toMatchObject({ kind: 'sent' });
      expect(await driver.publish([first], options)).toEqual([sent]);
      expect(await driver.publish([{ ...first, ref: 'item-2' }], options)).toMatchObject([
        { kind: 'failed', ref: 'item-2', error: { code: 'rejected', details: { reason: 'duplicate' } } },
      ]);
      expect(await harness.receive(origin, 1)).toHaveLength(1);
    });

    test('a dead letter that is sent again with its first deduplication id is told as not sent', async () => {
      const { name, origin } = await harness.createQueue('fifo');
      if (origin.kind !== 'sqs') throw new Error('The origin is an SQS queue.');
      const [content] = grouped(texts(1), 1);
      if (content === undefined) throw new Error('There is one message.');
      await driver.publish([outgoing(origin, content, 'first', 'its-first-id')], { timeoutMs: 10_000, signal });
      await harness.failOften(origin.queue, 4);
      await expect.poll(() => harness.counts(name)).toEqual({ visible: 1, inFlight: 0 });
      const { messages } = await browse(driver, name);
      for await (const batch of driver.hold(name, messages, { insist: false }, signal)) {
        if (batch.messages.length === 0) continue;
        expect(batch.messages).toHaveLength(1);
        const again = outgoing(origin, content, 'again', 'its-first-id');
        expect(await driver.publish([again], { timeoutMs: 10_000, signal })).toMatchObject([
          { kind: 'failed', error: { code: 'rejected' } },
        ]);
      }
    });

    test('what follows a refused message of its group is not sent, and other groups are', async () => {
      const { origin } = await harness.createQueue('fifo');
      const contents = grouped(texts(6), 2).map((content, index) =>
        index === 2 ? { ...content, body: new Uint8Array() } : content,
      );
      const outcomes = await publish(driver, origin, contents);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'failed', 'sent', 'failed', 'sent']);
      expect(await harness.receive(origin, 4)).toHaveLength(4);
    });
  });
}
