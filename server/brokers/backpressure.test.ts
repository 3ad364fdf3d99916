import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDeadline, heldBack, isHeldBack } from '#server/brokers/backpressure.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a deadline stands still while the broker makes us wait, and goes on with what was left after that', () => {
  const deadline = createDeadline(1_000);
  vi.advanceTimersByTime(600);
  deadline.heldUp(true);
  vi.advanceTimersByTime(60_000);
  expect(deadline.signal.aborted).toBe(false);
  deadline.heldUp(false);
  vi.advanceTimersByTime(300);
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(200);
  expect(deadline.signal.aborted).toBe(true);
});

test('of several that are made to wait side by side the last one starts the clock again', () => {
  const deadline = createDeadline(1_000);
  deadline.heldUp(true);
  deadline.heldUp(true);
  deadline.heldUp(false);
  vi.advanceTimersByTime(60_000);
  expect(deadline.signal.aborted).toBe(false);
  deadline.heldUp(false);
  vi.advanceTimersByTime(1_100);
  expect(deadline.signal.aborted).toBe(true);
});

test('a deadline that watches others leaves them their time after a wait', () => {
  const deadline = createDeadline(1_000, 1_000);
  vi.advanceTimersByTime(900);
  deadline.heldUp(true);
  vi.advanceTimersByTime(60_000);
  deadline.heldUp(false);
  vi.advanceTimersByTime(900);
  expect(deadline.signal.aborted).toBe(false);
  vi.advanceTimersByTime(200);
  expect(deadline.signal.aborted).toBe(true);
});

test('a broker that makes us wait for ever is given up', () => {
  const deadline = createDeadline(1_000);
  deadline.heldUp(true);
  vi.advanceTimersByTime(3_600_000);
  expect(deadline.signal.aborted).toBe(true);
});

test('only an error that says so may be sent again', () => {
  expect(isHeldBack({ details: { ...heldBack, queue: 'q' } })).toBe(true);
  expect(isHeldBack({ details: { queue: 'q' } })).toBe(false);
  expect(isHeldBack({})).toBe(false);
});
