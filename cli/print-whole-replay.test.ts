import { expect, test } from 'vitest';
import { replayText } from '#cli/print-whole-replay.ts';
import type { ReplayView } from '#lib/api/replays.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { anAccount } from '#lib/testing/an-account.ts';

const minute = 60_000;
const replay: ReplayView = {
  ...{ id: 'r', number: 3, state: 'watching', createdAt: 0, createdBy: 'ada', reason: null, confirmedAt: 0 },
  ...{ startedAt: minute, finishedSendingAt: 11 * minute, watchUntil: 30 * minute, settledAt: null, error: null },
  ...{ sentence: 'Replay 60 messages', queueIds: ['sqs/a'], account: anAccount({ total: 60, settled: 60 }) },
  options: { ...usualOptions, ratePerSecond: 0.5 },
  plan: {
    ...{ hash: 'a', asOf: 0, total: 60, willSend: 60, refusals: [], warnings: [], toFurtherDestinations: 0 },
    ...{ redirected: [], suggestions: [], headerChanges: [], removes: 'all', dangerous: false, destinations: [] },
  },
  history: [
    { at: 0, kind: 'confirm', by: 'operator', reason: null },
    { at: 2 * minute, kind: 'pause', by: null, reason: '3 of 5 came back.' },
    { at: 6 * minute, kind: 'resume', by: 'script', reason: null },
  ],
};
const textOf = (changes: Partial<ReplayView> = {}) => replayText({ ...replay, ...changes }, 200, 20 * minute);

test('of what was sent it is said how long it took, and of a plan how long it takes', () => {
  expect(textOf()).toContain('0.5 a second. It took about 10 min, for about 4 min of which it stood still.');
  expect(textOf({ history: [] })).toContain('0.5 a second. It took about 10 min.');
  const planned = textOf({ state: 'planned', startedAt: null, finishedSendingAt: null, history: [] });
  expect(planned).toContain('0.5 a second. It takes about 2 min.');
});

test('what runs, stands still or was cancelled before it began took no time yet', () => {
  for (const state of ['sending', 'paused', 'stopped', 'cancelled'] as const)
    expect(textOf({ state, startedAt: state === 'cancelled' ? null : minute })).not.toMatch(/It t(?:akes|ook)/);
});

test('who steered it stands there with how long it stood still, and why', () => {
  expect(textOf()).toContain(
    [
      'WHEN                 WHO STEERED IT',
      '1970-01-01 00:00:00  confirmed by operator',
      '1970-01-01 00:02:00  paused by itself, for about 4 min: 3 of 5 came back.',
      '1970-01-01 00:06:00  resumed by script',
    ].join('\n'),
  );
  const paused = textOf({ state: 'paused', history: replay.history?.slice(0, 2) });
  expect(paused).toContain('paused by itself, for about 18 min now: 3 of 5 came back.');
});
