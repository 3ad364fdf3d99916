import { expect, test } from 'vitest';
import { anAlert } from '#lib/alerts/testing/an-alert.ts';
import { aRule } from '#lib/alerts/testing/a-rule.ts';
import type { Store } from '#server/store/store.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import {
  failing,
  factsAt,
  first,
  hour,
  measured,
  minute,
  now,
  own,
  put,
} from '#server/watch/alerts/testing/measuring.ts';

/** What rules about replays, connections and consumer groups measure. */

test('what is left of a connection that is no longer configured is not measured', async () => {
  await put(3, () => ({ at: now - minute, failure: failing('GoneError') }));
  await own.store.index.saveConnections([
    { name: 'kafka', kind: 'kafka', address: 'x:1', health: { kind: 'starting', step: '' }, checkedAt: now },
  ]);
  await own.store.watch.saveLag('kafka', { rows: [], notes: [] }, { at: now, tookMs: 5 });
  const gone = factsAt({ isConfigured: () => false });
  for (const kind of ['new-group', 'depth-above', 'lag-above', 'connection-failing'] as const)
    expect(await measured(aRule(kind), gone), kind).toEqual([]);
});

test('a replay that comes back is told while it goes on and a while after', async () => {
  const rule = aRule('replay-returned');
  const [sent] = await put(1, () => ({ at: now - hour }));
  const planned = await writePlan(own.store.ledger, aReplay('r', 1, { createdAt: now - hour }));
  expect(await measured(rule)).toEqual([]);
  await own.store.ledger.confirmReplay('r', planned.plan.hash, 'ann', now - hour);
  await own.store.ledger.setReplayState('r', { state: 'sending', at: now - hour });
  await own.store.ledger.intend([{ itemId: 'r-0', watermark: null }], now - hour);
  await own.store.ledger.recordItems([{ itemId: 'r-0', state: 'sent' }], now - hour);
  await own.store.ledger.recordReturns([
    {
      replayId: 'r',
      itemId: 'r-0',
      messageId: sent?.id ?? '',
      at: now - minute,
      sameError: true,
      by: 'headers',
      countSaid: 1,
    },
  ]);
  expect(await measured(rule)).toMatchObject([
    { value: 1, sentence: 'Replay 1: 1 of 1 sent message came back', path: '/replays/1' },
  ]);
  await own.store.ledger.recordItems([{ itemId: 'r-0', state: 'settled' }], now - hour);
  await own.store.ledger.setReplayState('r', { state: 'watching', at: now - 50 * minute, watchUntil: now });
  await own.store.ledger.setReplayState('r', { state: 'settled', at: now - 40 * minute });
  expect(await measured(rule)).toMatchObject([{ value: 1 }]);
  expect(await measured(rule, factsAt({ now: now + hour, lastAt: now + hour - 30_000 }))).toMatchObject([{ value: 0 }]);
  expect(await measured(rule, factsAt({ now: now + 9 * hour, lastAt: now }))).toMatchObject([{ value: 1 }]);
});

test('a connection fails, answers, or is not known yet', async () => {
  const rule = aRule('connection-failing');
  const save = (health: Parameters<Store['index']['saveConnections']>[0][number]['health']) =>
    own.store.index.saveConnections([
      { name: 'kafka', kind: 'kafka', address: 'kafka-1:9092', health, checkedAt: now },
    ]);
  await save({
    kind: 'failing',
    since: now - minute,
    error: { code: 'unreachable', message: 'Nothing answers at kafka-1:9092.' },
  });
  expect(await measured(rule)).toMatchObject([
    {
      value: 1,
      since: now - minute,
      sentence: 'Connection kafka fails: Nothing answers at kafka-1:9092.',
      path: '/?q=kafka',
    },
  ]);
  await save({ kind: 'live', product: 'Kafka', version: null, notes: [] });
  expect(await measured(rule)).toMatchObject([{ value: 0 }]);
  await save({ kind: 'starting', step: 'Connecting' });
  expect(await measured(rule)).toMatchObject([{ value: null }]);
});

