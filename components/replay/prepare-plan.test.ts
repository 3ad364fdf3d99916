import { expect, test } from 'vitest';
import { planDifferences, receiverMark, removalSentence } from '#components/replay/prepare-plan.ts';
import type { ReplayView } from '#lib/api/replays.ts';

const plan: ReplayView['plan'] = {
  hash: 'a',
  asOf: 0,
  total: 3,
  willSend: 3,
  destinations: [],
  refusals: [],
  warnings: [],
  headerChanges: [],
  removes: 'none',
  dangerous: false,
};
const destination = (label: string): ReplayView['plan']['destinations'][number] => ({
  destination: { kind: 'sqs', queue: label },
  label,
  connection: 'sqs',
  kind: 'sqs',
  count: 3,
  exists: true,
  receivers: [],
  notes: [],
});

test('a new plan says what is different from the old one', () => {
  const before = {
    ...plan,
    destinations: [destination('billing')],
    warnings: [{ code: 'replayed-before', count: 1, text: 'were replayed before', messageIds: [] }],
  };
  const after = {
    ...plan,
    willSend: 2,
    destinations: [destination('billing-v2')],
    refusals: [{ code: 'state-gone', count: 1, text: 'are gone', messageIds: [] }],
  };
  expect(planDifferences(before, after)).toEqual([
    '2 would be sent now, 3 before.',
    'Refused: 1 are gone (0 before).',
    'No longer: 1 were replayed before.',
    'Some go to sqs · billing-v2 now.',
    'None go to sqs · billing any more.',
  ]);
  expect(planDifferences(plan, { ...plan, hash: 'b', asOf: 1 })).toEqual([]);
});

test('a receiver that nobody runs stands out', () => {
  expect(receiverMark({ kind: 'consumer-group', name: 'g', state: 'Empty', members: 0, lag: 5 })).toEqual({
    tone: 'failing',
    word: 'no members',
  });
  expect(receiverMark({ kind: 'consumer-group', name: 'g', state: 'Stable', members: 2, lag: 18_402 })).toEqual({
    tone: 'attention',
    word: 'lag 18,402',
  });
});

test('what stays behind is said for each kind of broker', () => {
  expect(removalSentence({ removes: 'all', willSend: 1 })).toContain('is removed');
  expect(removalSentence({ removes: 'none', willSend: 3 })).toContain('also stay');
});
