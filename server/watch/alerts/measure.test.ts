import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '#lib/alerts/alert.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import { anAlert } from '#lib/alerts/testing/an-alert.ts';
import { aRule } from '#lib/alerts/testing/a-rule.ts';
import { parse } from '#lib/filter/parse.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { manyLetters } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { addQueue } from '#server/store/testing/reading.ts';
import { createArrivalLog, newsOf, readArrivals } from '#server/watch/alerts/arrivals.ts';
import { createFacts, type GivenFacts } from '#server/watch/alerts/facts.ts';
import { measure } from '#server/watch/alerts/measure.ts';
import { createUsuals } from '#server/watch/alerts/measure-unusual.ts';

/** What rules measure, on a real store with dead letters in it. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.UTC(2026, 10, 23, 3, 10);

let store: Store;
let folder: string;
let queueId: string;
let scans = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redeliver-measure-'));
  store = openSqliteStore({ folder, role: 'writer' });
  queueId = await addQueue(store, 'orders.dlq');
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const failing = (errorClass: string) => ({
  errorClass,
  errorMessage: null,
  stackTrace: null,
  reason: null,
  attempts: 1,
});

async function put(count: number, changes: (n: number) => Partial<Omit<DeadLetter, 'queueId'>>, to = queueId) {
  const letters = manyLetters(count, changes, `s${(scans += 1)}`);
  await store.index.ingest({ queueId: to, letters, scan: `${scans}` });
  return letters.map(({ letter }) => letter);
}

function factsAt(changes: Partial<GivenFacts> = {}) {
  return createFacts({
    store,
    now,
    lastAt: now - 30_000,
    lastPlace: null,
    news: [],
    log: createArrivalLog(hour),
    isConfigured: () => true,
    lagEveryMs: () => 30_000,
    text: (said) => said,
    baselineOf: () => 0,
    ...changes,
  });
}

async function measured(rule: AlertRule, facts = factsAt(), standing: readonly Alert[] = []) {
  return measure(rule, facts, standing, createUsuals());
}

async function first(rule: AlertRule, facts = factsAt()): Promise<Observation | undefined> {
  return (await measured(rule, facts))[0];
}

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
    await store.ledger.changeGroup(
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
    await store.index.saveConnections([{ ...connection, health: { kind: 'failing', since: now, error } }]);
    expect(await first(rule)).toMatchObject({ value: null });
    await store.index.saveConnections([{ ...connection, health: { kind: 'starting', step: '' } }]);
    expect(await first(rule)).toMatchObject({ value: 12 });
    await store.index.saveQueueStatus(queueId, { reader: { kind: 'failing', since: now, error } });
    expect(await first(rule)).toMatchObject({ value: null });
  });

  test('of queues that a pattern names, and not of those that are gone', async () => {
    await addQueue(store, 'jobs.dlq');
    expect(await measured(aRule('depth-above', { queues: ['jobs.*'] }))).toMatchObject([
      { subject: { id: 'kafka/jobs.dlq' } },
    ]);
    await store.index.saveQueues('kafka', []);
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
    });
    const [letter] = await put(1, () => ({ at: now, failure: failing('Known') }));
    expect(await first(rule)).toMatchObject({ value: 12 });
    await store.ledger.changeGroup(
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
});

describe('age and expiry', () => {
  test('the oldest that concerns somebody counts', async () => {
    const [ignored] = await put(1, () => ({ at: now - 9 * day, failure: failing('Ignored') }));
    await put(1, () => ({ at: now - 3 * day, failure: failing('Old') }));
    const rule = aRule('oldest-above', { above: 2 * day });
    expect(await first(rule)).toMatchObject({ value: 9 * day });
    await store.ledger.changeGroup(
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
    await store.index.saveQueueStatus(queueId, { retention: { kind: 'for', ms: 7 * day, bound: 'at-least' } });
    expect(await first(rule)).toMatchObject({
      value: 3,
      sentence: '3 messages of kafka/orders.dlq can expire within 6 hours, the first from 2026-11-23 05:10 UTC on',
    });
    await store.index.saveQueueStatus(queueId, { retention: { kind: 'for', ms: 14 * day, bound: 'exact' } });
    expect(await first(rule)).toMatchObject({ value: 0 });
  });
});

test('what expires is what the overview and the filter say: by times to live of their own, and by when a broker began to count', async () => {
  const rule = aRule('expiring-within');
  const capabilities = { browse: 'hold', remove: true, order: 'queue', costs: [], description: '' } as const;
  await store.index.saveQueues('kafka', [
    { name: 'orders.dlq', kind: 'rabbitmq', foundBy: 'pattern', origins: [], capabilities },
  ]);
  await store.index.saveQueueStatus(queueId, { retention: { kind: 'unlimited' } });
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
  const jobs = await addQueue(store, 'jobs.dlq');
  await store.index.saveQueueStatus(jobs, { retention: { kind: 'for', ms: 7 * day, bound: 'exact' } });
  await put(1, () => ({ at: now - 7 * day, keptFrom: now - hour }), jobs);
  expect(await measured({ ...rule, queues: ['jobs.dlq'] })).toMatchObject([{ value: 0 }]);
  await store.index.saveQueueStatus(queueId, { knownBackTo: now - day });
  expect(await first({ ...rule, queues: ['orders.dlq'] })).toMatchObject({ value: null });
});

describe('groups', () => {
  const rule = aRule('new-group');

  test('are new by their first dead letter, with a masked title, until a person decides or nothing is left', async () => {
    const [letter] = await put(2, (n) => ({ at: now - minute + n, failure: failing('FreshError') }));
    await put(1, () => ({ at: now - 5 * hour, failure: failing('OldError') }));
    const text = (said: string) => said.replace('FreshError', '•••');
    const seen = await measured(rule, factsAt({ text }));
    expect(seen).toMatchObject([
      {
        value: 1,
        since: now - minute,
        subject: { kind: 'group', id: letter?.fingerprint, queueIds: [queueId] },
        sentence: expect.stringMatching(/^New in kafka\/orders\.dlq since 2026-11-23 03:09 UTC: •••/),
        path: `/groups/${letter?.fingerprint}?range=${now - minute}..`,
      },
    ]);
    await store.ledger.changeGroup(
      letter?.fingerprint ?? '',
      { decision: { kind: 'ignored', until: null } },
      'ann',
      now,
    );
    expect(await measured(rule)).toEqual([]);
  });

  test('that came while nobody looked are told afterwards, and stay for the rule’s time', async () => {
    const [letter] = await put(1, () => ({ at: now - 5 * hour, failure: failing('NightError') }));
    expect(await measured(rule, factsAt({ lastAt: now - 6 * hour }))).toHaveLength(1);
    const subject = { kind: 'group', id: letter?.fingerprint ?? '', label: '', queueIds: [] } as const;
    const told = anAlert('n', { rule: rule.name, kind: rule.kind, subject, firedAt: now - 30_000 });
    expect(await measured(rule, factsAt(), [told])).toHaveLength(1);
    expect(await measured(rule, factsAt(), [{ ...told, firedAt: now - 2 * hour }])).toEqual([]);
  });

  test('of a queue without times are not new because we came', async () => {
    const seenAt = now - minute;
    await put(3, () => ({ at: seenAt, atIs: 'first-seen', firstSeenAt: seenAt, failure: failing('ThereError') }));
    expect(await measured(rule, factsAt({ baselineOf: () => null }))).toEqual([]);
    expect(await measured(rule, factsAt({ baselineOf: () => now - 30_000 }))).toEqual([]);
    expect(await measured(rule, factsAt({ baselineOf: () => now - hour }))).toHaveLength(1);
  });

  test('regress when they come back after they were resolved, and no longer once they are resolved anew', async () => {
    const regressed = aRule('regressed-group');
    const letters = await put(1, () => ({
      at: now - 5 * hour,
      firstSeenAt: now - 5 * hour,
      failure: failing('BackError'),
    }));
    const fingerprint = letters[0]?.fingerprint ?? '';
    const resolve = (at: number) =>
      store.ledger.changeGroup(fingerprint, { decision: { kind: 'resolved', at } }, 'ann', at);
    await resolve(now - hour);
    expect(await measured(regressed)).toEqual([]);
    await put(1, () => ({ at: now - minute, firstSeenAt: now - minute, failure: failing('BackError') }));
    expect(await measured(regressed)).toMatchObject([
      {
        subject: { id: fingerprint },
        sentence: expect.stringContaining('Back in kafka/orders.dlq since 2026-11-23 03:09 UTC'),
      },
    ]);
    await resolve(now);
    expect(await measured(regressed)).toEqual([]);
  });
});

/** What a round has of the news since a place. */
async function newsSince(place: number | null, baselines: Readonly<Record<string, number>> = { kafka: 1 }) {
  const { counts } = await readArrivals(store.index, place);
  return { lastPlace: place, news: newsOf(counts, await store.index.listQueues(), baselines) };
}

