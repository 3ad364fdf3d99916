import { expect } from 'vitest';
import { type ReturnSigns, returnWindowMs } from '#lib/replay/returns.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aLetter } from '#server/store/testing/letters.ts';
import { addQueue } from '#server/store/testing/reading.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import type { Ledger } from '#server/store/store.ts';

const signs = (event: string | null, content: string | null): ReturnSigns => ({ event, content });

/** A replay of `queueId` whose items are sent, with these signs. */
async function sentReplay(ledger: Ledger, id: string, queueId: string, all: readonly ReturnSigns[]): Promise<void> {
  const plan = aReplay(id, all.length, { queueIds: [queueId] });
  const items = plan.items.map((item, n) => ({
    ...item,
    queueId,
    messageId: `${id} message ${n}`,
    signs: { event: null, content: null, ...all[n], fingerprint: `group of ${n}` },
  }));
  await writePlan(ledger, { ...plan, items });
  await ledger.confirmReplay(id, `hash of ${id}`, 'ada', 1_000);
  await ledger.setReplayState(id, { state: 'sending', at: 2_000 });
  await ledger.intend(
    items.map((item) => ({ itemId: item.id, watermark: null })),
    3_000,
  );
  await ledger.recordItems(
    items.map((item) => ({ itemId: item.id, state: 'settled' as const })),
    4_000,
  );
}

const back = (replayId: string, n: number, messageId: string) => ({
  replayId,
  itemId: `${replayId}-${n}`,
  messageId,
  at: 9_000,
  sameError: true as boolean | null,
  by: 'headers' as const,
  countSaid: 0,
});

