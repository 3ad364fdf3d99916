import { describe, expect, test } from 'vitest';
import { lookAlikes, withMeant } from '#lib/filter/look-alikes.ts';
import { parse } from '#lib/filter/parse.ts';

describe('text that looks like a condition without its colon', () => {
  const told: readonly (readonly [string, string])[] = [
    ['payload.amount>100', 'payload.amount:>100'],
    ['payload.amount >= 100', 'payload.amount:>=100'],
    ['payload.amount> 100', 'payload.amount:>100'],
    ['payload.customer.id=42', 'payload.customer.id:42'],
    ['payload.name = "Ada Lovelace"', 'payload.name:"Ada Lovelace"'],
    ['header.tenant=acme', 'header.tenant:acme'],
    ['payload.amount!=3', '-payload.amount:3'],
    ['attempts>3', 'attempts:>3'],
    ['size>10kb', 'size:>10kb'],
    ['at>2026-01-31', 'at:>2026-01-31'],
    ['state=new', 'state:new'],
    ['error = timeout', 'error:timeout'],
    ['-state:gone attempts>3 (type:order OR state=new)', '-state:gone attempts:>3 (type:order OR state:new)'],
    ['-payload.amount>100', '-payload.amount:>100'],
  ];
  test.each(told)('%s', (text, meant) => {
    const mended = lookAlikes(text).reduceRight(withMeant, text);
    expect(mended).toBe(meant);
    expect(parse(mended, { now: 0 })).toHaveProperty('filter');
    expect(lookAlikes(mended)).toEqual([]);
  });

  const untold = [
    '',
    'payload.amount:>100',
    '"payload.amount>100"',
    'error>5',
    'count>5',
    'a=b',
    'expected x > 3',
    'attempts>many',
    'state=odd',
    'payload>3',
    'attempts.x>3',
    '-payload.amount!=3',
    'state: >',
  ];
  test.each(untold)('%s is left alone', (text) => expect(lookAlikes(text)).toEqual([]));

  test('says where it stands', () => {
    expect(lookAlikes('timeout payload.amount > 100 x')).toEqual([
      { position: 8, length: 20, written: 'payload.amount > 100', meant: 'payload.amount:>100' },
    ]);
  });
});
