import { describe, expect, test } from 'vitest';
import { usualOptions } from '#lib/domain/replay.ts';
import { aRule } from '#lib/alerts/testing/a-rule.ts';
import { parse } from '#lib/filter/parse.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { addQueue } from '#server/store/testing/reading.ts';
import {
  day,
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

/** What rules about queues measure. */

describe('depth', () => {
  test('counts what is open of problems that concern somebody, in words', async () => {
    await put(12_040, (n) => ({ at: now - n, failure: failing('A') }));
    const rule = aRule('depth-above', { above: 10_000 });
    expect(await first(rule)).toMatchObject({
      value: 12_040,
      sentence: 'kafka/orders.dlq has 12,040 messages, more than 10,000',
      path: expect.stringMatching(/^\/queues\/kafka%2Forders\.dlq\?filter=-state%3Agone.*&range=\d+\.\.$/),
    });
    const [ignored] = await put(10, (n) => ({ at: now - n, failure: failing('B') }));
    expect(await first(rule)).toMatchObject({ value: 12_050 });
    await own.store.ledger.changeGroup(
      ignored?.fingerprint ?? '',
      { decision: { kind: 'ignored', until: null } },
      'ann',
      now,
    );
    expect(await first(rule)).toMatchObject({ value: 12_040 });
  });

  test('is not known while the queue or its broker fails', async () => {
    await put(12, (n) => ({ at: now - n }));
    const rule = aRule('depth-above', { above: 10 });
    const error = { code: 'unreachable', message: 'Nothing answers.' } as const;
    const connection = { name: 'kafka', kind: 'kafka', address: 'k:1', checkedAt: now } as const;
    await own.store.index.saveConnections([{ ...connection, health: { kind: 'failing', since: now, error } }]);
    expect(await first(rule)).toMatchObject({ value: null });
    await own.store.index.saveConnections([{ ...connection, health: { kind: 'starting', step: '' } }]);
    expect(await first(rule)).toMatchObject({ value: 12 });
    await own.store.index.saveQueueStatus(own.queueId, { reader: { kind: 'failing', since: now, error } });
    expect(await first(rule)).toMatchObject({ value: null });
  });

  test('of queues that a pattern names, and not of those that are gone', async () => {
    await addQueue(own.store, 'jobs.dlq');
    expect(await measured(aRule('depth-above', { queues: ['jobs.*'] }))).toMatchObject([
      { subject: { id: 'kafka/jobs.dlq' } },
    ]);
    await own.store.index.saveQueues('kafka', []);
    expect(await measured(aRule('depth-above'))).toEqual([]);
  });
});

describe('arrivals', () => {
  test('are those of the stretch, by when they were dead-lettered', async () => {
    await put(30, (n) => ({ at: now - n * minute }));
    const rule = aRule('arrivals-above', { above: 5, withinMs: 10 * minute });
    expect(await first(rule)).toMatchObject({
      value: 11,
      sentence: 'kafka/orders.dlq got 11 dead letters within 10 minutes, more than 5',
      // It shows next week what was counted now.
      path: `/queues/kafka%2Forders.dlq?range=${now - 10 * minute}..${now + 1}`,
    });
    const [letter] = await put(1, () => ({ at: now, failure: failing('Known') }));
    expect(await first(rule)).toMatchObject({ value: 12 });
    await own.store.ledger.changeGroup(
      letter?.fingerprint ?? '',
      { decision: { kind: 'ignored', until: null } },
      'ann',
      now,
    );
    expect(await first(rule)).toMatchObject({ value: 11 });
  });

  test('are not known until what was there already has been read, which did not arrive', async () => {
    await put(500, () => ({ at: now - minute, atIs: 'first-seen', firstSeenAt: now - minute }));
    const rule = aRule('arrivals-above', { above: 5 });
    expect(await first(rule, factsAt({ baselineOf: () => null }))).toMatchObject({ value: null });
    expect(await first(rule, factsAt({ baselineOf: () => now - 30_000 }))).toMatchObject({ value: 0 });
    expect(await first(rule)).toMatchObject({ value: 500 });
  });

  test('are unusual only beside a day of history or more', async () => {
    const rule = aRule('arrivals-unusual', { above: 5, atLeast: 10 });
    await put(60, () => ({ at: now - minute }));
    expect(await first(rule)).toMatchObject({ value: null });
    await put(40, (n) => ({ at: now - hour - 1 - n * 30 * minute }));
    expect(await first(rule)).toMatchObject({ value: null });
    await put(40, (n) => ({ at: now - 21 * hour - n * 30 * minute }));
    expect(await first(rule)).toMatchObject({
      value: 30,
      sentence: 'kafka/orders.dlq got 60 dead letters within 1 hour, 30 times the usual 2',
    });
  });

  test.each([
    ['leaves a queue as one and comes back as another', true],
    ['stays in a log and is open again', false],
  ])('count once what came, was discarded and was restored within their stretch: it %s', async (_, remove) => {
    const rule = aRule('arrivals-above', { above: 5 });
    const [known] = await own.store.index.listQueues();
    if (!known) throw new Error('There is no queue.');
    const { name, foundBy, origins, capabilities } = known;
    const kind = remove ? 'rabbitmq' : 'kafka';
    await own.store.index.saveQueues('kafka', [
      { name, kind, foundBy, origins, capabilities: { ...capabilities, remove } },
    ]);
    if (remove) await put(6, () => ({ at: now - 2 * minute, state: 'discarded' }));
    await put(6, () => ({ at: now - 2 * minute, lastReplayId: 'restore' }));
    const options = { ...usualOptions, action: 'restore' as const };
    const { id, plan } = await writePlan(own.store.ledger, aReplay('restore', 6, { options }));
    await own.store.ledger.confirmReplay(id, plan.hash, 'ann', now - minute);
    expect(await first(rule)).toMatchObject({ value: 6 });
  });

  test('a backlog that is met just now with its old times is not unusual, and is above a rate', async () => {
    await put(80, (n) => ({ at: now - hour - 1 - n * 30 * minute }));
    const [letter] = await put(500, () => ({ at: now - 30 * hour }));
    const news = [{ queueId: own.queueId, fingerprint: letter?.fingerprint ?? '', count: 500 }];
    const facts = () => factsAt({ news });
    expect(await first(aRule('arrivals-unusual', { above: 5, atLeast: 10 }), facts())).toMatchObject({ value: 0 });
    expect(await first(aRule('arrivals-above', { above: 100 }), facts())).toMatchObject({ value: 500 });
  });
});

describe('age and expiry', () => {
  test('the oldest that concerns somebody counts', async () => {
    const [ignored] = await put(1, () => ({ at: now - 9 * day, failure: failing('Ignored') }));
    await put(1, () => ({ at: now - 3 * day, failure: failing('Old') }));
    const rule = aRule('oldest-above', { above: 2 * day });
    expect(await first(rule)).toMatchObject({ value: 9 * day });
    await own.store.ledger.changeGroup(
      ignored?.fingerprint ?? '',
      { decision: { kind: 'ignored', until: null } },
      'ann',
      now,
    );
    expect(await first(rule)).toMatchObject({
      value: 3 * day,
      sentence: 'The oldest dead letter of kafka/orders.dlq is there since 2026-11-20 03:10 UTC, for more than 2 days',
    });
  });

  test('says how many expire, and when the first goes', async () => {
    await put(5, (n) => ({ at: now - 7 * day + (n + 1) * 2 * hour }));
    const rule = aRule('expiring-within');
    expect(await measured(rule)).toEqual([]);
    await own.store.index.saveQueueStatus(own.queueId, { retention: { kind: 'for', ms: 7 * day, bound: 'at-least' } });
    expect(await first(rule)).toMatchObject({
      value: 3,
      sentence: '3 messages of kafka/orders.dlq can expire within 6 hours, the first from 2026-11-23 05:10 UTC on',
    });
    await own.store.index.saveQueueStatus(own.queueId, { retention: { kind: 'for', ms: 14 * day, bound: 'exact' } });
    expect(await first(rule)).toMatchObject({ value: 0 });
  });
});

test('what expires is what the overview and the filter say: by times to live of their own, and by when a broker began to count', async () => {
  const rule = aRule('expiring-within');
  const capabilities = { browse: 'hold', remove: true, order: 'queue', costs: [], description: '' } as const;
  await own.store.index.saveQueues('kafka', [
    { name: 'orders.dlq', kind: 'rabbitmq', foundBy: 'pattern', origins: [], capabilities },
  ]);
  await own.store.index.saveQueueStatus(own.queueId, { retention: { kind: 'unlimited' } });
  await put(2, (n) => ({ at: now - hour, endsAt: now + (n + 1) * hour }));
  await put(1, () => ({ at: now - 2 * hour }));
  const seen = await first(rule);
  expect(seen).toMatchObject({
    value: 2,
    sentence: '2 messages of kafka/orders.dlq can expire within 6 hours, the first from 2026-11-23 04:10 UTC on',
  });
  const asked = new URLSearchParams(seen?.path.split('?')[1]).get('filter') ?? '';
  expect(parse(asked, { now })).toHaveProperty('filter');
  // A week ago by its time, and kept since an hour.
  const jobs = await addQueue(own.store, 'jobs.dlq');
  await own.store.index.saveQueueStatus(jobs, { retention: { kind: 'for', ms: 7 * day, bound: 'exact' } });
  await put(1, () => ({ at: now - 7 * day, keptFrom: now - hour }), jobs);
  expect(await measured({ ...rule, queues: ['jobs.dlq'] })).toMatchObject([{ value: 0 }]);
  await own.store.index.saveQueueStatus(own.queueId, { knownBackTo: now - day });
  expect(await first({ ...rule, queues: ['orders.dlq'] })).toMatchObject({ value: null });
});
