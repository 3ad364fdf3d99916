import { expect } from 'vitest';
import type { GroupTriage } from '#lib/domain/error-group.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aDecision } from '#server/store/testing/group-clauses.ts';
import { aLetter, manyLetters } from '#server/store/testing/letters.ts';
import { addQueue, ids, inQueue, range, summaryOf } from '#server/store/testing/reading.ts';

export function describeCountClauses({ clause }: Clauses): void {
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
      expect(await summaryOf(store, queueId)).toMatchObject({
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
      expect(await summaryOf(store, queueId)).toMatchObject({ open: 4, indexed: 6 });
    },
  );

  clause(
    'of several changes of a message at once the last counts, once, and an id that nobody knows changes nothing',
    async (store) => {
      const queueId = await addQueue(store, 'changes');
      const letters = manyLetters(3, undefined, 'changes');
      const [first = '', second = '', untouched = ''] = ids(letters);
      await store.index.ingest({ queueId, letters, scan: 'one' });
      const change = (messageId: string, state: 'failed' | 'replayed') => ({
        messageId,
        state,
        at: 3_000,
        replayId: 'r1',
      });
      await store.index.setStates([
        change(first, 'replayed'),
        change(second, 'replayed'),
        change(first, 'failed'),
        change('unknown', 'replayed'),
        change(second, 'replayed'),
      ]);
      await store.index.setStates([]);
      const states = (await store.index.getMessages(ids(letters))).map(({ id, state, lastReplayId }) => [
        id,
        state,
        lastReplayId,
      ]);
      expect(states).toEqual([
        [first, 'failed', 'r1'],
        [second, 'replayed', 'r1'],
        [untouched, 'new', null],
      ]);
      expect(await summaryOf(store, queueId)).toMatchObject({
        indexed: 3,
        byState: { failed: 1, replayed: 1, new: 1 },
      });
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

  clause(
    'the overview names the group with most open messages, of those that were merged the one they were merged into',
    async (store) => {
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
        ...manyLetters(3, (n) => ({ at: 2_000 + n, failure: failure('Refused') }), 'errors2'),
        ...manyLetters(4, () => ({ failure: failure(null, null) }), 'errors3'),
      ];
      await store.index.ingest({ queueId, letters, scan: 's' });
      const [orders, refused, nothing] = [letters[0], letters[5], letters[8]].map(
        (each) => each?.letter.fingerprint ?? '',
      );
      const summary = async (triage: readonly GroupTriage[] = []) =>
        (await store.index.summariseQueues(10_000, triage)).find((each) => each.queueId === queueId);
      expect(await summary()).toMatchObject({
        topGroup: { fingerprint: orders, count: 5, title: 'A: Order # failed' },
        topError: { errorClass: 'A', errorMessage: 'Order 0 failed', count: 5 },
        oldestAt: 1_000,
        newestAt: 2_002,
      });
      expect(await summary()).toMatchObject({ keptFrom: 1_000, endsAt: null });
      const merged = [aDecision(`${nothing}`, { mergedInto: `${refused}` })];
      expect(await summary(merged)).toMatchObject({
        topGroup: { fingerprint: refused, count: 7, title: 'A: Refused' },
      });
      const gone = letters.slice(0, 5).map(({ letter }) => letter.id);
      await store.index.setStates(gone.map((messageId) => ({ messageId, state: 'replayed', at: 1, replayId: null })));
      expect(await summary()).toMatchObject({ topGroup: { fingerprint: nothing, count: 4 } });
    },
  );

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
}
