import { expect, test } from 'vitest';
import { producedWords, replayedWords, returnWords } from '#components/message-detail/prepare-history.ts';
import { itemStates } from '#lib/domain/replay.ts';

test('only a confirmed send is called a replay', () => {
  expect(itemStates.filter((state) => replayedWords(state) === 'Replayed')).toEqual(['sent', 'settled']);
  expect(replayedWords('unknown')).toBe('Perhaps replayed');
});

test('a return whose error nobody compared is called neither the same nor different', () => {
  expect(returnWords(null, 'headers')).not.toMatch(/same|different/);
  expect(returnWords(true, 'headers')).toContain('the same');
  expect(returnWords(false, 'headers')).toContain('a different');
});

test('what is only likely is not called a fact, and says by what it was recognised', () => {
  expect(returnWords(true, 'headers')).not.toContain('probably');
  expect(returnWords(true, 'position')).not.toContain('probably');
  expect(returnWords(true, 'event-id')).toMatch(/^probably .*event id/);
  expect(returnWords(null, 'content')).toMatch(/^probably .*payload/);
});

test('the time of a first send, of a record and of a body are three, and are called so', () => {
  const said = [{ name: 'Spring Kafka', fields: ['error class', 'produced at'] }];
  const silent = [{ name: 'Spring Kafka', fields: ['error class'] }];
  const label = (given: Partial<Parameters<typeof producedWords>[0]>) =>
    producedWords({ kind: 'kafka', conventions: said, headers: [], ...given }).label;
  expect(label({})).toBe('record’s time');
  expect(label({ kind: 'sqs' })).toBe('first sent');
  expect(label({ conventions: silent })).toBe('own timestamp');
  expect(label({ conventions: silent, headers: [{ name: 'Replay-Original-Timestamp' }] })).toBe('first sent');
});
