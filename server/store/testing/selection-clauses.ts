import { expect } from 'vitest';
import type { Filter } from '#lib/filter/filter.ts';
import type { Store } from '#server/store/store.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aLetter, manyLetters } from '#server/store/testing/letters.ts';
import { addQueue, ids, inQueue, range } from '#server/store/testing/reading.ts';

export function describeSelectionClauses({ clause }: Clauses): void {
  clause(
    'a frozen filter is walked queue by queue, lane by lane and by number; what has no number follows by time, and each comes once',
    async (store) => {
      const [first, second, plain] = [
        await addQueue(store, 'walk-a'),
        await addQueue(store, 'walk-b'),
        await addQueue(store, 'walk-c'),
      ];
      // Neither the order of arrival nor of time is the order of the numbers.
      const numbered = (prefix: string) =>
        ['10', '9', '100', '2'].flatMap((sequence, n) =>
          ['0', '1'].map((lane) => aLetter(`${prefix}:${lane}:${sequence}`, { sequence, lane, at: 5_000 - n })),
        );
      const unnumbered = manyLetters(5, (n) => ({ at: 9_000 - n }), 'walk-plain');
      await store.index.ingest({ queueId: second, letters: numbered('b'), scan: 's' });
      await store.index.ingest({ queueId: plain, letters: unnumbered, scan: 's' });
      await store.index.ingest({ queueId: first, letters: numbered('a'), scan: 's' });
      const sorted = (prefix: string) =>
        ['0', '1'].flatMap((lane) => ['2', '9', '10', '100'].map((sequence) => `${prefix}:${lane}:${sequence}`));
      const filter: Filter = { kind: 'or', terms: [first, second, plain].map(inQueue) };
      for (const limit of [1, 3, 8, 100]) {
        const walked = await walk(store, filter, { limit });
        expect(walked.map((letter) => letter.identity)).toEqual([
          ...sorted('a'),
          ...sorted('b'),
          ...unnumbered.toReversed().map(({ letter }) => letter.identity),
        ]);
      }
    },
  );

  clause('a frozen filter meets what matched and had arrived, and nothing that came later', async (store) => {
    const queueId = await addQueue(store, 'frozen');
    const early = manyLetters(30, (n) => ({ sequence: String(n), firstSeenAt: 2_000 }), 'frozen-early');
    const late = manyLetters(3, (n) => ({ sequence: String(100 + n), firstSeenAt: 2_001 }), 'frozen-late');
    await store.index.ingest({ queueId, letters: [...late, ...early], scan: 's' });
    expect((await walk(store, inQueue(queueId), { arrivedBy: 2_000, limit: 7 })).map(({ id }) => id)).toEqual(
      ids(early),
    );
    const rare: Filter = {
      kind: 'and',
      terms: [inQueue(queueId), { kind: 'contains', field: 'key', value: 'one of them' }],
    };
    const keyed = aLetter('frozen-keyed', { sequence: '50', keyText: 'one of them all' });
    await store.index.ingest({ queueId, letters: [keyed], scan: 's' });
    expect((await walk(store, rare, { limit: 7 })).map(({ id }) => id)).toEqual(ids([keyed]));
  });
}

async function walk(
  store: Store,
  filter: Filter,
  { limit, arrivedBy = Number.MAX_SAFE_INTEGER }: { readonly limit: number; readonly arrivedBy?: number },
) {
  const letters = [];
  let cursor: string | null = null;
  do {
    const page = await store.index.listInOrderOfSending({ filter, range, arrivedBy }, cursor, limit);
    expect(page.messages.length).toBeLessThanOrEqual(limit);
    letters.push(...page.messages);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return letters;
}
