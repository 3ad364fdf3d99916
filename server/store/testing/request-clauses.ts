import { expect } from 'vitest';
import type { Clauses } from '#server/store/testing/clauses.ts';

export function describeRequestClauses({ clause }: Clauses): void {
  clause(
    'a second sync of a queue that waits for one is answered with the first, and an insistence is not lost',
    async ({ ledger }) => {
      const sync = { kind: 'sync', queueId: 'kafka/requested', insist: false } as const;
      const first = await ledger.submitRequest(sync, 'ada', 1);
      expect(await ledger.submitRequest({ ...sync, insist: true }, 'bob', 2)).toBe(first);
      const other = await ledger.submitRequest({ ...sync, queueId: 'kafka/other' }, 'ada', 3);
      expect(other).not.toBe(first);
      expect(await ledger.getRequest(first)).toEqual({ state: 'waiting', answer: null });
      expect(await ledger.claimRequest('w', 10, 1_000)).toEqual({
        id: first,
        by: 'ada',
        request: { ...sync, insist: true },
      });
      const second = await ledger.submitRequest(sync, 'ada', 4);
      expect(second).not.toBe(first);
      await ledger.answerRequest(first, { kind: 'done', replayId: null }, 11);
      await ledger.answerRequest(first, { kind: 'failed', error: { code: 'internal', message: 'too late' } }, 12);
      expect(await ledger.getRequest(first)).toEqual({ state: 'answered', answer: { kind: 'done', replayId: null } });
      for (const id of [other, second]) await ledger.answerRequest(id, { kind: 'done', replayId: null }, 13);
      expect(await ledger.claimRequest('w', 20, 1_000)).toBeNull();
    },
  );

  clause(
    'a request that was begun three times and never answered is given up, and those behind it have their turn',
    async ({ ledger }) => {
      const look = { kind: 'check-plan', replayId: 'deadly' } as const;
      const deadly = await ledger.submitRequest(look, 'ada', 1);
      for (const now of [100, 200, 300]) {
        expect((await ledger.claimRequest(`w${now}`, now, 100))?.id).toBe(deadly);
        // Work that takes long is no new beginning.
        expect(await ledger.renewRequest(deadly, `w${now}`, now, 100)).toBe(true);
      }
      const next = await ledger.submitRequest({ ...look, replayId: 'next' }, 'ada', 2);
      expect((await ledger.claimRequest('w', 400, 100))?.id).toBe(next);
      expect(await ledger.getRequest(deadly)).toMatchObject({
        state: 'answered',
        answer: { kind: 'failed', error: { code: 'interrupted' } },
      });
      await ledger.answerRequest(next, { kind: 'done', replayId: null }, 401);
      expect(await ledger.claimRequest('w', 900, 100)).toBeNull();
    },
  );

  clause(
    'a request is claimed by one worker, oldest first, and by another once the lease ran out',
    async ({ ledger }) => {
      const submit = (queueId: string) => ledger.submitRequest({ kind: 'sync', queueId, insist: false }, 'ada', 1);
      const ids = [await submit('kafka/a'), await submit('kafka/b'), await submit('kafka/c')];
      const claimed = await Promise.all(['w1', 'w2', 'w3', 'w4'].map((worker) => ledger.claimRequest(worker, 100, 50)));
      expect(claimed.map((claim) => claim?.id ?? null).toSorted()).toEqual([...ids, null].toSorted());
      expect(await ledger.claimRequest('w5', 149, 50)).toBeNull();
      expect((await ledger.claimRequest('w5', 150, 50))?.id).toBe(ids[0]);
      for (const id of ids) await ledger.answerRequest(id, { kind: 'done', replayId: null }, 160);
      await expect(ledger.getRequest('nothing')).rejects.toMatchObject({ code: 'not_found' });
      await expect(ledger.answerRequest('nothing', { kind: 'done', replayId: null }, 1)).rejects.toMatchObject({
        code: 'not_found',
      });
    },
  );

  clause('a request that takes long is kept by its worker alone', async ({ ledger }) => {
    const id = await ledger.submitRequest({ kind: 'sync', queueId: 'kafka/renewed', insist: false }, 'ada', 1);
    await ledger.claimRequest('w1', 100, 50);
    expect(await ledger.renewRequest(id, 'w1', 140, 50)).toBe(true);
    expect(await ledger.renewRequest(id, 'w2', 141, 50)).toBe(false);
    expect(await ledger.claimRequest('w2', 189, 50)).toBeNull();
    expect((await ledger.claimRequest('w2', 190, 50))?.id).toBe(id);
    expect(await ledger.renewRequest(id, 'w1', 191, 50)).toBe(false);
    await ledger.answerRequest(id, { kind: 'done', replayId: null }, 192);
    expect(await ledger.renewRequest(id, 'w2', 193, 50)).toBe(false);
  });
}