describe('news by arrival, where messages say times of long ago', () => {
  const rule = aRule('new-group');
  const old = (errorClass: string) => () => ({ at: now - 5 * hour, firstSeenAt: now, failure: failing(errorClass) });

  test('a group that nobody met before is told, once, and one that was there is not', async () => {
    await put(2, old('KnownError'));
    const { upTo } = await readArrivals(store.index, null);
    await put(2, old('KnownError'));
    const [letter] = await put(2, old('LateError'));
    const facts = async () => factsAt(await newsSince(upTo));
    const seen = await measured(rule, await facts());
    expect(seen).toMatchObject([{ value: 1, subject: { id: letter?.fingerprint } }]);
    const subject = { kind: 'group', id: letter?.fingerprint ?? '', label: '', queueIds: [] } as const;
    const over = anAlert('over', { rule: rule.name, subject, phase: 'resolved', resolvedAt: now });
    await store.ledger.saveRound({ alerts: [over], dropped: [], notifications: [] });
    expect(await measured(rule, await facts())).toEqual([]);
  });

  test('arrivals count as they come, without those of ignored problems', async () => {
    const arrivals = aRule('arrivals-above', { above: 5 });
    const { upTo } = await readArrivals(store.index, null);
    const [ignored] = await put(3, old('Ignored'));
    await put(8, old('LateError'));
    expect(await measured(arrivals, factsAt(await newsSince(upTo)))).toMatchObject([{ value: 11 }]);
    await store.ledger.changeGroup(
      ignored?.fingerprint ?? '',
      { decision: { kind: 'ignored', until: null } },
      'ann',
      now,
    );
    expect(await measured(arrivals, factsAt(await newsSince(upTo)))).toMatchObject([{ value: 8 }]);
    const log = createArrivalLog(5 * minute);
    log.add(now - minute, (await newsSince(upTo)).news);
    expect(await measured(arrivals, factsAt({ log }))).toMatchObject([{ value: 8 }]);
  });

  test('what a first read finds is none, nor is an index that reads all anew', async () => {
    const { upTo } = await readArrivals(store.index, null);
    await put(3, old('ThereError'));
    expect((await newsSince(upTo, {})).news).toEqual([]);
    expect(await readArrivals(store.index, upTo + 1_000)).toMatchObject({ wasSetAside: true, counts: [] });
  });
});