/** What came back, and what people decided. */
export function describeReturnClauses({ clause }: Clauses): void {
  clause(
    'what was sent is found by its signs while its replay is watched, and not after it came back',
    async ({ ledger }) => {
      await sentReplay(ledger, 'signed', 'kafka/signed', [signs('e1', 'c1'), signs('e2', 'c1'), signs(null, 'c2')]);
      const find = async (event: string | null, content: string | null, now = 5_000, queue = 'kafka/signed') =>
        (await ledger.findSigned(queue, [signs(event, content)], now)).map((item) => [item.id, item.by, item.sign]);
      expect(await ledger.isWatched('kafka/signed', 5_000)).toBe(true);
      expect(await ledger.isWatched('kafka/unsigned', 5_000)).toBe(false);
      expect(await find('e1', null)).toEqual([['signed-0', 'event-id', 'e1']]);
      expect(await find('nothing', 'c1')).toEqual([
        ['signed-0', 'content', 'c1'],
        ['signed-1', 'content', 'c1'],
      ]);
      expect(await find('e1', 'c1', 5_000, 'kafka/unsigned')).toEqual([]);
      expect(await find('e1', 'c1', 3_001 + returnWindowMs)).toEqual([]);
      await ledger.recordReturns([back('signed', 0, 'came back')]);
      expect(await find('e1', 'c1')).toEqual([['signed-1', 'content', 'c1']]);
      await ledger.setReplayState('signed', { state: 'watching', at: 6_000, watchUntil: 7_000 });
      expect(await find(null, 'c2')).toHaveLength(1);
      await ledger.setReplayState('signed', { state: 'settled', at: 7_000 });
      expect(await ledger.isWatched('kafka/signed', 7_000)).toBe(false);
      expect(await find(null, 'c2')).toEqual([]);
    },
  );

  clause('equal messages are no more than was asked for and a few', async ({ ledger }) => {
    await sentReplay(
      ledger,
      'alike',
      'kafka/alike',
      Array.from({ length: 100 }, () => signs(null, 'same')),
    );
    const wanted = Array.from({ length: 30 }, () => signs(null, 'same'));
    const found = await ledger.findSigned('kafka/alike', wanted, 5_000);
    expect(found.length).toBeGreaterThanOrEqual(30);
    expect(found.length).toBeLessThan(100);
    expect(found[0]?.id).toBe('alike-0');
  });

  clause('how often a message came back is counted over its replays and its returns', async ({ ledger }) => {
    const replayOf = async (id: string, messageId: string) => {
      const plan = aReplay(id, 1);
      await writePlan(ledger, { ...plan, items: plan.items.map((item) => ({ ...item, messageId })) });
    };
    const countOf = async (id: string, messageId: string, countSaid = 0) => {
      const [item] = await ledger.recordReturns([{ ...back(id, 0, messageId), countSaid }]);
      return item?.returned?.count;
    };
    await replayOf('count-1', 'first');
    await replayOf('count-2', 'first');
    await replayOf('count-3', 'return 2');
    expect(await countOf('count-1', 'return 1')).toBe(1);
    expect(await countOf('count-2', 'return 2')).toBe(2);
    expect(await countOf('count-3', 'return 3')).toBe(3);
    expect(await countOf('count-3', 'return 3')).toBe(3);
    await replayOf('count-4', 'of elsewhere');
    expect(await countOf('count-4', 'return 4', 5)).toBe(5);
    expect((await ledger.findReturnedAs(['return 2', 'nothing'])).map((item) => item.id)).toEqual(['count-2-0']);
  });

  clause('a return whose error nobody could compare counts as neither', async ({ ledger }) => {
    await sentReplay(ledger, 'uncompared', 'kafka/uncompared', [signs(null, null), signs(null, null)]);
    await ledger.recordReturns([
      { ...back('uncompared', 0, 'u0'), sameError: null, by: 'content' },
      { ...back('uncompared', 1, 'u1'), sameError: false },
    ]);
    expect((await ledger.getReplay('uncompared')).account).toMatchObject({ returned: 2, returnedDifferent: 1 });
    const items = await ledger.listItems('uncompared', { after: null, limit: 9 });
    expect(items.map(({ returned, fingerprint }) => [returned?.sameError, returned?.by, fingerprint])).toEqual([
      [null, 'content', 'group of 0'],
      [false, 'headers', 'group of 1'],
    ]);
  });

  clause('a person decides what is unknown and nothing else, and a proof counts for more', async ({ ledger }) => {
    await writePlan(ledger, aReplay('decided', 4));
    await ledger.confirmReplay('decided', 'hash of decided', 'ada', 1);
    await ledger.setReplayState('decided', { state: 'sending', at: 2 });
    const ids = [0, 1, 2].map((n) => `decided-${n}`);
    await ledger.intend(
      ids.map((itemId) => ({ itemId, watermark: null })),
      3,
    );
    await ledger.recordItems(
      ids.map((itemId) => ({ itemId, state: 'unknown' as const })),
      4,
    );
    await ledger.setReplayState('decided', { state: 'paused', at: 5 });
    expect(await ledger.listReplaysWithUnknown()).toContain((await ledger.getReplay('decided')).id);
    const decision = { outcome: 'not-sent', by: 'ada', at: 6, reason: 'The consumer never saw it.' } as const;
    const decide = (itemIds: readonly string[], outcome: 'sent' | 'not-sent') =>
      ledger.decideUnknown('decided', itemIds, { ...decision, outcome });
    expect(await decide(['decided-0', 'decided-3', 'nothing'], 'not-sent')).toMatchObject([
      { id: 'decided-0', state: 'failed', decision },
    ]);
    expect(await decide(['decided-1'], 'sent')).toMatchObject([{ id: 'decided-1', state: 'sent', sentAt: 6 }]);
    expect(await decide(['decided-0'], 'sent')).toEqual([]);
    expect((await ledger.getReplay('decided')).account).toMatchObject({ planned: 1, sent: 1, failed: 1, unknown: 1 });
    // What is only likely proves nothing.
    await ledger.recordReturns([{ ...back('decided', 2, 'd2'), by: 'content' }]);
    const [unproven, proven] = await ledger.recordReturns([back('decided', 2, 'd2'), back('decided', 0, 'd0')]);
    expect(unproven?.state).toBe('sent');
    expect(proven).toMatchObject({ state: 'sent', decision, returned: { messageId: 'd0' } });
    expect((await ledger.getReplay('decided')).account).toMatchObject({ planned: 1, sent: 3, failed: 0, unknown: 0 });
    expect(await ledger.listReplaysWithUnknown()).not.toContain((await ledger.getReplay('decided')).id);
  });

  clause('what is proven or decided to be sent after a plan was made has overtaken that plan', async ({ ledger }) => {
    await writePlan(ledger, aReplay('later plan', 1));
    const plan = aReplay('late', 4);
    await writePlan(ledger, {
      ...plan,
      items: plan.items.map((item, n) => ({ ...item, messageId: `late message ${n}` })),
    });
    await ledger.confirmReplay('late', 'hash of late', 'ada', 1);
    await ledger.setReplayState('late', { state: 'sending', at: 2 });
    const ids = [0, 1, 2, 3].map((n) => `late-${n}`);
    await ledger.intend(
      ids.map((itemId) => ({ itemId, watermark: null })),
      3,
    );
    await ledger.recordItems(
      ids.map((itemId) => ({ itemId, state: 'unknown' as const })),
      4,
    );
    const decision = { outcome: 'not-sent', by: 'ada', at: 5, reason: 'Nobody saw it.' } as const;
    await ledger.decideUnknown('late', ['late-0', 'late-3'], decision);
    const messageIds = plan.items.map((_, n) => `late message ${n}`);
    const overtaken = async (since: number) => (await ledger.findOvertaken('later plan', messageIds, since)).toSorted();
    expect(await overtaken(10)).toEqual([]);
    await ledger.decideUnknown('late', ['late-1'], { ...decision, outcome: 'sent', at: 11 });
    await ledger.recordReturns([{ ...back('late', 0, 'late came back'), at: 12 }]);
    await ledger.recordItems([{ itemId: 'late-2', state: 'settled' }], 13);
    expect(await overtaken(10)).toEqual(['late message 0', 'late message 1', 'late message 2']);
    expect(await overtaken(12)).toEqual(['late message 0', 'late message 2']);
    expect(await overtaken(14)).toEqual([]);
    // What was begun in the very millisecond of a plan may not have been seen by it.
    expect(await overtaken(3)).toEqual(['late message 0', 'late message 1', 'late message 2']);
  });

  clause('how often a message came back is kept with it, never falls, and is asked for by a filter', async (store) => {
    const { index } = store;
    const queueId = await addQueue(store, 'returns.dlq');
    const letters = [aLetter('returns:0'), aLetter('returns:1', { returns: 2 })];
    const [first, second] = letters.map(({ letter }) => letter.id);
    await index.ingest({ queueId, letters, scan: 's' });
    await index.noteReturns([
      { messageId: first ?? '', returns: 3 },
      { messageId: second ?? '', returns: 1 },
      { messageId: 'nothing', returns: 9 },
    ]);
    expect((await index.getMessages([first ?? '', second ?? ''])).map(({ returns }) => returns)).toEqual([3, 2]);
    const often = { kind: 'number', field: 'returns', from: 3, to: null } as const;
    const filter = { kind: 'and', terms: [{ kind: 'equals', field: 'queue', value: queueId }, often] } as const;
    const page = await index.listMessages({ filter, range: { from: null, to: null }, cursor: null, limit: 10 });
    expect(page.messages.map(({ id }) => id)).toEqual([first]);
  });

  clause('items that were sent and did not come back are a list of their own', async ({ ledger }) => {
    await sentReplay(ledger, 'unseen', 'kafka/unseen', [signs(null, null), signs(null, null)]);
    await ledger.recordReturns([back('unseen', 0, 'unseen 0')]);
    const query = { states: ['sent', 'settled'] as const, notReturned: true, after: null, limit: 9 };
    expect((await ledger.listItems('unseen', query)).map((item) => item.id)).toEqual(['unseen-1']);
  });

  clause('a queue tells which replays are not done with it', async ({ ledger }) => {
    const [queueId, other] = ['kafka/unfinished', 'kafka/elsewhere'];
    const plan = aReplay('unfinished', 4, { queueIds: [queueId, other] });
    const items = plan.items.map((item, n) => ({ ...item, queueId: n === 3 ? other : queueId }));
    await writePlan(ledger, { ...plan, items });
    const unfinished = async (id = queueId) =>
      (await ledger.listUnfinishedOn(id)).map(({ state, onlyUnknown }) => [state, onlyUnknown]);
    // Nobody has confirmed it.
    expect(await unfinished()).toEqual([]);
    const { number } = await ledger.confirmReplay('unfinished', 'hash of unfinished', 'ada', 1_000);
    expect(await ledger.listUnfinishedOn(queueId)).toEqual([{ number, state: 'queued', onlyUnknown: false }]);
    await ledger.setReplayState('unfinished', { state: 'sending', at: 2_000 });
    const record = (n: number, state: 'sent' | 'settled' | 'unknown' | 'skipped') =>
      ledger.recordItems([{ itemId: `unfinished-${n}`, state }], 3_000);
    await ledger.intend(
      [0, 1].map((n) => ({ itemId: `unfinished-${n}`, watermark: null })),
      2_500,
    );
    await record(0, 'sent');
    await record(1, 'unknown');
    // What is planned of a replay that is over is never sent, but what was sent is still to be removed.
    await ledger.setReplayState('unfinished', { state: 'cancelled', at: 4_000 });
    expect(await unfinished()).toEqual([['cancelled', false]]);
    expect(await unfinished(other)).toEqual([]);
    await record(0, 'settled');
    expect(await unfinished()).toEqual([['cancelled', true]]);
    await record(1, 'settled');
    expect(await unfinished()).toEqual([]);
  });
}
