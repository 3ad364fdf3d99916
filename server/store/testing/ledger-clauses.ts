import { expect } from 'vitest';
import type { ItemState, ReplayAccount } from '#lib/domain/replay.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';

function statesSum(account: ReplayAccount): number {
  return (
    account.planned +
    account.intended +
    account.sent +
    account.settled +
    account.skipped +
    account.failed +
    account.unknown
  );
}

export function describeLedgerClauses({ clause }: Clauses): void {
  clause('plans that nobody confirmed and answered requests are forgotten, and nothing else', async ({ ledger }) => {
    const old = { createdAt: 1_000 };
    for (const id of ['old-plan', 'old-cancelled', 'old-sent', 'old-stopped'])
      await writePlan(ledger, aReplay(id, 3, old));
    await writePlan(ledger, aReplay('young-plan', 3, { createdAt: 5_000 }));
    await ledger.setReplayState('old-cancelled', { state: 'cancelled', at: 1_100 });
    await ledger.confirmReplay('old-sent', 'hash of old-sent', 'ada', 1_200);
    await ledger.confirmReplay('old-stopped', 'hash of old-stopped', 'ada', 1_200);
    await ledger.setReplayState('old-stopped', { state: 'cancelled', at: 1_300 });
    const ask = (queueId: string) => ledger.submitRequest({ kind: 'sync', queueId, insist: false }, 'ada', 1_000);
    const [early, late, waiting] = [await ask('kafka/early'), await ask('kafka/late'), await ask('kafka/waiting')];
    await ledger.answerRequest(early, { kind: 'done', replayId: null }, 4_999);
    await ledger.answerRequest(late, { kind: 'done', replayId: null }, 5_000);

    let forgotten = 0;
    for (let went = await ledger.forgetOld(5_000); went > 0; went = await ledger.forgetOld(5_000)) forgotten += went;
    expect(forgotten).toBeGreaterThanOrEqual(3);
    for (const id of ['old-plan', 'old-cancelled'])
      await expect(ledger.getReplay(id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(ledger.getRequest(early)).rejects.toMatchObject({ code: 'not_found' });
    for (const id of ['old-sent', 'old-stopped', 'young-plan'])
      expect((await ledger.listItems(id, { after: null, limit: 10 })).map((item) => item.id)).toHaveLength(3);
    expect((await ledger.getRequest(late)).state).toBe('answered');
    expect((await ledger.getRequest(waiting)).state).toBe('waiting');
    await ledger.answerRequest(waiting, { kind: 'done', replayId: null }, 5_001);
    expect((await writePlan(ledger, aReplay('next-plan', 1))).number).toBeGreaterThan(
      (await ledger.getReplay('young-plan')).number,
    );
    await ledger.setReplayState('old-sent', { state: 'cancelled', at: 5_002 });
  });

  clause(
    "a plan is nobody's before it is finished, counts every item, and is forgotten when it never is",
    async ({ ledger }) => {
      const { items, plan, sentence, queueIds, ...begun } = aReplay('piecewise', 5, { createdAt: 900 });
      await ledger.beginPlan(begun);
      await expect(ledger.beginPlan(begun)).rejects.toMatchObject({ code: 'conflict' });
      await ledger.addPlanItems('piecewise', items.slice(0, 3));
      await expect(ledger.getReplay('piecewise')).rejects.toMatchObject({ code: 'not_found' });
      await expect(ledger.confirmReplay('piecewise', '', 'ada', 1)).rejects.toMatchObject({ code: 'not_found' });
      const listed = await ledger.listReplays({ limit: 100, before: null, withPlans: true });
      expect(listed.map((replay) => replay.id)).not.toContain('piecewise');
      const inAnother = await ledger.listItemsOfMessages(items.map((item) => item.messageId));
      expect(inAnother.filter((item) => item.replayId === 'piecewise')).toEqual([]);

      await ledger.addPlanItems('piecewise', items.slice(3));
      expect(await ledger.finishPlan('piecewise', { plan, sentence, queueIds })).toMatchObject({
        state: 'planned',
        sentence,
        account: { total: 5, planned: 5 },
      });
      await expect(ledger.addPlanItems('piecewise', items)).rejects.toMatchObject({ code: 'not_found' });
      await expect(ledger.finishPlan('piecewise', { plan, sentence, queueIds })).rejects.toMatchObject({
        code: 'not_found',
      });

      const { items: left, ...abandoned } = aReplay('abandoned', 4, { createdAt: 900 });
      await ledger.beginPlan(abandoned);
      await ledger.addPlanItems('abandoned', left);
      while ((await ledger.forgetOld(901)) > 0);
      await ledger.beginPlan(abandoned);
      await expect(ledger.addPlanItems('abandoned', left)).resolves.toBeUndefined();
    },
  );

  clause('only the plan that was looked at can be confirmed, and only once', async ({ ledger }) => {
    const plan = await writePlan(ledger, aReplay('confirm', 2));
    expect(plan).toMatchObject({ state: 'planned', confirmedAt: null, account: { total: 2, planned: 2 } });
    await expect(ledger.confirmReplay('confirm', 'another hash', 'ada', 5)).rejects.toMatchObject({
      code: 'stale_plan',
    });
    await expect(ledger.setReplayState('confirm', { state: 'queued', at: 5 })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await ledger.confirmReplay('confirm', 'hash of confirm', 'ada', 5)).toMatchObject({
      state: 'queued',
      confirmedAt: 5,
    });
    await expect(ledger.confirmReplay('confirm', 'hash of confirm', 'ada', 6)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await ledger.getReplay(String(plan.number))).toEqual(await ledger.getReplay('confirm'));
    await expect(ledger.confirmReplay('nothing', 'x', 'ada', 5)).rejects.toMatchObject({ code: 'not_found' });
    await expect(ledger.getReplay('nothing')).rejects.toMatchObject({ code: 'not_found' });
    await expect(writePlan(ledger, aReplay('confirm', 1))).rejects.toMatchObject({ code: 'conflict' });
  });

  clause('a replay goes only along the allowed ways and remembers when it did', async ({ ledger }) => {
    await writePlan(ledger, aReplay('ways', 1));
    await ledger.confirmReplay('ways', 'hash of ways', 'ada', 1);
    await expect(ledger.setReplayState('ways', { state: 'settled', at: 2 })).rejects.toMatchObject({
      code: 'conflict',
    });
    await ledger.setReplayState('ways', { state: 'sending', at: 3 });
    expect(await ledger.setReplayState('ways', { state: 'sending', at: 4 })).toMatchObject({ startedAt: 3 });
    await ledger.setReplayState('ways', { state: 'paused', at: 5 });
    await ledger.setReplayState('ways', { state: 'queued', from: ['paused', 'stopped'], at: 6 });
    await ledger.setReplayState('ways', { state: 'sending', at: 7 });
    for (const state of ['queued', 'sending'] as const)
      await expect(ledger.setReplayState('ways', { state, from: ['paused'], at: 8 })).rejects.toMatchObject({
        code: 'conflict',
        details: { state: 'sending' },
      });
    expect((await ledger.listActiveReplays()).map((replay) => replay.id)).toContain('ways');
    await ledger.setReplayState('ways', { state: 'watching', at: 8, watchUntil: 100 });
    const settled = await ledger.setReplayState('ways', { state: 'settled', at: 9 });
    expect(settled).toMatchObject({ startedAt: 3, finishedSendingAt: 8, watchUntil: 100, settledAt: 9, error: null });
    expect((await ledger.listActiveReplays()).map((replay) => replay.id)).not.toContain('ways');
    await expect(ledger.setReplayState('ways', { state: 'sending', at: 10 })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  clause(
    'an item that was intended cannot be intended again, and nothing of such a batch is written',
    async ({ ledger }) => {
      await writePlan(ledger, aReplay('once', 3));
      await ledger.intend([{ itemId: 'once-0', watermark: '41' }], 5);
      await expect(
        ledger.intend(
          ['once-1', 'once-0'].map((itemId) => ({ itemId, watermark: null })),
          6,
        ),
      ).rejects.toMatchObject({ code: 'conflict' });
      await expect(
        ledger.intend(
          ['once-1', 'once-1'].map((itemId) => ({ itemId, watermark: null })),
          6,
        ),
      ).rejects.toMatchObject({ code: 'conflict' });
      await expect(
        ledger.intend(
          [
            { itemId: 'once-1', watermark: null },
            { itemId: 'nothing', watermark: null },
          ],
          6,
        ),
      ).rejects.toMatchObject({ code: 'not_found' });
      const items = await ledger.listItems('once', { after: null, limit: 10 });
      expect(items.map((item) => [item.state, item.watermark, item.intendedAt])).toEqual([
        ['intended', '41', 5],
        ['planned', null, null],
        ['planned', null, null],
      ]);
      expect((await ledger.getReplay('once')).account).toMatchObject({ planned: 2, intended: 1 });
    },
  );

  clause('outcomes go only forward, and the account adds up after each step', async ({ ledger }) => {
    const refused = aReplay('account', 6);
    const reason = { code: 'not_found', message: 'The topic is gone.' } as const;
    await writePlan(ledger, {
      ...refused,
      items: refused.items.map((item) => (item.ordinal === 5 ? { ...item, state: 'skipped', reason } : item)),
    });
    const check = async (expected: Partial<ReplayAccount>) => {
      const { account } = await ledger.getReplay('account');
      expect(account).toMatchObject({ total: 6, ...expected });
      expect(statesSum(account)).toBe(6);
    };
    await check({ planned: 5, skipped: 1 });
    await ledger.intend(
      [0, 1, 2, 3].map((n) => ({ itemId: `account-${n}`, watermark: null })),
      5,
    );
    await check({ planned: 1, intended: 4 });
    await ledger.recordItems(
      [
        { itemId: 'account-0', state: 'sent', sentPosition: '0:7' },
        { itemId: 'account-1', state: 'sent' },
        { itemId: 'account-2', state: 'failed', reason },
        { itemId: 'account-3', state: 'unknown', reason },
      ],
      6,
    );
    await check({ sent: 2, failed: 1, unknown: 1 });
    await expect(
      ledger.recordItems(
        [
          { itemId: 'account-1', state: 'settled' },
          { itemId: 'account-2', state: 'sent' },
        ],
        7,
      ),
    ).rejects.toMatchObject({ code: 'conflict' });
    await expect(ledger.recordItems([{ itemId: 'account-1', state: 'unknown' }], 7)).rejects.toMatchObject({
      code: 'conflict',
    });
    await check({ sent: 2, failed: 1, unknown: 1 });
    await ledger.recordItems(
      [
        { itemId: 'account-0', state: 'settled' },
        { itemId: 'account-3', state: 'sent' },
      ],
      8,
    );
    await check({ planned: 1, sent: 2, settled: 1, failed: 1, skipped: 1, unknown: 0 });
    const [first] = await ledger.listItems('account', { states: ['settled'], after: null, limit: 10 });
    expect(first).toMatchObject({ sentPosition: '0:7', intendedAt: 5, sentAt: 6, settledAt: 8 });
    expect(
      (await ledger.findItems('account', ['account-2', 'once-0', 'nothing'])).map((item) => [item.id, item.reason]),
    ).toEqual([['account-2', reason]]);
  });

  clause('items are listed in the order of sending, in pages and by state', async ({ ledger }) => {
    await writePlan(ledger, aReplay('pages', 25));
    const met: number[] = [];
    for (let after: number | null = null; ;) {
      const page = await ledger.listItems('pages', { after, limit: 10 });
      met.push(...page.map((item) => item.ordinal));
      const last = page.at(-1);
      if (!last) break;
      after = last.ordinal;
    }
    expect(met).toEqual(Array.from({ length: 25 }, (_, n) => n));
    const none: readonly ItemState[] = [];
    expect(await ledger.listItems('pages', { states: none, after: null, limit: 10 })).toEqual([]);
    await expect(ledger.listItems('nothing', { after: null, limit: 10 })).rejects.toMatchObject({ code: 'not_found' });
  });

  clause('items are listed by when they were settled, the last of the replay first', async ({ ledger }) => {
    await writePlan(ledger, aReplay('settled', 3));
    const items = await ledger.listItems('settled', { after: null, limit: 9 });
    const settle = async ({ id }: { readonly id: string }, at: number) => {
      await ledger.intend([{ itemId: id, watermark: null }], at);
      await ledger.recordItems([{ itemId: id, state: 'settled' }], at);
    };
    for (const [index, item] of items.entries()) await settle(item, 1_000 + index);
    const query = { states: ['settled'] as const, after: null, newestFirst: true };
    const since = await ledger.listItems('settled', { ...query, settledFrom: 1_001, limit: 9 });
    expect(since.map((item) => item.ordinal)).toEqual([2, 1]);
    expect((await ledger.listItems('settled', { ...query, limit: 1 })).map((item) => item.ordinal)).toEqual([2]);
  });

  clause('the first return of an item stays, and the account counts it once', async ({ ledger }) => {
    await writePlan(ledger, aReplay('returns', 2));
    const back = {
      replayId: 'returns',
      itemId: 'returns-0',
      messageId: 'm1',
      at: 9,
      sameError: false,
      by: 'headers' as const,
      countSaid: 1,
    };
    expect(
      await ledger.recordReturns([back, { ...back, itemId: 'nothing' }, { ...back, replayId: 'another' }]),
    ).toMatchObject([{ id: 'returns-0', returned: { messageId: 'm1', at: 9, sameError: false } }]);
    expect(await ledger.recordReturns([{ ...back, messageId: 'm2', sameError: true }])).toMatchObject([
      { returned: { messageId: 'm1' } },
    ]);
    expect((await ledger.getReplay('returns')).account).toMatchObject({ returned: 1, returnedDifferent: 1 });
    expect(
      (await ledger.listItems('returns', { after: null, limit: 9, returnedOnly: true })).map((item) => item.id),
    ).toEqual(['returns-0']);
  });

  clause('two workers never hold one replay, until the lease has run out', async ({ ledger }) => {
    await writePlan(ledger, aReplay('leased', 1));
    const taken = await Promise.all(['w1', 'w2', 'w3'].map((worker) => ledger.leaseReplay('leased', worker, 100, 50)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const holder = `w${taken.indexOf(true) + 1}`;
    expect(await ledger.leaseReplay('leased', holder, 140, 50)).toBe(true);
    expect(await ledger.leaseReplay('leased', 'w9', 189, 50)).toBe(false);
    expect(await ledger.leaseReplay('leased', 'w9', 190, 50)).toBe(true);
    expect(await ledger.leaseReplay('leased', holder, 191, 50)).toBe(false);
    await expect(ledger.leaseReplay('nothing', 'w', 1, 1)).rejects.toMatchObject({ code: 'not_found' });
  });

  clause(
    'replays are listed newest first, plans only when asked for, and a message knows its replays',
    async ({ ledger }) => {
      for (const id of ['listed-1', 'listed-2', 'listed-3'])
        await writePlan(
          ledger,
          aReplay(id, 1, {
            queueIds: ['kafka/listed'],
            items: aReplay(id, 1).items.map((item) => ({ ...item, messageId: 'listed message' })),
          }),
        );
      await ledger.confirmReplay('listed-1', 'hash of listed-1', 'bob', 5);
      await ledger.confirmReplay('listed-2', 'hash of listed-2', 'bob', 5);
      const ids = async (withPlans: boolean) =>
        (await ledger.listReplays({ limit: 500, before: null, withPlans }))
          .map((replay) => replay.id)
          .filter((id) => id.startsWith('listed'));
      expect(await ids(false)).toEqual(['listed-2', 'listed-1']);
      expect(await ids(true)).toEqual(['listed-3', 'listed-2', 'listed-1']);
      const { number } = await ledger.getReplay('listed-2');
      expect((await ledger.listReplays({ limit: 1, before: number, withPlans: true }))[0]?.id).toBe('listed-1');
      expect((await ledger.lastReplays()).find((last) => last.queueId === 'kafka/listed')?.replay.id).toBe('listed-2');
      const items = await ledger.listItemsOfMessages(['listed message', 'nothing', 'listed message']);
      expect(items.map((item) => [item.replayId, item.by, item.replayState])).toEqual([
        ['listed-3', 'ada', 'planned'],
        ['listed-2', 'bob', 'queued'],
        ['listed-1', 'bob', 'queued'],
      ]);
    },
  );
}
