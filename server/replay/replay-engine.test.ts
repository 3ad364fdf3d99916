import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { upTo, createReplayBench } from '#server/replay/testing/replay-bench.ts';

/** What a replay promises while it is interrupted, on a real SQS server in this process: nothing lost, nothing doubled, every item's state true. */

const bench = createReplayBench();

describe('a replay', () => {
  it('that is paused keeps an exact account, and resumed sends the rest once', async () => {
    const letters = await bench.deadLettersInIndex(12);
    const { id } = await bench.confirmed(
      letters.map((letter) => letter.id),
      { ratePerSecond: 10 },
    );
    await vi.waitUntil(async () => (await bench.store.ledger.getReplay(id)).account.settled >= 2, { timeout: 60_000 });
    await bench.store.ledger.setReplayState(id, { state: 'paused', at: Date.now() });
    // What was under way when it was paused is finished: then nothing moves any more.
    await vi.waitUntil(
      async () => {
        const { account } = await bench.store.ledger.getReplay(id);
        return account.intended + account.sent === 0;
      },
      { timeout: 60_000 },
    );
    const first = await bench.drain(bench.source);
    const paused = await bench.reached(id, 'paused');
    expect(first.length).toBeLessThan(12);
    expect(paused.account).toMatchObject({ settled: first.length, planned: 12 - first.length, failed: 0, unknown: 0 });

    await bench.store.ledger.setReplayState(id, { state: 'queued', at: Date.now() });
    const done = await bench.reached(id, 'watching');
    expect(done.account).toMatchObject({ total: 12, settled: 12 });
    expect([...first, ...(await bench.drain(bench.source))].toSorted((a, b) => a - b)).toEqual(upTo(12));
    expect(await bench.drain(bench.deadLetters)).toEqual([]);
  });

  it('that is cancelled leaves the rest where it was', async () => {
    const letters = await bench.deadLettersInIndex(10);
    const { id } = await bench.confirmed(
      letters.map((letter) => letter.id),
      { ratePerSecond: 10 },
    );
    await vi.waitUntil(async () => (await bench.store.ledger.getReplay(id)).account.settled >= 2, { timeout: 60_000 });
    const cancelled = await bench.store.ledger.setReplayState(id, { state: 'cancelled', at: Date.now() });
    await bench.engine.stop();
    expect(cancelled.state).toBe('cancelled');
    expect(
      [...(await bench.drain(bench.source)), ...(await bench.drain(bench.deadLetters))].toSorted((a, b) => a - b),
    ).toEqual(upTo(10));
    bench.startEngine();
  });

  it('whose engine died after a send removes what was sent, and never sends it again', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const planned = await bench.plan(letters.map((letter) => letter.id));
    await bench.engine.stop();
    // The state of a crash: two were intended, one of them was sent and confirmed, none was removed.
    const items = await bench.store.ledger.listItems(planned.id, { after: null, limit: 10 });
    const [sent, intended] = items;
    await bench.store.ledger.intend(
      [sent, intended].map((item) => ({ itemId: item?.id ?? '', watermark: '{"watermark":null,"equals":1}' })),
      Date.now(),
    );
    await bench.foreign.send(new SendMessageCommand({ QueueUrl: bench.source, MessageBody: '{"number":0}' }));
    await bench.store.ledger.recordItems([{ itemId: sent?.id ?? '', state: 'sent', sentPosition: 'x' }], Date.now());
    await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());

    bench.startEngine();
    const done = await bench.reached(planned.id, 'watching');
    expect(done.account).toMatchObject({ total: 3, settled: 2, unknown: 1 });
    expect(await bench.drain(bench.source)).toEqual([0, 2]);
    // What may have been sent stays until a person decides. The engine reads the queue at its start, and hides it meanwhile.
    const left: number[] = [];
    await vi.waitUntil(async () => left.push(...(await bench.drain(bench.deadLetters))) > 0, { timeout: 60_000 });
    expect(left).toEqual([1]);
    expect(await bench.store.index.getMessages(letters.map((letter) => letter.id))).toMatchObject([
      { state: 'replayed' },
      { state: 'unknown' },
      { state: 'replayed' },
    ]);
  });

  it('skips what was taken from the queue after the plan, and says so', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const planned = await bench.plan(letters.map((letter) => letter.id));
    await bench.drain(bench.deadLetters);
    await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    const done = await bench.reached(planned.id, 'watching');
    expect(done.account).toMatchObject({ total: 3, skipped: 3, settled: 0 });
    const [item] = await bench.store.ledger.listItems(planned.id, { after: null, limit: 1 });
    expect(item?.reason?.message).toContain('no longer in the queue');
    expect(await bench.drain(bench.source)).toEqual([]);
  });

  it('refuses messages that another replay has in hand', async () => {
    const letters = await bench.deadLettersInIndex(6);
    const ids = letters.map((letter) => letter.id);
    const first = await bench.confirmed(ids, { ratePerSecond: 1 });
    const second = await bench.plan(ids.slice(3));
    expect(second.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'in-another-replay', count: 3 }] });
    await bench.store.ledger.setReplayState(first.id, { state: 'cancelled', at: Date.now() });
  });

  it('of messages that another plan also holds sends each of them once, whichever is confirmed first', async () => {
    const letters = await bench.deadLettersInIndex(4);
    const ids = letters.map((letter) => letter.id);
    const [first, second] = [await bench.plan(ids), await bench.plan(ids)];
    for (const planned of [first, second]) {
      await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    }
    const accounts = [
      (await bench.reached(first.id, 'watching')).account,
      (await bench.reached(second.id, 'watching')).account,
    ];
    expect(accounts.map((account) => account.settled).toSorted()).toEqual([0, 4]);
    expect(accounts.map((account) => account.skipped).toSorted()).toEqual([0, 4]);
    expect(await bench.drain(bench.source)).toEqual(upTo(4));
    expect(await bench.store.index.getMessages(ids)).toMatchObject(ids.map(() => ({ state: 'replayed' })));
  });

  it('that was cancelled and then left by a dead engine is put right all the same', async () => {
    const letters = await bench.deadLettersInIndex(2);
    const planned = await bench.plan(letters.map((letter) => letter.id));
    await bench.engine.stop();
    const [sent, intended] = await bench.store.ledger.listItems(planned.id, { after: null, limit: 10 });
    const intents = [sent, intended].map((item) => ({
      itemId: item?.id ?? '',
      watermark: '{"watermark":null,"equals":1}',
    }));
    await bench.store.ledger.intend(intents, Date.now());
    await bench.store.ledger.recordItems([{ itemId: sent?.id ?? '', state: 'sent', sentPosition: 'x' }], Date.now());
    await bench.store.ledger.setReplayState(planned.id, { state: 'cancelled', at: Date.now() });

    bench.startEngine();
    await vi.waitUntil(async () => (await bench.store.ledger.getReplay(planned.id)).account.settled === 1, {
      timeout: 60_000,
    });
    expect((await bench.store.ledger.getReplay(planned.id)).account).toMatchObject({ settled: 1, unknown: 1, sent: 0 });
    expect(await bench.drain(bench.source)).toEqual([]);
  });

  it('whose outcome was unknown is proven by the message that comes back', async () => {
    const letters = await bench.deadLettersInIndex(1);
    const planned = await bench.plan(letters.map((letter) => letter.id));
    const [item] = await bench.store.ledger.listItems(planned.id, { after: null, limit: 1 });
    const itemId = item?.id ?? '';
    await bench.store.ledger.intend([{ itemId, watermark: null }], Date.now());
    const reason = { code: 'timed_out' as const, message: 'No answer came.' };
    await bench.store.ledger.recordItems([{ itemId, state: 'unknown', reason }], Date.now());
    await bench.comeBack(planned.id, itemId);
    const { account } = await bench.store.ledger.getReplay(planned.id);
    expect(account).toMatchObject({ unknown: 0, returned: 1, sent: 1 });
  });

  it('keeps its rate', async () => {
    const letters = await bench.deadLettersInIndex(9);
    const { id } = await bench.confirmed(
      letters.map((letter) => letter.id),
      { ratePerSecond: 10 },
    );
    const done = await bench.reached(id, 'watching');
    const items = await bench.store.ledger.listItems(id, { after: null, limit: 10 });
    const sentAt = items.flatMap((item) => item.sentAt ?? []);
    expect(done.account.settled).toBe(9);
    // Nine at ten a second: the last one is due 800 ms after the first, and not before.
    expect(Math.max(...sentAt) - Math.min(...sentAt)).toBeGreaterThanOrEqual(600);
  });
});
