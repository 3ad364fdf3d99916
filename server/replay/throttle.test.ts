import { expect, test } from 'vitest';
import { createThrottle } from '#server/replay/throttle.ts';

const never = new AbortController().signal;

test('a ramp begins with small batches and ends with those of the whole rate', () => {
  let now = 0;
  const throttle = createThrottle({ ratePerSecond: 1_000, rampSeconds: 30 }, { now: () => now });
  expect(throttle.batchSize(1_000)).toBe(20);
  now = 15_000;
  expect(throttle.batchSize(1_000)).toBe(110);
  now = 60_000;
  expect(throttle.batchSize(1_000)).toBe(200);
  expect(throttle.batchSize(50)).toBe(50);
});

test('what is due is spaced by the rate, over all who wait', async () => {
  const from = Date.now();
  const throttle = createThrottle({ ratePerSecond: 100, rampSeconds: 0 }, { now: () => Date.now() });
  // Five queues at once, each with ten messages: the last batch is due when the forty before it have had their time.
  await Promise.all(Array.from({ length: 5 }, () => throttle.wait(10, async () => true, never)));
  expect(Date.now() - from).toBeGreaterThanOrEqual(390);
});

test('a long wait ends soon after the operator no longer wants it', async () => {
  const throttle = createThrottle({ ratePerSecond: 0.1, rampSeconds: 0 }, { now: () => Date.now() });
  expect(await throttle.wait(1, async () => true, never)).toBe(true);
  expect(await throttle.wait(1, async () => false, never)).toBe(false);
});

test('without a rate nobody waits', async () => {
  const throttle = createThrottle({ ratePerSecond: null, rampSeconds: 30 }, { now: () => 0 });
  expect(throttle.batchSize(1_000)).toBe(1_000);
  expect(await throttle.wait(1_000_000, async () => true, never)).toBe(true);
});
