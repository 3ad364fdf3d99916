import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { builtInChain } from '#lib/conventions/chain.ts';
import { indexHeaders } from '#lib/conventions/header-index.ts';
import { bytesHeader } from '#lib/domain/message.ts';

const marks = [...new Set(builtInChain.conventions.flatMap(({ marks: own }) => (own === 'always' ? [] : own)))];

describe('which conventions a message may speak', () => {
  it('is told by its marks alone, in the order of trust, whatever was asked before', () => {
    const names = fc.array(fc.oneof(fc.constantFrom(...marks), fc.string({ maxLength: 5 })), { maxLength: 12 });
    fc.assert(
      fc.property(names, (drawn) => {
        const headers = indexHeaders(drawn.map((name) => bytesHeader(name.toUpperCase(), '1')));
        const naive = builtInChain.conventions.filter(
          ({ marks: own }) => own === 'always' || own.some((mark) => drawn.some((name) => name.toLowerCase() === mark)),
        );
        expect(builtInChain.candidates(headers)).toEqual(naive);
      }),
      // More sets of marks than the chain keeps.
      { numRuns: 2_000 },
    );
  });
});
