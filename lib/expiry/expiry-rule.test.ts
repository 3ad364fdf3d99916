import { expect, test } from 'vitest';
import { expiryInQueue, type KeepingQueue } from '#lib/expiry/expiry-rule.ts';

const hour = 3_600_000;

test('a message expires while it is there, and as far as its queue tells', () => {
  const message = { state: 'new' as const, at: 0, atIs: 'said' as const, keptFrom: 0, endsAt: null };
  const queue: KeepingQueue = {
    kind: 'rabbitmq',
    retention: { kind: 'for', ms: 30 * hour, bound: 'exact' },
    capabilities: { remove: true },
  };
  expect(expiryInQueue(queue, message)).toEqual({ at: 30 * hour, bound: 'exact' });
  expect(expiryInQueue(queue, { ...message, endsAt: 27 * hour })).toEqual({ at: 27 * hour, bound: 'at-least' });
  expect(expiryInQueue(queue, { ...message, keptFrom: null })).toBeNull();
  expect(expiryInQueue(queue, { ...message, state: 'replayed' })).toBeNull();
  const log = { ...queue, capabilities: { remove: false } };
  expect(expiryInQueue(log, { ...message, state: 'replayed' })?.at).toBe(30 * hour);
  expect(expiryInQueue(log, { ...message, state: 'gone' })).toBeNull();
  expect(expiryInQueue({ ...queue, retention: { kind: 'untold' } }, { ...message, endsAt: 27 * hour })).toBeNull();
});
