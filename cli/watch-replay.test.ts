import { describe, expect, it, vi } from 'vitest';
import { createReplayConsole } from '#cli/testing/replay-console.ts';

/** `redeliver replays watch` against a real console, engine and SQS server. */

const shop = createReplayConsole();
const { bench, start, redeliver } = shop;

describe('redeliver replays watch', () => {
  it('ends with 6 when the replay is paused, and when it is cancelled', async () => {
    // At the slowest rate there is, and on a busy machine, they last longer than the test.
    const letters = await bench.deadLettersInIndex(12);
    await bench.confirmed(
      letters.map((letter) => letter.id),
      { ratePerSecond: 0.1 },
    );
    const watching = start(['replays', 'watch', '1']);
    await vi.waitUntil(() => watching.out().includes('sending'), { timeout: 60_000 });
    expect((await redeliver('replays', 'pause', '1')).lines[0]).toMatch(/^replay 1 paused/);
    const paused = await watching.ended;
    expect(paused.code).toBe(6);
    expect(paused.error).toContain('replays resume 1 goes on');
    expect((await redeliver('replays', 'resume', '1')).lines[0]).toMatch(/^replay 1 queued/);
    const again = start(['replays', 'watch', '1', '--json']);
    await vi.waitUntil(() => again.out() !== '', { timeout: 60_000 });
    expect((await redeliver('replays', 'cancel', '1')).lines[0]).toMatch(/^replay 1 cancelled/);
    const { code, lines } = await again.ended;
    expect(code).toBe(6);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ state: 'cancelled', account: { total: 12, intended: 0 } });
    await bench.engine.stop();
    const { account } = await bench.store.ledger.getReplay('1');
    expect(account.settled).toBeLessThan(12);
    expect(await bench.drain(bench.source)).toHaveLength(account.settled);
    bench.startEngine();
  });

  it('goes on over a console that was away', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const ids = letters.map((letter) => letter.id);
    const { number } = await bench.confirmed(ids, { ratePerSecond: 1 });
    const watching = start(['replays', 'watch', String(number), '--json']);
    await vi.waitUntil(() => watching.out() !== '', { timeout: 60_000 });
    shop.server.goAway();
    await vi.waitUntil(() => watching.error().includes('does not answer; asking again'), { timeout: 60_000 });
    shop.server.comeBack();
    const { code, lines } = await watching.ended;
    expect(code).toBe(0);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ state: 'settled', account: { settled: 3 } });
  });

  it('leaves the replay running at Ctrl-C, and says so', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const ids = letters.map((letter) => letter.id);
    const { id } = await bench.confirmed(ids, { ratePerSecond: 1 });
    const watching = start(['replays', 'watch', '1']);
    await vi.waitUntil(() => watching.out() !== '', { timeout: 60_000 });
    watching.child.kill('SIGINT');
    const { code, error } = await watching.ended;
    expect(code).toBe(130);
    expect(error).toContain('it goes on without us: replays watch 1 follows it again');
    expect((await bench.reached(id, 'watching', 'settled')).account).toMatchObject({ settled: 3 });
  });

  it('of a replay that nobody knows ends with 1', async () => {
    const { code, error } = await redeliver('replays', 'watch', '77');
    expect(code).toBe(1);
    expect(error).toBe('There is no such replay.\n');
  });
});
