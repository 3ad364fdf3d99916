import { describe, expect, test } from 'vitest';
import { activityEntries, groupingParts, replayOutcome } from '#components/groups/prepare-group.ts';

describe('a replay of a group', () => {
  const replay = { id: 'r', number: 1, state: 'settled', at: 0, by: 'ana', sent: 5, returned: 0, returnedDifferent: 0 };

  test('tells its worst news first, and never that it succeeded', () => {
    expect(replayOutcome(replay).words).toBe('5 sent · not seen again');
    expect(replayOutcome({ ...replay, returned: 2, returnedDifferent: 1 }).words).toBe(
      '5 sent · 2 returned, 1 with a different error',
    );
    expect(replayOutcome({ ...replay, state: 'watching' }).words).toBe('5 sent · watching for returns');
    expect(replayOutcome({ ...replay, sent: 0 }).words).toBe('nothing sent');
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
  };
  expect(groupingParts({ parts })).toEqual([
    { name: 'Exception class', values: ['TimeoutError'] },
    { name: 'Top frames of your code', values: ['shop.pay'] },
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
