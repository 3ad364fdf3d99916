import { describe, expect, test } from 'vitest';
import { fc } from '#lib/testing/properties.ts';
import { bounded, namePieces, visibleParts } from '#components/ui/prepare-text.ts';

describe('text of messages', () => {
  test('nothing that can hide or reorder text stays invisible', () => {
    const parts = visibleParts('pay\u202Eliam\u200B\u0000');
    expect(parts).toEqual([
      { kind: 'plain', text: 'pay' },
      { kind: 'sign', text: 'U+202E', code: 'U+202E' },
      { kind: 'plain', text: 'liam' },
      { kind: 'sign', text: 'U+200B', code: 'U+200B' },
      { kind: 'sign', text: '\\0', code: 'U+0000' },
    ]);
  });

  test('plain stretches come through to the letter, whatever the text', () => {
    const unit = fc.constantFrom(
      'a',
      'é',
      '😀',
      '\u0000',
      '\n',
      '\t',
      '\u001b',
      '\u007f',
      '\u0085',
      '\u200b',
      '\u202e',
      '\u2066',
      '\ufeff',
      '\u{e0041}',
      '\ud800',
    );
    fc.assert(
      fc.property(fc.string({ unit }), fc.boolean(), (text, multiline) => {
        const parts = visibleParts(text, multiline);
        const back = parts
          .map((part) =>
            part.kind === 'plain' ? part.text : String.fromCodePoint(Number.parseInt(part.code?.slice(2) ?? '0', 16)),
          )
          .join('');
        expect(back).toBe(text);
      }),
    );
  });

  test('line breaks and tabs stay what they are in a block of text, and are shown in a line', () => {
    expect(visibleParts('a\n\tb', true)).toEqual([{ kind: 'plain', text: 'a\n\tb' }]);
    expect(visibleParts('a\n\tb').filter((part) => part.kind === 'sign')).toHaveLength(2);
  });

  test('cutting never leaves half a character', () => {
    expect(bounded('ab😀cd', 3)).toEqual({ text: 'ab', cut: true });
    expect(bounded('abc', 3)).toEqual({ text: 'abc', cut: false });
  });
});

test('a name ends its lines behind separators, and not in the midst of a word', () => {
  expect(namePieces('orders.order.completed_v2-dlq')).toEqual(['orders.', 'order.', 'completed_', 'v2-', 'dlq']);
  expect(namePieces('shop → orders')).toEqual(['shop → orders']);
  expect(namePieces('__a..b/')).toEqual(['__', 'a..', 'b/']);
});
