import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import { deadLetterStates } from '#lib/domain/dead-letter.ts';
import type { Retention } from '#lib/domain/queue.ts';
import { soonestExpiry } from '#lib/expiry/expiry.ts';
import { asksForExpiry, expandExpiry } from '#lib/expiry/expand-expiry.ts';
import { evaluate, inRange } from '#lib/filter/evaluate.ts';
import { parse } from '#lib/filter/parse.ts';
import { aLetter } from '#server/store/testing/letters.ts';

const day = 86_400_000;

describe('a filter for expiry', () => {
  const retention = fc.oneof(
    fc.record({
      kind: fc.constant('for' as const),
      ms: fc.integer({ min: 1, max: 40 }),
      bound: fc.constant('exact' as const),
    }),
    fc.constant<Retention>({ kind: 'unlimited' }),
    fc.constant<Retention>({ kind: 'untold' }),
  );
  const queue = fc.record({
    kind: fc.constantFrom('kafka' as const, 'rabbitmq' as const, 'sqs' as const),
    retention,
    capabilities: fc.record({ remove: fc.boolean() }),
  });
  const instant = fc.integer({ min: 1, max: 100 });
  const letter = fc.record({
    at: instant,
    keptFrom: fc.option(instant),
    endsAt: fc.option(instant),
    state: fc.constantFrom(...deadLetterStates),
  });

  test('meets exactly what expires then and is still there', () => {
    fc.assert(
      fc.property(
        fc.array(queue, { minLength: 1, maxLength: 4 }),
        letter,
        fc.nat(3),
        fc.option(instant),
        fc.option(instant),
        (drawn, fields, index, from, to) => {
          const queues = drawn.map((each, number) => ({ ...each, id: `c/q${number}` }));
          const mine = queues[index % queues.length];
          if (!mine) return;
          // Only RabbitMQ has a time to live of a message's own.
          const given = { ...fields, endsAt: mine.kind === 'rabbitmq' ? fields.endsAt : null };
          const filter = expandExpiry({ kind: 'time', field: 'expires', from, to }, queues);
          const met = evaluate(filter, { ...aLetter('x', given).letter, queueId: mine.id }, () => aLetter('x').raw);
          const expiry = soonestExpiry(mine.retention, given);
          const isGone =
            given.state === 'gone' || (mine.capabilities.remove && ['replayed', 'discarded'].includes(given.state));
          expect(met).toBe(expiry !== null && inRange({ from, to }, expiry.at) && !isGone);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('counts forwards, and a date is a date', () => {
    const now = Date.UTC(2026, 10, 23);
    const read = (text: string) => {
      const parsed = parse(text, { now });
      return 'error' in parsed ? parsed.error.message : parsed.filter;
    };
    const hour = 3_600_000;
    const expires = { kind: 'time', field: 'expires' };
    expect(read('expires:<3h')).toEqual({ ...expires, from: null, to: now + 3 * hour });
    expect(read('expires:>1d')).toMatchObject({ ...expires, to: null });
    expect(read('expires:2h..5h')).toMatchObject({ from: now + 2 * hour, to: now + 5 * hour + 1 });
    expect(read('expires:2026-11-24')).toMatchObject({ from: now + day, to: now + 2 * day });
    expect(read('expires:*')).toEqual({ ...expires, from: null, to: null });
    expect(read('expires:3h')).toContain('Write expires:<3h for sooner');
    expect(asksForExpiry({ kind: 'not', term: { kind: 'time', field: 'expires', from: null, to: 1 } })).toBe(true);
  });
});
