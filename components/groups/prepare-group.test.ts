import { describe, expect, test } from 'vitest';
import {
  activityEntries,
  groupingParts,
  keysAffected,
  replayOutcome,
  replaysCounted,
} from '#components/groups/prepare-group.ts';

describe('a replay of a group', () => {
  const nothing = { sent: 5, returned: 0, returnedDifferent: 0, unknown: 0, failed: 0 };
  const outcome = (changes: Partial<typeof nothing> = {}, state = 'settled') =>
    replayOutcome({ state, ofGroup: { ...nothing, ...changes } }).words;

  test('tells its worst news first, and never that it succeeded', () => {
    expect(outcome()).toBe('5 sent · not seen again');
    expect(outcome({ returned: 2, returnedDifferent: 1 })).toBe('5 sent · 2 returned, 1 with a different error');
    expect(outcome({}, 'watching')).toBe('5 sent · watching for returns');
    expect(outcome({ sent: 0 })).toBe('nothing sent');
    expect(outcome({ sent: 0, unknown: 5 })).toBe('0 sent · 5 unknown');
    expect(outcome({ sent: 2, returned: 1, unknown: 1, failed: 2 })).toBe('2 sent · 1 unknown · 2 failed · 1 returned');
  });

  test('that sent none of its messages is there because of what came back', () => {
    expect(replayOutcome({ state: 'settled', ofGroup: null }).words).toBe('sent others, which came back as these');
  });

  test('counts among the newest only where there are more', () => {
    expect(replaysCounted({ replaysAmong: null })).toBe('Each line counts messages of this group alone.');
    expect(replaysCounted({ replaysAmong: 500 })).toContain('among the newest 500');
  });
});

describe('the keys of a group', () => {
  const once = { value: 'ada', count: 1 };
  const often = { value: 'bert', count: 3 };
  const of = (keys: readonly (typeof once)[], distinct: number, masked = 0, among: number | null = null) =>
    keysAffected({ keys, keyCount: { distinct, masked, among } });

  test('are counted, and where each occurs once it is said', () => {
    expect(of([often, once], 3_100)).toEqual({
      count: '3,100 keys',
      notes: ['Most frequent among its newest messages:'],
      top: [often],
    });
    expect(of([once], 1)).toEqual({
      count: '1 key',
      notes: ['None is there twice among its newest messages.'],
      top: [],
    });
    expect(of([], 0)).toBeNull();
  });

  test('are at least so many where not all messages were looked at', () => {
    expect(of([once], 48_000, 0, 50_000)).toMatchObject({
      count: 'at least 48,000 keys',
      notes: ['Counted among its newest 50,000 messages.', 'None is there twice among its newest messages.'],
    });
  });

  test('are not shown where they are masked, but their messages are counted', () => {
    expect(of([{ value: '•••', count: 12 }], 0, 12)).toEqual({
      count: 'masked',
      notes: ['12 messages have a masked key.'],
      top: [],
    });
    expect(of([{ value: 'id-•••', count: 2 }, often], 1, 2)).toMatchObject({ count: '1 key', top: [often] });
  });
});

test('what a group was not made of is left out', () => {
  const parts = {
    errorClass: 'TimeoutError',
    frames: ['shop.pay'],
    message: '',
    reason: null,
    source: null,
    payloadShape: null,
    attributes: [{ name: 'errorCode', value: '404' }],
  };
  expect(groupingParts({ parts })).toEqual([
    { name: 'Exception class', values: ['TimeoutError'] },
    { name: 'Top frames of your code', values: ['shop.pay'] },
    { name: 'Attribute errorCode', values: ['404'] },
  ]);
});

test('an action without words of its own keeps its name, and a refused one says so', () => {
  const [known, unknown] = activityEntries([
    { at: 0, actor: 'ana', action: 'group.resolve', result: 'done' },
    { at: 0, actor: 'ana', action: 'group.paint', result: 'conflict' },
  ]);
  expect(known).toMatchObject({ words: 'resolved it', refusal: null });
  expect(unknown).toMatchObject({ words: 'group.paint', refusal: 'conflict' });
});
