import { expect, test } from 'vitest';
import {
  canaryLabel,
  noteWords,
  pastRemovalSentence,
  planDifferences,
  receiverMark,
  removalSentence,
} from '#components/replay/prepare-plan.ts';
import type { ReplayView } from '#lib/api/replays.ts';

const plan: ReplayView['plan'] = {
  hash: 'a',
  asOf: 0,
  total: 3,
  willSend: 3,
  destinations: [],
  refusals: [],
  warnings: [],
  toFurtherDestinations: 0,
  redirected: [],
  suggestions: [],
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

test('a note about one message speaks of one', () => {
  const words = (text: string, count = 1) => noteWords({ count, text });
  expect(words('were replayed once before')).toBe('was replayed once before');
  expect(words('are archived and not yet removed from their queue')).toBe(
    'is archived and not yet removed from its queue',
  );
  expect(words('do not say where they came from')).toBe('does not say where it came from');
  expect(words('have no message group')).toBe('has no message group');
  expect(words('have the event id of another one, and go to the same place')).toBe(
    'has the event id of another one, and goes to the same place',
  );
  expect(words('may have been sent by an earlier replay')).toBe('may have been sent by an earlier replay');
  expect(words('gone', 1)).toBe('gone');
  expect(words('are in their queue', 2)).toBe('are in their queue');
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
    'Refused: 1 is gone (0 before).',
    'No longer: 1 was replayed before.',
    'Some go to sqs · billing-v2 now.',
    'None go to sqs · billing any more.',
  ]);
  expect(planDifferences(plan, { ...plan, hash: 'b', asOf: 1 })).toEqual([]);
});

test('notes of one code are told apart by what they say', () => {
  const missing = (topic: string, count: number) => ({
    code: 'destination-missing',
    count,
    text: `go to ${topic}, which does not exist`,
    messageIds: [],
  });
  const before = { ...plan, refusals: [missing('a', 1), missing('b', 2)] };
  expect(planDifferences(before, { ...before, hash: 'b' })).toEqual([]);
  expect(planDifferences(before, { ...before, refusals: [missing('b', 3)] })).toEqual([
    'Refused: 3 go to b, which does not exist (2 before).',
    'No longer: 1 goes to a, which does not exist.',
  ]);
});

test('the rest of a canary is not said to be watched, and what is unknown pauses it, too', () => {
  expect(canaryLabel({ steps: [1, 5], watchMs: 30_000, badShareMax: 0 })).toBe(
    '1, then 5, then the rest; each step before the rest is watched for 30 s, and it pauses when any of them come back, fail or are unknown',
  );
});

test('a report claims no removal of what was not sent', () => {
  for (const removes of ['all', 'none', 'some'] as const)
    expect(pastRemovalSentence({ removes })).toMatch(/^(What the broker confirmed|Nothing)/);
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

test('a restore needs nobody to receive it: an empty queue of consumers is no trouble', () => {
  const nobody = { kind: 'queue', name: 'email_dlq', state: 'running', members: 0, lag: 5 } as const;
  expect(receiverMark(nobody, false)).toEqual({ tone: 'plain', word: 'no consumers' });
  expect(receiverMark(nobody).tone).toBe('failing');
});

test('what stays behind is said for each kind of broker', () => {
  expect(removalSentence({ removes: 'all', willSend: 1 })).toContain('is removed');
  expect(removalSentence({ removes: 'none', willSend: 3 })).toContain('also stay');
});
