import { expect } from 'vitest';
import { everything } from '#lib/filter/filter.ts';
import { decodeContent, encodeContent } from '#server/store/content.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { allGroups } from '#server/store/testing/group-clauses.ts';
import { aLetter, manyLetters } from '#server/store/testing/letters.ts';
import { addQueue, ids, inQueue, range, readAll, summaryOf } from '#server/store/testing/reading.ts';

export function describeIndexClauses({ clause }: Clauses): void {
  clause('a batch that is written twice is there once, and the second answer names nothing as new', async (store) => {
    const queueId = await addQueue(store, 'twice');
    const letters = manyLetters(50, undefined, 'twice');
    const batch = { queueId, letters, cursor: 'here', changeMark: 'mark', scan: 'one' };
    expect((await store.index.ingest(batch)).inserted).toEqual(ids(letters));
    expect((await store.index.ingest(batch)).inserted).toEqual([]);
    expect(await store.index.countMessages({ filter: inQueue(queueId), range }, 1_000)).toEqual({
      count: 50,
      capped: false,
    });
    expect(await store.index.getSyncState(queueId)).toEqual({ cursor: 'here', changeMark: 'mark' });
    expect(await summaryOf(store, queueId)).toMatchObject({ open: 50, indexed: 50, byState: { new: 50 } });
  });

  clause('a batch that cannot be written moves neither messages nor cursor', async (store) => {
    const queueId = await addQueue(store, 'half');
    const letters = manyLetters(3, undefined, 'half');
    const broken = aLetter('half:broken', { at: 0.5 });
    await expect(
      store.index.ingest({ queueId, letters: [...letters, broken], cursor: 'after', scan: 's' }),
    ).rejects.toMatchObject({ name: 'AppError' });
    expect(await store.index.getMessages(ids(letters))).toEqual([]);
    expect((await store.index.getSyncState(queueId)).cursor).toBeNull();
    await store.index.ingest({ queueId, letters, scan: 's' });
    expect(await store.index.listGroups({ ...allGroups, filter: inQueue(queueId), range })).toMatchObject({
      groups: [{ errorClass: 'TimeoutError', count: 3 }],
    });
  });

  clause('a batch that begins elsewhere than where the reader stands is refused as a whole', async (store) => {
    const queueId = await addQueue(store, 'followed');
    const [first, second, third] = manyLetters(3, undefined, 'followed').map((letter) => [letter]);
    const ingest = (letters = first, after: string | null, cursor: string) =>
      store.index.ingest({ queueId, letters: letters ?? [], after, cursor, scan: 's' });
    await ingest(first, null, 'one');
    await expect(ingest(third, 'two', 'three')).rejects.toMatchObject({ code: 'conflict' });
    await expect(ingest(third, null, 'three')).rejects.toMatchObject({ code: 'conflict' });
    expect((await store.index.getSyncState(queueId)).cursor).toBe('one');
    await ingest(second, 'one', 'two');
    await ingest(third, 'two', 'three');
    expect(await readAll(store, { filter: inQueue(queueId) })).toHaveLength(3);
  });

  clause('a message comes back as it went in, with its content', async (store) => {
    const queueId = await addQueue(store, 'whole');
    const given = aLetter('whole', {
      sequence: '18446744073709551616',
      eventId: 'e',
      eventType: 't',
      correlationId: 'c',
      causationId: 'because',
      traceId: 'tr',
      keyText: 'k',
      keyDigest: 'kd',
      replay: { replayId: 'r', itemId: 'i', count: 2 },
      lastReplayId: 'r',
      state: 'returned',
      originalAt: null,
    });
    await store.index.ingest({ queueId, letters: [given], scan: 's' });
    expect(await store.index.getMessages([given.letter.id])).toEqual([{ ...given.letter, queueId }]);
    const { raw, history, ...letter } = await store.index.getMessage(given.letter.id);
    expect(letter).toEqual({ ...given.letter, queueId });
    expect(raw).toEqual(decodeContent(encodeContent(given.raw)));
    expect(history).toEqual([{ kind: 'dead-lettered', at: 1_000, atIs: 'said', attempts: 3, by: 'orders' }]);
  });

  clause('paging meets every message once, newest first, also among thousands of one instant', async (store) => {
    const queueId = await addQueue(store, 'paging');
    const letters = manyLetters(2_345, (n) => ({ at: 1_000 + Math.floor(n / 700) }), 'paging');
    await store.index.ingest({ queueId, letters, scan: 's' });
    const newest = await readAll(store, { filter: inQueue(queueId) });
    expect(newest).toEqual(ids(letters).toReversed());
    expect(await readAll(store, { filter: inQueue(queueId), order: 'oldest' })).toEqual(ids(letters));
  });

  clause('paging meets every message once while others arrive', async (store) => {
    const queueId = await addQueue(store, 'arriving');
    const letters = manyLetters(300, (n) => ({ at: 1_000 + n }), 'arriving');
    await store.index.ingest({ queueId, letters, scan: 's' });
    const met: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page === 0 || cursor !== null; page++) {
      const answer = await store.index.listMessages({ filter: inQueue(queueId), range, cursor, limit: 37 });
      met.push(...answer.messages.map((message) => message.id));
      cursor = answer.nextCursor;
      await store.index.ingest({
        queueId,
        letters: manyLetters(10, () => ({ at: 5_000 + page }), `late${page}`),
        scan: 's',
      });
    }
    expect(met).toEqual(ids(letters).toReversed());
  });

  clause('a cursor that is not ours is refused, and so is a page of no size', async (store) => {
    const page = { filter: everything, range, limit: 10 };
    await expect(store.index.listMessages({ ...page, cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(store.index.listMessages({ ...page, cursor: null, limit: 0 })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(store.index.listMessages({ ...page, cursor: null, limit: 1_001 })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  clause(
    'a queue that discovery no longer finds is missing, keeps its messages, and waits again when it is found',
    async (store) => {
      const queueId = await addQueue(store, 'fleeting', 'other');
      await store.index.ingest({ queueId, letters: manyLetters(2, undefined, 'fleeting'), cursor: 'c', scan: 's' });
      await store.index.saveQueueStatus(queueId, {
        depth: { count: 2, exact: true },
        reader: { kind: 'live' },
        knownBackTo: 3,
        syncedAt: 5,
      });
      await store.index.saveQueues('other', []);
      expect(await store.index.getQueue(queueId)).toMatchObject({ reader: { kind: 'missing' }, depth: { count: 2 } });
      expect(await store.index.countMessages({ filter: inQueue(queueId), range }, 10)).toMatchObject({ count: 2 });
      await addQueue(store, 'fleeting', 'other');
      expect(await store.index.getQueue(queueId)).toMatchObject({
        reader: { kind: 'waiting' },
        depth: { count: 2 },
        knownBackTo: 3,
        syncedAt: 5,
        origins: ['orders'],
      });
      await store.index.saveQueueStatus(queueId, { knownBackTo: null });
      expect((await store.index.getQueue(queueId)).knownBackTo).toBeNull();
      expect((await store.index.getSyncState(queueId)).cursor).toBe('c');
    },
  );

  clause('what is not there is said to be not there', async (store) => {
    await expect(store.index.getMessage('nothing')).rejects.toMatchObject({ name: 'AppError', code: 'not_found' });
    await expect(store.index.getQueue('kafka/nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.index.getSyncState('kafka/nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.index.ingest({ queueId: 'kafka/nothing', letters: [], scan: 's' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(store.index.markGone('kafka/nothing', { kind: 'not-seen-in', scan: 's' }, 1)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await store.index.getMessages(['nothing'])).toEqual([]);
  });

  clause('hostile text does no harm: it is bounded in lists and whole in the content', async (store) => {
    const queueId = await addQueue(store, 'hostile');
    const text = `a\0b\ud800c\u202e'; DROP TABLE messages; -- 😀`;
    const failure = {
      errorClass: text,
      errorMessage: `${text}${'x'.repeat(1_000_000)}`,
      stackTrace: text.repeat(10_000),
      reason: text,
      attempts: null,
    };
    const given = aLetter('hostile', {
      failure,
      keyText: text,
      preview: text,
      eventType: text,
      correlationId: text,
      causationId: text,
    });
    await store.index.ingest({
      queueId,
      letters: [{ ...given, raw: { ...given.raw, headers: [{ name: text, value: { kind: 'text', text } }] } }],
      scan: 's',
    });
    const found = await store.index.getMessage(given.letter.id);
    expect(found.failure.errorMessage?.length).toBeLessThanOrEqual(8_000);
    expect(found.failure.stackTrace?.length).toBeLessThanOrEqual(64_000);
    expect(found.keyText).toBe(text.toWellFormed());
    expect(found.raw.headers).toEqual([{ name: text, value: { kind: 'text', text } }]);
    for (const field of ['error', 'key', 'type', 'text'] as const) {
      expect(
        await readAll(store, {
          filter: { kind: 'and', terms: [inQueue(queueId), { kind: 'contains', field, value: text.slice(0, 12) }] },
        }),
      ).toEqual([given.letter.id]);
    }
    expect(await readAll(store, { filter: { kind: 'equals', field: 'correlation', value: text } })).toEqual([
      given.letter.id,
    ]);
  });

  clause('connections are kept, each as it was saved last', async (store) => {
    const connection = {
      name: 'kafka',
      kind: 'kafka',
      address: '127.0.0.1:9092',
      health: { kind: 'starting', step: 'x' },
      checkedAt: null,
    } as const;
    await store.index.saveConnections([connection, { ...connection, name: 'sqs', kind: 'sqs' }]);
    await store.index.saveConnections([{ ...connection, checkedAt: 7 }]);
    expect(await store.index.listConnections()).toEqual([
      { ...connection, checkedAt: 7 },
      { ...connection, name: 'sqs', kind: 'sqs' },
    ]);
  });
}
