import { describe, expect, test } from 'vitest';
import {
  changeWords,
  cutWords,
  groupWithin,
  inHeldOrder,
  mergeHead,
  problemsSentence,
  shownQueues,
  titleParts,
  undoOf,
} from '#components/groups/prepare-groups.ts';
import type { GroupRow } from '#lib/api/groups.ts';

function aGroup(fingerprint: string, change: Partial<GroupRow> = {}): GroupRow {
  return {
    fingerprint,
    title: `TimeoutError: ${fingerprint}`,
    errorClass: 'TimeoutError',
    errorMessage: fingerprint,
    reason: null,
    state: 'ongoing',
    ignoredUntil: null,
    resolvedAt: null,
    regressedAt: null,
    owner: null,
    notes: 0,
    merged: 0,
    count: 1,
    open: 1,
    firstAt: 0,
    lastAt: 0,
    queues: [],
    trend: [],
    besidesTitle: null,
    ...change,
  };
}

test('a title shows its class apart from its message, and neither where there is none', () => {
  expect(titleParts('TimeoutError: no answer from <host>: gave up')).toEqual({
    errorClass: 'TimeoutError',
    message: 'no answer from <host>: gave up',
  });
  expect(titleParts('NullPointerException')).toEqual({ errorClass: 'NullPointerException', message: null });
  expect(titleParts('expired in orders.dlq')).toEqual({ errorClass: null, message: 'expired in orders.dlq' });
});

test('queues beyond the first two are counted', () => {
  const queues = ['kafka/a', 'sqs/b', 'sqs/c'].map((queueId) => ({ queueId, count: 1 }));
  expect(shownQueues(queues)).toEqual({ names: ['a', 'b'], more: 1 });
  expect(shownQueues(queues.slice(0, 1))).toEqual({ names: ['a'], more: 0 });
});

test('a row leads to the dead letters that it counts, within the filter', () => {
  expect(groupWithin('', 'abc')).toBe('group:abc');
  expect(groupWithin('error:timeout', 'abc')).toBe('error:timeout group:abc');
  expect(groupWithin('error:a OR error:b', 'abc')).toBe('(error:a OR error:b) group:abc');
  expect(groupWithin('group:abc state:new', 'abc')).toBe('group:abc state:new');
});

test('a table that ends before the problems do says so, and what to do', () => {
  const groups = [aGroup('a'), aGroup('b')];
  expect(cutWords({ groups, byState: { new: 1, ongoing: 1, resolved: 7 } }, ['new', 'ongoing'])).toBeNull();
  expect(cutWords({ groups, byState: { new: 1_203, ongoing: 1 } }, ['new', 'ongoing'])).toBe(
    'the first 2 of 1,204 problems: narrow the filter for the others',
  );
});

test('a million dead letters are said to be as many problems as they are', () => {
  expect(problemsSentence({ count: 1_000_000, byState: { new: 1, ongoing: 3 } })).toBe(
    '1,000,000 dead letters are 4 problems, 1 of them changed',
  );
  expect(problemsSentence({ count: 1, byState: { resolved: 1 } })).toBe('1 dead letter is 1 problem');
  expect(problemsSentence({ count: 0, byState: {} })).toBeNull();
});

describe('undoing', () => {
  test('brings back the state and the owner that the change replaced, and touches nothing else', () => {
    const ignored = aGroup('a', { state: 'ignored', ignoredUntil: 5, owner: 'ana' });
    expect(undoOf(ignored, { state: 'resolved' })).toEqual({ state: 'ignored', ignoredUntil: 5 });
    expect(undoOf(ignored, { owner: null })).toEqual({ owner: 'ana' });
    expect(undoOf(aGroup('b', { state: 'escalating' }), { state: 'resolved' })).toEqual({ state: 'open' });
  });

  test('brings a decision back with its time, so that a regressed group is regressed again and not open', () => {
    const again = { state: 'resolved', resolvedAt: 5 };
    expect(undoOf(aGroup('a', { state: 'regressed', resolvedAt: 5 }), { state: 'resolved' })).toEqual(again);
    expect(undoOf(aGroup('b', { state: 'regressed', resolvedAt: 5 }), { state: 'ignored' })).toEqual(again);
    expect(undoOf(aGroup('c', { state: 'resolved', resolvedAt: 5 }), { state: 'open' })).toEqual(again);
  });

  test('what was done is said in words', () => {
    expect(changeWords({ state: 'resolved' }, ['a'], 0)).toBe('“a” resolved');
    expect(changeWords({ state: 'ignored', ignoredUntil: 3_600_000 }, ['a', 'b'], 0)).toBe('2 groups ignored for 1 h');
    expect(changeWords({ state: 'ignored', ignoredUntil: null }, ['a'], 0)).toBe('“a” ignored for good');
    expect(changeWords({ owner: 'ana' }, ['a'], 0)).toBe('“a” now belongs to ana');
  });
});

describe('while someone points at a row', () => {
  const [a, b, c] = [aGroup('a'), aGroup('b'), aGroup('c')];

  test('rows keep their places and get their new counts; what is new waits', () => {
    const counted = { ...a, count: 9 };
    expect(inHeldOrder(['a', 'b'], [c, b, counted])).toEqual({ rows: [counted, b], announcement: '1 new group' });
    expect(inHeldOrder(['a', 'b'], [b, a]).announcement).toBe('The order changed');
    expect(inHeldOrder(['a', 'b'], [a, b]).announcement).toBeNull();
  });

  test('what no longer matches leaves', () => {
    expect(inHeldOrder(['a', 'b'], [b])).toEqual({ rows: [b], announcement: null });
  });
});

test('the largest group takes the others in, the older one of two that are alike', () => {
  const rows = [aGroup('small', { count: 1 }), aGroup('late', { count: 5, firstAt: 2 }), aGroup('old', { count: 5 })];
  expect(mergeHead(rows)?.fingerprint).toBe('old');
  expect(mergeHead([])).toBeNull();
});
