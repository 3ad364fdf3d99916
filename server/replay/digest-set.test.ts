import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { createDigestSet } from '#server/replay/digest-set.ts';

describe('a digest set', () => {
  it('knows what a set of the texts themselves knows', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (added, asked) => {
        const digests = createDigestSet();
        const texts = new Set<string>();
        for (const text of added) {
          expect(digests.add(text)).toBe(!texts.has(text));
          texts.add(text);
        }
        expect(digests.size).toBe(texts.size);
        for (const text of [...added, ...asked]) expect(digests.has(text)).toBe(texts.has(text));
      }),
    );
  });

  it('tells 200,000 texts apart that differ in a few signs', () => {
    const digests = createDigestSet();
    const texts = Array.from({ length: 200_000 }, (_, n) => `order-${n}`);
    expect(texts.filter((text) => !digests.add(text))).toEqual([]);
    expect(texts.filter((text) => !digests.has(text))).toEqual([]);
    expect(digests.has('order-200000')).toBe(false);
  });
});
