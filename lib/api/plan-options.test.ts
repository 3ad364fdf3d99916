import { expect, test } from 'vitest';
import { planBody } from '#lib/api/replays.ts';

function refusalOf(options: unknown): string | null {
  const read = planBody.safeParse({ filter: '', options });
  if (read.success) return null;
  const issue = read.error.issues[0];
  return `${issue?.path.join('.')}: ${issue?.message}`;
}

const canaryOf = (canary: object) => ({ canary: { steps: [1, 5], watchMs: 1_000, badShareMax: 0, ...canary } });

test('the steps of a canary do not become smaller', () => {
  for (const steps of [[1, 5, 50], [1, 1, 1], [3]]) expect(refusalOf(canaryOf({ steps }))).toBeNull();
  for (const steps of [
    [5, 1],
    [1, 5, 4],
  ])
    expect(refusalOf(canaryOf({ steps }))).toBe(
      'options.canary.steps: a step must not be smaller than the one before it',
    );
});

test('a number that is none, or out of its range, is told its range', () => {
  const rate = 'options.ratePerSecond: must be a number from 0.1 to 100,000 messages a second';
  for (const ratePerSecond of [0, 0.05, 1e9, Number.NaN, '5']) expect(refusalOf({ ratePerSecond })).toBe(rate);
  expect(refusalOf({ concurrency: 1.5 })).toBe('options.concurrency: must be a whole number from 1 to 16');
  expect(refusalOf({ rampSeconds: -1 })).toBe('options.rampSeconds: must be a whole number from 0 to 3,600 seconds');
  expect(refusalOf(canaryOf({ badShareMax: 3 }))).toBe('options.canary.badShareMax: must be a number from 0 to 1');
  expect(refusalOf(canaryOf({ watchMs: 5 }))).toBe('options.canary.watchMs: must be from a second to an hour');
  expect(refusalOf(canaryOf({ steps: [0] }))).toBe(
    'options.canary.steps.0: must be a whole number from 1 to 100,000 messages',
  );
});
