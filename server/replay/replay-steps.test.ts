import { describe, expect, it, vi } from 'vitest';
import { upTo, createReplayBench } from '#server/replay/testing/replay-bench.ts';

/** A replay that goes in steps, on a real SQS server in this process. */

const bench = createReplayBench();

describe('a replay', () => {
  it('with a canary pauses itself when the first message comes back, and goes on when the operator says so', async () => {
    const letters = await bench.deadLettersInIndex(4);
    const ids = letters.map((letter) => letter.id);
    const canary = { steps: [1], watchMs: 60_000, badShareMax: 0 };
    const { id } = await bench.confirmed(ids, { canary });
    await vi.waitUntil(async () => (await bench.store.ledger.getReplay(id)).account.settled === 1, { timeout: 60_000 });
    const [first] = await bench.store.ledger.listItems(id, { states: ['settled'], after: null, limit: 1 });
    await bench.comeBack(id, first?.id ?? '');
    const paused = await bench.reached(id, 'paused');
    expect(paused.account).toMatchObject({ settled: 1, planned: 3, returned: 1 });
    expect(paused.error).toMatchObject({ code: 'canary_failed', details: { attempted: 1, bad: 1 } });
    const [told] = await bench.store.ledger.listAudit({ limit: 1, before: null, target: id });
    expect(told).toMatchObject({ action: 'replay.pause', from: 'engine', reason: paused.error?.message });
    await bench.store.ledger.setReplayState(id, { state: 'queued', at: Date.now() });
    expect((await bench.reached(id, 'watching')).account).toMatchObject({ settled: 4, returned: 1 });
    expect(await bench.drain(bench.source)).toEqual([0, 1, 2, 3]);
  });

  it('with a canary watches its step again after a restart, and judges what came back since the operator said go', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const canary = { steps: [1], watchMs: 60_000, badShareMax: 0 };
    const { id } = await bench.confirmed(
      letters.map((letter) => letter.id),
      { canary },
    );
    await vi.waitUntil(async () => (await bench.store.ledger.getReplay(id)).account.settled === 1, { timeout: 60_000 });
    await bench.engine.stop();
    const [first] = await bench.store.ledger.listItems(id, { states: ['settled'], after: null, limit: 1 });
    const back = {
      replayId: id,
      itemId: first?.id ?? '',
      messageId: 'came-back',
      at: Date.now(),
      sameError: true,
      by: 'headers' as const,
      countSaid: 1,
    };
    await bench.store.ledger.recordReturns([back]);
    bench.startEngine();
    expect((await bench.reached(id, 'paused')).account).toMatchObject({ settled: 1, planned: 2, returned: 1 });
    expect(await bench.drain(bench.source)).toEqual([0]);
  });

  it('whose last message fails is watched like any other: nothing is left that a pause could hold back', async () => {
    const letters = await bench.deadLettersInIndex(1);
    const canary = { steps: [1], watchMs: 1_000, badShareMax: 0 };
    const { id } = await bench.confirmed(
      letters.map((letter) => letter.id),
      { canary },
    );
    await bench.drain(bench.deadLetters);
    expect((await bench.reached(id, 'watching', 'paused')).state).toBe('watching');
  });

  it('with a canary sends the rest when each step stayed gone', async () => {
    const letters = await bench.deadLettersInIndex(5);
    const canary = { steps: [1, 2], watchMs: 1_000, badShareMax: 0 };
    const { id } = await bench.confirmed(
      letters.map((letter) => letter.id),
      { canary },
    );
    expect((await bench.reached(id, 'watching')).account).toMatchObject({ settled: 5, returned: 0 });
    const sentAt = (await bench.store.ledger.listItems(id, { after: null, limit: 5 })).map((item) => item.sentAt ?? 0);
    const [one = 0, two = 0, , four = 0] = sentAt;
    expect(two - one).toBeGreaterThanOrEqual(1_000);
    expect(four - two).toBeGreaterThanOrEqual(1_000);
    expect(await bench.drain(bench.source)).toEqual(upTo(5));
  });
});
