import { expect } from 'vitest';
import { toErrorRecord } from '#lib/domain/errors.ts';
import type { RawMessage } from '#lib/domain/message.ts';
import { type Clause, provided } from '#server/brokers/testing/clause.ts';
import {
  aMessageFor,
  aQueueWith,
  expectAllSent,
  generousMs,
  markersOf,
  messagesApart,
  messagesInOneLane,
  natureOf,
  outgoing,
  publishAll,
} from '#server/brokers/testing/driving.ts';
import { expectHelpful, expectSameMessage, failureOf, namesOf } from '#server/brokers/testing/expectations.ts';
import { markerOf, withBodyOf } from '#server/brokers/testing/sample-messages.ts';
import { busyMachineMs } from '#lib/testing/cpu-clock.ts';

export const publishClauses: readonly Clause[] = [
  {
    name: 'a sent message is received as it was sent',
    async prove(context) {
      const queue = await aQueueWith(context, []);
      const messages = messagesApart(context, 3);
      expectAllSent(await publishAll(context.driver, messages, queue.origin));
      const received = await context.harness.receive(queue.origin, 3);
      expect(received).toHaveLength(3);
      for (const message of messages) {
        const arrived = received.find((candidate) => markerOf(candidate) === markerOf(message));
        expectSameMessage(arrived, message, context.harness);
      }
    },
  },
  {
    name: 'a hundred messages of one lane are received in the order in which they were given',
    async prove(context) {
      const queue = await aQueueWith(context, []);
      const { order } = await natureOf(context, queue);
      const messages = messagesInOneLane(context, 100);
      expectAllSent(await publishAll(context.driver, messages, queue.origin));
      const received = markersOf(await context.harness.receive(queue.origin, messages.length));
      if (order !== 'none') return expect(received).toEqual(markersOf(messages));
      expect(received.toSorted()).toEqual(markersOf(messages).toSorted());
    },
  },
  {
    name: 'two publishes at the same time send everything once',
    async prove(context) {
      const queue = await aQueueWith(context, []);
      const [some, others] = [messagesApart(context, 20), messagesApart(context, 20)];
      const outcomes = await Promise.all([
        publishAll(context.driver, some, queue.origin),
        publishAll(context.driver, others, queue.origin),
      ]);
      expectAllSent(outcomes.flat());
      const received = markersOf(await context.harness.receive(queue.origin, 40));
      expect(received.toSorted()).toEqual(markersOf([...some, ...others]).toSorted());
    },
  },
  {
    name: 'sending to a destination that does not exist fails, and the others of the batch are sent',
    async prove(context) {
      const queue = await aQueueWith(context, []);
      const missing = context.harness.missingDestination();
      const [sound, lost] = [messagesApart(context, 2), aMessageFor(context)];
      const batch = [
        ...outgoing(sound, queue.origin),
        ...outgoing([lost], missing).map((message) => ({ ...message, ref: 'lost' })),
      ];
      const outcomes = await context.driver.publish(batch, { timeoutMs: generousMs, signal: context.signal });
      expect(outcomes.map(({ ref, kind }) => `${ref} ${kind}`)).toEqual(['item-0 sent', 'item-1 sent', 'lost failed']);
      const failed = outcomes[2];
      if (failed?.kind === 'failed') expectHelpful(failed.error, 'not_found', namesOf(missing));
      const received = markersOf(await context.harness.receive(queue.origin, 2));
      expect(received.toSorted()).toEqual(markersOf(sound).toSorted());
    },
  },
  {
    name: 'a message that the destination refuses or cannot route is an error and not a silence',
    oncePerServer: true,
    async prove(context) {
      const destination = provided(await context.harness.rejectingDestination(), 'rejecting destination');
      const [outcome] = await publishAll(context.driver, [withBodyOf(aMessageFor(context), 2_000)], destination);
      if (outcome?.kind !== 'failed') throw new Error(`It should have failed, and was "${outcome?.kind}".`);
      expectHelpful(outcome.error, ['rejected', 'unroutable', 'too_large', 'forbidden'], namesOf(destination));
    },
  },
  {
    name: 'an aborted publish sends nothing',
    async prove(context) {
      const queue = await aQueueWith(context, []);
      const batch = outgoing(messagesApart(context, 2), queue.origin);
      const error = await failureOf(
        context.driver.publish(batch, { timeoutMs: generousMs, signal: AbortSignal.abort() }),
      );
      expect(error.code).toBe('cancelled');
      const after = aMessageFor(context);
      expectAllSent(await publishAll(context.driver, [after], queue.origin));
      expect(markersOf(await context.harness.receive(queue.origin, 1))).toEqual([markerOf(after)]);
    },
  },
  {
    name: 'a destination is described before anything is sent to it',
    async prove(context) {
      const queue = await aQueueWith(context, []);
      const facts = await context.driver.describeDestination(queue.origin, context.signal);
      expect(facts).toMatchObject({ exists: true });
      expect(facts.writable).not.toBe('no');
      const missing = await context.driver.describeDestination(context.harness.missingDestination(), context.signal);
      expect(missing).toMatchObject({ exists: false, receivers: [] });
    },
  },
  {
    name: 'a publish whose answer never comes is unknown, within its timeout',
    oncePerServer: true,
    async prove(context) {
      const proxied = await context.harness.connectThroughProxy();
      try {
        // Connected and known before the answers stop, so that it is this message whose answer is missing.
        const [before, silent, after] = [aMessageFor(context, 0), aMessageFor(context, 1), aMessageFor(context, 2)];
        expectAllSent(await publishAll(proxied.driver, [before], proxied.destination));
        proxied.withholdAnswers(markerIn(silent));
        const timeoutMs = 2_000;
        const begun = performance.now();
        const [outcome] = await proxied.driver.publish(outgoing([silent], proxied.destination), {
          timeoutMs,
          signal: context.signal,
        });
        expect(performance.now() - begun).toBeLessThan(timeoutMs + busyMachineMs);
        if (outcome?.kind !== 'unknown') throw new Error(`Its fate is unknown, and it was called "${outcome?.kind}".`);
        expectHelpful(
          outcome.error,
          ['timed_out', 'interrupted'],
          [...namesOf(proxied.destination), context.harness.connection],
        );
        proxied.passAgain();
        expectAllSent(await publishAll(proxied.driver, [after], proxied.destination));
        const received = markersOf(await proxied.receive(3));
        expect(received.toSorted(), 'The request had passed: it was right not to call it failed.').toEqual(
          markersOf([before, silent, after]).toSorted(),
        );
      } finally {
        await proxied.close();
      }
    },
  },
  {
    name: 'a connection cut amid a publish makes no message both failed and delivered',
    oncePerServer: true,
    async prove(context) {
      const proxied = await context.harness.connectThroughProxy();
      try {
        const first = aMessageFor(context, 0);
        expectAllSent(await publishAll(proxied.driver, [first], proxied.destination));
        const cutAt = aMessageFor(context, 0);
        const messages = [...messagesInOneLane(context, 30), cutAt, ...messagesInOneLane(context, 30)];
        proxied.cut(markerIn(cutAt));
        // A publish that throws says that nothing at all was sent.
        const outcomes = await publishAll(proxied.driver, messages, proxied.destination).catch((error: unknown) =>
          messages.map((_, index) => ({ kind: 'failed' as const, ref: `item-${index}`, error: toErrorRecord(error) })),
        );
        const last = aMessageFor(context, 0);
        proxied.passAgain();
        expectAllSent(await publishAll(proxied.driver, [last], proxied.destination));
        const sent = outcomes.filter((outcome) => outcome.kind === 'sent').length;
        const received = markersOf(await proxied.receive(sent + 2));
        for (const [index, outcome] of outcomes.entries()) {
          const times = received.filter((marker) => marker === markersOf(messages)[index]).length;
          if (outcome.kind === 'sent') expect(times, 'sent').toBe(1);
          if (outcome.kind === 'failed') expect(times, `failed (${outcome.error.code}), and yet delivered`).toBe(0);
        }
        expect(received).toContain(markerOf(last));
      } finally {
        await proxied.close();
      }
    },
  },
];

function markerIn(message: RawMessage): string {
  const marker = markerOf(message);
  if (marker === null) throw new Error('The sample message has no marker.');
  return marker;
}
