import { expect, test } from 'vitest';
import type { Canary, ReplayAccount } from '#lib/domain/replay.ts';
import { judge, nextStep, tooBadSentence, watchedStep } from '#lib/replay/canary.ts';
import { anAccount } from '#lib/testing/an-account.ts';

const canary: Canary = { steps: [1, 5, 50], watchMs: 1_000, badShareMax: 0.1 };
const account = (sent: number, changes: Partial<ReplayAccount> = {}) =>
  anAccount({ total: 1_000, planned: 1_000 - sent, settled: sent, ...changes });

test('a step is as long as what is left of it, also after a pause, and refused messages are in none', () => {
  expect(nextStep(canary, account(0), 900)).toEqual({ size: 1, watched: true });
  expect(nextStep(canary, account(1), 900)).toEqual({ size: 5, watched: true });
  expect(nextStep(canary, account(4), 900)).toEqual({ size: 2, watched: true });
  expect(nextStep(canary, account(6, { planned: 900, skipped: 94 }), 900)).toEqual({ size: 50, watched: true });
  expect(nextStep(canary, account(56), 900)).toEqual({ size: 900, watched: false });
});

test('what came back, failed or is unknown counts against the share, and only since the operator last said go on', () => {
  expect(judge(canary, account(0), account(10, { returned: 1 }))).toEqual({ attempted: 10, bad: 1, tooBad: false });
  expect(judge(canary, account(0), account(10, { returned: 1, unknown: 1 }))).toMatchObject({ bad: 2, tooBad: true });
  expect(judge(canary, account(10, { returned: 5 }), account(20, { returned: 5, failed: 1 }))).toEqual({
    attempted: 10,
    bad: 1,
    tooBad: false,
  });
  expect(judge({ ...canary, badShareMax: 0 }, account(0), account(0))).toMatchObject({ tooBad: false });
  expect(judge({ ...canary, badShareMax: 0 }, account(0), account(1, { returned: 1 }))).toMatchObject({ tooBad: true });
});

test('a step is watched when all of it went and something is left, and how many go next is known', () => {
  const stands = (now: ReplayAccount, goAccount = account(0)) => watchedStep(canary, { account: now, goAccount });
  expect(stands(account(1))).toEqual({ sent: 1, next: 5 });
  expect(stands(account(6))).toEqual({ sent: 6, next: 50 });
  expect(stands(account(56))).toEqual({ sent: 56, next: 944 });
  expect(stands(account(6, { planned: 3, total: 9 }))).toEqual({ sent: 6, next: 3 });
});

test('none is watched while messages go, before the first, after the last step, when nothing is left, and of what a person has seen', () => {
  const stands = (now: ReplayAccount, goAccount = account(0)) => watchedStep(canary, { account: now, goAccount });
  expect(stands(account(6, { settled: 5, intended: 1 }))).toBeNull();
  expect(stands(account(0))).toBeNull();
  expect(stands(account(5))).toBeNull();
  expect(stands(account(500))).toBeNull();
  expect(stands(anAccount({ total: 6, settled: 6 }), anAccount({ total: 6, planned: 6 }))).toBeNull();
  expect(stands(account(6), account(6))).toBeNull();
  expect(watchedStep(null, { account: account(6), goAccount: account(0) })).toBeNull();
});

test('the sentence of a pause counts what was bad, of one as of one', () => {
  expect(tooBadSentence(account(0), account(1, { returned: 1 }))).toBe(
    'It paused itself: the one message that went came back. Look at it and mend what it meets, then resume; or cancel the rest.',
  );
  expect(tooBadSentence(account(0), account(1, { settled: 0, unknown: 1 }))).toContain(
    'the one message that went is unknown.',
  );
  expect(tooBadSentence(account(0), account(6, { returned: 1 }))).toContain(
    'of the 6 messages that went 1 came back. Look at it and',
  );
  expect(tooBadSentence(account(0), account(1_000, { returned: 1_000 - 2, unknown: 2 }))).toContain(
    'of the 1,000 messages that went 998 came back and 2 are unknown. Look at them and mend what they meet,',
  );
  expect(tooBadSentence(account(10, { returned: 5 }), account(12, { returned: 5, failed: 1 }))).toContain(
    'of the 2 messages that went 1 failed.',
  );
});
