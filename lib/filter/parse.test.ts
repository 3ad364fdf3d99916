import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import { filterFields } from '#lib/filter/fields.ts';
import { parse } from '#lib/filter/parse.ts';
import { serialise } from '#lib/filter/serialise.ts';
import { anyFilter } from '#lib/filter/testing/any-filter.ts';
import { checkProperty } from '#lib/testing/check-property.ts';
import { cpuClock } from '#lib/testing/cpu-clock.ts';

const now = Date.UTC(2026, 0, 31, 12);
const open = { from: null, to: null };

/** On a busy machine as many cases are drawn as there is time for. */
const patienceMs = 5_000;

function read(text: string) {
  const result = parse(text, { now });
  if ('error' in result) throw new Error(`${text}: ${result.error.message}`);
  return result;
}

function errorOf(text: string) {
  const result = parse(text, { now });
  if (!('error' in result)) throw new Error(`${text} was understood`);
  return { ...result.error, at: text.slice(result.error.position, result.error.position + result.error.length) };
}

const contains = (value: string, field: 'text' | 'error' | 'key' | 'type' = 'text') => ({
  kind: 'contains',
  field,
  value,
});

describe('reading a filter', () => {
  test('whatever filter is written down is read back as it was', () => {
    const instant = fc.option(fc.integer({ min: 0, max: 4_102_444_800_000 }));
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('OR', 'AND', 'NOT', 'toString', '*', '-x', 'a:b', '(', '\ud800', '"', '\\', ''),
    );
    checkProperty(
      fc.property(anyFilter({ value: text }), instant, instant, (filter, from, to) => {
        const written = serialise(filter, { from, to });
        fc.pre(written.length <= 4_000);
        expect(parse(written, { now })).toStrictEqual({ filter, range: { from, to } });
      }),
      { least: 100, most: 1_000, patienceMs },
    );
  });

  test('any text is either understood or answered with a place inside it', () => {
    const piece = fc.constantFrom(
      'error:',
      'stat:new',
      '(',
      ')',
      '-',
      ' ',
      ' OR ',
      ' AND ',
      '"',
      '\\',
      'since:',
      '2h',
      'state:new',
      'x',
      '*',
      ':',
      '=',
      'header.',
      'payload.a',
      '.',
      '>',
      '..',
      'attempts:',
      'original:',
      '2026-01-31',
    );
    checkProperty(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 15 }).map((pieces) => pieces.join('')),
          fc.string(),
        ),
        (text) => {
          const result = parse(text, { now });
          if (!('error' in result)) return;
          const { position, length, message } = result.error;
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position + length).toBeLessThanOrEqual(text.length);
          expect(message.length).toBeGreaterThan(10);
        },
      ),
      { least: 100, most: 2_000, patienceMs },
    );
  });

  test('a filter of any text takes time in proportion to it', () => {
    const hostile = ['"', '*', '(', '-', 'payload.', 'header.', 'a.', '"a".', 'x*', '\\', ':', 'a:', '>', '..', ' OR '];
    const tookMs = cpuClock();
    for (const piece of hostile) {
      for (const start of ['', 'payload.', 'header.x:', 'at:', '"', 'group:', 'error:*']) {
        parse((start + piece.repeat(4_000)).slice(0, 4_000), { now });
        parse((start + piece.repeat(4_000)).slice(0, 3_999) + '"', { now });
      }
    }
    expect(tookMs()).toBeLessThan(3_000);
  });

  test('no word is dropped: each that was written stands in the tree', () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
        const found: string[] = [];
        JSON.stringify(read(words.join(' ')).filter, (name, value: unknown) => {
          if (name === 'value' && typeof value === 'string') found.push(value);
          return value;
        });
        expect(found).toEqual(words);
      }),
    );
  });

  test('the example of each field is understood', () => {
    for (const field of filterFields) expect(() => read(field.example), field.example).not.toThrow();
  });

  test('an empty filter is everything', () => {
    expect(read('  ')).toEqual({ filter: { kind: 'all' }, range: open });
    expect(read('*')).toEqual({ filter: { kind: 'all' }, range: open });
  });

  test('words next to each other must all hold, and OR binds less', () => {
    const [a, b, c] = [contains('a'), contains('b'), contains('c')];
    expect(read('a b OR c').filter).toEqual({ kind: 'or', terms: [{ kind: 'and', terms: [a, b] }, c] });
    expect(read('a AND (b OR c)').filter).toEqual({ kind: 'and', terms: [a, { kind: 'or', terms: [b, c] }] });
    expect(read('-(a b)').filter).toEqual({ kind: 'not', term: { kind: 'and', terms: [a, b] } });
    expect(read('NOT a').filter).toEqual({ kind: 'not', term: a });
  });

  test('a phrase may hold anything', () => {
    expect(read('error:"say \\"no\\" (twice) OR \\u0041"').filter).toEqual(contains('say "no" (twice) OR A', 'error'));
  });

  test('key and type are looked for within, or with := as a whole', () => {
    expect(read('key:a').filter).toEqual(contains('a', 'key'));
    expect(read('key:=a').filter).toEqual({ kind: 'equals', field: 'key', value: 'a' });
  });

  test('a queue is meant by a pattern, or with := by its whole id, in which * is only a *', () => {
    expect(read('queue:rabbitmq/a*').filter).toEqual({ kind: 'queue', pattern: 'rabbitmq/a*' });
    expect(read('queue:="rabbitmq/a*"').filter).toEqual({ kind: 'equals', field: 'queue', value: 'rabbitmq/a*' });
  });

  test('times are frozen at now, and hold for the whole filter', () => {
    expect(read('since:2h until:30m x').range).toEqual({ from: now - 7_200_000, to: now - 1_800_000 });
    expect(read('since:2026-01-02').range.from).toBe(Date.UTC(2026, 0, 2));
    expect(read('since:2026-01-02T10:30').range.from).toBe(Date.UTC(2026, 0, 2, 10, 30));
    expect(read('until:2026-01-02T10:30:00+02:00').range.to).toBe(Date.UTC(2026, 0, 2, 8, 30));
    expect(errorOf('a OR since:2h')).toMatchObject({ at: 'since:2h' });
    expect(errorOf('-since:2h').message).toMatch(/whole filter/);
    expect(errorOf('since:2026-02-31')).toMatchObject({ at: '2026-02-31' });
    expect(errorOf('since:1h since:2h').message).toMatch(/twice/);
  });
});

