import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import { complete, completionAt, suggest } from '#lib/filter/complete.ts';
import { parse } from '#lib/filter/parse.ts';
import { contains } from '#lib/filter/fold.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import { isNothing, simplify } from '#lib/filter/simplify.ts';
import { anyFilter } from '#lib/filter/testing/any-filter.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { cpuClock } from '#lib/testing/cpu-clock.ts';

describe('containing', () => {
  test('every part of a text is contained in it, in any case', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (before, part, after) => {
          expect(contains(before + part + after, part)).toBe(true);
          expect(contains(before + part + after, part.toLowerCase())).toBe(true);
        },
      ),
    );
  });

  test("Greek's final sigma is the same letter", () => {
    expect(contains('ΟΔΟΣΑ', 'οδος')).toBe(true);
  });
});

describe('a queue pattern', () => {
  test.each([
    ['orders', 'kafka/orders', true],
    ['kafka/orders', 'kafka/orders', true],
    ['order', 'kafka/orders', false],
    ['orders.*', 'kafka/orders.created', true],
    ['*.dlq', 'kafka/orders.dlq', true],
    ['kafka/*', 'kafka/orders', true],
    ['*', 'kafka/orders', true],
    ['a*a', 'kafka/a', false],
    ['*b*b*', 'kafka/ab', false],
    ['a*b*c', 'kafka/a-b-c', true],
    ['a.c', 'kafka/abc', false],
  ])('%s · %s: %s', (pattern, queue, expected) => expect(matchesQueue(pattern, queue)).toBe(expected));

  test('means what the regular expression would mean', () => {
    const text = fc.stringMatching(/^[ab*]{0,8}$/);
    fc.assert(
      fc.property(text, fc.stringMatching(/^[ab]{0,8}$/), (pattern, name) => {
        expect(matchesQueue(pattern, `c/${name}`)).toBe(
          new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name) ||
            new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(`c/${name}`),
        );
      }),
    );
  });

  test('a pattern made to take long does not', () => {
    const tookMs = cpuClock();
    matchesQueue('*a'.repeat(2_000), `c/${'a'.repeat(4_000)}b`);
    expect(tookMs()).toBeLessThan(1_000);
  });
});

describe('simplifying', () => {
  test('with all leaves known, what is left is everything or nothing, and it is right', () => {
    const truth = (leaf: Filter) => JSON.stringify(leaf).length % 2 === 0;
    const evaluate = (filter: Filter): boolean => {
      if (filter.kind === 'all') return true;
      if (filter.kind === 'and') return filter.terms.every(evaluate);
      if (filter.kind === 'or') return filter.terms.some(evaluate);
      if (filter.kind === 'not') return !evaluate(filter.term);
      return truth(filter);
    };
    fc.assert(
      fc.property(anyFilter({ value: fc.string() }), (filter) => {
        const left = simplify(filter, truth);
        expect(left.kind === 'all' || isNothing(left)).toBe(true);
        expect(left.kind === 'all').toBe(evaluate(filter));
        expect(evaluate(simplify(filter, (leaf) => (leaf.kind === 'state' ? truth(leaf) : null)))).toBe(
          evaluate(filter),
        );
      }),
    );
  });
});

describe('completing', () => {
  const labels = (text: string, values = {}) =>
    complete(text, text.length, values).suggestions.map((suggestion) => suggestion.label);

  test('a word begun offers the fields that begin so', () => {
    expect(labels('st')).toEqual(['state:']);
    expect(labels('a -st')).toEqual(['state:']);
    expect(complete('a (-st', 6)).toMatchObject({ from: 4, to: 6 });
    expect(labels('a ')).toContain('error:');
  });

  test('a field with few values offers them, and a caller adds what it knows', () => {
    expect(labels('state:re')).toEqual(['replayed', 'returned']);
    expect(complete('x state:re', 10)).toMatchObject({
      from: 8,
      to: 10,
      suggestions: [{ text: 'replayed ' }, { text: 'returned ' }],
    });
    expect(labels('queue:ord', { queue: ['kafka/orders', 'sqs/billing'] })).toEqual(['kafka/orders']);
  });

  test('after := the value alone is replaced', () => {
    expect(complete('queue:=ord', 10, { queue: ['kafka/orders'] })).toMatchObject({
      from: 7,
      suggestions: [{ text: 'kafka/orders ' }],
    });
  });

  test('a phrase is completed where it is the whole value, and nowhere else', () => {
    expect(complete('class:"Time', 11, { class: ['TimeoutError', 'Other Error'] })).toMatchObject({
      from: 6,
      suggestions: [{ text: 'TimeoutError ' }],
    });
    expect(labels('"a st')).toEqual([]);
    expect(labels('"a \\" st')).toEqual([]);
    expect(labels('error:x*"st', { error: ['state'] })).toEqual([]);
  });

  test('after header. and payload. a name is wanted, then a value', () => {
    expect(completionAt('a -header.ten', 13)).toMatchObject({
      kind: 'name',
      field: 'header',
      begun: 'ten',
      termFrom: 2,
      from: 10,
    });
    expect(completionAt('payload."odd name".b:4', 22)).toMatchObject({
      kind: 'value',
      field: 'payload',
      path: ['odd name', 'b'],
      begun: '4',
    });
    expect(completionAt('header.x-death.queue:', 21)).toMatchObject({ kind: 'value', path: ['x-death.queue'] });
  });

  test('the rest of the word behind the caret is replaced too', () => {
    expect(completionAt('state:replayed x', 8)).toMatchObject({ from: 6, to: 14, begun: 're' });
  });

  test('whatever is suggested can be read, and asks for the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        for (const name of ['class', 'queue', 'header.x', 'payload."a b"'] as const) {
          const [first] = suggest(completionAt(`${name}:`, name.length + 1), [{ value }]).suggestions;
          const read = parse(`${name}:${first?.text ?? ''}`, { now: 0 });
          expect(JSON.stringify(read)).toContain(JSON.stringify(value));
          expect(read).not.toHaveProperty('error');
        }
      }),
    );
  });

  test('no text and no caret make it fail', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(30), (text, at) => {
        const caret = Math.min(at, text.length);
        const { from, to } = complete(text, caret);
        expect(from).toBeLessThanOrEqual(caret);
        expect(to).toBeGreaterThanOrEqual(caret);
      }),
    );
  });
});