test('a new group that is over is not new again when it returns within the hour', async () => {
  const rule = aRule('new-group');
  const [letter] = await put(1, () => ({ at: now - minute, failure: failing('ReturnsError') }));
  expect(await measured(rule)).toHaveLength(1);
  const subject = { kind: 'group', id: letter?.fingerprint ?? '', label: '', queueIds: [] } as const;
  const over = anAlert('over', { rule: rule.name, subject, phase: 'resolved', resolvedAt: now });
  await store.ledger.saveRound({ alerts: [over], dropped: [], notifications: [] });
  expect(await measured(rule)).toEqual([]);
});

test('what is left of a connection that is no longer configured is not measured', async () => {
  await put(3, () => ({ at: now - minute, failure: failing('GoneError') }));
  await store.index.saveConnections([
    { name: 'kafka', kind: 'kafka', address: 'x:1', health: { kind: 'starting', step: '' }, checkedAt: now },
  ]);
  await store.watch.saveLag('kafka', { rows: [], notes: [] }, { at: now, tookMs: 5 });
  const gone = factsAt({ isConfigured: () => false });
  for (const kind of ['new-group', 'depth-above', 'lag-above', 'connection-failing'] as const)
    expect(await measured(aRule(kind), gone), kind).toEqual([]);
});

