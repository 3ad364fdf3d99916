import { expect } from 'vitest';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aLetter, manyLetters } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { addQueue, ids } from '#server/store/testing/reading.ts';

export function describeMeasureClauses({ clause }: Clauses): void {
  clause('a queue is measured by state, and its oldest is the oldest that is open', async (store) => {
    const queueId = await addQueue(store, 'measured');
    const empty = await addQueue(store, 'measured-empty');
    const letters = manyLetters(4, (n) => ({ at: 5_000 + n }), 'measured');
    await store.index.ingest({ queueId, letters, scan: 's' });
    const [oldest] = ids(letters);
    await store.index.setStates([{ messageId: `${oldest}`, state: 'replayed', at: 6_000, replayId: 'r1' }]);
    const measures = await store.index.measureQueues();
    expect(measures.find((each) => each.queueId === queueId)).toEqual({
      queueId,
      byState: { new: 3, replayed: 1 },
      oldestAt: 5_001,
      keptFrom: 5_001,
      endsAt: null,
    });
    expect(measures.some((each) => each.queueId === empty)).toBe(false);
  });

  clause('of a queue that is measured it is known as in its summary which message goes first', async (store) => {
    const expiring = [
      ['oldest-unknown', { at: 5_000, keptFrom: null }, { at: 6_000 }, { keptFrom: null, endsAt: null }],
      ['sooner', { at: 5_000 }, { at: 6_000, keptFrom: 900, endsAt: 7_000 }, { keptFrom: 900, endsAt: 7_000 }],
      ['said', { at: 5_000 }, { at: 6_000 }, { keptFrom: 5_000, endsAt: null }],
    ] as const;
    for (const [name, first, second, expected] of expiring) {
      const queueId = await addQueue(store, `expiring-${name}`);
      const letters = [aLetter(`expiring-${name}:1`, first), aLetter(`expiring-${name}:2`, second)];
      await store.index.ingest({ queueId, letters, scan: 's' });
      const measure = (await store.index.measureQueues()).find((each) => each.queueId === queueId);
      expect(measure, name).toMatchObject(expected);
      expect((await store.index.summariseQueues(10_000)).find((each) => each.queueId === queueId)).toMatchObject(
        expected,
      );
    }
  });

  clause('arrivals are counted once each, by queue and group, and what is met again is none', async (store) => {
    const queueId = await addQueue(store, 'arriving-measured');
    const begin = await store.index.countArrivals(null);
    expect(begin).toMatchObject({ isAll: true, counts: [] });
    const letters = manyLetters(3, undefined, 'arriving-measured');
    const other = aLetter('arriving-measured:other', {
      failure: { errorClass: 'Quite', errorMessage: 'different', stackTrace: null, reason: null, attempts: null },
    });
    await store.index.ingest({ queueId, letters: [...letters, other], scan: 'one' });
    const first = await store.index.countArrivals(begin.upTo);
    expect(first.isAll).toBe(true);
    expect(first.counts.toSorted((a, b) => b.count - a.count)).toEqual([
      { queueId, fingerprint: letters[0]?.letter.fingerprint, count: 3 },
      { queueId, fingerprint: other.letter.fingerprint, count: 1 },
    ]);
    await store.index.ingest({ queueId, letters, scan: 'two' });
    expect((await store.index.countArrivals(first.upTo)).counts).toEqual([]);
    const groups = [other.letter.fingerprint, 'unknown'];
    expect(await store.index.listMetBy(groups, begin.upTo)).toEqual([]);
    expect(await store.index.listMetBy(groups, first.upTo)).toEqual([other.letter.fingerprint]);
  });

  clause('what the console put back did not arrive, also what had come back from a replay before', async (store) => {
    const queueId = await addQueue(store, 'restored-measured');
    const { upTo } = await store.index.countArrivals(null);
    const replay = { replayId: 'r1', itemId: 'i1', count: 1 };
    const letters = [
      aLetter('restored-measured:new', { lastReplayId: 'restore' }),
      aLetter('restored-measured:earlier return', { lastReplayId: 'restore', state: 'returned', replay }),
      aLetter('restored-measured:return', { lastReplayId: 'r1', state: 'returned', replay }),
      aLetter('restored-measured:likely return', { lastReplayId: 'r1', state: 'returned' }),
      aLetter('restored-measured:arrival'),
    ];
    await store.index.ingest({ queueId, letters, scan: 's' });
    const { counts } = await store.index.countArrivals(upTo);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    const [first] = letters;
    const at = first?.letter.at ?? 0;
    const restored = await store.index.countRestored(queueId, { from: at, to: at + 1 });
    expect(restored).toEqual([{ fingerprint: first?.letter.fingerprint, count: 2 }]);
    expect(await store.index.countRestored(queueId, { from: at + 1, to: at + 2 })).toEqual([]);
    expect(await store.index.countRestored('kafka/another', { from: at, to: at + 1 })).toEqual([]);
  });

  clause('replays are measured when they are confirmed, with what became of their messages', async ({ ledger }) => {
    const before = await ledger.measureReplays();
    const sum = (of: typeof before, what: 'replays' | 'items', state: string) =>
      of[what]
        .filter((each) => each.action === 'replay' && each.state === state)
        .reduce((n, each) => n + each.count, 0);
    const { id, plan } = await writePlan(ledger, aReplay('measured', 3));
    expect(await ledger.measureReplays()).toEqual(before);
    await ledger.confirmReplay(id, plan.hash, 'ada', 10);
    await ledger.setReplayState(id, { state: 'sending', at: 11 });
    const [one, two] = ['measured-0', 'measured-1'];
    await ledger.intend(
      [
        { itemId: one, watermark: null },
        { itemId: two, watermark: null },
      ],
      12,
    );
    await ledger.recordItems(
      [
        { itemId: one, state: 'sent' },
        { itemId: two, state: 'failed' },
      ],
      13,
    );
    const after = await ledger.measureReplays();
    expect(sum(after, 'replays', 'sending') - sum(before, 'replays', 'sending')).toBe(1);
    for (const state of ['planned', 'sent', 'failed'])
      expect(sum(after, 'items', state) - sum(before, 'items', state), state).toBe(1);
    await ledger.setReplayState(id, { state: 'cancelled', at: 14 });
    await ledger.recordItems([{ itemId: one, state: 'settled' }], 15);
  });
}
