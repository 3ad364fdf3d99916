import { expect, test } from 'vitest';
import type { Canary, ReplayAccount } from '#lib/domain/replay.ts';
import { judge, nextStep } from '#lib/replay/canary.ts';
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