describe('values', () => {
  const day = 86_400_000;

  test('a star outside of quotes is any run of characters, and one within is a star', () => {
    expect(read('error:conn*refused').filter).toEqual({ kind: 'like', field: 'error', parts: ['conn', 'refused'] });
    expect(read('error:"conn*refused"').filter).toEqual(contains('conn*refused', 'error'));
    expect(read('class:*".A B"*').filter).toEqual({ kind: 'matches', field: 'class', parts: ['', '.A B', ''] });
    expect(read('key:=customer-*').filter).toEqual({ kind: 'matches', field: 'key', parts: ['customer-', ''] });
    expect(read('time*out').filter).toEqual({ kind: 'like', field: 'text', parts: ['time', 'out'] });
  });

  test('headers and payloads are asked by name and path', () => {
    const is = (value: string) => ({ kind: 'is', value });
    expect(read('header.x.y:acme').filter).toEqual({ kind: 'header', name: 'x.y', test: is('acme') });
    expect(read('header."a b:c":acme').filter).toEqual({ kind: 'header', name: 'a b:c', test: is('acme') });
    expect(read('payload.a."b.c".d:42').filter).toEqual({ kind: 'payload', path: ['a', 'b.c', 'd'], test: is('42') });
    expect(read('payload.a:*').filter).toMatchObject({ test: { kind: 'matches', parts: ['', ''] } });
    expect(read('payload.a:>=1.50').filter).toMatchObject({
      test: { kind: 'range', from: { value: '1.50', inclusive: true }, to: null },
    });
    expect(read('payload.a:">5"').filter).toMatchObject({ test: is('>5') });
    expect(read('payload.a:../x').filter).toMatchObject({ test: is('../x') });
  });

  test('numbers have ranges, sizes have units', () => {
    expect(read('attempts:>3').filter).toEqual({ kind: 'number', field: 'attempts', from: 4, to: null });
    expect(read('attempts:3..10').filter).toEqual({ kind: 'number', field: 'attempts', from: 3, to: 10 });
    expect(read('size:<=1.5kb').filter).toEqual({ kind: 'number', field: 'size', from: null, to: 1_536 });
  });

  test('both times have ranges; a date is its whole day, a time ago one moment', () => {
    const start = Date.UTC(2026, 0, 31);
    const time = { kind: 'time', field: 'at' };
    expect(read('at:2026-01-31..2026-02-01').filter).toEqual({ ...time, from: start, to: start + 2 * day });
    expect(read('at:2026-01-31').filter).toEqual({ ...time, from: start, to: start + day });
    expect(read('at:>2026-01-31').filter).toEqual({ ...time, from: start + day, to: null });
    expect(read('at:<=2026-01-31T12:00Z').filter).toEqual({ ...time, from: null, to: start + day / 2 + 60_000 });
    expect(read('original:2h..30m').filter).toMatchObject({ from: now - 7_200_000, to: now - 1_800_000 + 1 });
    expect(read('original:>2h OR at:>2h').filter.kind).toBe('or');
  });

  test('groups are asked by their fingerprints', () => {
    expect(read('group:abc,def').filter).toEqual({ kind: 'group', fingerprints: ['abc', 'def'] });
  });
});

