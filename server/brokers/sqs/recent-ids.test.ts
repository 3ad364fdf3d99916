import { expect, test } from 'vitest';
import { createRecentIds } from '#server/brokers/sqs/recent-ids.ts';

test('an id is known with its owner for longer than the five minutes of deduplication, and then forgotten', () => {
  const recent = createRecentIds();
  recent.add('id', 'item', 0);
  expect(recent.find('id', 5 * 60_000)).toBe('item');
  expect(recent.find('id', 7 * 60_000)).toBeNull();
  expect(recent.find('other', 0)).toBeNull();
});

test('what is forgotten leaves no room taken', () => {
  const recent = createRecentIds();
  recent.add('old', 'item', 0);
  recent.add('new', 'item', 7 * 60_000);
  // The clock of a caller that went back would find it, were it still there.
  expect(recent.find('old', 0)).toBeNull();
});