test('lag is that of each consumer group on each topic, with the dead-letter queues of what it reads', async () => {
  const group = {
    kind: 'group',
    groupKind: 'classic',
    state: 'stable',
    members: 1,
    gap: null,
    partitions: 1,
    uncommitted: 0,
  } as const;
  const rows = [
    { ...group, group: 'billing', topic: 'orders', lag: 12_040 },
    { ...group, group: 'mail', topic: 'orders', lag: 3 },
  ];
  await own.store.watch.saveLag('kafka', { rows, notes: [] }, { at: now, tookMs: 5 });
  const rule = aRule('lag-above', { above: 10_000 });
  const [billing, ...others] = await measured(rule);
  // What is well is not put into words.
  expect(others).toEqual([]);
  expect(billing).toMatchObject({
    value: 12_040,
    subject: { kind: 'consumer-group', id: 'kafka/billing/orders', queueIds: [own.queueId] },
    sentence: 'Consumer group billing is 12,040 messages behind on orders (kafka), more than 10,000',
  });
  const subject = { kind: 'consumer-group', id: 'kafka/mail/orders', label: '', queueIds: [] } as const;
  const stands = anAlert('mail', { rule: rule.name, subject });
  expect((await measured(rule, factsAt(), [stands]))[1]).toMatchObject({ value: 3 });
  // A reading of long ago, or one that fails, says nothing of now: nothing begins or ends by it.
  const later = factsAt({ now: now + 5 * minute });
  expect(await measured(rule, later, [stands])).toMatchObject([{ value: null }]);
  await own.store.watch.saveLagFailure('kafka', { code: 'unreachable', message: 'Not authorized.' }, now);
  expect(await measured(rule, factsAt(), [stands])).toMatchObject([{ value: null }]);
});

test('that lag cannot be read is told while the broker answers, and not where nobody asked for it', async () => {
  const rule = aRule('lag-unread');
  const save = (health: Parameters<Store['index']['saveConnections']>[0][number]['health']) =>
    own.store.index.saveConnections([
      { name: 'kafka', kind: 'kafka', address: 'kafka-1:9092', health, checkedAt: now },
    ]);
  await save({ kind: 'live', product: 'Kafka', version: null, notes: [] });
  expect(await first(rule)).toMatchObject({ value: 0 });
  await own.store.watch.saveLagFailure('kafka', { code: 'forbidden', message: 'Not authorized.' }, now - minute);
  expect(await first(rule)).toMatchObject({
    value: 1,
    since: now - minute,
    sentence: 'How far consumer groups of kafka are behind cannot be read: Not authorized.',
  });
  expect(await measured(rule, factsAt({ lagEveryMs: () => null }))).toEqual([]);
  await save({ kind: 'failing', since: now, error: { code: 'unreachable', message: 'Nothing answers.' } });
  expect(await first(rule)).toMatchObject({ value: null });
});

test('ten thousand readers beside a thousand queues are looked at in a moment', async () => {
  const queues = Array.from({ length: 1_000 }, (_, n) => ({
    name: `q${n}`,
    kind: 'kafka' as const,
    foundBy: 'pattern' as const,
    origins: [`t${n}`],
    capabilities: { browse: 'log', remove: false, order: 'partition', costs: [], description: '' } as const,
  }));
  await own.store.index.saveQueues('kafka', queues);
  const row = { kind: 'group', groupKind: 'classic', state: 'stable', members: 1, gap: null, partitions: 1 } as const;
  const rows = Array.from({ length: 10_000 }, (_, n) => ({
    ...row,
    uncommitted: 0,
    group: `g${n}`,
    topic: `t${n % 1_000}`,
    lag: n,
  }));
  await own.store.watch.saveLag('kafka', { rows, notes: [] }, { at: now, tookMs: 5 });
  const facts = factsAt();
  await Promise.all([facts.queues(), own.store.watch.latestLag()]);
  const rule = aRule('lag-above', { above: 9_990 });
  const begun = process.cpuUsage();
  expect(await measured(rule, facts)).toHaveLength(9);
  const { user } = process.cpuUsage(begun);
  expect(user / 1_000).toBeLessThan(1_000);
});
