import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { editableJson, restyled } from '#lib/edit/json-style.ts';

describe('a document that a person edits', () => {
  it('comes back to the letter when nothing was edited, in whatever style it was', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (json, indent) => {
        for (const text of [JSON.stringify(JSON.parse(json), null, indent), ` ${json}`]) {
          const { text: edited, style } = editableJson(text);
          expect(restyled(edited, style)).toBe(text);
        }
      }),
    );
  });

  it('has lines, and goes back onto one as it was spaced', () => {
    const compact = editableJson('{"id":9007199254740993,"tags":["a","b"]}');
    expect(compact.text.split('\n')).toHaveLength(7);
    expect(restyled(compact.text.replace('"b"', '"c, d: e"'), compact.style)).toBe(
      '{"id":9007199254740993,"tags":["a","c, d: e"]}',
    );
    const python = editableJson('{"id": 1, "tags": ["a, b", "c"]}');
    expect(restyled(python.text.replace('1', '2'), python.style)).toBe('{"id": 2, "tags": ["a, b", "c"]}');
    expect(restyled('{ broken', compact.style)).toBe('{ broken');
  });
});
