import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import { facetTerm, filterProblem, hasTerm, queueFilter, toggleTerm } from '#components/filter-bar/prepare-filter.ts';
import { customRange, rangeBounds, rangeLabel } from '#components/filter-bar/time-ranges.ts';
import { parse } from '#lib/filter/parse.ts';

describe("the page's filter", () => {
  test('whatever can be read alone can be read within its queue', () => {
    for (const typed of ['', 'state:new', 'a OR b', '(a OR b) -state:gone', 'since:2h error:"x y"', '"or"']) {
      expect(filterProblem(typed)).toBeNull();
      expect(parse(queueFilter('kafka/orders "odd" name', typed), { now: 0 })).not.toHaveProperty('error');
    }
  });

  test('a queue with a * in its name has a page of its own', () => {
    expect(parse(queueFilter('rabbitmq/a*', ''), { now: 0 })).toMatchObject({
      filter: { kind: 'equals', field: 'queue', value: 'rabbitmq/a*' },
    });
  });

  test('alternatives stay within the queue', () => {
    const parsed = parse(queueFilter('kafka/a', 'x OR y'), { now: 0 });
    expect('filter' in parsed && parsed.filter.kind).toBe('and');
  });

  test('a facet is added once and taken away again, whatever the error says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (errorClass) => {
        const term = facetTerm({ errorClass, errorMessage: null });
        if (term === null) throw new Error('a class always has a term');
        const added = toggleTerm('state:new', term);
        expect(hasTerm(added, term)).toBe(true);
        expect(filterProblem(added)).toBeNull();
        expect(toggleTerm(added, term)).toBe('state:new');
      }),
    );
  });

  test('a problem points at its place', () => {
    expect(filterProblem('state:new stat:x')).toMatchObject({ before: 'state:new ', at: 'stat' });
  });
});

describe('time ranges', () => {
  test('presets end now, own ranges stay where they are, nonsense is all time', () => {
    expect(rangeBounds('1h', 3_600_000)).toEqual({ from: 0, to: null });
    expect(rangeBounds(customRange({ from: 5, to: null }), 99)).toEqual({ from: 5, to: null });
    expect(rangeBounds('yesterday', 99)).toEqual({ from: null, to: null });
    expect(rangeLabel('all')).toBe('All time');
  });
});
