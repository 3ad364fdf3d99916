import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aboutTime, paceOf, plannedMs, rateAfter } from '#lib/replay/pace.ts';
import { anAccount } from '#lib/testing/an-account.ts';

const account = (planned: number) => anAccount({ total: 1_000, planned, settled: 1_000 - planned });

describe('the pace of a replay', () => {
  it('is what the last ten seconds brought, and tells how long the rest takes at that', () => {
    const replay = { state: 'sending', startedAt: 0, account: account(600) } as const;
    expect(paceOf(replay, 200, 60_000)).toEqual({ perSecond: 20, leftMs: 30_000 });
  });

  it('of one that has just begun is counted from its beginning, and from a second at least', () => {
    const replay = { state: 'sending', startedAt: 0, account: account(600) } as const;
    expect(paceOf(replay, 200, 4_000)?.perSecond).toBe(50);
    expect(paceOf(replay, 200, 10)?.perSecond).toBe(200);
  });

  it('promises nothing where nothing moves, and is none where nothing is sent', () => {
    expect(paceOf({ state: 'sending', startedAt: 0, account: account(600) }, 0, 60_000)).toEqual({
      perSecond: 0,
      leftMs: null,
    });
    expect(paceOf({ state: 'paused', startedAt: 0, account: account(600) }, 200, 60_000)).toBeNull();
  });
});

describe('a ramp', () => {
  it('rises from a tenth of the rate to all of it', () => {
    const options = { ratePerSecond: 100, rampSeconds: 30 };
    expect(rateAfter(options, 0)).toBeCloseTo(10);
    expect(rateAfter(options, 15_000)).toBeCloseTo(55);
    expect(rateAfter(options, 30_000)).toBeCloseTo(100);
    expect(rateAfter(options, 90_000)).toBeCloseTo(100);
    expect(rateAfter({ ratePerSecond: 100, rampSeconds: 0 }, 0)).toBe(100);
    expect(rateAfter({ ratePerSecond: null, rampSeconds: 30 }, 0)).toBeNull();
  });

  it('is in the planned time: sending for so long at these rates sends that many', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 0, max: 600 }),
        fc.integer({ min: 1, max: 100_000 }),
        (ratePerSecond, rampSeconds, count) => {
          const options = { ratePerSecond, rampSeconds, canary: null };
          const ms = plannedMs(options, count) ?? 0;
          const steps = 2_000;
          let sent = 0;
          for (let step = 0; step < steps; step += 1)
            sent += ((rateAfter(options, (ms * (step + 0.5)) / steps) ?? 0) * ms) / steps / 1_000;
          expect(sent / count).toBeCloseTo(1, 2);
        },
      ),
    );
  });
});

describe('the planned time', () => {
  const full = { ratePerSecond: null, rampSeconds: 0, canary: null };

  it('is unknown at full speed', () => {
    expect(plannedMs(full, 1_000)).toBeNull();
  });

  it('holds the watch of each step that something follows', () => {
    const canary = { steps: [1, 5, 50], watchMs: 30_000, badShareMax: 0 };
    expect(plannedMs({ ...full, canary }, 1_000)).toBe(90_000);
    expect(plannedMs({ ...full, canary }, 6)).toBe(30_000);
    expect(plannedMs({ ratePerSecond: 10, rampSeconds: 0, canary }, 100)).toBe(100_000);
  });
});

it.each([
  [900, 'a moment'],
  [12_000, 'about 15 s'],
  [59_000, 'about 1 min'],
  [175_000, 'about 3 min'],
  [3 * 3_600_000, 'about 3 h'],
  [5 * 86_400_000, 'about 5 days'],
])('%d ms is %s', (ms, words) => {
  expect(aboutTime(ms)).toBe(words);
});
