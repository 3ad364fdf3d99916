import { expect, it } from 'vitest';
import { estimateWords, paceWords, rampLabel } from '#components/replay/prepare-pace.ts';
import type { Pace } from '#lib/replay/pace.ts';
import { anAccount } from '#lib/testing/an-account.ts';

const account = anAccount({ total: 1_000, planned: 944, settled: 56 });
const words = (given: Partial<Pace>) =>
  paceWords({ state: 'sending', pace: { perSecond: 0, leftMs: null, watching: null, ...given }, account }, 0);

it('says how fast a replay goes and how long the rest takes', () => {
  expect(words({ perSecond: 1_234.4, leftMs: 175_000 })).toBe('1,234 a second, about 3 min left');
  expect(words({ perSecond: 2.5 })).toBe('2.5 a second');
});

it('says that a replay waits where nothing went of late, and nothing of one that does not send', () => {
  expect(words({})).toBe('waiting');
  expect(paceWords({ state: 'paused', pace: null, account }, 0)).toBeNull();
  expect(paceWords({ state: 'sending', account }, 0)).toBeNull();
});

it('says of a canary how long its step is still watched and what goes then, and no rate', () => {
  const watching = { sent: 6, next: 50, until: 18_000 };
  expect(words({ perSecond: 0.5, watching })).toBe('the first 6 are watched, about 20 s, then 50 go');
  expect(words({ watching: { ...watching, until: null } })).toBe('the first 6 are watched, then 50 go');
  expect(words({ watching: { sent: 1, next: 1, until: -5 } })).toBe('the first one is watched, then 1 goes');
  expect(words({ watching: { sent: 56, next: 944, until: 30_000 } })).toBe(
    'the first 56 are watched, about 30 s, then the rest goes',
  );
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
