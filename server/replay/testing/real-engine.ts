import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { queueId } from '#lib/domain/queue.ts';
import { type Replay, type ReplayOptions, type ReplayState, type Selection, usualOptions } from '#lib/domain/replay.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { createBroker } from '#server/brokers/broker.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { systemClock } from '#server/clock.ts';
import { type EngineOptions, startEngine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { onlyQueues } from '#server/brokers/testing/only-queues.ts';

const patienceMs = 90_000;

export interface RealEngine {
  readonly store: Store;
  /** Reads the queue; answers its dead letters, oldest first. */
  read(queue: string): Promise<readonly DeadLetter[]>;
  plan(selection: Selection, options?: Partial<ReplayOptions>): Promise<Replay>;
  /** Everything in the queue that is in the index by now. */
  planAll(queue: string, options?: Partial<ReplayOptions>): Promise<Replay>;
  confirm(planned: Replay): Promise<void>;
  reached(replayId: string, ...states: readonly ReplayState[]): Promise<Replay>;
  /** From plan to settled. */
  replayAll(queue: string, options?: Partial<ReplayOptions>): Promise<Replay>;
  close(): Promise<void>;
}

/** The whole engine on a store of its own, with one connection. It reads no queue but those of `queues`: the others of a shared server are none of its business. */
export async function startRealEngine(
  connection: string,
  driver: BrokerDriver,
  queues: readonly string[],
  more: Partial<Pick<EngineOptions, 'registries' | 'tracing' | 'watchMs'>> = {},
): Promise<RealEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-real-engine-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  const own = onlyQueues(createBroker(driver, { connection, random: () => 0.5 }), queues);
  const engine = startEngine({
    watchMs: 500,
    ...more,
    store,
    clock: systemClock,
    connections: [{ name: connection, kind: driver.kind, address: 'test', driver: own }],
    sync: { discoverEveryMs: 60_000, lookEveryMs: 60_000, scanEveryMs: 10, scanLimit: 10_000 },
    publishTimeoutMs: 20_000,
    say: () => undefined,
  });
  const asking = { store, clock: systemClock };

  const real: RealEngine = {
    store,
    async read(queue) {
      const id = queueId(connection, queue);
      await vi.waitUntil(async () => (await store.index.listQueues()).some((known) => known.id === id), {
        timeout: patienceMs,
      });
      await askEngine(asking, { kind: 'sync', queueId: id, insist: false }, 'test', patienceMs);
      const page = { filter: filterOf(id), range: { from: null, to: null }, cursor: null, limit: 1_000 };
      return (await store.index.listMessages({ ...page, order: 'oldest' })).messages;
    },
    async plan(selection, options = {}) {
      const request = { kind: 'plan' as const, selection, options: { ...usualOptions, ...options } };
      const { replayId } = await askEngine(asking, request, 'test', patienceMs);
      return store.ledger.getReplay(replayId ?? '');
    },
    planAll(queue, options) {
      const filter = filterOf(queueId(connection, queue));
      const range = { from: null, to: null };
      return real.plan({ kind: 'filter', filter, range, asOf: Date.now() + 1, excluded: [], text: '' }, options);
    },
    async confirm({ id, plan: { hash } }) {
      await store.ledger.confirmReplay(id, hash, 'test', Date.now());
    },
    async reached(replayId, ...states) {
      await vi.waitUntil(async () => states.includes((await store.ledger.getReplay(replayId)).state), {
        timeout: patienceMs,
      });
      return store.ledger.getReplay(replayId);
    },
    async replayAll(queue, options) {
      const planned = await real.planAll(queue, options);
      await real.confirm(planned);
      return real.reached(planned.id, 'settled', 'stopped');
    },
    async close() {
      await engine.stop();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return real;
}

function filterOf(id: string): Filter {
  return { kind: 'queue', pattern: id };
}
