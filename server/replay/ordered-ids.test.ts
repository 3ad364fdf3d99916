import { expect, test } from 'vitest';
import { createOrderedIds } from '#server/replay/ordered-ids.ts';

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('ids rise, also within a millisecond and when the clock goes back, and are never the same', () => {
  const times = [1_700_000_000_000, 1_700_000_000_000, 1_699_999_999_000, 1_700_000_000_001];
  let call = 0;
  const newId = createOrderedIds({ now: () => times[Math.floor(call++ / 3_000)] ?? 1_700_000_000_001 });
  const ids = Array.from({ length: 20_000 }, newId);
  for (const id of ids) expect(id).toMatch(uuid7);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
