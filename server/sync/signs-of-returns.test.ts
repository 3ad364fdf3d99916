import { describe, expect, test } from 'vitest';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { compareWithItem, type SentItem, signsOf } from '#lib/replay/returns.ts';
import { aLetter } from '#server/store/testing/letters.ts';

const queueId = 'kafka/orders.dlq';
const sentAt = 100_000;

const sent: SentItem = {
  messageId: 'the original',
  queueId,
  state: 'settled',
  returned: null,
  intendedAt: sentAt,
  destination: { kind: 'kafka', topic: 'orders', partition: null },
  sentPosition: null,
};

function died(changes: Partial<Omit<DeadLetter, 'queueId'>> = {}) {
  return aLetter('again', { at: sentAt + 5_000, ...changes }).letter;
}

const compare = (letter: Partial<Omit<DeadLetter, 'queueId'>> = {}, item: Partial<SentItem> = {}) =>
  compareWithItem(died(letter), queueId, { ...sent, ...item });

const at = (position: string) => ({ ...died().origin, position });

describe('a dead letter without replay headers', () => {
  test('may be what was sent when nothing speaks against it', () => {
    expect(compare()).toBe('maybe');
    expect(compare({}, { state: 'sent' })).toBe('maybe');
  });

  test.each([
    ['what was not sent', {}, { state: 'planned' }],
    ['what may not have been sent', {}, { state: 'unknown' }],
    ['what came back already', {}, { returned: { messageId: 'm', at: 1, sameError: true, by: 'headers', count: 1 } }],
    ['what lies in another queue', {}, { queueId: 'kafka/other.dlq' }],
    ['itself', {}, { messageId: died().id }],
    ['what was sent after it died', { at: sentAt - 60_000 }, {}],
    ['what Kafka put elsewhere', { origin: at('0:7') }, { sentPosition: '0:8' }],
    [
      'what a broker would have dead-lettered with its headers',
      { kind: 'rabbitmq', failure: { ...died().failure, reason: 'rejected' } },
      {},
    ],
  ] as const)('is not %s', (_what, letter, item) => {
    expect(compare(letter, item)).toBe('no');
  });

  test("is certainly what has the broker's own number, whatever the clocks say", () => {
    expect(compare({ origin: at('0:8'), at: sentAt - 60_000 }, { sentPosition: '0:8' })).toBe('position');
    const sqs = { destination: { kind: 'sqs', queue: 'orders' }, sentPosition: 'message-1' } as const;
    const redriven = { kind: 'sqs', failure: { ...died().failure, reason: 'redrive' } } as const;
    expect(compare({ ...redriven, identity: 'message-1' }, sqs)).toBe('position');
    expect(compare({ ...redriven, identity: 'message-2' }, sqs)).toBe('no');
    expect(compare({ kind: 'sqs', identity: 'message-2' }, sqs)).toBe('maybe');
  });

  test('is compared by its place only where both are places of one topic', () => {
    const elsewhere = { destination: { kind: 'kafka', topic: 'retries', partition: null }, failedIn: null } as const;
    expect(compare({ origin: { ...elsewhere, position: '0:7' } }, { sentPosition: '0:8' })).toBe('maybe');
    expect(compare({ origin: at('7') }, { sentPosition: '0:8' })).toBe('maybe');
  });
});

describe('the signs of a message', () => {
  const signs = (changes: Partial<Omit<DeadLetter, 'queueId'>>) => signsOf(aLetter('0:1', changes).letter);

  test('tell messages apart by event id, and by key and payload', () => {
    expect(signs({ eventId: 'e1' }).event).not.toBe(signs({ eventId: 'e2' }).event);
    expect(signs({ keyDigest: 'a' }).content).not.toBe(signs({ keyDigest: 'b' }).content);
    expect(signs({ preview: 'a' }).content).not.toBe(signs({ preview: 'b' }).content);
    expect(signs({ eventId: 'e1', preview: 'x' })).toEqual(signs({ eventId: 'e1', preview: 'x', at: 7 }));
  });

  test('are none where there is nothing to tell them by', () => {
    expect(signs({ eventId: null }).event).toBeNull();
    expect(signs({ eventId: '' }).event).toBeNull();
    expect(signs({ eventId: 'user •••' }).event).toBeNull();
    expect(signs({ preview: '' }).content).toBeNull();
  });
});
