import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import { chipsOf, chipWords, withNegated, withoutChip } from '#components/filter-bar/prepare-chips.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { parse } from '#lib/filter/parse.ts';
import { serialise } from '#lib/filter/serialise.ts';
import { anyFilter } from '#lib/filter/testing/any-filter.ts';

function chipOf(typed: string, index: number) {
  const chip = chipsOf(typed)[index];
  if (!chip) throw new Error(`"${typed}" has no condition ${index}`);
  return chip;
}

const without = (typed: string, index: number) => withoutChip(typed, chipOf(typed, index));
const negated = (typed: string, index: number) => withNegated(typed, chipOf(typed, index));

function treeOf(text: string): Filter {
  const parsed = parse(text, { now: 0 });
  if ('error' in parsed) throw new Error(`"${text}": ${parsed.error.message}`);
  return parsed.filter;
}

describe('the conditions of a filter', () => {
  test('are each term that must hold; an OR and parentheses are one', () => {
    const wordsOf = (typed: string) => chipsOf(typed).map(chipWords);
    expect(wordsOf('error:"connection  refused" -state:gone refund')).toEqual([
      'error:"connection  refused"',
      'not state:gone',
      'refund',
    ]);
    expect(wordsOf('(queue:a OR (b c)) AND NOT (d e) since:2h')).toEqual([
      '(queue:a OR (b c))',
      'not (d e)',
      'since:2h',
    ]);
    expect(wordsOf('-a b OR c')).toEqual(['-a b OR c']);
    expect(wordsOf('--a')).toEqual(['not -a']);
  });

  test('are none where there is no filter, and none where it cannot be read', () => {
    for (const typed of ['', '  ', 'state:', 'error:x (', 'a OR', '"open']) expect(chipsOf(typed)).toEqual([]);
  });

  test('a range has no opposite', () => {
    expect(chipsOf('since:2h UNTIL:1h at:>2h').map((chip) => chip.canNegate)).toEqual([false, false, true]);
  });
});

describe('a condition that is removed', () => {
  test('leaves the others as they were written', () => {
    expect(without('error:"a  b" state:new  Key:X', 1)).toBe('error:"a  b" Key:X');
    expect(without('error:"a  b"(x  OR y) key:z', 2)).toBe('error:"a  b"(x  OR y)');
    expect(without('a(x OR y)b', 1)).toBe('a b');
    expect(without('a OR b', 0)).toBe('');
  });

  test('takes the AND with it that joined it', () => {
    expect(without('a AND b', 0)).toBe('b');
    expect(without('a AND b', 1)).toBe('a');
    expect(without('a AND -b AND c', 1)).toBe('a AND c');
    expect(without('a b AND c', 1)).toBe('a AND c');
  });
});

describe('a condition that is turned round', () => {
  test('stays at its place and is the same again the second time', () => {
    expect(negated('x -state:gone y', 1)).toBe('x state:gone y');
    expect(negated('x NOT "a b" y', 1)).toBe('x "a b" y');
    for (const typed of ['a  error:"x y" b', 'a -error:"x y" b', '(a OR b) c', 'header."odd name":=1'])
      for (const [index] of chipsOf(typed).entries()) expect(negated(negated(typed, index), index)).toBe(typed);
  });

  test('means the opposite as a whole where it is an OR', () => {
    expect(negated('-a OR b', 0)).toBe('-(-a OR b)');
    expect(treeOf(negated('-a OR b', 0))).toEqual({ kind: 'not', term: treeOf('-a OR b') });
  });
});

test('whatever the filter, it is its conditions: one fewer without one, the opposite of one where it is turned round', () => {
  const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(anyFilter({ value }), { minLength: 1, maxLength: 4 }), fc.nat(), (filters, drawn) => {
      // In parentheses, so that each is one condition whatever is in it.
      const terms = filters.map((filter) => `(${serialise(filter)})`);
      const typed = terms.join(' ');
      fc.pre(typed.length < 4_000 && !('error' in parse(typed, { now: 0 })));
      const index = drawn % terms.length;
      expect(chipsOf(typed).map((chip) => chip.text)).toEqual(terms);
      expect(without(typed, index)).toBe(terms.toSpliced(index, 1).join(' '));
      expect(negated(typed, index)).toBe(terms.with(index, `-${terms[index]}`).join(' '));
      // And as they are written without them.
      const bare = filters.map((filter) => serialise(filter)).join(' ');
      const chips = chipsOf(bare);
      for (const [at, chip] of chips.entries()) {
        const rest = withoutChip(bare, chip);
        expect(chipsOf(rest).map(chipWords)).toEqual(chips.toSpliced(at, 1).map(chipWords));
      }
    }),
  );
});
