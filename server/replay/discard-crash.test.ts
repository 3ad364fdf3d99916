import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { usualOptions } from '#lib/domain/replay.ts';
import { systemClock } from '#server/clock.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import type { CrashSite } from '#server/replay/testing/crash/crash-site.ts';
import { connectionName, startEngineProcess } from '#server/replay/testing/crash/engine-process.ts';
import type { Fault } from '#server/replay/testing/crash/fault.ts';
import { until } from '#server/replay/testing/crash/lane.ts';
import { startRabbitMqSite } from '#server/replay/testing/crash/rabbitmq-site.ts';
import { startSqsSite } from '#server/replay/testing/crash/sqs-site.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';

/** The engine is killed between the steps of a discard: what is no longer in its queue is in the archive, always, and after a restart each is in one place only. */

const kill = (call: string, when: Fault['when'], more: Partial<Fault> = {}): Fault => {
  return { call, when, nth: 2, what: 'kill', ...more };
};

const steps = [
  { name: 'messages held', fault: kill('driver.hold', 'after', { nth: 1 }) },
  { name: 'before the archive', fault: kill('ledger.archive', 'before') },
  { name: 'amid the archive', fault: kill('ledger.archive', { duringMs: 1 }) },
  { name: 'archived', fault: kill('ledger.archive', 'after') },
  { name: 'shown in the index', fault: kill('index.setStates', 'after') },
  { name: 'removal under way', fault: kill('driver.remove', { duringMs: 2 }) },
  { name: 'removed', fault: kill('driver.remove', 'after') },
  { name: 'settled', fault: kill('ledger.recordItems', 'after', { state: 'settled' }) },
] as const;

/** A batch is a fifth of a second's. */
const ratePerSecond = 50;
const leaseOverMs = 16_000;

describe.concurrent.each([
  { label: 'RabbitMQ', start: startRabbitMqSite },
  { label: 'SQS', start: startSqsSite },
])('a discard on $label', { timeout: 240_000 }, ({ start }) => {
  let site: CrashSite;
  let folder: string;
  let store: Store;
  let aheadMs = 0;

  beforeAll(async () => {
    site = await start();
    folder = await mkdtemp(join(tmpdir(), 'redeliver-discard-crash-'));
    store = openSqliteStore({ folder, role: 'writer' });
  });

  afterAll(async () => {
    await store?.close();
    await site?.close();
    await rm(folder, { recursive: true, force: true });
  });

  // One after the other: they share a queue and a clock that runs ahead.
  it.for(steps)('killed: $name', { concurrent: false }, async ({ name, fault }, { expect, onTestFinished }) => {
    const [queues] = site.lanes;
    if (!queues) throw new Error('The site has no queue.');
    const queueId = `${connectionName}/${queues.name}`;
    const bodies = Array.from({ length: 30 }, (_, number) => JSON.stringify({ name, number: number % 27 }));
    const engineFor = (armed: Fault | null) =>
      startEngineProcess({ folder, connection: queues.connection, aheadMs, fault: armed });
    const ask = (request: Parameters<typeof askEngine>[1]) =>
      askEngine({ store, clock: systemClock }, request, 'test', 60_000);

    await queues.put(bodies);
    const first = await engineFor(null);
    onTestFinished(() => first.kill());
    const filter = {
      kind: 'and' as const,
      terms: [
        { kind: 'queue' as const, pattern: queueId },
        { kind: 'state' as const, state: 'new' as const },
      ],
    };
    const range = { from: null, to: null };
    await until(60_000, 'the queue was read', async () => {
      await ask({ kind: 'sync', queueId, insist: true }).catch(() => undefined);
      return (await store.index.countMessages({ filter, range }, 100)).count === bodies.length;
    });
    const options = { ...usualOptions, action: 'discard' as const, ratePerSecond };
    const selection = {
      kind: 'filter' as const,
      filter,
      range,
      asOf: systemClock.now() + aheadMs + 60_000,
      excluded: [],
      text: '',
    };
    const { replayId } = await ask({ kind: 'plan', selection, options });
    const planned = await store.ledger.getReplay(replayId ?? '');
    expect(planned.plan.willSend).toBe(bodies.length);
    await first.arm(fault);
    await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', systemClock.now());
    await until(60_000, 'the engine died', async () => first.isDead);

    aheadMs += leaseOverMs;
    const second = await engineFor(null);
    onTestFinished(() => second.kill());
    await until(90_000, 'the discard was done', async () => {
      const { state } = await store.ledger.getReplay(planned.id);
      // As an operator does.
      if (state === 'stopped')
        await store.ledger.setReplayState(planned.id, { state: 'queued', at: systemClock.now() });
      return state === 'settled';
    });
    await second.kill();
    const { account } = await store.ledger.getReplay(planned.id);
    expect(account).toMatchObject({ settled: bodies.length, sent: 0, planned: 0, skipped: 0, failed: 0 });
    const archived = await store.ledger.listArchived({ discardId: planned.id, after: null, limit: 100 });
    const kept = await store.ledger.readArchived(archived.map(({ itemId }) => itemId));
    const texts = kept.map(({ raw }) => new TextDecoder().decode(raw.body ?? undefined));
    expect(texts.toSorted()).toEqual(bodies.toSorted());
    expect(await queues.takeDeadLetters()).toEqual([]);
    expect(await queues.takeArrived()).toEqual([]);
    aheadMs += leaseOverMs;
  });
});
