import fc from 'fast-check';
import { expect } from 'vitest';
import { deadLetterStates, type DeadLetter } from '#lib/domain/dead-letter.ts';
import { evaluate, inRange } from '#lib/filter/evaluate.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { anyFilter } from '#lib/filter/testing/any-filter.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { addQueue, readAll } from '#server/store/testing/reading.ts';
import { aLetter } from '#server/store/testing/letters.ts';

/** Few words and their pieces, so that filters and messages often meet. */
const words = [
  'Timeout',
  'timeout after',
  'ΟΔΟΣ',
  'οδος',
  'a"b',
  "o'clock",
  '%',
  '_x_',
  'Or',
  '😀😀😀',
  'x\0y',
  '\ud800',
  '',
  'ab',
  'abc',
  'ABCD',
] as const;
const word = fc.constantFrom(...words);
const maybe = fc.option(word);

const anyLetter = fc.record({
  errorClass: maybe,
  errorMessage: fc.option(fc.tuple(word, word).map((pair) => pair.join(' '))),
  keyText: maybe,
  keyDigest: maybe,
  eventType: maybe,
  eventId: maybe,
  correlationId: maybe,
  lastReplayId: maybe,
  returnOf: maybe,
  preview: word,
  at: fc.integer({ min: 0, max: 50 }),
  state: fc.constantFrom(...deadLetterStates),
  queue: fc.constantFrom('sqs/filter-a', 'kafka/filter-a', 'kafka/filter-b'),
});

export function describeFilterClauses({ clause }: Clauses): void {
  clause(
    'a filter means exactly what the plain evaluator says, in lists, counts and errors',
    async (store) => {
      await addQueue(store, 'filter-a', 'sqs');
      await addQueue(store, 'filter-a');
      await addQueue(store, 'filter-b');
      const drawn = fc.sample(anyLetter, { numRuns: 400, seed: 7 });
      const given = drawn.map(({ queue, errorClass, errorMessage, returnOf, ...fields }, n) => ({
        queue,
        ...aLetter(`filter:${n}`, {
          ...fields,
          failure: { errorClass, errorMessage, stackTrace: null, reason: null, attempts: null },
          replay: returnOf === null ? null : { replayId: returnOf, itemId: 'i', count: 1 },
        }),
      }));
      for (const [queueId, letters] of Map.groupBy(given, (letter) => letter.queue))
        await store.index.ingest({ queueId, letters, scan: 's' });
      const stored = await store.index.getMessages(given.map(({ letter }) => letter.id));
      expect(stored).toHaveLength(400);
      const mine: Filter = { kind: 'queue', pattern: '*/filter-*' };

      const pattern = fc.constantFrom(
        'kafka/*',
        '*filter-a',
        'filter-b',
        'sqs/filter-a',
        '*',
        'none',
        '*/fil*-*',
        'kafka/filter-a',
      );
      const value = fc.oneof(word, fc.constantFrom('kafka', 'sqs', 'TIMEOUT', 'σ', 'meo', '"', 'x\0', 'bc'));
      const limit = fc.option(fc.integer({ min: 0, max: 50 }));
      await fc.assert(
        fc.asyncProperty(anyFilter(value, pattern), limit, limit, async (filter, from, to) => {
          const query = { filter: { kind: 'and', terms: [filter, mine] } as const, range: { from, to } };
          const expected = stored.filter((letter) => inRange(query.range, letter.at) && evaluate(query.filter, letter));
          const found = await readAll(store, query);
          expect(found.toSorted()).toEqual(expected.map((letter) => letter.id).toSorted());
          expect(await store.index.countMessages(query, 1_000)).toEqual({ count: expected.length, capped: false });
          const errors = await store.index.listErrors(query, 1_000);
          expect(errors.reduce((sum, error) => sum + error.count, 0)).toBe(expected.length);
          expect(Math.max(-1, ...errors.map((error) => error.lastAt))).toBe(latest(expected));
        }),
        { numRuns: 150, examples: [[{ kind: 'equals', field: 'replay', value: '\ud800' }, null, null]] },
      );
    },
    120_000,
  );
}

function latest(letters: readonly DeadLetter[]): number {
  return Math.max(-1, ...letters.map((letter) => letter.at));
}
