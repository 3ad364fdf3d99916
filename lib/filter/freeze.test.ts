import { describe, expect, test } from 'vitest';
import { freezeTimes } from '#lib/filter/freeze.ts';
import { parse } from '#lib/filter/parse.ts';

const now = Date.UTC(2026, 0, 31, 12);

describe('a filter whose times are frozen', () => {
  const texts = [
    'since:2h error:timeout',
    'since:2h until:30m',
    'at:>7d -state:gone',
    'at:7d..2d',
    'original:<=3w OR at:>=90s',
    '-at:<2h (original:>1d OR key:2h)',
    'since:999999w',
    'since:2026-01-31 at:2026-01-31T12:00Z..2026-02-01',
    'error:2h 2h payload.at:>2',
    '',
  ];
  test.each(texts)('%s means the same at that moment, and ever after', (text) => {
    const frozen = freezeTimes(text, now);
    expect(parse(frozen, { now })).toEqual(parse(text, { now }));
    expect(parse(frozen, { now: now + 86_400_000 })).toEqual(parse(text, { now }));
    expect(freezeTimes(frozen, now + 1)).toBe(frozen);
  });

  test('is written with instants; what is no time stays', () => {
    expect(freezeTimes('since:2h key:2h "at:>2h"', now)).toBe('since:2026-01-31T10:00:00.000Z key:2h "at:>2h"');
    expect(freezeTimes('since:2h (', now)).toBe('since:2026-01-31T10:00:00.000Z (');
    expect(freezeTimes('since:2h "', now)).toBe('since:2h "');
  });
});