describe('docs/filter-language.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/filter-language.md'), 'utf8').replaceAll(
    / +\|/g,
    ' |',
  );

  test('names every field with its example', () => {
    for (const { name } of filterFields) expect(page).toContain(`| \`${name}\` | `);
    for (const { example } of filterFields) expect(page).toContain(`\`${example}\` |`);
  });

  test('shows only filters that can be read', () => {
    const shown = page.match(/^    (\S.*)$/m)?.[1] ?? '';
    expect(shown).toContain('queue:');
    expect(() => read(shown)).not.toThrow();
    const examples = Array.from(
      page.matchAll(/`([a-z]+(?:\.[\w."-]+)?:[^`…]*[^`…:])`/g),
      ([, example = '']) => example,
    );
    expect(examples.length).toBeGreaterThan(30);
    for (const example of examples) expect(() => read(example), example).not.toThrow();
  });
});

describe('an error points at the character and says what is possible', () => {
  test.each([
    ['stat:new', 'stat', /Unknown field 'stat'. Did you mean state:\?/],
    ['erorr:x', 'erorr', /Did you mean error:\?/],
    ['http://x', 'http', /Possible are error: .*quotes/],
    ['state:open', 'open', /new, replayed, returned, failed, unknown, discarded, gone/],
    ['error:', 'error:', /A value is missing after error:/],
    ['a (b', '(', /never closed/],
    ['a) b', ')', /never opened/],
    ['a OR', 'OR', /missing after OR/],
    ['OR a', 'OR', /missing before OR/],
    ['a AND', 'AND', /"AND"/],
    ['()', ')', /missing after \(/],
    ['-', '-', /missing after -/],
    ['"abc', '"abc', /no end/],
    ['"a\\q"', '\\q', /escape/],
    ['"a"b', 'b', /space is missing/],
    ['since:yesterday', 'yesterday', /2h/],
    ['error:=x', 'error:=x', /no "="/],
    ['header:x', 'header:x', /header\.tenant:acme/],
    ['header.tenant:', 'header.tenant:', /missing after header.tenant:/],
    ['payload.a..b:x', 'payload.a.', /empty/],
    ['payload.items.*.sku:x', '*', /no wildcards/],
    ['payload."a b"', 'payload."a b"', /colon/],
    ['payload.a:>x', '>x', /a number/],
    ['headers.x:y', 'headers.x', /header\.NAME:/],
    ['attempts:many', 'many', /attempts:>3/],
    ['attempts:10..3', '10..3', /ends before/],
    ['attempts:2kb', '2kb', /a number or a range/],
    ['size:<0', '<0', /nothing below/],
    ['at:2h', '2h', /at:>2h/],
    ['at:soon', 'soon', /date or instant/],
    ['at:2026-02-01..2026-01-31', '2026-02-01..2026-01-31', /ends before/],
    ['group:"a b"', '"a b"', /fingerprint/],
    ['queue:"a*"', '"a*"', /queue:=/],
  ])('%s', (text, at, message) => {
    const error = errorOf(text);
    expect(error.at).toBe(at);
    expect(error.message).toMatch(message);
  });

  test('a filter that is too long or too deep is refused, not tried', () => {
    expect(errorOf('('.repeat(3_000)).message).toMatch(/within each other/);
    expect(errorOf('x'.repeat(4_001)).message).toMatch(/4,000/);
  });
});
