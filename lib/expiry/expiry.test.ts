import { describe, expect, test } from 'vitest';
import type { Retention } from '#lib/domain/queue.ts';
import { expiryOf, soonestExpiry } from '#lib/expiry/expiry.ts';

const day = 86_400_000;
const kept: Retention = { kind: 'for', ms: day, bound: 'exact' };

describe('when a message expires', () => {
  test('hangs on its queue, from the time that the broker counts from', () => {
    expect(expiryOf(kept, { at: 1_000, atIs: 'said' })).toEqual({ at: day + 1_000, bound: 'exact' });
    expect(expiryOf(kept, { at: 1_000, atIs: 'said', keptFrom: 400 })).toEqual({ at: day + 400, bound: 'exact' });
    expect(expiryOf({ kind: 'unlimited' }, { at: 1_000, atIs: 'said' })).toBeNull();
  });

  test('or on its own time to live, where that is over sooner', () => {
    const bound = 'at-least';
    expect(expiryOf(kept, { at: 0, atIs: 'said', endsAt: 500 })).toEqual({ at: 500, bound });
    expect(expiryOf(kept, { at: 0, atIs: 'said', endsAt: 2 * day })).toEqual({ at: day, bound: 'exact' });
    expect(expiryOf({ kind: 'unlimited' }, { at: 0, atIs: 'said', endsAt: 500 })).toEqual({ at: 500, bound });
  });

  test('is not said where no date is that late, as with a time that a sender made up', () => {
    expect(expiryOf(kept, { at: 8.64e15 - day, atIs: 'said' })).toMatchObject({ at: 8.64e15 });
    expect(expiryOf(kept, { at: 8.64e15 - 1, atIs: 'said' })).toBeNull();
    expect(expiryOf({ kind: 'unlimited' }, { at: 0, atIs: 'said', endsAt: 9e15 })).toBeNull();
  });

  test('is not said where nobody knows since when it is there, or the broker may delete it at any time', () => {
    expect(expiryOf(kept, { at: 1_000, atIs: 'first-seen' })).toBeNull();
    expect(soonestExpiry(kept, { keptFrom: null, endsAt: null })).toBeNull();
    expect(expiryOf({ kind: 'untold' }, { at: 0, atIs: 'said', endsAt: 500 })).toBeNull();
  });
});