test('a replay that comes back is told while it goes on and a while after', async () => {
  const rule = aRule('replay-returned');
  const [sent] = await put(1, () => ({ at: now - hour }));
  const planned = await writePlan(store.ledger, aReplay('r', 1, { createdAt: now - hour }));
  expect(await measured(rule)).toEqual([]);
  await store.ledger.confirmReplay('r', planned.plan.hash, 'ann', now - hour);
  await store.ledger.setReplayState('r', { state: 'sending', at: now - hour });
  await store.ledger.intend([{ itemId: 'r-0', watermark: null }], now - hour);
  await store.ledger.recordItems([{ itemId: 'r-0', state: 'sent' }], now - hour);
  await store.ledger.recordReturns([
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
  await store.ledger.recordItems([{ itemId: 'r-0', state: 'settled' }], now - hour);
  await store.ledger.setReplayState('r', { state: 'watching', at: now - 50 * minute, watchUntil: now });
  await store.ledger.setReplayState('r', { state: 'settled', at: now - 40 * minute });
  expect(await measured(rule)).toMatchObject([{ value: 1 }]);
  expect(await measured(rule, factsAt({ now: now + hour, lastAt: now + hour - 30_000 }))).toMatchObject([{ value: 0 }]);
  expect(await measured(rule, factsAt({ now: now + 9 * hour, lastAt: now }))).toMatchObject([{ value: 1 }]);
});

test('a connection fails, answers, or is not known yet', async () => {
  const rule = aRule('connection-failing');
  const save = (health: Parameters<Store['index']['saveConnections']>[0][number]['health']) =>
    store.index.saveConnections([{ name: 'kafka', kind: 'kafka', address: 'kafka-1:9092', health, checkedAt: now }]);
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
  await store.watch.saveLag('kafka', { rows, notes: [] }, { at: now, tookMs: 5 });
  const rule = aRule('lag-above', { above: 10_000 });
  const [billing, ...others] = await measured(rule);
  // What is well is not put into words.
  expect(others).toEqual([]);
  expect(billing).toMatchObject({
    value: 12_040,
    subject: { kind: 'consumer-group', id: 'kafka/billing/orders', queueIds: [queueId] },
    sentence: 'Consumer group billing is 12,040 messages behind on orders (kafka), more than 10,000',
  });
  const subject = { kind: 'consumer-group', id: 'kafka/mail/orders', label: '', queueIds: [] } as const;
  const stands = anAlert('mail', { rule: rule.name, subject });
  expect((await measured(rule, factsAt(), [stands]))[1]).toMatchObject({ value: 3 });
  // A reading of long ago, or one that fails, says nothing of now: nothing begins or ends by it.
  const later = factsAt({ now: now + 5 * minute });
  expect(await measured(rule, later, [stands])).toMatchObject([{ value: null }]);
  await store.watch.saveLagFailure('kafka', { code: 'unreachable', message: 'Not authorized.' }, now);
  expect(await measured(rule, factsAt(), [stands])).toMatchObject([{ value: null }]);
});

test('that lag cannot be read is told while the broker answers, and not where nobody asked for it', async () => {
  const rule = aRule('lag-unread');
  const save = (health: Parameters<Store['index']['saveConnections']>[0][number]['health']) =>
    store.index.saveConnections([{ name: 'kafka', kind: 'kafka', address: 'kafka-1:9092', health, checkedAt: now }]);
  await save({ kind: 'live', product: 'Kafka', version: null, notes: [] });
  expect(await first(rule)).toMatchObject({ value: 0 });
  await store.watch.saveLagFailure('kafka', { code: 'forbidden', message: 'Not authorized.' }, now - minute);
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
  await store.index.saveQueues('kafka', queues);
  const row = { kind: 'group', groupKind: 'classic', state: 'stable', members: 1, gap: null, partitions: 1 } as const;
  const rows = Array.from({ length: 10_000 }, (_, n) => ({
    ...row,
    uncommitted: 0,
    group: `g${n}`,
    topic: `t${n % 1_000}`,
    lag: n,
  }));
  await store.watch.saveLag('kafka', { rows, notes: [] }, { at: now, tookMs: 5 });
  const facts = factsAt();
  await Promise.all([facts.queues(), store.watch.latestLag()]);
  const rule = aRule('lag-above', { above: 9_990 });
  const begun = process.cpuUsage();
  expect(await measured(rule, facts)).toHaveLength(9);
  const { user } = process.cpuUsage(begun);
  expect(user / 1_000).toBeLessThan(300);
});
