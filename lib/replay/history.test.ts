import { expect, test } from 'vitest';
import { type HistoryEntry, historyLines } from '#lib/replay/history.ts';

const history: readonly HistoryEntry[] = [
  { at: 1_000, kind: 'confirm', by: 'ada', reason: null },
  { at: 5_000, kind: 'pause', by: null, reason: '3 of 5 came back.' },
  { at: 65_000, kind: 'resume', by: 'bob', reason: null },
  { at: 70_000, kind: 'pause', by: 'ada', reason: null },
];
const told = (...args: Parameters<typeof historyLines>) =>
  historyLines(...args).map(({ words, by, stoodMs, isNow }) => [`${words} ${by}`, stoodMs, isNow]);

test('a pause lasts until what was said next, and the last one until now while it stands still', () => {
  expect(told(history, 'paused', 90_000)).toEqual([
    ['confirmed by ada', null, false],
    ['paused by itself', 60_000, false],
    ['resumed by bob', null, false],
    ['paused by ada', 20_000, true],
  ]);
});

test('how long is not said where nobody knows when it went on', () => {
  expect(told(history, 'settled', 90_000).at(-1)).toEqual(['paused by ada', null, false]);
});
