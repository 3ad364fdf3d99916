import { expect, test } from 'vitest';
import {
  isOfArchive,
  leavesSome,
  leftOutWords,
  notReplayed,
  onlyReplayed,
  stillLeavesOut,
} from '#components/queue-screen/prepare-matching.ts';

test('only a filter that asks for nothing but what is discarded is one of the archive', () => {
  for (const filter of ['state:discarded', 'error:x state:discarded since:2h']) expect(isOfArchive(filter)).toBe(true);
  for (const filter of ['', '-state:discarded', 'state:discarded OR state:new', 'state:discarded)', 'error:x'])
    expect(isOfArchive(filter)).toBe(false);
});

test('what was replayed already is left out of a filter, whatever the filter is', () => {
  expect(notReplayed('')).toBe('-state:replayed');
  expect(notReplayed('queue:=a -state:gone')).toBe('queue:=a -state:gone -state:replayed');
  expect(notReplayed('-state:replayed error:x')).toBe('-state:replayed error:x');
  expect(notReplayed('error:a OR error:b')).toBe('(error:a OR error:b) -state:replayed');
  expect(onlyReplayed('error:a OR error:b')).toBe('(error:a OR error:b) state:replayed');
});

test('nothing is left out where nothing was replayed, or where everything was', () => {
  const counted = (count: number) => ({ count, capped: false });
  expect(leavesSome(counted(312), counted(188))).toBe(true);
  expect(leavesSome(counted(500), counted(0))).toBe(false);
  expect(leavesSome(counted(0), counted(500))).toBe(false);
  expect(leavesSome(null, counted(500))).toBe(false);
});

test('what was left out of one selection is not said of another, nor of another filter', () => {
  const left = { question: 'error:a', ids: ['1', '2'] };
  expect(stillLeavesOut(left, 'error:a', new Set(['2', '9']))).toBe(true);
  expect(stillLeavesOut(left, 'error:a', new Set(['9']))).toBe(false);
  expect(stillLeavesOut(left, 'error:b', new Set(['1', '2']))).toBe(false);
});

test('how many are left out is said', () => {
  expect(leftOutWords({ count: 188, capped: false })).toBe('188 were replayed already');
  expect(leftOutWords({ count: 1, capped: false })).toBe('1 was replayed already');
  expect(leftOutWords({ count: 100_000, capped: true })).toBe('at least 100,000 were replayed already');
});
