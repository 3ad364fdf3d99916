import { expect } from 'vitest';
import { everything } from '#lib/filter/filter.ts';
import type { Filter } from '#lib/filter/filter.ts';
import type { MessageQuery, Store } from '#server/store/store.ts';
import type { Clauses } from '#server/store/testing/conformance.ts';
import { aLetter, manyLetters, type TestLetter } from '#server/store/testing/letters.ts';
import { decodeContent, encodeContent } from '#server/store/content.ts';

const range = { from: null, to: null };
const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: 'test' } as const;

export async function addQueue(store: Store, name: string, connection = 'kafka'): Promise<string> {
  const known = (await store.index.listQueues()).filter((queue) => queue.connection === connection);
  const queues = [...known.map((queue) => queue.name), name].map(
    (each) => ({ name: each, kind: 'kafka', foundBy: 'pattern', origins: ['orders'], capabilities }) as const,
  );
  await store.index.saveQueues(connection, queues);
  return `${connection}/${name}`;
}

const inQueue = (queueId: string): Filter => ({ kind: 'queue', pattern: queueId });

export async function readAll(
  store: Store,
  query: Pick<MessageQuery, 'filter'> & Partial<MessageQuery>,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.index.listMessages({ range, limit: 100, ...query, cursor });
    ids.push(...page.messages.map((message) => message.id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

async function openCount(store: Store, queueId: string) {
  const summaries = await store.index.summariseQueues(10_000);
  return summaries.find((summary) => summary.queueId === queueId);
}

const ids = (letters: readonly TestLetter[]) => letters.map(({ letter }) => letter.id);

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
    expect(await openCount(store, queueId)).toMatchObject({ open: 50, indexed: 50, byState: { new: 50 } });
  });

  clause('a batch that cannot be written moves neither messages nor cursor', async (store) => {
    const queueId = await addQueue(store, 'half');
    const letters = manyLetters(3, undefined, 'half');
    const broken = { letter: { ...aLetter('half:broken').letter, at: 0.5 }, raw: aLetter('half:broken').raw };
    await expect(
      store.index.ingest({ queueId, letters: [...letters, broken], cursor: 'after', scan: 's' }),
    ).rejects.toMatchObject({ name: 'AppError' });
    expect(await store.index.getMessages(ids(letters))).toEqual([]);
    expect((await store.index.getSyncState(queueId)).cursor).toBeNull();
    await store.index.ingest({ queueId, letters, scan: 's' });
    expect(await store.index.listErrors({ filter: inQueue(queueId), range }, 5)).toMatchObject([
      { errorClass: 'TimeoutError', count: 3 },
    ]);
  });

  clause('a message comes back as it went in, with its content', async (store) => {
    const queueId = await addQueue(store, 'whole');
    const given = aLetter('whole', {
      sequence: '18446744073709551616',
      eventId: 'e',
      eventType: 't',
      correlationId: 'c',
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
    'what a complete scan did not meet is gone, unless we took it away, and is what it was when it is met again',
    async (store) => {
      const queueId = await addQueue(store, 'gone');
      const letters = manyLetters(6, undefined, 'gone');
      const [stays, lost, failed, replayed, discarded, unknown] = ids(letters);
      await store.index.ingest({ queueId, letters, scan: 'one' });
      const change = (messageId: string | undefined, state: 'failed' | 'replayed' | 'discarded' | 'unknown') => ({
        messageId: messageId ?? '',
        state,
        at: 3_000,
        replayId: 'r1',
      });
      await store.index.setStates([
        change(failed, 'failed'),
        change(replayed, 'replayed'),
        change(discarded, 'discarded'),
        change(unknown, 'unknown'),
      ]);
      await store.index.ingest({ queueId, letters: letters.slice(0, 1), scan: 'two' });
      expect(await store.index.markGone(queueId, { kind: 'not-seen-in', scan: 'two' }, 4_000)).toBe(3);
      expect(await store.index.markGone(queueId, { kind: 'not-seen-in', scan: 'two' }, 4_000)).toBe(0);
      const states = async () =>
        Object.fromEntries((await store.index.getMessages(ids(letters))).map((letter) => [letter.id, letter.state]));
      expect(await states()).toEqual({
        [`${stays}`]: 'new',
        [`${lost}`]: 'gone',
        [`${failed}`]: 'gone',
        [`${replayed}`]: 'replayed',
        [`${discarded}`]: 'discarded',
        [`${unknown}`]: 'gone',
      });
      expect((await store.index.getMessage(`${lost}`)).history.at(-1)).toEqual({ kind: 'gone', at: 4_000 });
      expect(await openCount(store, queueId)).toMatchObject({
        open: 1,
        indexed: 6,
        byState: { new: 1, gone: 3, replayed: 1, discarded: 1 },
      });
      await store.index.ingest({ queueId, letters, scan: 'three' });
      expect(await states()).toMatchObject({
        [`${lost}`]: 'new',
        [`${failed}`]: 'failed',
        [`${unknown}`]: 'unknown',
        [`${replayed}`]: 'replayed',
      });
      expect(await openCount(store, queueId)).toMatchObject({ open: 4, indexed: 6 });
    },
  );

  clause('what a log has dropped is gone, by the number and not by the text, and in its lane only', async (store) => {
    const queueId = await addQueue(store, 'truncated');
    const letters = ['9', '10', '99', '100', '99999999999999999999'].map((sequence) =>
      aLetter(`truncated:${sequence}`, { sequence }),
    );
    const elsewhere = aLetter('truncated:other', { sequence: '5', lane: '1' });
    await store.index.ingest({ queueId, letters: [...letters, elsewhere], scan: 's' });
    expect(await store.index.markGone(queueId, { kind: 'before', lane: '0', sequence: '100' }, 4_000)).toBe(3);
    const gone = await store.index.getMessages(ids([...letters, elsewhere]));
    expect(gone.map((letter) => letter.state)).toEqual(['gone', 'gone', 'gone', 'new', 'new', 'new']);
  });

  clause('counts are exact up to the cap', async (store) => {
    const queueId = await addQueue(store, 'capped');
    await store.index.ingest({ queueId, letters: manyLetters(20, undefined, 'capped'), scan: 's' });
    const query = { filter: inQueue(queueId), range };
    expect(await store.index.countMessages(query, 19)).toEqual({ count: 19, capped: true });
    expect(await store.index.countMessages(query, 20)).toEqual({ count: 20, capped: false });
  });

  clause('errors are counted by class, reason and message, numbers in it aside', async (store) => {
    const queueId = await addQueue(store, 'errors');
    const failure = (errorMessage: string | null, errorClass: string | null = 'A') => ({
      errorClass,
      errorMessage,
      stackTrace: null,
      reason: null,
      attempts: null,
    });
    const letters = [
      ...manyLetters(5, (n) => ({ at: 1_000 + n, failure: failure(`Order ${n} failed`) }), 'errors1'),
      ...manyLetters(2, (n) => ({ at: 2_000 + n, failure: failure('Refused') }), 'errors2'),
      ...manyLetters(1, () => ({ failure: failure(null, null) }), 'errors3'),
    ];
    await store.index.ingest({ queueId, letters, scan: 's' });
    const query = { filter: inQueue(queueId), range };
    expect(await store.index.listErrors(query, 10)).toEqual([
      { errorClass: 'A', errorMessage: 'Order 0 failed', reason: null, count: 5, lastAt: 1_004 },
      { errorClass: 'A', errorMessage: 'Refused', reason: null, count: 2, lastAt: 2_001 },
      { errorClass: null, errorMessage: null, reason: null, count: 1, lastAt: 1_000 },
    ]);
    expect(await store.index.listErrors({ ...query, range: { from: 2_001, to: null } }, 10)).toMatchObject([
      { errorMessage: 'Refused', count: 1 },
    ]);
    const part: Filter = {
      kind: 'and',
      terms: [inQueue(queueId), { kind: 'contains', field: 'error', value: 'FAILED' }],
    };
    expect(await store.index.listErrors({ filter: part, range }, 10)).toMatchObject([
      { errorMessage: 'Order 0 failed', count: 5 },
    ]);
    expect(await openCount(store, queueId)).toMatchObject({
      topError: { errorClass: 'A', count: 5 },
      oldestAt: 1_000,
      newestAt: 2_001,
    });
  });

  clause('the overview counts by hour, the newest hour last', async (store) => {
    const queueId = await addQueue(store, 'hours');
    const hour = 3_600_000;
    const now = 100 * hour;
    const letters = [0, 1, hour, 5 * hour, 23 * hour, 24 * hour].map((ago) =>
      aLetter(`hours:${ago}`, { at: now - ago }),
    );
    await store.index.ingest({ queueId, letters, scan: 's' });
    const summary = (await store.index.summariseQueues(now)).find((each) => each.queueId === queueId);
    const expected = Array.from({ length: 24 }, () => 0);
    expected[23] = 2;
    expected[22] = 1;
    expected[18] = 1;
    expected[0] = 1;
    expect(summary).toMatchObject({ hourly: expected, newInDay: 5, indexed: 6 });
  });

  clause(
    'a queue that discovery no longer finds is missing, keeps its messages, and waits again when it is found',
    async (store) => {
      const queueId = await addQueue(store, 'fleeting', 'other');
      await store.index.ingest({ queueId, letters: manyLetters(2, undefined, 'fleeting'), cursor: 'c', scan: 's' });
      await store.index.saveQueueStatus(queueId, {
        depth: { count: 2, exact: true },
        reader: { kind: 'live' },
        syncedAt: 5,
      });
      await store.index.saveQueues('other', []);
      expect(await store.index.getQueue(queueId)).toMatchObject({ reader: { kind: 'missing' }, depth: { count: 2 } });
      expect(await store.index.countMessages({ filter: inQueue(queueId), range }, 10)).toMatchObject({ count: 2 });
      await addQueue(store, 'fleeting', 'other');
      expect(await store.index.getQueue(queueId)).toMatchObject({
        reader: { kind: 'waiting' },
        depth: { count: 2 },
        syncedAt: 5,
        origins: ['orders'],
      });
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
    const given = aLetter('hostile', { failure, keyText: text, preview: text, eventType: text, correlationId: text });
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
