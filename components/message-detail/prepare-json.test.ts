import { fc } from '#lib/testing/properties.ts';
import { expect, test } from 'vitest';
import { jsonTokens } from '#components/message-detail/prepare-json.ts';
import { cpuClock } from '#lib/testing/cpu-clock.ts';

test('colouring never changes, drops or adds a character, also where the text is not JSON', () => {
  const nearlyJson = fc.string({
    unit: fc.constantFrom('"', '\\', ':', '{', '[', ',', '-', '1', 'e', '.', 'true', 'null', ' ', '\n', 'é', '\u202e'),
  });
  fc.assert(
    fc.property(fc.oneof(fc.json(), nearlyJson), (text) => {
      const back = jsonTokens(text).map((token) => token.text);
      expect(back.join('')).toBe(text);
    }),
  );
});

test('keys, strings, numbers and words are told apart', () => {
  expect(
    jsonTokens('{"id": 9007199254740993, "ok": true, "name": "a \\" b"}')
      .filter((token) => token.kind !== 'plain')
      .map((token) => [token.kind, token.text]),
  ).toEqual([
    ['key', '"id"'],
    ['number', '9007199254740993'],
    ['key', '"ok"'],
    ['word', 'true'],
    ['key', '"name"'],
    ['string', '"a \\" b"'],
  ]);
});

test('a string that never ends does not take long', () => {
  const text = `"${'\\'.repeat(200_000)}`;
  const tookMs = cpuClock();
  jsonTokens(text);
  expect(tookMs()).toBeLessThan(2_000);
});

test('a value knows where it stands, and elements of arrays stand where their array does', () => {
  const leaves = jsonTokens('{"a":{"b c":[1,{"d":"x\\n"},[null]],"e":true},"f":[],"g":""} "loose"').flatMap(
    ({ leaf }) => leaf ?? [],
  );
  expect(leaves).toEqual([
    { path: ['a', 'b c'], value: '1' },
    { path: ['a', 'b c', 'd'], value: 'x\n' },
    { path: ['a', 'b c'], value: 'null' },
    { path: ['a', 'e'], value: 'true' },
    { path: ['g'], value: '' },
  ]);
});
