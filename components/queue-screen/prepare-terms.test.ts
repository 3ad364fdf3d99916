import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import { filterProblem, hasTerm, toggleTerm } from '#components/filter-bar/prepare-filter.ts';
import { facetValueTerm, toggleGroup, withoutField } from '#components/queue-screen/prepare-terms.ts';
import { facetFields } from '#lib/api/timeline.ts';

describe('narrowing by a press', () => {
  test('a value of any facet is added once and taken away again, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...facetFields.filter((field) => field !== 'state')),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
        (field, value) => {
          const term = facetValueTerm(field, value);
          if (term === null) throw new Error('every value has a term');
          const added = toggleTerm('state:new', term);
          expect(filterProblem(added)).toBeNull();
          expect(hasTerm(added, term)).toBe(true);
          expect(toggleTerm(added, term)).toBe('state:new');
        },
      ),
    );
    expect(facetValueTerm('state', 'no such state')).toBeNull();
  });

  test('a press on another group goes over to it, a press on the same one lets go', () => {
    const one = toggleGroup('-state:gone', 'aaaa');
    expect(one).toBe('-state:gone group:aaaa');
    expect(toggleGroup(one, 'bbbb')).toBe('-state:gone group:bbbb');
    expect(toggleGroup(one, 'aaaa')).toBe('-state:gone');
    expect(toggleGroup('group:aaaa,bbbb x', 'aaaa')).toBe('x group:aaaa');
  });

  test('only what holds for the whole filter is taken out', () => {
    expect(withoutField('a group:x b group:"y"', 'group')).toEqual({ rest: 'a  b', values: ['x', 'y'] });
    for (const typed of ['a OR group:x', '-group:x', '(group:x OR b)', '"group:x"', 'a AND group:x', '', '"'])
      expect(withoutField(typed, 'group')).toEqual({ rest: typed, values: [] });
  });
});
