import { expect } from 'vitest';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { BrokerDriver, HeldBatch, RemoveOutcome, WantedMessage } from '#server/brokers/driver.ts';
import type { Clause } from '#server/brokers/testing/clause.ts';
import {
  aQueueWith,
  browseAll,
  destinationOf,
  expectAllRead,
  markersOf,
  messagesApart,
  messagesInOneLane,
  natureOf,
} from '#server/brokers/testing/driving.ts';
import { expectUnchanged, failureOf } from '#server/brokers/testing/expectations.ts';

export const holdClauses: readonly Clause[] = [
  {
    name: 'holding yields exactly the wanted messages, whole, and gives them back',
    async prove(context) {
      const sent = messagesApart(context, 15);
      const queue = await aQueueWith(context, sent);
      const before = await context.harness.snapshot(queue);
      const { messages } = await browseAll(context.driver, queue.name);
      const wanted = everyThird(messages);
      const held = await holdAll(context.driver, queue.name, wanted);
      expect(held.map(({ identity }) => identity).toSorted()).toEqual(
        wanted.map(({ identity }) => identity).toSorted(),
      );
      const markers = new Set(markersOf(held));
      await expectAllRead(
        context,
        queue,
        held,
        sent.filter((message) => markers.has(markersOf([message])[0] ?? null)),
      );
      await expectUnchanged(() => context.harness.snapshot(queue), before);
    },
  },
  {
    name: 'held messages come in the order of their lane, whatever the order of the wish',
    async prove(context) {
      const sent = messagesInOneLane(context, 8);
      const queue = await aQueueWith(context, sent);
      const { order } = await natureOf(context, queue);
      const { messages } = await browseAll(context.driver, queue.name);
      const held = await holdAll(
        context.driver,
        queue.name,
        messages.filter((_, index) => index % 2 === 1).toReversed(),
      );
      expect(held).toHaveLength(4);
      if (order === 'none') return context.refused();
      expect(markersOf(held)).toEqual(markersOf(sent).filter((_, index) => index % 2 === 1));
    },
  },
  {
    name: 'removing removes exactly the named messages, and the others are given back',
    async prove(context) {
      const sent = messagesApart(context, 12);
      const queue = await aQueueWith(context, sent);
      const { remove } = await natureOf(context, queue);
      const { messages } = await browseAll(context.driver, queue.name);
      const before = await context.harness.snapshot(queue);
      const wanted = messages.filter((_, index) => index < 8);
      const unwanted = new Set(markersOf(wanted.filter((_, index) => index % 2 === 0)));
      const outcomes: RemoveOutcome[] = [];

      for await (const batch of context.driver.hold(queue.name, wanted, { insist: false }, context.signal)) {
        const leaving = batch.messages.filter((message) => unwanted.has(markersOf([message])[0] ?? null));
        const identities = leaving.map(({ identity }) => identity);
        if (remove) outcomes.push(...(await batch.remove(identities)));
        else expect((await failureOf(batch.remove(identities))).code).toBe('unsupported');
      }

      if (!remove) {
        await expectUnchanged(() => context.harness.snapshot(queue), before);
        return context.refused();
      }
      expect(outcomes.filter(({ kind }) => kind !== 'removed')).toEqual([]);
      expect(outcomes).toHaveLength(unwanted.size);
      const left = await context.harness.receive(
        destinationOf(context.driver.kind, queue.name),
        sent.length - unwanted.size,
      );
      expect(markersOf(left).toSorted()).toEqual(
        markersOf(sent)
          .filter((marker) => !unwanted.has(marker))
          .toSorted(),
      );
    },
  },
  {
    name: 'what was held can be removed until the hold ends, and where it can, an empty batch says when that is',
    async prove(context) {
      const sent = messagesApart(context, 6);
      const queue = await aQueueWith(context, sent);
      const { remove } = await natureOf(context, queue);
      const { messages } = await browseAll(context.driver, queue.name);
      const before = await context.harness.snapshot(queue);
      const met: HeldBatch[] = [];
      for await (const batch of context.driver.hold(queue.name, messages, { insist: false }, context.signal)) {
        if (batch.messages.length > 0) met.push(batch);
        if (batch.messages.length > 0 || !remove) continue;
        // Every message was handed out before: their batches were left, and are still held.
        for (const held of met) {
          const outcomes = await held.remove(held.messages.map(({ identity }) => identity));
          expect(outcomes.map(({ kind }) => kind)).toEqual(held.messages.map(() => 'removed'));
        }
      }
      expect(met.flatMap((batch) => batch.messages)).toHaveLength(sent.length);
      if (!remove) {
        await expectUnchanged(() => context.harness.snapshot(queue), before);
        return context.refused();
      }
      expect((await browseAll(context.driver, queue.name)).messages).toEqual([]);
    },
  },
  {
    name: 'wanted messages that are not there are not yielded, and that is no error',
    // RabbitMQ's counts are waited for twice.
    async prove(context) {
      const queue = await aQueueWith(context, messagesInOneLane(context, 2));
      const longer = await aQueueWith(context, messagesInOneLane(context, 6));
      const { messages: here } = await browseAll(context.driver, queue.name);
      const { messages: there } = await browseAll(context.driver, longer.name);
      const strangers = there.slice(-2);
      const held = await holdAll(context.driver, queue.name, [...strangers, ...here.slice(0, 1)]);
      expect(held.map(({ identity }) => identity)).toEqual(here.slice(0, 1).map(({ identity }) => identity));
      expect(await holdAll(context.driver, queue.name, strangers)).toEqual([]);
      expect(await holdAll(context.driver, queue.name, [])).toEqual([]);
    },
  },
  {
    name: 'leaving, throwing in or aborting a hold gives everything back',
    async prove(context) {
      const queue = await aQueueWith(context, messagesApart(context, 10));
      const { messages } = await browseAll(context.driver, queue.name);
      const before = await context.harness.snapshot(queue);

      for await (const batch of context.driver.hold(queue.name, messages, { insist: false }, context.signal)) {
        expect(batch.messages.length).toBeGreaterThan(0);
        break;
      }
      await expectUnchanged(() => context.harness.snapshot(queue), before);

      const thrown = new Error('thrown by the caller');
      const throwing = async () => {
        for await (const batch of context.driver.hold(queue.name, messages, { insist: false }, context.signal))
          if (batch) throw thrown;
      };
      await expect(throwing()).rejects.toBe(thrown);
      await expectUnchanged(() => context.harness.snapshot(queue), before);

      const error = await failureOf(holdAll(context.driver, queue.name, messages, AbortSignal.abort()));
      expect(error.code).toBe('cancelled');
      const controller = new AbortController();
      const pending = holdAll(context.driver, queue.name, messages, controller.signal);
      controller.abort();
      expect((await failureOf(pending)).code).toBe('cancelled');
      await expectUnchanged(() => context.harness.snapshot(queue), before);
    },
  },
];

async function holdAll(
  driver: BrokerDriver,
  queue: string,
  wanted: readonly WantedMessage[],
  signal: AbortSignal = new AbortController().signal,
): Promise<RawDeadLetter[]> {
  const held: RawDeadLetter[] = [];
  const wishes = wanted.map(({ identity, position }) => ({ identity, position }));
  for await (const batch of driver.hold(queue, wishes, { insist: false }, signal)) held.push(...batch.messages);
  return held;
}

function everyThird<T>(items: readonly T[]): T[] {
  return items.filter((_, index) => index % 3 === 0);
}
