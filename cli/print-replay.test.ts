import { expect, test } from 'vitest';
import { itemColumns, itemRow, planText, progressLine } from '#cli/print-replay.ts';
import type { ReplayItemView, ReplayView } from '#lib/api/replays.ts';
import { anAccount } from '#lib/testing/an-account.ts';

const returned = { messageId: 'm-2', at: 2, sameError: true, count: 1, by: 'headers' } as const;
const item: ReplayItemView = {
  id: 'i',
  ordinal: 0,
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
  restoredAt: null,
  decision: null,
  searchedFrom: null,
  message: null,
};
test('a plan for one message and one receiver speaks of one', () => {
  const receiver = { kind: 'queue', name: 'email', state: '1 consumer', members: 1, lag: 0 } as const;
  const group = { kind: 'consumer-group', name: 'mail', state: 'Stable', members: 1, lag: 3 } as const;
  const plan: ReplayView['plan'] = {
    ...{ hash: 'a', asOf: 0, total: 1, willSend: 1, refusals: [], warnings: [], toFurtherDestinations: 0 },
    ...{ redirected: [], suggestions: [], headerChanges: [], removes: 'all', dangerous: false },
    destinations: [
      {
        ...{ destination: { kind: 'sqs', queue: 'email' }, label: 'email', connection: 'sqs', kind: 'sqs', count: 1 },
        ...{ exists: true, receivers: [receiver, group], notes: [] },
      },
    ],
  };
  const asUsual = { ratePerSecond: null, rampSeconds: 0, canary: null };
  const said = { number: 2, sentence: 'Restore 1 message', options: { action: 'restore', ...asUsual } } as const;
  const text = planText({ ...said, plan }, 200);
  expect(text).toContain('hash a: 1 would be restored');
  expect(text).not.toContain('It takes');
  expect(text).toContain('email (1 consumer, lag 0); mail (Stable, 1 member, lag 3)');
});

test('a plan says how fast it goes, in which steps, and about how long that takes', () => {
  const plan: ReplayView['plan'] = {
    ...{ hash: 'a', asOf: 0, total: 32, willSend: 32, refusals: [], warnings: [], toFurtherDestinations: 0 },
    ...{ redirected: [], suggestions: [], headerChanges: [], removes: 'all', dangerous: false, destinations: [] },
  };
  const canary = { steps: [1, 5], watchMs: 30_000, badShareMax: 0 };
  const textOf = (options: { ratePerSecond: number | null; rampSeconds?: number; canary: typeof canary | null }) =>
    planText({ number: 2, sentence: 'x', options: { action: 'replay', rampSeconds: 0, ...options }, plan }, 200);
  expect(textOf({ ratePerSecond: 0.5, canary })).toContain(
    '0.5 a second. First 1, then 5, each step watched for 30 s, then the rest; it pauses when any of them come back, fail or are unknown. It takes about 2 min.',
  );
  expect(textOf({ ratePerSecond: null, canary: { ...canary, badShareMax: 0.1 } })).toMatch(
    /when more than 10 % of them come back.* It takes at least about 1 min\./,
  );
  expect(textOf({ ratePerSecond: 8, rampSeconds: 60, canary: null })).toMatch(
    /8 a second, reached after 60 s\. It takes/,
  );
});

const back = (changes: Partial<ReplayItemView>, action: 'replay' | 'discard' | 'restore') =>
  itemRow({ ...item, ...changes }, { state: 'settled', options: { action } })[itemColumns.indexOf('BACK')];

test('an item has come back where it was replayed; one that was restored is where it belongs', () => {
  expect(back({}, 'replay')).toBe('yes');
  expect(back({ returned: { ...returned, sameError: false } }, 'replay')).toBe('other error');
  expect(back({ returned: null }, 'replay')).toBe('-');
  expect(back({}, 'restore')).toBe('-');
});

test('the first item is number 1, as in the browser and in the exported table', () => {
  expect(itemRow(item, { state: 'settled', options: { action: 'replay' } })[itemColumns.indexOf('ITEM')]).toBe('1');
});

test('what a cancelled replay never came to is said to be cancelled', () => {
  const stateIn = (state: 'cancelled' | 'paused', itemState: 'planned' | 'settled', action: 'replay' | 'discard') =>
    itemRow({ ...item, state: itemState }, { state, options: { action } })[itemColumns.indexOf('STATE')];
  expect(stateIn('cancelled', 'planned', 'replay')).toBe('cancelled, not sent');
  expect(stateIn('cancelled', 'planned', 'discard')).toBe('cancelled, not discarded');
  expect(stateIn('cancelled', 'settled', 'replay')).toBe('settled');
  expect(stateIn('paused', 'planned', 'replay')).toBe('planned');
});

test('of what was discarded it is said what was restored', () => {
  expect(back({ returned: null, restoredAt: 5 }, 'discard')).toBe('restored');
  expect(back({ returned: null }, 'discard')).toBe('-');
  const account = anAccount({ total: 30, settled: 30 });
  const line = (restored: number) =>
    progressLine({ number: 4, state: 'settled', account, pace: null, restored, error: null }, 'discard');
  expect(line(16)).toBe('discard 4 settled: 30 of 30 discarded, 16 restored');
  expect(line(0)).toBe('discard 4 settled: 30 of 30 discarded');
});

test('why it paused is said while it is paused, and no more once it was resumed', () => {
  const error = { code: 'canary_failed', message: '3 of 5 came back.' } as const;
  const line = (state: 'paused' | 'queued') =>
    progressLine({ number: 2, state, account: anAccount({ total: 9, sent: 5 }), pace: null, error }, 'replay');
  expect(line('paused')).toBe('replay 2 paused: 5 of 9 sent. 3 of 5 came back.');
  expect(line('queued')).toBe('replay 2 queued: 5 of 9 sent');
});

test('while a canary is watched no time is promised for the rest', () => {
  const pace = { perSecond: 0.5, leftMs: null, watching: { sent: 6, next: 50, until: 20_000 } };
  const account = anAccount({ total: 100, settled: 6, planned: 94 });
  expect(progressLine({ number: 2, state: 'sending', account, pace, error: null }, 'replay')).toBe(
    'replay 2 sending: 6 of 100 sent; the first 6 are watched, then 50 go',
  );
});
