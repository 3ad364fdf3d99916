import { expect, test } from 'vitest';
import { groupReturnsWords } from '#components/groups/prepare-group-returns.ts';
import type { GroupDetail } from '#lib/api/groups.ts';

type Row = GroupDetail['replays'][number];

function aRow(ofGroup: Row['ofGroup']): Row {
  const whole = { sent: 500, returned: 500, returnedDifferent: 500, unknown: 500, failed: 500 };
  return { id: 'r', number: 1, state: 'settled', at: 0, by: 'ada', ...whole, ofGroup };
}

test('the returns of a group are added up over its replays, and are of its own messages alone', () => {
  const counts = { sent: 20, returned: 6, returnedDifferent: 1, unknown: 0, failed: 3 };
  expect(groupReturnsWords([aRow(counts), aRow(counts), aRow(null)])).toBe(
    'Replayed 40 times · 12 came back, 2 with a different error',
  );
  expect(groupReturnsWords([aRow({ ...counts, sent: 1, returned: 0, returnedDifferent: 0, unknown: 2 })])).toBe(
    'Replayed 1 time · 0 came back · of 2 nobody knows',
  );
});

test('where nothing of it was sent there is nothing to add up', () => {
  expect(groupReturnsWords([aRow(null)])).toBeNull();
  expect(groupReturnsWords([])).toBeNull();
});
