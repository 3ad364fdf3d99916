import { expect, test } from 'vitest';
import { payloadShapeOf } from '#lib/fingerprint/payload-shape.ts';

const shape = (body: string | null) => payloadShapeOf(body === null ? null : new TextEncoder().encode(body));

test('values and the order of keys do not matter, names and types do', () => {
  expect(shape('{"b":1,"a":{"x":[{"sku":"s"}]}}')).toBe('{a:{x:[{}]},b:number}');
  expect(shape('{"a":{"x":[{"sku":"t"}]},"b":2}')).toBe(shape('{"b":1,"a":{"x":[{"sku":"s"}]}}'));
  expect(shape('{"b":"1"}')).not.toBe(shape('{"b":1}'));
});

test('a map by ids has one shape, whichever ids are in it', () => {
  expect(shape('{"1001":{"n":1},"1002":{"n":2}}')).toBe('{#:{n:number}}');
});

test('what is not JSON is told by its kind', () => {
  expect([shape('hello'), shape('{"a":'), shape(''), shape(null)]).toEqual(['text', 'text', 'empty', 'null']);
  expect(payloadShapeOf(Uint8Array.of(0xff, 0xfe, 0x00))).toBe('binary');
});
