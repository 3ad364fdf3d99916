import { expect, it } from 'vitest';
import type { ReplayItem } from '#lib/domain/replay.ts';
import { toReplayItemView } from '#server/queries/to-view.ts';

const item: ReplayItem = {
  id: 'i',
  replayId: 'r',
  ordinal: 0,
  messageId: 'm',
  queueId: 'kafka/orders.dlq',
  identity: '2:214@lcNNokfw',
  position: '2:214',
  lane: '2',
  destination: null,
  state: 'planned',
  reason: null,
  sentPosition: null,
  watermark: null,
  intendedAt: null,
  sentAt: null,
  settledAt: null,
  returned: null,
  fingerprint: null,
  decision: null,
};
const name = (given: Partial<ReplayItem>) => toReplayItemView({ ...item, ...given }, undefined, false).identity;

it('an item is called what its message is called, also where it goes nowhere', () => {
  expect(name({})).toBe('2:214');
  expect(name({ destination: { kind: 'kafka', topic: 'orders', partition: null } })).toBe('2:214');
  expect(name({ queueId: 'sqs/billing-dlq', identity: 'b5a3', position: 'b5a3' })).toBe('b5a3');
});
