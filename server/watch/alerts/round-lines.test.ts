import { expect, test } from 'vitest';
import type { Alert } from '#lib/alerts/alert.ts';
import { roundLines } from '#server/watch/alerts/round-lines.ts';

const alert = (changes: Partial<Alert> = {}): Alert => ({
  id: 'a',
  key: 'k',
  rule: 'new-group',
  kind: 'new-group',
  severity: 'warning',
  labels: {},
  subject: { kind: 'group', id: 'f00d', label: 'No card 4111', queueIds: ['shop/orders.dlq'] },
  phase: 'firing',
  since: 1,
  firedAt: 2,
  clearSince: null,
  resolvedAt: null,
  sentence: 'New in shop/orders.dlq: No card 4111',
  path: '/',
  told: [],
  ...changes,
});

test('the log has once that an alert fires and that it is over, without what a message said', () => {
  expect(roundLines([], [alert({ phase: 'pending' })], [], 5)).toEqual([]);
  expect(roundLines([alert({ phase: 'pending' })], [alert()], [], 5)).toEqual([
    ['alert new-group fires (warning): group f00d', {}],
  ]);
  expect(roundLines([alert()], [alert({ sentence: 'New: 4111, again' })], [], 5)).toEqual([]);
  const subject = { kind: 'replay', id: 'r-1', label: 'Replay 8', queueIds: [] } as const;
  expect(roundLines([alert()], [alert({ subject, phase: 'resolved', resolvedAt: 5 })], [], 5)).toEqual([
    ['alert new-group is over: Replay 8', { replayId: 'r-1' }],
  ]);
});

test('that nobody is told is in the line', () => {
  const about = { rule: 'new-group', queue: null, group: null, subject: null, label: null };
  const mute = { ...about, id: 'm', until: null, by: 'ann', reason: 'known', createdAt: 1 };
  expect(roundLines([], [alert()], [mute], 5)).toEqual([['alert new-group fires (warning, muted): group f00d', {}]]);
});
