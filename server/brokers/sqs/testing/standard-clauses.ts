import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textHeader } from '#lib/domain/message.ts';
import type { BrokerDriver, BrowseBatch } from '#server/brokers/driver.ts';
import {
  browse,
  holdAndRemove,
  identities,
  isDefined,
  message,
  outgoing,
  publish,
  removed,
  signal,
  texts,
} from '#server/brokers/sqs/testing/driving.ts';
import type { SqsHarness } from '#server/brokers/sqs/sqs-harness.ts';
import { startHttpProxy } from '#server/brokers/sqs/testing/http-proxy.ts';

/** What only SQS promises, of standard queues. Call it before the conformance suite, which closes the harness. */
export function describeStandardQueues(harness: SqsHarness): void {
  describe(`${harness.label}, standard queues in their own ways`, () => {
    let driver: BrokerDriver;
    beforeAll(() => {
      driver = harness.connect();
    });
    afterAll(() => driver.close());

    test('browsing makes everything visible again and raises each receive count by exactly one', async () => {
      const queue = await harness.createQueue('standard');
      await harness.put(queue, texts(5));
      await browse(driver, queue.name);
      expect(await harness.receiveCounts(queue.name)).toEqual([2, 2, 2, 2, 2]);
      await browse(driver, queue.name);
      expect(await harness.counts(queue.name)).toEqual({ visible: 5, inFlight: 0 });
      expect(await harness.receiveCounts(queue.name)).toEqual([4, 4, 4, 4, 4]);
    });

    test('a dead-letter queue with a redrive policy loses what is read too often, which is why a browse is refused', async () => {
      const further = await harness.createPlainQueue();
      const queue = await harness.createPlainQueue({ RedrivePolicy: harness.redrivePolicy(further, 1) });
      await harness.put({ name: queue, origin: { kind: 'sqs', queue } }, texts(3));
      await expect(browse(driver, queue)).rejects.toMatchObject({
        code: 'would_destroy',
        details: { refusal: 'redrive-policy', override: true },
      });
      expect(await harness.counts(queue)).toEqual({ visible: 3, inFlight: 0 });
      expect((await browse(driver, queue, true)).messages).toHaveLength(3);
      await browse(driver, queue, true);
      expect(await harness.counts(queue)).toEqual({ visible: 0, inFlight: 0 });
      expect(await harness.counts(further)).toEqual({ visible: 3, inFlight: 0 });
    });

    test('a scan that outlives its lease stops early, says so and gives everything back', async () => {
      const queue = await harness.createQueue('standard');
      await harness.put(queue, texts(15));
      let ahead = 0;
      const slow = harness.connect({ clock: () => Date.now() + ahead, scan: { pollers: 1 } });
      const batches: BrowseBatch[] = [];
      for await (const batch of slow.browse(queue.name, { from: null }, signal)) {
        batches.push(batch);
        ahead = 80_000;
      }
      expect(batches.at(-1)?.end).toMatchObject({ complete: false, reason: 'lease' });
      expect(batches.at(-1)?.progress).toEqual({ read: 10, of: 15, exact: false });
      expect(await harness.counts(queue.name)).toEqual({ visible: 15, inFlight: 0 });
      await slow.close();
    });

    test('a browse while others hold messages does not call itself complete', async () => {
      const queue = await harness.createQueue('standard');
      await harness.put(queue, texts(4));
      const other = driver.browse(queue.name, { from: null, limit: 2 }, signal)[Symbol.asyncIterator]();
      await other.next();
      const { messages, end } = await browse(driver, queue.name);
      expect(messages).toHaveLength(2);
      expect(end).toMatchObject({ complete: false, reason: 'sampled' });
      await other.return?.();
      expect(await harness.counts(queue.name)).toEqual({ visible: 4, inFlight: 0 });
    });

    test('a hold waits for wanted messages that another reader gives back', async () => {
      const queue = await harness.createQueue('standard');
      await harness.put(queue, texts(3));
      const { messages } = await browse(driver, queue.name);
      const other = driver.browse(queue.name, { from: null }, signal)[Symbol.asyncIterator]();
      await other.next();
      const [held] = await Promise.all([holdAndRemove(driver, queue.name, messages), other.return?.()]);
      expect(held).toHaveLength(3);
    });

    test('a hold whose wanted messages stay with another reader says so instead of calling them gone', async () => {
      const queue = await harness.createQueue('standard');
      await harness.put(queue, texts(3));
      const { messages } = await browse(driver, queue.name);
      const other = driver.browse(queue.name, { from: null }, signal)[Symbol.asyncIterator]();
      await other.next();
      const impatient = harness.connect({ scan: { othersPatienceMs: 0 } });
      await expect(holdAndRemove(impatient, queue.name, messages)).rejects.toMatchObject({
        code: 'interrupted',
        details: { missing: 3 },
      });
      await other.return?.();
      await impatient.close();
    });

    test('a hold meets what comes back between its last look and the counts, and does not call it gone', async () => {
      const queue = await harness.createQueue('standard');
      await harness.put(queue, texts(3));
      const { messages } = await browse(driver, queue.name);
      const other = driver.browse(queue.name, { from: null }, signal)[Symbol.asyncIterator]();
      await other.next();
      let countsRead = 0;
      const proxy = await startHttpProxy(harness.endpoint, async (operation) => {
        // The first tells the hold what there is, the second what is left.
        if (operation === 'AmazonSQS.GetQueueAttributes' && ++countsRead === 2) await other.return?.();
      });
      const behind = harness.connect({ endpoint: proxy.endpoint });
      expect(await holdAndRemove(behind, queue.name, messages)).toHaveLength(3);
      await behind.close();
      await proxy.close();
    });

    test('messages stay held for longer than their lease while the caller works', async () => {
      const queue = await harness.createQueue('standard');
      await harness.put(queue, texts(3));
      const { messages } = await browse(driver, queue.name);
      const brief = harness.connect({ scan: { leaseSecondsMin: 2 } });
      for await (const batch of brief.hold(queue.name, messages, { insist: false }, signal)) {
        expect(await harness.seesNothingFor(queue.name, 5)).toBe(true);
        expect(await batch.remove(identities(batch.messages))).toEqual(removed(batch.messages));
      }
      expect(await harness.counts(queue.name)).toEqual({ visible: 0, inFlight: 0 });
      await brief.close();
    });

    test('a removal after the lease has run out fails, and the message is still there', async () => {
      const queue = await harness.createQueue('standard');
      await harness.put(queue, texts(1));
      const { messages } = await browse(driver, queue.name);
      let ahead = 0;
      const late = harness.connect({ clock: () => Date.now() + ahead });
      for await (const batch of late.hold(queue.name, messages, { insist: false }, signal)) {
        if (batch.messages.length === 0) continue;
        ahead = 130_000;
        expect(await batch.remove(identities(batch.messages))).toMatchObject([
          { kind: 'failed', error: { code: 'conflict' } },
        ]);
        ahead = 0;
      }
      expect(await harness.counts(queue.name)).toEqual({ visible: 1, inFlight: 0 });
      await late.close();
    });

    test('a connection cut amid a receive is told as interrupted, and no message is lost', async () => {
      const queue = await harness.createQueue('standard');
      await harness.put(queue, texts(25));
      const cuttable = await harness.connectCuttable({ scan: { leaseSecondsMin: 2 } });
      cuttable.cut('WaitTimeSeconds');
      await expect(browse(cuttable.driver, queue.name)).rejects.toMatchObject({ code: 'interrupted' });
      // Messages whose answer was lost come back when their lease is over.
      const read = async () => (await browse(cuttable.driver, queue.name)).messages.length;
      await expect.poll(read, { timeout: 15_000 }).toBe(25);
      await cuttable.close();
    });

    test('batches are packed by bytes as well as by ten', async () => {
      const { origin } = await harness.createQueue('standard');
      const large = texts(7).map((message) => ({ ...message, body: new Uint8Array(400_000).fill(0x61) }));
      expect((await publish(driver, origin, large)).map(({ kind }) => kind)).toEqual(large.map(() => 'sent'));
      expect(await harness.receive(origin, 7)).toHaveLength(7);
    });

    test('a publish whose time is over sends no more, and what was not sent is not called unknown', async () => {
      const { origin } = await harness.createQueue('standard');
      const [before] = await publish(driver, origin, texts(1));
      expect(before).toMatchObject({ kind: 'sent' });
      const [late] = texts(1);
      if (late === undefined) throw new Error('There is one message.');
      const sending = driver.publish([outgoing(origin, late, 'late', randomUUID())], { timeoutMs: 0, signal });
      await expect(sending).rejects.toMatchObject({ code: 'timed_out' });
      expect(await harness.receive(origin, 1)).toHaveLength(1);
    });

    test('an eleventh attribute is refused before it is sent, and the others are sent', async () => {
      const { origin } = await harness.createQueue('standard');
      const [plain, full, other] = texts(3);
      const headers = Array.from({ length: 11 }, (_, index) => textHeader(`a${index}`, 'x'));
      const outcomes = await publish(
        driver,
        origin,
        [plain, { ...(full ?? message('')), headers }, other].filter(isDefined),
      );
      expect(outcomes).toMatchObject([
        { kind: 'sent' },
        { kind: 'failed', error: { code: 'rejected' } },
        { kind: 'sent' },
      ]);
      expect(await harness.receive(origin, 2)).toHaveLength(2);
    });

    test('queues are found by name and by configuration too, with what is known of their origins', async () => {
      const name = `found-${randomUUID().slice(0, 8)}`;
      const origin = await harness.createPlainQueue({}, name);
      await harness.createPlainQueue({}, `${name}-dlq`);
      await harness.createPlainQueue({}, `${name}-quarantine`);
      const pinned = [{ name: `${name}-quarantine`, origin }, { name: `${name}-not-there` }];
      const configured = harness.connect({ pinnedQueues: pinned });
      const found = (await configured.discover(signal)).filter((queue) => queue.name.startsWith(name));
      expect(found.map(({ name: found, foundBy, origins }) => ({ name: found, foundBy, origins }))).toEqual([
        { name: `${name}-dlq`, foundBy: 'pattern', origins: [name] },
        { name: `${name}-not-there`, foundBy: 'configuration', origins: [] },
        { name: `${name}-quarantine`, foundBy: 'configuration', origins: [name] },
      ]);
      await configured.close();
    });
  });
}
