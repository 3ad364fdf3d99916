import { expect, it } from 'vitest';
import { moveTitle, moveWords, placeOf, readRate, wrongField } from '#components/discard/prepare-move-all.ts';

const begun = { moved: 3, of: 1_200, startedAt: 1, problem: null, canCancel: true };

it('a move says how far it is, only about', () => {
  expect(moveWords({ ...begun, state: 'running' }).words).toBe('Moving everything: about 3 of 1,200');
  expect(moveWords({ ...begun, state: 'running', moved: null }).words).toBe('Moving everything: begun');
  expect(moveWords({ ...begun, state: 'cancelled', of: null }).words).toBe('The move was cancelled at about 3');
  expect(moveWords({ ...begun, state: 'failed', problem: 'AccessDenied' })).toEqual({
    tone: 'failing',
    words: 'The move failed at about 3 of 1,200: AccessDenied',
  });
  expect(moveWords({ ...begun, state: 'done', of: 0 }).words).toBe('Everything was moved: about 3');
  expect(moveTitle({ about: 1 })).toBe('Move about 1 message');
});

it('a move that left something is not called one of everything, and one that is held up says by what', () => {
  const problem = '8 messages are in the queue';
  expect(moveWords({ ...begun, state: 'done', of: 10, problem })).toEqual({
    tone: 'plain',
    words: 'The move is over at about 3 of 10. 8 messages are in the queue',
  });
  expect(moveWords({ ...begun, state: 'running', problem: 'memory is short' }).words).toBe(
    'Moving everything: about 3 of 1,200, but memory is short',
  );
});

it('a person says where everything goes only where the broker does not know it of each message', () => {
  expect(placeOf({ destinations: null, destination: 'orders' }, 'typed')).toBeNull();
  expect(placeOf({ destinations: ['orders'], destination: 'orders' }, null)).toBe('orders');
  expect(placeOf({ destinations: ['orders', 'billing'], destination: null }, null)).toBe('');
  expect(placeOf({ destinations: ['orders', 'billing'], destination: null }, ' billing ')).toBe('billing');
});

it('a rate is a whole number up to the most, or nothing', () => {
  expect(['', ' 500 ', '0', '501', '1.5', 'fast'].map((text) => readRate(text, 500))).toEqual([
    null,
    500,
    'wrong',
    'wrong',
    'wrong',
    'wrong',
  ]);
});

it('says which field keeps a move from beginning', () => {
  expect(wrongField(null, 500, null)).toBeNull();
  expect(wrongField(500, 500, 'orders')).toBeNull();
  expect(wrongField(null, 500, '')).toBe('Say to which queue.');
  expect(wrongField('wrong', 500, null)).toBe('A rate is a whole number from 1 to 500, or nothing.');
});
