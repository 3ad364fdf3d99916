import { describe, expect, it } from 'vitest';
import { parse } from '#lib/filter/parse.ts';
import { everyHeaderName } from '#lib/masking/header-names.ts';
import { createMasking, type MaskingSettings } from '#lib/masking/masking.ts';
import { refuseMasked } from '#server/queries/refuse-masked.ts';
import { cpuClock } from '#lib/testing/cpu-clock.ts';

const nothing: MaskingSettings = { fields: [], headers: [], patterns: [], keys: false };

function isRefused(text: string, settings: Partial<MaskingSettings>): boolean {
  const parsed = parse(text, { now: 0 });
  if ('error' in parsed) throw new Error(`${text}: ${parsed.error.message}`);
  try {
    refuseMasked(parsed.filter, createMasking({ ...nothing, ...settings }));
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'masked' });
    return true;
  }
}

describe('a value that is masked only where it stands', () => {
  it.each([
    ['payload.customer:"{\\"email\\":\\"a@b.example\\"}"', { fields: ['customer.email'] }],
    ['payload.order.customer:"{\\"email\\":\\"a@b.example\\"}"', { fields: ['customer.email'] }],
    ['payload.top:"{\\"pin\\":1}"', { fields: ['$.pin'] }],
    [`payload.customer:${btoa('{"email":"ada at example"}')}`, { fields: ['customer.email'] }],
    ['payload.ssn:123456789', { patterns: [{ name: 'ssn', expression: '"ssn":\\s*"\\d{9}"' }] }],
    ['payload.ssn:*', { patterns: [{ name: 'ssn', expression: '"ssn":\\s*"\\d{9}"' }] }],
    ['-(payload.a:1 OR payload.ssn:123456789)', { patterns: [{ name: 'ssn', expression: 'ssn.{0,9}\\d{9}' }] }],
    ['payload.n:123456789', { patterns: [{ name: 'n', expression: ':\\d{9}' }] }],
  ])('%s cannot be asked for', (text, settings) => {
    expect(isRefused(text, settings)).toBe(true);
  });

  it.each([
    ['payload.customer:Ada', { fields: ['customer.email'] }],
    ['payload.customer:*', { fields: ['customer.email'] }],
    ['payload.name:Ada', { patterns: [{ name: 'badge', expression: 'BADGE-\\d{6}' }, 'email' as const] }],
    ['payload.name:Ada', { patterns: [{ name: 'n', expression: ':\\d{9}' }] }],
  ])('%s can', (text, settings) => {
    expect(isRefused(text, settings)).toBe(false);
  });
});

it.each([
  ['4.111111111111111e15', 'card' as const],
  ['04111111111111111', 'card' as const],
  ['41111111111111110e-1', 'card' as const],
  ['1.234e3', { name: 'pin', expression: '^\\d{4}$' }],
  ['12.5', { name: 'amount', expression: '\\d\\.\\d{2}' }],
  ['1200', { name: 'amount', expression: '\\d\\.\\d{2}' }],
  ['1234', { name: 'amount', expression: '\\de\\d' }],
])('%s cannot be asked for where the number is masked as it, or as another, is spelt', (value, pattern) => {
  expect(isRefused(`payload.n:${value}`, { patterns: [pattern] })).toBe(true);
});

it('the presence of what is masked can be asked for, and of nothing in it', () => {
  const settings = {
    fields: ['$.people', 'a.b'],
    headers: ['x-customer', 'token', 'a.b'],
    patterns: ['email' as const],
  };
  for (const text of [
    'payload.people:*',
    'payload.a.b:*',
    'payload."a.b":*',
    'payload.a:*',
    'header.x-customer:*',
    'header.x-death.token:*',
  ]) {
    expect(isRefused(text, settings), text).toBe(false);
  }
  for (const text of [
    'payload.people."alice.secret".age:*',
    'payload.people."alice.secret":*',
    'payload.a.b.c:*',
    'payload."a.b".c:*',
    'payload."ada@mail.example":*',
    'payload.by."ada@mail.example".age:*',
    'header.x-customer.alice:*',
    'header.x-death.token.alice:*',
    'header.x.a.b.c:*',
    'header.x.a.b.c:1',
    'header."ada@mail.example":*',
  ]) {
    expect(isRefused(text, settings), text).toBe(true);
  }
});

it('a header that is shown in hex cannot be asked for where its bytes cannot', () => {
  const hex = Buffer.from('4111111111111111')
    .toString('hex')
    .replace(/(..)(?!$)/g, '$1 ');
  expect(isRefused(`header.x:"${hex}"`, { patterns: ['card'] })).toBe(true);
  expect(isRefused('header.x:"01 02 03 04 05 06 07 08 09"', { patterns: ['card'] })).toBe(false);
  expect(isRefused('header.x:"01 02 03 04 05 06 07 08 09"', { fields: ['a'] })).toBe(true);
});

it('a name of any form is looked at in so many parts and no more', () => {
  const dots = (count: number) => Array.from({ length: count + 1 }, () => 'a').join('.');
  expect(everyHeaderName(dots(1_900))).toBeNull();
  expect(everyHeaderName('ab'.repeat(1_900))).toBeNull();
  const names = everyHeaderName('a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t');
  expect((names?.around.length ?? 0) + (names?.own.length ?? 0)).toBe(210);
  const headers = Array.from({ length: 10 }, (_, n) => `*a*b*c*${n}`);
  for (const name of [dots(1_900), 'ab'.repeat(1_900), `${'ab'.repeat(24)}.`.repeat(19)]) {
    expect(isRefused(`header.${name}x:b`, { headers })).toBe(name.length > 1_000);
    const tookMs = cpuClock();
    isRefused(`payload.${name}x:b`, { headers, fields: ['*a*b*c'], patterns: ['email', 'card'] });
    expect(tookMs()).toBeLessThan(1_000);
  }
});
