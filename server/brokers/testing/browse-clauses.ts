import { expect } from 'vitest';
import type { Clause } from '#server/brokers/testing/clause.ts';
import {
  aMessageFor,
  aQueueWith,
  browseAll,
  expectAllRead,
  expectAllSent,
  markersOf,
  messagesApart,
  messagesInOneLane,
  natureOf,
  publishAll,
} from '#server/brokers/testing/driving.ts';
import { expectUnchanged, failureOf } from '#server/brokers/testing/expectations.ts';

export const browseClauses: readonly Clause[] = [
  {
    name: 'browsing twice leaves the queue as it was, and shows the same both times',
    async prove(context) {
      const sent = messagesApart(context, 25);
      const queue = await aQueueWith(context, sent);
      const before = await context.harness.snapshot(queue);
      const first = await browseAll(context.driver, queue.name);
      await expectUnchanged(() => context.harness.snapshot(queue), before);
      const second = await browseAll(context.driver, queue.name);
      await expectUnchanged(() => context.harness.snapshot(queue), before);
      await expectAllRead(context, queue, first.messages, sent);
      await expectAllRead(context, queue, second.messages, sent);
    },
  },
  {
    name: 'an identity stays with its message on every read',
    async prove(context) {
      const queue = await aQueueWith(context, messagesApart(context, 12));
      const [first, second] = [
        await browseAll(context.driver, queue.name),
        await browseAll(context.driver, queue.name),
      ];
      const pairs = (messages: typeof first.messages) =>
        messages.map((message, index) => `${message.identity} ${markersOf(messages)[index]}`).toSorted();
      expect(pairs(second.messages)).toEqual(pairs(first.messages));
    },
  },
  {
    name: 'equal messages are told apart',
    async prove(context) {
      const message = aMessageFor(context);
      const queue = await aQueueWith(context, [message, message, message]);
      const [first, second] = [
        await browseAll(context.driver, queue.name),
        await browseAll(context.driver, queue.name),
      ];
      const identities = (browsed: typeof first) => browsed.messages.map(({ identity }) => identity).toSorted();
      // A FIFO queue may show only the first of a group, and then there is nothing to tell apart.
      if (first.end.reason !== 'heads-of-groups') expect(first.messages).toHaveLength(3);
      expect(identities(second)).toEqual(identities(first));
    },
  },
  {
    name: 'order is kept within a lane',
    async prove(context) {
      const sent = messagesInOneLane(context, 8);
      const queue = await aQueueWith(context, sent);
      const { order } = await natureOf(context, queue);
      const { messages } = await browseAll(context.driver, queue.name);
      if (order === 'none') {
        expect(new Set(messages.map(({ sequence }) => sequence)), 'No order: no sequence is claimed.').toEqual(
          new Set([null]),
        );
        return context.refused();
      }
      await expectAllRead(context, queue, messages, sent);
      expect(new Set(messages.map(({ lane }) => lane)).size).toBe(1);
      const sequences = messages.flatMap(({ sequence }) => (sequence === null ? [] : [BigInt(sequence)]));
      expect(sequences).toEqual(sequences.toSorted((a, b) => (a < b ? -1 : 1)));
    },
  },
  {
    name: 'a browse that met everything says so, and one of an empty queue too',
    async prove(context) {
      const queue = await aQueueWith(context, []);
      const empty = await browseAll(context.driver, queue.name);
      expect(empty.messages).toEqual([]);
      expect(empty.end).toMatchObject({ complete: true, reason: 'reached-end' });
      await context.harness.put(queue, messagesApart(context, 5));
      const { order } = await natureOf(context, queue);
      const full = await browseAll(context.driver, queue.name);
      expect(full.messages).toHaveLength(5);
      if (order === 'group' && !full.end.complete) expect(full.end.reason).toBe('heads-of-groups');
      else expect(full.end).toMatchObject({ complete: true, reason: 'reached-end' });
    },
  },
  {
    name: 'a limit is kept exactly, and what was not read is not called gone',
    async prove(context) {
      const queue = await aQueueWith(context, messagesApart(context, 20));
      const before = await context.harness.snapshot(queue);
      const some = await browseAll(context.driver, queue.name, { limit: 7 });
      expect(some.messages).toHaveLength(7);
      expect(some.end).toMatchObject({ complete: false, reason: 'limit' });
      await expectUnchanged(() => context.harness.snapshot(queue), before);
    },
  },
  {
    name: 'a cursor goes on without gap or double, also for what came later',
    async prove(context) {
      const sent = messagesApart(context, 20);
      const queue = await aQueueWith(context, sent);
      const nature = await natureOf(context, queue);
      const first = await browseAll(context.driver, queue.name, { limit: 7 });
      if (nature.browse !== 'log') {
        expect(first.batches.map(({ cursor }) => cursor)).toEqual(first.batches.map(() => null));
        const error = await failureOf(browseAll(context.driver, queue.name, { from: '{"0":"7"}' }));
        expect(error.code).toBe('unsupported');
        return context.refused();
      }
      const rest = await browseAll(context.driver, queue.name, { from: first.cursor });
      await expectAllRead(context, queue, [...first.messages, ...rest.messages], sent);
      const later = messagesApart(context, 3);
      await context.harness.put(queue, later);
      const news = await browseAll(context.driver, queue.name, { from: rest.cursor });
      await expectAllRead(context, queue, news.messages, later);
      const nothing = await browseAll(context.driver, queue.name, { from: news.cursor });
      expect(nothing.messages).toEqual([]);
      expect(nothing.end.complete || nothing.end.reason === 'reached-end').toBe(true);
    },
  },
  {
    name: 'the newest messages can be read without the others',
    async prove(context) {
      const sent = messagesInOneLane(context, 20);
      const queue = await aQueueWith(context, sent);
      const nature = await natureOf(context, queue);
      if (nature.browse !== 'log') {
        const error = await failureOf(browseAll(context.driver, queue.name, { backwards: true, limit: 5 }));
        expect(error.code).toBe('unsupported');
        return context.refused();
      }
      const { messages, end } = await browseAll(context.driver, queue.name, { backwards: true, limit: 5 });
      expect(markersOf(messages)).toEqual(markersOf(sent.slice(-5)));
      expect(end).toMatchObject({ complete: false, reason: 'limit', older: { count: 15 } });
      const more = await browseAll(context.driver, queue.name, { backwards: true, limit: 50 });
      expect(markersOf(more.messages)).toEqual(markersOf(sent));
      expect(more.end).toMatchObject({ complete: true, reason: 'reached-end' });
      expect(more.end.older).toBeUndefined();
    },
  },
  {
    name: 'a log is read backwards slice by slice, and what comes meanwhile is read on from the same cursor',
    async prove(context) {
      const sent = messagesInOneLane(context, 20);
      const queue = await aQueueWith(context, sent);
      const nature = await natureOf(context, queue);
      if (nature.browse !== 'log') {
        const options = { from: '{"0":"7"}', backwards: true, limit: 5 };
        expect((await failureOf(browseAll(context.driver, queue.name, options))).code).toBe('unsupported');
        return context.refused();
      }
      let { cursor, messages: known } = await browseAll(context.driver, queue.name, { backwards: true, limit: 6 });
      for (const count of [14, 8, 2, 0]) {
        const later = messagesInOneLane(context, 3);
        await context.harness.put(queue, later);
        const news = await browseAll(context.driver, queue.name, { from: cursor });
        expect(markersOf(news.messages), 'Only what came since is new.').toEqual(markersOf(later));
        expect(news.end.older?.count ?? 0).toBe(count);
        const options = { from: news.cursor, backwards: true, limit: 6 };
        const slice = await browseAll(context.driver, queue.name, options);
        expect(markersOf(slice.messages), 'The newest of the older ones.').toEqual(
          markersOf(sent.slice(Math.max(0, count - 6), count)),
        );
        sent.push(...later);
        known = [...slice.messages, ...known, ...news.messages];
        cursor = slice.cursor;
      }
      await expectAllRead(context, queue, known, sent);
    },
  },
  {
    name: 'messages can be sent while a browse is going on',
    async prove(context) {
      const sent = messagesApart(context, 20);
      const queue = await aQueueWith(context, sent);
      const before = await context.harness.snapshot(queue);
      const published = messagesApart(context, 10);
      const read = [];
      for await (const batch of context.driver.browse(queue.name, { from: null }, context.signal)) {
        if (read.length === 0) expectAllSent(await publishAll(context.driver, published, queue.origin));
        read.push(...batch.messages);
      }
      await expectAllRead(context, queue, read, sent);
      await expectUnchanged(() => context.harness.snapshot(queue), before);
      const received = await context.harness.receive(queue.origin, published.length);
      expect(markersOf(received).toSorted()).toEqual(markersOf(published).toSorted());
    },
  },
];
