import { expect, test } from 'vitest';
import { accountLine, errorToTell, replayName } from '#lib/domain/replay-line.ts';
import { usualOptions } from '#lib/domain/replay.ts';

const none = { planned: 0, intended: 0, sent: 0, settled: 0, skipped: 0, failed: 0, unknown: 0 };

test('a replay is called by what it does, and told by what became of its messages', () => {
  expect(replayName({ number: 8, options: { ...usualOptions, action: 'discard' } })).toBe('discard 8');
  const account = { ...none, total: 12, sent: 1, settled: 8, failed: 2, skipped: 1, returned: 3, returnedDifferent: 1 };
  expect(accountLine({ account })).toBe('12 messages: 9 done, 2 failed, 1 skipped, 3 came back');
  expect(accountLine({ account: { ...none, total: 1, returned: 0, returnedDifferent: 0 } })).toBe('1 message');
});

test('why a replay paused or stopped is told until somebody resumes it', () => {
  const error = { code: 'canary_failed', message: 'One came back.' } as const;
  expect(errorToTell({ state: 'paused', error })).toBe(error);
  expect(errorToTell({ state: 'stopped', error })).toBe(error);
  expect(errorToTell({ state: 'queued', error })).toBeNull();
});
