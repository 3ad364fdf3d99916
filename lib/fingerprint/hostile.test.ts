import { fc } from '#lib/testing/properties.ts';
import { expect, test } from 'vitest';
import type { Failure } from '#lib/domain/dead-letter.ts';
import { fingerprintOf } from '#lib/fingerprint/fingerprint.ts';
import { payloadShapeOf } from '#lib/fingerprint/payload-shape.ts';
import { readFrames } from '#lib/stack-trace/frames.ts';
import { cpuClock } from '#lib/testing/cpu-clock.ts';

const nothing: Failure = { errorClass: null, errorMessage: null, stackTrace: null, reason: null, attempts: null };
const fingerprint = (failure: Partial<Failure>) =>
  fingerprintOf({ failure: { ...nothing, ...failure } }, { source: 's', payloadShape: () => 'text' });

/** Of three runs: one of them may have the garbage of others to collect. */
function quickest(work: () => void): number {
  return Math.min(
    ...[1, 2, 3].map(() => {
      const tookMs = cpuClock();
      work();
      return tookMs();
    }),
  );
}

// The plain work of reading a megabyte once, ten times over: what hostile text may cost at most, a few hundredths of a second.
const plain = 'a plain word 17 times '.repeat(50_000);
const baselineMs = quickest(() => {
  for (let round = 0; round < 10; round += 1) plain.replace(/\w+/g, (word) => word);
});

const pieces = [
  'a',
  '1',
  '"',
  "'",
  '`',
  '\\"',
  '(',
  '[',
  '{',
  '<',
  '@',
  '$',
  '/',
  '\\',
  '.',
  ':',
  '-',
  '=',
  '#',
  ' ',
  '\n',
  '\t',
  '0x',
  '::',
  '://',
  'a.',
  'a@',
  'a:',
  'a-',
  '1.',
  '1,',
  '1:',
  '$1',
  '$$Lambda',
  'Caused by: ',
  ' ---> ',
  '\tat ',
  'at a.b(',
  'at a (',
  'File "',
  '#0 ',
  'a\\',
  'A::',
  'a.b.',
  '[Source: ',
  'Mon, ',
  '2026-',
  'Traceback (\n',
  'x.go:1\n',
  'panic: ',
  '«',
  '“',
  'eyJ',
  '\ue000',
  '\u202e',
  '\ud800',
  'nested exception is A',
  'Next A: b\n',
  '=(',
  'a=',
  'java.',
  'b.Error: ',
  'tenant ',
  'tenant a-',
  'region CH, ',
  'currency code: ',
  'EUR/',
  'Europe/',
  'US-',
  'aB_',
  'XX is not a ',
  'and ',
];

test.each(pieces)('%j, repeated to a megabyte, takes no longer than reading a plain one a few times', (piece) => {
  const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
  const ms = quickest(() => {
    fingerprint({ errorMessage: text });
    fingerprint({ errorClass: text, stackTrace: text });
    fingerprint({ stackTrace: `com.shop.X: ${text}\n\tat a.B.c(B.java:1)\n${text}` });
    readFrames(text);
  });
  expect(ms).toBeLessThan(baselineMs);
});

test('pairs of hostile pieces take no longer either', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 2, maxLength: 5 }), (some) => {
      const text = some.join('').repeat(8_000).slice(0, 70_000);
      expect(quickest(() => fingerprint({ errorMessage: text, stackTrace: text }))).toBeLessThan(baselineMs);
    }),
    { numRuns: 60 },
  );
});

test('a trace of ten thousand lines keeps its class, its root cause and its top frames', () => {
  const trace = (lines: number) =>
    `java.lang.IllegalStateException: outer\n${'\tat com.shop.Tree.walk(Tree.java:8)\n'.repeat(lines)}Caused by: com.shop.DeepError: root\n\tat com.shop.Leaf.read(Leaf.java:3)\n`;
  expect(fingerprint({ stackTrace: trace(10_000) }).parts).toEqual({
    kind: 'error',
    errorClass: 'com.shop.DeepError',
    frames: ['com.shop.Leaf.read'],
    message: 'root',
  });
  expect(fingerprint({ stackTrace: trace(10_000) }).id).toBe(fingerprint({ stackTrace: trace(12) }).id);
});

test('titles and parts stay short whatever the message is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 5_000, unit: 'binary' }), (text) => {
      const { title, parts, id } = fingerprint({
        errorClass: text,
        errorMessage: text,
        stackTrace: text,
        reason: text,
      });
      expect(id).toHaveLength(20);
      expect(title.length).toBeLessThanOrEqual(200);
      expect(parts.kind === 'error' ? parts.message.length : 0).toBeLessThanOrEqual(240);
    }),
  );
});

test('a payload’s shape has its bounds: depth, width, size, names', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const wide = JSON.stringify(
    Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`${'k'.repeat(index % 90)}x`, index])),
  );
  expect(payloadShapeOf(bytes('['.repeat(100_000) + ']'.repeat(100_000)))).toMatch(/^(?:text|\[{1,4}\]{1,4})$/);
  expect(payloadShapeOf(bytes(wide)).length).toBeLessThan(4_000);
  expect(payloadShapeOf(bytes(`{"a":"${'x'.repeat(300_000)}"}`))).toBe('large');
});
