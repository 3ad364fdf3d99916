import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it, test } from 'vitest';
import { parseTraceContext, traceparentOf } from '#lib/trace/trace-context.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';

describe('traceparent', () => {
  it.each([
    ['of this version', `00-${trace}-${span}-01`, 1],
    ['not sampled', `00-${trace}-${span}-00`, 0],
    ['with the random flag of level 2', `00-${trace}-${span}-03`, 3],
    ['with flags that nobody knows', `00-${trace}-${span}-f9`, 1],
    ['of a later version', `01-${trace}-${span}-01`, 1],
    ['of a later version with more behind a dash', `cc-${trace}-${span}-01-what-comes`, 1],
  ])('%s is understood', (_, text, flags) => {
    expect(parseTraceContext(text)).toEqual({ traceId: trace, spanId: span, flags, tracestate: null });
  });

  it.each([
    ['empty', ''],
    ['with more behind this version', `00-${trace}-${span}-01-extra`],
    ['with white space', `00-${trace}-${span}-01 `],
    ['of the version that is none', `ff-${trace}-${span}-01`],
    ['of a later version with more, without a dash', `cc-${trace}-${span}-01.what`],
    ['in upper case', `00-${trace.toUpperCase()}-${span}-01`],
    ['without a trace', `00-${'0'.repeat(32)}-${span}-01`],
    ['without a span', `00-${trace}-${'0'.repeat(16)}-01`],
    ['cut off', `00-${trace}-${span}-0`],
    ['sent twice', `00-${trace}-${span}-01, 00-${trace}-${span}-01`],
    ['a megabyte long', `00-${trace}-${span}-01${'-x'.repeat(500_000)}`],
  ])('%s is none', (_, text) => {
    expect(parseTraceContext(text)).toBeNull();
  });

  test('what is written is read as it was, and nothing else is ever taken for one', () => {
    const id = (bytes: number) =>
      fc
        .uint8Array({ minLength: bytes, maxLength: bytes })
        .filter((drawn) => drawn.some((byte) => byte !== 0))
        .map((drawn) => Buffer.from(drawn).toString('hex'));
    fc.assert(
      fc.property(id(16), id(8), fc.integer({ min: 0, max: 3 }), (traceId, spanId, flags) => {
        const context = { traceId, spanId, flags, tracestate: null };
        expect(parseTraceContext(traceparentOf(context))).toEqual(context);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const context = parseTraceContext(text);
        if (context) expect(text.startsWith(traceparentOf(context).slice(3, 52), 3)).toBe(true);
      }),
    );
  });
});

describe('tracestate', () => {
  const stateOf = (tracestate: string) => parseTraceContext(`00-${trace}-${span}-01`, tracestate)?.tracestate;

  it.each([
    ['rojo=00f067aa0ba902b7,congo=t61rcWkgMzE', 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'],
    [' rojo=1 ,\t, congo=2', 'rojo=1,congo=2'],
    ['fw529a3039@dt=FfAAAA,0tenant@x=v', 'fw529a3039@dt=FfAAAA,0tenant@x=v'],
    ['a=b c', 'a=b c'],
  ])('%j is passed on', (text, passed) => expect(stateOf(text)).toBe(passed));

  it.each([
    ['', 'nothing'],
    ['a', 'a member without a value'],
    ['a=', 'an empty value'],
    ['a=1,a=2', 'a key twice'],
    ['A=1', 'a key in upper case'],
    ['a=b=c', 'an equals sign in a value'],
    ['a=\u0000', 'a control character'],
    ['a=é', 'what is not ASCII'],
    [Array.from({ length: 33 }, (_, index) => `k${index}=1`).join(','), 'more than 32 members'],
    [`a=${'x'.repeat(257)}`, 'a value that is too long'],
    [`${'a=1,'.repeat(100_000)}b=1`, 'half a megabyte'],
  ])('%.20s counts for nothing: %s', (text) => expect(stateOf(text)).toBeNull());

  it('counts for nothing beside a traceparent that is none', () => {
    expect(parseTraceContext('nonsense', 'a=1')).toBeNull();
  });
});
