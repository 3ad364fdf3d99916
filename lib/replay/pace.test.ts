import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { aboutTime, paceOf, plannedMs, rateAfter } from '#lib/replay/pace.ts';
import { anAccount } from '#lib/testing/an-account.ts';

const account = (planned: number) => anAccount({ total: 1_000, planned, settled: 1_000 - planned });

describe('the pace of a replay', () => {
  const sending = { state: 'sending', startedAt: 0, account: account(600), goAccount: account(1_000) } as const;
  const full = { options: { canary: null } };
  /** So many within a second that began then. */
  const of = (count: number, at: number) => [{ at, count }];

  it('is what the last ten seconds brought, and tells how long the rest takes at that', () => {
    expect(paceOf({ ...sending, ...full }, of(200, 55_000), 60_000)).toEqual({
      perSecond: 20,
      leftMs: 30_000,
      watching: null,
    });
  });

  it('of one that has just begun is counted from its beginning, and from a second at least', () => {
    expect(paceOf({ ...sending, ...full }, of(200, 1_000), 4_000)?.perSecond).toBe(50);
    expect(paceOf({ ...sending, ...full }, of(200, 0), 10)?.perSecond).toBe(200);
  });

  it('promises nothing where nothing moves, and is none where nothing is sent', () => {
    expect(paceOf({ ...sending, ...full }, [], 60_000)).toEqual({ perSecond: 0, leftMs: null, watching: null });
    expect(paceOf({ ...sending, ...full, state: 'paused' }, of(200, 55_000), 60_000)).toBeNull();
  });

  it('promises no end while a canary has watches before it, and tells until when its step is watched', () => {
    const options = { canary: { steps: [1, 5], watchMs: 30_000, badShareMax: 0 } };
    const at = (sent: number) => ({ ...sending, options, account: account(1_000 - sent) });
    expect(paceOf(at(6), of(5, 57_000), 60_000)).toEqual({
      perSecond: 0,
      leftMs: null,
      watching: { sent: 6, next: 994, until: 88_000 },
    });
    expect(paceOf(at(3), of(2, 59_000), 60_000)).toMatchObject({ leftMs: null, watching: null });
    // Watched once more, as after a restart: nobody knows since when.
    expect(paceOf(at(1), of(1, 9_000), 60_000)?.watching).toEqual({ sent: 1, next: 5, until: null });
    expect(paceOf(at(500), of(100, 50_000), 60_000)).toEqual({ perSecond: 10, leftMs: 50_000, watching: null });
  });

  it('is of what goes, and not of the watch before it', () => {
    const options = { canary: { steps: [5], watchMs: 30_000, badShareMax: 0 } };
    const at = (sent: number) => ({ ...sending, options, account: account(1_000 - sent) });
    const step = { at: 51_000, count: 5 };
    // The rest began two seconds ago.
    const rest = [step, { at: 58_000, count: 40 }, { at: 59_000, count: 60 }];
    expect(paceOf(at(105), rest, 60_000)).toMatchObject({ perSecond: 50, watching: null });
    expect(paceOf({ ...at(5), account: { ...account(895), intended: 100 } }, [step], 60_000)?.perSecond).toBe(0);
  });

  it('is of what went since it was resumed, and not of the pause', () => {
    const resumed = { ...sending, ...full, goAccount: account(900), account: account(880) };
    const outcomes = [
      { at: 51_000, count: 100 },
      { at: 58_000, count: 20 },
    ];
    expect(paceOf(resumed, outcomes, 60_000)?.perSecond).toBe(10);
    expect(paceOf({ ...resumed, account: account(900) }, outcomes.slice(0, 1), 60_000)?.perSecond).toBe(0);
    // Resumed while an engine that died had some under way: they are still to be put right.
    const underWay = { ...account(900), settled: 60, intended: 40 };
    expect(paceOf({ ...resumed, account: underWay, goAccount: underWay }, outcomes, 60_000)?.perSecond).toBe(0);
  });

  it('is none when the last message is decided, though what was sent is still being removed', () => {
    expect(paceOf({ ...sending, ...full, account: account(0) }, of(200, 55_000), 60_000)).toBeNull();
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
