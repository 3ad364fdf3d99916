import { fc } from '#lib/testing/properties.ts';
import { expect, test } from 'vitest';
import { seekIn } from '#server/brokers/kafka/hold.ts';

test('seeking with rising offsets always finds the next wanted one', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500)), fc.array(fc.nat(600)), (offsets, questions) => {
      const ascending = offsets.toSorted((a, b) => a - b);
      const seek = seekIn(ascending);
      for (const from of questions.toSorted((a, b) => a - b)) {
        expect(seek(from)).toBe(ascending.find((offset) => offset >= from) ?? Number.POSITIVE_INFINITY);
      }
    }),
  );
});
