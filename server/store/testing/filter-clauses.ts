import { fc } from '#lib/testing/properties.ts';
import { expect } from 'vitest';
import { type Content, evaluate, inRange } from '#lib/filter/evaluate.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { whateverElse, whateverPayloads } from '#lib/filter/whatever-payloads.ts';
import { anyFilter } from '#lib/filter/testing/any-filter.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { allGroups } from '#server/store/testing/group-clauses.ts';
import { drawLetters, name, queues, word } from '#server/store/testing/drawn-letters.ts';
import { addQueue, readAll } from '#server/store/testing/reading.ts';

/** No machine is too slow for it. */
const effort = { examinedMax: 100_000, timeMsMax: 60_000 };

/** Enough for a sealed segment of signatures and a part of one. */
const lettersDrawn = 700;

export function describeFilterClauses({ clause }: Clauses): void {
  clause('a filter means exactly what the plain evaluator says, in lists, counts and errors', async (store) => {
    for (const [connection = '', queue = ''] of queues.map((id) => id.split('/')))
      await addQueue(store, queue, connection);
    const given = drawLetters(lettersDrawn);
    for (const [queueId, letters] of Map.groupBy(given, (letter) => letter.queue))
      await store.index.ingest({ queueId, letters, scan: 's' });
    const stored = await store.index.getMessages(given.map(({ letter }) => letter.id));
    expect(stored).toHaveLength(lettersDrawn);
    const contents = new Map(given.map(({ letter, raw, decoded }) => [letter.id, decoded ? { ...raw, decoded } : raw]));
    const contentOf = (id: string): Content => {
      const raw = contents.get(id);
      if (!raw) throw new Error('a letter that was not given');
      return raw;
    };
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
    const value = fc.oneof(
      word,
      fc.constantFrom('kafka', 'sqs', 'TIMEOUT', 'σ', 'meo', '"', 'x\0', 'bc', '42', '4.20', '42e-1', 'true'),
    );
    const limit = fc.option(fc.integer({ min: 0, max: 50 }));
    const filters = anyFilter({
      value,
      pattern,
      name: fc.oneof(name, fc.constant('TENANT')),
      fingerprint: fc.constantFrom('groupa', 'groupb', 'none'),
      number: fc.nat(50),
      instant: fc.nat(50),
    });
    await fc.assert(
      fc.asyncProperty(filters, limit, limit, async (filter, from, to) => {
        const query = { filter: { kind: 'and', terms: [filter, mine] } as const, range: { from, to } };
        const expected = stored.filter(
          (letter) => inRange(query.range, letter.at) && evaluate(query.filter, letter, () => contentOf(letter.id)),
        );
        const { most, least } = whateverPayloads(query.filter);
        const { may, surely } = whateverElse(query.filter);
        const unknown = stored.filter((letter) => {
          const holds = (each: Filter) => evaluate(each, letter, () => contentOf(letter.id));
          expect(holds(query.filter) && !holds(most)).toBe(false);
          expect(holds(least) && !holds(query.filter)).toBe(false);
          const { decoded } = contentOf(letter.id);
          const isUnknown = (decoded?.missing ?? null) !== null && inRange(query.range, letter.at);
          const wasSeen = (decoded?.documents.length ?? 0) > 0;
          return isUnknown && (wasSeen ? holds(may) && !holds(surely) : holds(most) && !holds(least));
        });
        expect((await store.index.countUnsearched(query)).count).toBe(unknown.length);
        const found = await readAll(store, query);
        expect(found.toSorted()).toEqual(expected.map((letter) => letter.id).toSorted());
        expect(await store.index.countMessages({ ...query, effort }, 2_000)).toEqual({
          count: expected.length,
          capped: false,
        });
        const { count, groups } = await store.index.listGroups({ ...allGroups, ...query, effort });
        expect(count).toBe(expected.length);
        expect(groups.reduce((sum, group) => sum + group.count, 0)).toBe(expected.length);
      }),
      { numRuns: 200, examples: [[{ kind: 'equals', field: 'replay', value: '\ud800' }, null, null]] },
    );
  });
}
