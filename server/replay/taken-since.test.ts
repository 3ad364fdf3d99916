import { expect, it } from 'vitest';
import type { ReplayAction } from '#lib/domain/replay.ts';
import { createChangeTally, type ItemChange } from '#server/replay/taken-since.ts';

const sentBy = (number: number, action: ReplayAction = 'replay'): ItemChange => ({
  kind: 'sent-meanwhile',
  one: 'was sent by',
  many: 'were sent by',
  by: { action, number },
});

function textsOf(...changes: readonly ItemChange[]): readonly string[] {
  const tally = createChangeTally();
  for (const change of changes) tally.add(change);
  return tally.changes().map(({ count, text }) => `${count} ${text}`);
}

it('one message and several are said in their number, with each replay once', () => {
  expect(textsOf(sentBy(12))).toEqual(['1 was sent by replay 12']);
  expect(textsOf(sentBy(12), sentBy(9), sentBy(12))).toEqual(['3 were sent by replay 9 and replay 12']);
  const inDiscard: ItemChange = {
    kind: 'in-another-replay',
    one: 'is in',
    many: 'are in',
    by: { action: 'discard', number: 14 },
    after: 'by now',
  };
  expect(textsOf(inDiscard, sentBy(1), sentBy(2))).toEqual([
    '2 were sent by replay 1 and replay 2',
    '1 is in discard 14 by now',
  ]);
});

it('a sentence names no more than a few replays', () => {
  expect(textsOf(...[1, 2, 3, 4, 5, 6].map((number) => sentBy(number)))[0]).toMatch(/replay 5 and replay 6$/);
  expect(textsOf(...[1, 2, 3, 4, 5, 6, 7].map((number) => sentBy(number)))).toEqual([
    '7 were sent by replay 1, replay 2, replay 3, replay 4, replay 5 and 2 more',
  ]);
});
