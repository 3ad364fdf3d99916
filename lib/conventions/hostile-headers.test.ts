import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { builtInChain } from '#lib/conventions/chain.ts';
import { indexHeaders } from '#lib/conventions/header-index.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import { brokerKinds, conventionWords, expectBounded } from '#lib/conventions/testing/hostile.ts';
import { textHeader, type Header, type HeaderValue } from '#lib/domain/message.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import { cpuClock } from '#lib/testing/cpu-clock.ts';

const scalar: fc.Arbitrary<HeaderValue> = fc.oneof(
  fc.uint8Array({ maxLength: 12 }).map((bytes) => ({ kind: 'bytes' as const, bytes })),
  fc.constantFrom(0, 4, 8).map((length) => ({ kind: 'bytes' as const, bytes: new Uint8Array(length).fill(255) })),
  fc.string({ unit: 'binary' }).map((text) => ({ kind: 'text' as const, text })),
  fc.constantFrom('9'.repeat(400), '-1', '[[[[', '{"__proto__":1}', '\0', 'x'.repeat(20_000)).map((text) => ({
    kind: 'text' as const,
    text,
  })),
  fc.json().map((text) => ({ kind: 'text' as const, text })),
  fc.bigInt().map((number) => ({ kind: 'integer' as const, text: String(number) })),
  fc.double().map((value) => ({ kind: 'number' as const, value })),
  fc.string().map((text) => ({ kind: 'timestamp' as const, text, unit: 'ms' as const })),
  fc.constant({ kind: 'null' as const }),
);
const value = fc.letrec<{ value: HeaderValue; header: Header }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }).map((items) => ({ kind: 'list' as const, items })),
    fc.array(tie('header'), { maxLength: 4 }).map((entries) => ({ kind: 'table' as const, entries })),
  ),
  header: fc.record({ name: fc.constantFrom(...conventionWords), value: tie('value') }),
})).value;

const names = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...builtInChain.conventions.flatMap(({ marks }) => marks)) },
  { weight: 4, arbitrary: fc.constantFrom(...conventionWords) },
  { weight: 1, arbitrary: fc.string() },
);
const headerLists = fc.array(fc.record({ name: names, value }), { maxLength: 25 });
const body = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc
    .dictionary(
      fc.constantFrom('original', 'error', 'failedAt', 'Type', 'TopicArn', 'queue_name', 'actor_name', 'options'),
      fc.jsonValue(),
    )
    .map((object) => new TextEncoder().encode(JSON.stringify(object))),
);

describe('whatever stands in a message', () => {
  it('no convention throws, and every field stays within its bound', () => {
    fc.assert(
      fc.property(headerLists, headerLists, body, brokerKinds, (drawn, properties, content, kind) => {
        const raw = { ...aDeadLetter().raw(), headers: drawn, properties, body: content };
        expectBounded(normalise(raw, { kind, queueName: 'q', origins: ['a'] }));
      }),
      { numRuns: 300 },
    );
  });

  it('each convention alone holds to this too, when it is asked for a message that does not speak it', () => {
    fc.assert(
      fc.property(headerLists, body, brokerKinds, (drawn, content, kind) => {
        const raw = { ...aDeadLetter().raw(), headers: drawn, body: content };
        const everyone = {
          conventions: builtInChain.conventions,
          candidates: () => builtInChain.conventions,
          owns: () => false,
        };
        expectBounded(normalise(raw, { kind, queueName: 'q', origins: [] }, everyone));
      }),
    );
  });

  it('no value of a megabyte takes longer than the eye sees', () => {
    const long = [
      'x'.repeat(1_000_000),
      'Caused by: '.repeat(90_000),
      `${'\nCaused by: a.b.'.repeat(60_000)}`,
      'a.'.repeat(500_000),
      '['.repeat(1_000_000),
      ' '.repeat(1_000_000),
    ];
    for (const text of long) {
      const drawn = builtInChain.conventions
        .flatMap(({ marks }) => (marks === 'always' ? [] : marks))
        .map((name) => ({ name, value: { kind: 'text' as const, text } }));
      const tookMs = cpuClock();
      expectBounded(
        normalise({ ...aDeadLetter().raw(), headers: drawn }, { kind: 'rabbitmq', queueName: 'q', origins: [] }),
      );
      expect(tookMs()).toBeLessThan(2_000);
    }
  });
});

describe('the order of asking', () => {
  it('asks only those whose names stand in the message, in the order of the chain', () => {
    const headers = ['x-death', 'tenant', 'dlq-error'].map((name) => textHeader(name, ''));
    const asked = builtInChain.candidates(indexHeaders(headers)).map(({ name }) => name);
    expect(asked.filter((name) => /dlq|x-death|Karafka/.test(name))).toEqual(['dlq-* headers', 'RabbitMQ x-death']);
  });

  it('a business header belongs to nobody', () => {
    const business = [
      'content-type',
      'tenant',
      'x-tenant',
      'retries',
      'topic',
      'source',
      'traceparent',
      'message-id',
      'CC',
    ];
    expect(business.filter((name) => builtInChain.owns(name))).toEqual([]);
  });
});
