import { expect, test } from 'vitest';
import { expiryOfMessage, shownExpiry } from '#components/expiry/prepare-expiry.ts';

const hour = 3_600_000;
const at = (bound: 'exact' | 'at-least', now: number) => shownExpiry({ at: 30 * hour, bound }, now);

test('when a message expires is said as surely as it is known', () => {
  expect(at('exact', 25 * hour)).toMatchObject({ words: '5 h', sentence: 'expires in 5 h' });
  expect(at('at-least', 25 * hour)).toMatchObject({ words: '≥ 5 h', sentence: 'expires in at least 5 h' });
  expect(at('at-least', 31 * hour)).toMatchObject({ words: 'any time', sentence: 'expires any time' });
  expect(at('exact', 31 * hour)).toMatchObject({ words: 'now', sentence: 'expires now' });
  expect(at('exact', 0).why('this message')).toBe('The broker deletes this message at 1970-01-02 06:00:00.000 UTC');
});

test('it is urgent within a day, and pressing within three hours', () => {
  expect(at('exact', 5 * hour).tone).toBe('plain');
  expect(at('exact', 7 * hour).tone).toBe('attention');
  expect(at('exact', 27 * hour).tone).toBe('attention');
  expect(at('exact', 27 * hour + 1).tone).toBe('failing');
  expect(at('at-least', 99 * hour).tone).toBe('failing');
});

test('of a message it is said while it is there, and as far as its queue tells', () => {
  const message = { queueId: 'c/q', state: 'new' as const, at: 0, atIs: 'said' as const, keptFrom: 0, endsAt: null };
  const retention = { kind: 'for' as const, ms: 30 * hour, bound: 'exact' as const };
  const capabilities = { browse: 'lease' as const, remove: true, order: 'none' as const, costs: [], description: '' };
  const kept = { id: 'c/q', retention, capabilities };
  expect(expiryOfMessage(message, [kept], 25 * hour)?.words).toBe('5 h');
  expect(expiryOfMessage({ ...message, endsAt: 27 * hour }, [kept], 25 * hour)?.words).toBe('≥ 2 h');
  expect(expiryOfMessage({ ...message, state: 'replayed' }, [kept], 25 * hour)).toBeNull();
  const log = { ...kept, capabilities: { ...capabilities, remove: false } };
  expect(expiryOfMessage({ ...message, state: 'replayed' }, [log], 25 * hour)?.words).toBe('5 h');
  expect(expiryOfMessage({ ...message, state: 'gone' }, [log], 25 * hour)).toBeNull();
  expect(expiryOfMessage({ ...message, keptFrom: null }, [kept], 25 * hour)).toBeNull();
  expect(expiryOfMessage(message, [{ ...kept, id: 'c/other' }], 25 * hour)).toBeNull();
  expect(expiryOfMessage(message, undefined, 25 * hour)).toBeNull();
});
