import { describe, expect, test } from 'vitest';
import { isGoingOn, searchOf, type SearchedPage } from '#components/queue-screen/prepare-search.ts';

const whole: SearchedPage = { incomplete: null };
const partial = (searchedTo: number): SearchedPage => ({ incomplete: { searchedTo, examined: 500 } });
const usual = { found: 3, wanted: 100, isStopped: false, hasMore: true, isError: false };

describe('a long search', () => {
  test('goes on by itself while there are too few rows', () => {
    expect(isGoingOn([partial(9)], usual)).toBe(true);
    expect(isGoingOn([partial(9), partial(5)], { ...usual, found: 99 })).toBe(true);
  });

  test('rests where there are rows enough, where it was stopped, at an error, and at the end', () => {
    expect(isGoingOn([partial(9)], { ...usual, found: 100 })).toBe(false);
    expect(isGoingOn([partial(9)], { ...usual, isStopped: true })).toBe(false);
    expect(isGoingOn([partial(9)], { ...usual, isError: true })).toBe(false);
    expect(isGoingOn([partial(9), whole], usual)).toBe(false);
    expect(isGoingOn([partial(9)], { ...usual, hasMore: false })).toBe(false);
    expect(isGoingOn([], usual)).toBe(false);
  });

  test('a list whose pages were full at once is none', () => {
    expect(isGoingOn([whole], usual)).toBe(false);
    expect(searchOf([whole], false)).toBeNull();
    expect(searchOf([], false)).toBeNull();
  });

  test('says how far it has looked, and at how many in all', () => {
    expect(searchOf([partial(9), partial(5)], true)).toEqual({ searchedTo: 5, examined: 1_000, going: true });
    expect(searchOf([partial(9), whole], false)).toBeNull();
  });
});
