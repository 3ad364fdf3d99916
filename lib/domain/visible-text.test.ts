import { fc } from '#lib/testing/properties.ts';
import { expect, test } from 'vitest';
import { visibleText } from '#lib/domain/visible-text.ts';

/** With many of what makes trouble. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\\',
        'u',
        'n',
        '001b',
        '202e',
        '\u001b',
        '\n',
        '\r',
        '\t',
        '\u0000',
        '\u2028',
        '\u2029',
        '\u202e',
        '\u2066',
      ),
      fc.constantFrom('\u200b', '\ufeff', '\u00ad', '\u{e0041}', '\ud83d', '\u0085', '\u061c', '😀', 'é', '漢'),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

test('signs that nobody sees are written out', () => {
  expect(visibleText('a\u001b[31mb\nc\u2028d\u202ee\u{e0041}f\ud83d')).toBe(
    'a\\u001b[31mb\\nc\\u2028d\\u202ee\\u{e0041}f\\ud83d',
  );
  expect(visibleText('C:\\orders 漢😀é "x"')).toBe('C:\\orders 漢😀é "x"');
});

test('whatever it says, nothing unseen is left', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(visibleText(text)).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/,
      );
      expect(visibleText(text).isWellFormed()).toBe(true);
    }),
  );
});

test('two texts never become one, and what has neither such a sign nor a backslash stays as it is', () => {
  fc.assert(
    fc.property(anyText, anyText, (one, other) => {
      if (one !== other) expect(visibleText(one)).not.toBe(visibleText(other));
    }),
  );
  fc.assert(
    fc.property(
      fc.string().filter((text) => !text.includes('\\')),
      (text) => {
        expect(visibleText(text)).toBe(text);
      },
    ),
  );
});
