import { expect, test } from 'vitest';
import { growsUnread } from '#lib/alerts/dead-groups.ts';
import { anAlert } from '#lib/alerts/testing/an-alert.ts';
import { builtInRules } from '#lib/alerts/rule.ts';
import { takeRound } from '#lib/alerts/round.ts';
import { aRule } from '#lib/alerts/testing/a-rule.ts';
import { factsAt, hour, measured, minute, now, own } from '#server/watch/alerts/testing/measuring.ts';

/** What is told of consumer groups whose members are gone. */

const rule = aRule('group-without-members');
const billing = 'kafka/billing';

/** A reading a minute, the last one at `end`. */
async function read(lags: readonly number[], members: number | null, end = now): Promise<void> {
  for (const [index, lag] of lags.entries())
    await save([{ topic: 'orders', lag }], members, end - (lags.length - 1 - index) * minute);
}

async function save(
  topics: readonly { readonly topic: string; readonly lag: number }[],
  members: number | null,
  at: number,
): Promise<void> {
  const rows = topics.map(({ topic, lag }) => ({
    kind: 'group' as const,
    groupKind: 'classic' as const,
    state: members === 0 ? 'empty' : 'stable',
    group: 'billing',
    members,
    gap: null,
    partitions: 1,
    uncommitted: 0,
    topic,
    lag,
  }));
  await own.store.watch.saveLag('kafka', { rows, notes: [] }, { at, tookMs: 5 });
}

const firing = anAlert('dead', {
  rule: rule.name,
  kind: 'group-without-members',
  phase: 'firing',
  subject: { kind: 'consumer-group', id: billing, label: 'billing', queueIds: [] },
});

test('a group without members that falls behind is told, with all that it does not read', async () => {
  await read([0, 0, 0, 0, 0, 0, 1], 1, now - 3 * minute);
  await save([{ topic: 'orders', lag: 4 }], 0, now - minute);
  await save(
    [
      { topic: 'orders', lag: 9 },
      { topic: 'refunds', lag: 3 },
      { topic: 'quiet', lag: 0 },
    ],
    0,
    now,
  );
  expect(await measured(rule)).toEqual([
    {
      subject: { kind: 'consumer-group', id: billing, label: 'billing', queueIds: [own.queueId] },
      value: 12,
      sentence:
        'Nobody reads for consumer group billing (kafka): it has no members and is 12 behind on orders and 1 more topic',
      path: '/lag?connection=kafka&group=billing',
    },
  ]);
  expect(await measured(aRule('group-without-members', { queues: ['kafka/refunds'] }))).toMatchObject([{ value: 0 }]);
});

test('a group that is read, of which nothing is left, or that never falls further behind is well', async () => {
  await read([1, 2, 3, 4, 5, 6, 7], 1);
  expect(await measured(rule)).toEqual([]);
  await read([0, 0, 0], 0);
  expect(await measured(rule)).toEqual([]);
  await read([5, 5, 5], 0, now + 2 * hour);
  expect(await measured(rule, factsAt({ now: now + 2 * hour }))).toMatchObject([{ value: 0 }]);
});

test('what is told stands though nothing more comes, until somebody reads or nothing is left', async () => {
  await read([5, 5, 5], 0);
  expect(await measured(rule, factsAt(), [firing])).toMatchObject([{ value: 5 }]);
  await read([5], 1);
  expect(await measured(rule, factsAt(), [firing])).toMatchObject([{ value: 0 }]);
  await read([0], 0);
  expect(await measured(rule, factsAt(), [firing])).toMatchObject([{ value: 0 }]);
});

test('a reading of long ago, and a group that may not be described, change nothing', async () => {
  await read([1, 2, 3], 0);
  expect(await measured(rule, factsAt({ now: now + 5 * minute }), [firing])).toMatchObject([{ value: null }]);
  await read([4], null);
  expect(await measured(rule, factsAt(), [firing])).toMatchObject([{ value: null }]);
});

test('a lag that falls between is that of a reader who is no member; one that only grows since the last reader left is not', () => {
  const points = (...lags: (number | null)[]) =>
    lags.map((last, index) => ({ at: now - (lags.length - 1 - index) * minute, last }));
  const since = now - 5 * minute;
  expect(growsUnread(points(1, 2, 3, 1, 2, 3), since)).toBe(false);
  expect(growsUnread(points(9, 1, 2, 2, 2, 2, 2, 3), since)).toBe(true);
  expect(growsUnread(points(9, 1, null, 1, 1, 1, 1, 1), since)).toBe(false);
  expect(growsUnread(points(7), since)).toBe(false);
  expect(growsUnread([], since)).toBe(false);
});

test('the rule that comes with the console waits for five minutes, and a restart of the consumers comes to nothing', async () => {
  const builtIn = builtInRules.filter(({ kind }) => kind === 'group-without-members');
  expect(builtIn).toMatchObject([{ severity: 'warning', forMs: 5 * minute }]);
  await read([1, 2, 3, 4, 5, 6, 7], 0);
  const seen = new Map([['group-without-members', await measured(rule)]]);
  const round = { rules: builtIn, seen, mutes: [], receivers: ['chat'], newId: () => 'a' };
  const { alerts: pending } = takeRound({ ...round, known: [], now });
  expect(pending).toMatchObject([{ phase: 'pending' }]);
  const back = new Map([['group-without-members', []]]);
  expect(takeRound({ ...round, seen: back, known: pending, now: now + minute }).dropped).toEqual(['a']);
  const { notifications } = takeRound({ ...round, known: pending, now: now + 5 * minute });
  expect(notifications).toMatchObject([{ receiver: 'chat', transition: 'fired' }]);
});
