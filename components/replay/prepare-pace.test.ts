import { expect, it } from 'vitest';
import { estimateWords, paceWords, rampLabel } from '#components/replay/prepare-pace.ts';

it('says how fast a replay goes and how long the rest takes', () => {
  expect(paceWords({ state: 'sending', pace: { perSecond: 1_234.4, leftMs: 175_000 } })).toBe(
    '1,234 a second, about 3 min left',
  );
  expect(paceWords({ state: 'sending', pace: { perSecond: 2.5, leftMs: null } })).toBe('2.5 a second');
});

it('says that a replay waits where nothing went of late, and nothing of one that does not send', () => {
  expect(paceWords({ state: 'sending', pace: { perSecond: 0, leftMs: null } })).toBe('waiting');
  expect(paceWords({ state: 'paused', pace: null })).toBeNull();
  expect(paceWords({ state: 'sending' })).toBeNull();
});

it('tells the time of a plan where a rate or a watch decides it', () => {
  expect(estimateWords({ ratePerSecond: 100, rampSeconds: 0, canary: null }, 18_000)).toBe('Takes about 3 min.');
  const canary = { steps: [1], watchMs: 30_000, badShareMax: 0 };
  expect(estimateWords({ ratePerSecond: null, rampSeconds: 0, canary }, 1_000)).toBe('Takes at least about 30 s.');
  expect(estimateWords({ ratePerSecond: null, rampSeconds: 0, canary: null }, 1_000)).toBeNull();
});

it('names a ramp by when all of the rate is reached', () => {
  expect([0, 30, 300].map(rampLabel)).toEqual(['at once', 'after 30 s', 'after 5 min']);
});
