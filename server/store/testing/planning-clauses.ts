import { expect } from 'vitest';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aLetter, manyLetters } from '#server/store/testing/letters.ts';
import { addQueue, ids } from '#server/store/testing/reading.ts';

export function describePlanningClauses({ clause }: Clauses): void {
  clause(
    'contents come in the order of their ids, also over several blocks; unknown ids are left out',
    async (store) => {
      const { index } = store;
      const queueId = await addQueue(store, 'contents');
      const letters = manyLetters(150, (n) => ({ preview: `{"n":${n}}` }), 'contents');
      await index.ingest({ queueId, letters, scan: 's' });
      const wanted = ids(letters).toReversed();
      const found = await index.getContents([...wanted, 'no-such-message-000000']);
      expect(found.map(({ id }) => id)).toEqual(wanted);
      for (const { id, raw } of found) expect(raw).toEqual((await index.getMessage(id)).raw);
    },
  );

  clause('keys behind a number come in the order of their lane, a bounded slice at a time', async (store) => {
    const { index } = store;
    const queueId = await addQueue(store, 'keys');
    const letter = (sequence: string, keyDigest: string | null, lane = '0') =>
      aLetter(`keys:${lane}:${sequence}`, { sequence, lane, keyDigest });
    const letters = [
      letter('9', 'a'),
      letter('10', 'b'),
      letter('11', null),
      letter('100', 'a'),
      letter('12', 'a', '1'),
    ];
    await index.ingest({ queueId, letters, scan: 's' });
    const [, , , last] = letters;
    await index.setStates([{ messageId: last?.letter.id ?? '', state: 'discarded', at: 5_000, replayId: null }]);
    const place = { queueId, lane: '0', after: null, upTo: null };
    const keysOf = async (
      changes: Partial<typeof place> | { after: string } | { upTo: string },
      keys: string[] | null,
      limit: number,
    ) => {
      const { letters: found, next } = await index.listKeysBehind({ ...place, ...changes }, keys, limit);
      return { found: found.map(({ keyDigest, isOpen }) => (isOpen ? keyDigest : `${keyDigest} closed`)), next };
    };
    expect(await keysOf({}, null, 10)).toEqual({ found: ['a', 'b', 'a closed'], next: null });
    expect(await keysOf({}, null, 2)).toEqual({ found: ['a', 'b'], next: '10' });
    expect(await keysOf({ after: '10' }, null, 2)).toEqual({ found: ['a closed'], next: '100' });
    expect(await keysOf({ after: '100' }, null, 2)).toEqual({ found: [], next: null });
    expect(await keysOf({ upTo: '10' }, ['b'], 10)).toEqual({ found: ['b'], next: null });
  });

  clause('event ids that were sent are those of one queue, a slice at a time', async (store) => {
    const { index } = store;
    const [queueId, other] = [await addQueue(store, 'events-a'), await addQueue(store, 'events-b')];
    const here = manyLetters(5, (n) => ({ eventId: `event-${n}` }), 'events-here');
    const there = manyLetters(2, (n) => ({ eventId: `elsewhere-${n}` }), 'events-there');
    await index.ingest({ queueId, letters: here, scan: 's' });
    await index.ingest({ queueId: other, letters: there, scan: 's' });
    const state = ['replayed', 'unknown', 'replayed', 'failed'] as const;
    const changes = [...here.slice(0, 4), ...there].map(({ letter }, n) => ({
      messageId: letter.id,
      state: state[n] ?? ('replayed' as const),
      at: 5_000,
      replayId: `replay-${n % 2}`,
    }));
    await index.setStates(changes);
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof index.listSentEvents>> = await index.listSentEvents(queueId, cursor, 2);
      found.push(...page.eventIds);
      cursor = page.next;
    } while (cursor !== null);
    expect(found.toSorted()).toEqual(['event-0', 'event-1', 'event-2']);
  });

  clause(
    'redirect rules are tried in the order in which they were made, and each has a name of its own',
    async ({ ledger }) => {
      const rule = {
        name: 'Orders again',
        connection: 'kafka',
        matches: 'origin',
        pattern: 'orders*',
        destination: { kind: 'kafka', topic: 'orders-retry-0', partition: null },
        createdAt: 1,
        createdBy: 'ada',
      } as const;
      const first = await ledger.saveRedirect(rule);
      const second = await ledger.saveRedirect({ ...rule, name: 'A second', matches: 'queue' });
      expect(await ledger.listRedirects()).toEqual([{ ...rule, id: first.id }, second]);
      await expect(ledger.saveRedirect({ ...rule, name: 'ORDERS again' })).rejects.toMatchObject({ code: 'conflict' });
      await ledger.deleteRedirect(first.id);
      expect(await ledger.listRedirects()).toEqual([second]);
      await expect(ledger.deleteRedirect(first.id)).rejects.toMatchObject({ code: 'not_found' });
    },
  );
}
