import { expect, test } from 'vitest';
import { originLag } from '#components/lag/prepare-origin-lag.ts';
import type { LagApiRow } from '#lib/api/lag.ts';

const now = 10_000_000;
const read = (...rows: readonly LagApiRow[]) => [{ at: now - 30_000, failing: null, rows }];

const aGroup = (group: string, lag: number | null, state = 'stable'): LagApiRow => ({
  kind: 'group',
  group,
  groupKind: 'classic',
  topic: 'orders',
  state,
  members: 1,
  lag,
  gap: lag === null ? 'no-commit' : null,
  partitions: 1,
  uncommitted: 0,
  series: 1,
  before: null,
});
const aQueue = (queue: string, waiting: number, approximate = false): LagApiRow => ({
  kind: 'queue',
  queue,
  waiting,
  held: 0,
  consumers: approximate ? null : 1,
  approximate,
  series: 2,
  before: null,
});

test.each<[string, readonly LagApiRow[], string]>([
  ['groups of which some are behind', [aGroup('mail', 1_204), aGroup('bills', 0)], '2 groups, 1,204 behind'],
  ['groups of which none is', [aGroup('mail', 0)], '1 group, none behind'],
  ['groups of which nothing is told', [aGroup('mail', null)], 'lag not told'],
  ['a queue', [aQueue('jobs', 12)], '12 waiting in its origin'],
  ['a queue of which the broker only estimates', [aQueue('jobs', 12, true)], 'about 12 waiting in its origin'],
  ['several queues', [aQueue('jobs', 12), aQueue('mails', 3)], '2 origins, 15 waiting'],
])('%s', (_, rows, words) => {
  expect(originLag(read(...rows), now)?.words).toBe(words);
});

test('nobody known is nothing to say', () => {
  expect(originLag(read(), now)).toBeNull();
});

test('what waits and nobody reads needs someone, and each reader is told', () => {
  expect(originLag(read(aGroup('mail', 7, 'empty'), aGroup('bills', 0)), now)).toMatchObject({
    tone: 'attention',
    title: 'mail on orders: 7 behind, empty\nbills on orders: 0 behind, stable',
  });
});

test('what was read long ago, or before reading failed, says so', () => {
  const rows = [aGroup('mail', 0)];
  expect(originLag([{ at: now - 7_200_000, failing: null, rows }], now)).toMatchObject({
    words: '1 group, none behind, as of 2 h ago',
    tone: 'attention',
  });
  const failing = { error: { code: 'unreachable', message: 'Nothing answers at k:9092.' }, since: now } as const;
  expect(originLag([{ at: now - 60_000, failing, rows }], now)).toMatchObject({
    words: '1 group, none behind, as of 1 min ago',
    tone: 'attention',
    title: 'Lag cannot be read: Nothing answers at k:9092.\nmail on orders: 0 behind, stable',
  });
});
