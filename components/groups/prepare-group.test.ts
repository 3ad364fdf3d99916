import { describe, expect, test } from 'vitest';
import { activityEntries, groupingParts, replayOutcome } from '#components/groups/prepare-group.ts';

describe('a replay of a group', () => {
  const replay = {
    id: 'r',
    number: 1,
    state: 'settled',
    at: 0,
    by: 'ana',
    sent: 5,
    returned: 0,
    returnedDifferent: 0,
    unknown: 0,
    failed: 0,
  };

  test('tells its worst news first, and never that it succeeded', () => {
    expect(replayOutcome(replay).words).toBe('5 sent · not seen again');
    expect(replayOutcome({ ...replay, returned: 2, returnedDifferent: 1 }).words).toBe(
      '5 sent · 2 returned, 1 with a different error',
    );
    expect(replayOutcome({ ...replay, state: 'watching' }).words).toBe('5 sent · watching for returns');
    expect(replayOutcome({ ...replay, sent: 0 }).words).toBe('nothing sent');
    expect(replayOutcome({ ...replay, sent: 0, unknown: 5 }).words).toBe('0 sent · 5 unknown');
    expect(replayOutcome({ ...replay, sent: 2, returned: 1, unknown: 1, failed: 2 }).words).toBe(
      '2 sent · 1 unknown · 2 failed · 1 returned',
    );
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
