import { expect, test } from 'vitest';
import {
  firingParts,
  firingWords,
  isLate,
  muteScopes,
  muteWords,
  namedAlerts,
  receiverState,
  tellsWords,
} from '#components/alerts/prepare-alerts.ts';
import type { AlertRow, MuteRow, ReceiverRow } from '#lib/api/alerts.ts';

const alert = (changes: Partial<AlertRow> = {}): AlertRow => ({
  id: 'a',
  key: 'k',
  rule: 'deep',
  kind: 'depth-above',
  severity: 'warning',
  labels: {},
  subject: { kind: 'queue', id: 'shop/orders.dlq', label: 'shop/orders.dlq', queueIds: ['shop/orders.dlq'] },
  phase: 'firing',
  since: 1,
  firedAt: 2,
  clearSince: null,
  resolvedAt: null,
  sentence: 'shop/orders.dlq has 12 messages',
  path: '/',
  told: [],
  mutedBy: null,
  ...changes,
});

test('what is muted is shown, and not counted', () => {
  const firing = [alert(), alert({ id: 'b', severity: 'critical', mutedBy: 'm' })];
  expect(firingParts({ firing })).toMatchObject({ loud: [{ id: 'a' }], muted: [{ id: 'b' }] });
  expect(firingWords({ firing })).toBe('1 firing');
  expect(firingWords({ firing: [alert({ severity: 'critical' }), ...firing] })).toBe('1 critical');
  expect(firingWords({ firing: [] })).toBeNull();
});

test('two groups that read alike are told apart', () => {
  const of = (id: string) =>
    alert({ id, sentence: 'New: No card', subject: { kind: 'group', id, label: 'No card', queueIds: [] } });
  const words = (alerts: readonly AlertRow[]) => alerts.map(({ sentence }) => sentence);
  const sentences = (firing: readonly AlertRow[]) => words(namedAlerts({ firing, pending: [], resolved: [] }).firing);
  expect(sentences([of('f00d12aa'), of('beef34bb'), alert()])).toEqual([
    'New: No card · group f00d12',
    'New: No card · group beef34',
    'shop/orders.dlq has 12 messages',
  ]);
  expect(sentences([of('f00d12aa')])).toEqual(['New: No card']);
  // Also where both are over, or one is; one that fired twice is one group.
  const named = namedAlerts({ firing: [of('f00d12aa')], pending: [], resolved: [of('beef34bb'), of('beef34bb')] });
  expect(words(named.firing)).toEqual(['New: No card · group f00d12']);
  expect(words(named.resolved)).toEqual(['New: No card · group beef34', 'New: No card · group beef34']);
  expect(words(namedAlerts({ firing: [], pending: [], resolved: [of('f'), of('f')] }).resolved)).toEqual([
    'New: No card',
    'New: No card',
  ]);
});

test('an alert is muted alone, with all about its subject, with its queue, or with its rule', () => {
  const of = (row: AlertRow) => muteScopes(row).map(({ scope }) => scope);
  expect(of(alert())).toEqual([
    { rule: 'deep', subject: 'shop/orders.dlq' },
    { subject: 'shop/orders.dlq' },
    { rule: 'deep' },
  ]);
  const group = { kind: 'group', id: 'f', label: 'TimeoutError', queueIds: ['shop/orders.dlq'] } as const;
  expect(of(alert({ subject: group }))).toContainEqual({ queue: 'shop/orders.dlq' });
  expect(of(alert({ subject: { kind: 'others', id: 'deep', label: 'further ones', queueIds: [] } }))).toEqual([
    { rule: 'deep', subject: 'deep' },
    { rule: 'deep' },
  ]);
});

test('a mute says all that it is about', () => {
  const mute: MuteRow = {
    ...{ id: 'm', rule: 'deep', queue: null, group: null, subject: 'shop/orders.dlq', label: 'team=shop' },
    subjectLabel: null,
    ...{ until: null, by: 'ann', reason: 'known', createdAt: 1 },
  };
  expect(muteWords(mute)).toBe('rule deep, about shop/orders.dlq, label team=shop');
  const ofReplay = { ...mute, label: null, subject: '5f0c9c1e-0000-4000-8000-000000000008', subjectLabel: 'Replay 8' };
  expect(muteWords(ofReplay)).toBe('rule deep, about Replay 8');
});

test('an engine that is away is noticed, and a short pause is not', () => {
  expect(isLate({ asOf: 119_000, evaluatedAt: 0, everyMs: 30_000 })).toBe(false);
  expect(isLate({ asOf: 121_000, evaluatedAt: 0, everyMs: 30_000 })).toBe(true);
  expect(isLate({ asOf: 121_000, evaluatedAt: null, everyMs: 30_000 })).toBe(false);
});

test('a receiver that refuses is not the same as one that is away', () => {
  const receiver: ReceiverRow = { name: 'r', kind: 'slack', state: 'refused', last: null, failingSince: 1, waiting: 0 };
  expect(receiverState(receiver)).toEqual({ tone: 'failing', word: 'refuses: look at its settings' });
  expect(receiverState({ ...receiver, state: 'failing', waiting: 3 }).word).toBe('does not answer, 3 waiting');
});

test('a rule says whom it tells', () => {
  expect(tellsWords({ receivers: ['own', 'down'] })).toBe('tells own, down');
  expect(tellsWords({ receivers: [] })).toBe('tells nobody');
});
