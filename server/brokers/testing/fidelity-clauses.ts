import { expect } from 'vitest';
import type { Clause } from '#server/brokers/testing/clause.ts';
import { aMessageFor, aQueueWith, browseAll, expectAllSent, publishAll } from '#server/brokers/testing/driving.ts';
import { expectHelpful, expectSameMessage, namesOf } from '#server/brokers/testing/expectations.ts';
import type { MessageFeature } from '#server/brokers/testing/harness.ts';
import { markerOf, messageFeatures, withFeature } from '#server/brokers/testing/sample-messages.ts';

/** Byte-exactness, one clause a feature: what was put is read, what was read is sent, what was sent is received. */
export const fidelityClauses: readonly Clause[] = messageFeatures.map((feature) => ({
  name: `${nameOf(feature)} survives reading and sending, or is refused`,
  async prove(context) {
    const { harness, driver } = context;
    const sample = withFeature(aMessageFor(context), feature);
    const carried = harness.carries[feature];

    if (!carried && feature !== 'header order') {
      const queue = await aQueueWith(context, []);
      const plain = aMessageFor(context, 1);
      const [outcome, next] = await publishAll(driver, [sample, plain], queue.origin);
      expect(next?.kind).toBe('sent');
      if (outcome?.kind !== 'failed')
        throw new Error(`Sending ${feature} should have failed, and was "${outcome?.kind}".`);
      expectHelpful(
        outcome.error,
        ['unencodable', 'too_large', 'rejected'],
        [...namesOf(queue.origin), harness.connection],
      );
      const received = await harness.receive(queue.origin, 1);
      expect(received.map(markerOf)).toEqual([markerOf(plain)]);
      return context.refused();
    }

    const queue = await aQueueWith(context, [sample]);
    const { messages } = await browseAll(driver, queue.name);
    const [read] = messages;
    expect(messages).toHaveLength(1);
    expectSameMessage(read, sample, harness);
    if (read === undefined) return;
    expectAllSent(await publishAll(driver, [read], queue.origin));
    const [received] = await harness.receive(queue.origin, 1);
    expectSameMessage(received, sample, harness);
  },
}));

function nameOf(feature: MessageFeature): string {
  switch (feature) {
    case 'key':
      return 'a binary key';
    case 'null body':
      return 'a null body';
    case 'empty body':
      return 'an empty body';
    case '1 MB body':
      return 'a body of 1 MB';
    case 'binary body':
      return 'a binary body';
    case 'header order':
      return 'the order of headers';
    case 'repeated header names':
      return 'repeated header names';
    case 'null header value':
      return 'a null header value';
    case 'invalid UTF-8 header value':
      return 'a header value that is not UTF-8';
    case '64-bit integer header':
      return 'a 64-bit integer header';
    case 'nested header table':
      return 'a nested header table';
  }
}
