import { describe, expect, test } from 'vitest';
import { connected, holdAll, put, toQueue } from '#server/brokers/rabbitmq/rabbitmq-clauses.ts';
import { plainMessage, type RabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { failureOf } from '#server/brokers/testing/expectations.ts';
import { markerOf } from '#server/brokers/testing/sample-messages.ts';

const signal = new AbortController().signal;

/** Streams are logs: followed by offsets, and told from one another when they are deleted and made anew. */
export function describeRabbitMqStreams(harness: RabbitMqHarness): void {
  describe(`${harness.label}, streams`, () => {
    test('a stream is followed by its offsets, and nothing is taken from it', async () => {
      const driver = connected(harness);
      const stream = await harness.createPlainQueue('stream');
      await put(harness, stream, 20);
      expect((await driver.inspect(stream, signal)).capabilities).toMatchObject({ browse: 'log', remove: false });
      const first = await browseAll(driver, stream, { limit: 7 });
      const rest = await browseAll(driver, stream, { from: first.cursor });
      const markers = [...first.messages, ...rest.messages].map(markerOf);
      expect(markers).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
      expect((await browseAll(driver, stream, { backwards: true, limit: 5 })).messages.map(markerOf)).toEqual(
        markers.slice(-5),
      );
      for await (const batch of driver.hold(stream, rest.messages.slice(3, 4), { insist: false }, signal)) {
        expect(batch.messages.map(markerOf)).toEqual(['10']);
        expect((await failureOf(batch.remove(['10']))).code).toBe('unsupported');
      }
      expect((await browseAll(driver, stream)).messages).toHaveLength(20);
      const followed = await browseAll(driver, stream, { from: rest.cursor });
      expect(followed).toMatchObject({ messages: [], cursor: rest.cursor, end: { reason: 'reached-end' } });
    });

    test('a stream is read backwards slice by slice, and what comes meanwhile is read on from the same cursor', async () => {
      const driver = connected(harness);
      const stream = await harness.createPlainQueue('stream');
      await put(harness, stream, 20);
      const first = await browseAll(driver, stream, { backwards: true, limit: 8 });
      expect(first.end).toMatchObject({ complete: false, reason: 'limit', older: { count: 12, before: null } });
      await harness.put({ name: stream, origin: toQueue(stream) }, [plainMessage('20'), plainMessage('21')]);
      const news = await browseAll(driver, stream, { from: first.cursor });
      expect(news.messages.map(markerOf)).toEqual(['20', '21']);
      expect(news.end.older?.count).toBe(12);
      const second = await browseAll(driver, stream, { from: news.cursor, backwards: true, limit: 8 });
      const third = await browseAll(driver, stream, { from: second.cursor, backwards: true, limit: 8 });
      expect(third.end.older).toBeUndefined();
      const all = [third, second, first, news].flatMap(({ messages }) => messages.map(markerOf));
      expect(all).toEqual(Array.from({ length: 22 }, (_, index) => String(index)));
      const nothing = await browseAll(driver, stream, { from: third.cursor, backwards: true, limit: 8 });
      expect(nothing).toMatchObject({ messages: [], cursor: third.cursor });
      expect(await browseAll(driver, stream, { from: third.cursor })).toMatchObject({ messages: [] });
    });

    test.each([3, 20, 40])('a stream that was made anew with %i messages instead of 20 says so', async (count) => {
      const driver = connected(harness);
      const stream = await harness.createPlainQueue('stream');
      await put(harness, stream, 20);
      const before = await browseAll(driver, stream);
      await harness.foreign.deleteQueue(stream);
      await harness.foreign.assertQueue(stream, { durable: true, arguments: { 'x-queue-type': 'stream' } });
      const fresh = Array.from({ length: count }, (_, index) => plainMessage(`anew ${index}`));
      await harness.put({ name: stream, origin: toQueue(stream) }, fresh);

      const { messages, batches } = await browseAll(driver, stream, { from: before.cursor });
      expect(batches[0]).toMatchObject({ startsAnew: true, messages: [] });
      expect(messages.map(markerOf)).toEqual(fresh.map(markerOf));
      const known = new Set(before.messages.map(({ identity }) => identity));
      expect(messages.filter(({ identity }) => known.has(identity))).toEqual([]);
      expect(await holdAll(driver, stream, before.messages)).toEqual([]);
      const last = batches.at(-1)?.cursor ?? null;
      expect((await browseAll(driver, stream, { from: last })).batches.some((batch) => batch.startsAnew)).toBe(false);
    });

    test('an empty stream ends at once, and one that was emptied by being made anew says so', async () => {
      const driver = connected(harness);
      const stream = await harness.createPlainQueue('stream');
      expect(await browseAll(driver, stream)).toMatchObject({ messages: [], end: { complete: true } });
      await put(harness, stream, 2);
      const { cursor } = await browseAll(driver, stream);
      await harness.foreign.deleteQueue(stream);
      await harness.foreign.assertQueue(stream, { durable: true, arguments: { 'x-queue-type': 'stream' } });
      const { batches, messages } = await browseAll(driver, stream, { from: cursor });
      expect(messages).toEqual([]);
      expect(batches[0]?.startsAnew).toBe(true);
    });
  });
}
