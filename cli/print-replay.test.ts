import { expect, test } from 'vitest';
import { itemColumns, itemRow } from '#cli/print-replay.ts';
import type { ReplayItemView } from '#lib/api/replays.ts';

const returned = { messageId: 'm-2', at: 2, sameError: true, count: 1, by: 'headers' } as const;
const item: ReplayItemView = {
  id: 'i',
  ordinal: 1,
  messageId: 'm-1',
  queueId: 'kafka/orders.dlq',
  identity: '0:1',
  destinationLabel: 'orders',
  state: 'settled',
  edited: false,
  reason: null,
  sentPosition: null,
  intendedAt: 1,
  sentAt: 1,
  settledAt: 1,
  returned,
  decision: null,
  searchedFrom: null,
  message: null,
};
const back = (changes: Partial<ReplayItemView>, action: 'replay' | 'restore') =>
  itemRow({ ...item, ...changes }, action)[itemColumns.indexOf('BACK')];

test('an item has come back where it was replayed; one that was restored is where it belongs', () => {
  expect(back({}, 'replay')).toBe('yes');
  expect(back({ returned: { ...returned, sameError: false } }, 'replay')).toBe('other error');
  expect(back({ returned: null }, 'replay')).toBe('-');
  expect(back({}, 'restore')).toBe('-');
});
