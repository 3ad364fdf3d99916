import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import { queueId, splitQueueId, type Connection, type ConnectionHealth } from '#lib/domain/queue.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import { failed, type Say } from '#server/log/log.ts';
import type { Store } from '#server/store/store.ts';
import { createQueueWatch, type QueueWatch } from '#server/sync/watch-queue.ts';
import type { QueueGate } from '#server/sync/queue-gate.ts';
import type { ReadLetterOptions } from '#server/sync/read-letter.ts';
import { createTurns } from '#server/sync/turns.ts';
import { pause, repeat } from '#server/sync/repeat.ts';

/** A connection as the engine has it. */
export interface SyncedConnection {
  readonly name: string;
  readonly kind: Connection['kind'];
  readonly address: string;
  readonly driver: BrokerDriver;
  /** Headers by which its dead letters without any error text are told apart. */
  readonly groupedBy?: readonly string[] | undefined;
}

export interface SyncSettings {
  /** How often queues are looked for. */
  readonly discoverEveryMs: number;
  /** How often a queue is asked whether something changed. */
  readonly lookEveryMs: number;
  readonly scanEveryMs: number;
  readonly scanLimit: number;
  /** How dead letters are read into the index. */
  readonly reading?: ReadLetterOptions | undefined;
}

/** Epoch milliseconds of the first look that said what the last one said. */
interface Since {
  live: number | null;
  failing: number | null;
}

export interface Sync {
  /** Reads one queue because a person asked. `not_found` for an unknown connection. */
  readNow(id: string, insist: boolean, signal: AbortSignal): Promise<void>;
  /** Why a broker of the sandbox cannot be reached yet: shown instead of the failure. `null` ends that, and looks at once. */
  explain(connection: string, health: ConnectionHealth | null): void;
  /** Settles when every reader has given back what it held. */
  stopped: Promise<void>;
}

/** Discovers and follows the dead-letter queues of every connection until the signal is aborted. One queue's trouble does not stop another's. */
export function startSync(
  dependencies: {
    store: Store;
    clock: Clock;
    gate: QueueGate;
    connections: readonly SyncedConnection[];
    settings: SyncSettings;
    /** Takes what cannot be shown as a state, because the store itself refused it. */
    readonly say: Say;
  },
  signal: AbortSignal,
): Sync {
  const { store, clock, gate, settings, say } = dependencies;
  const explanations = new Map<string, ConnectionHealth>();
  const watches = new Map<string, QueueWatch>();
  const turns = createTurns();
  const running = new Set<Promise<void>>();
  const wakers = new Map<string, AbortController>();

  function watchOf(connection: SyncedConnection, id: string): QueueWatch {
    const known = watches.get(id);
    if (known) return known;
    const { scanLimit, scanEveryMs } = settings;
    const reading = { ...settings.reading, groupedBy: connection.groupedBy };
    const watch = createQueueWatch(
      { store, driver: connection.driver, clock, gate, turns, scanLimit, scanEveryMs, reading, say },
      id,
    );
    watches.set(id, watch);
    keep(
      repeat(
        () => settings.lookEveryMs,
        () => watch.look(signal),
        signal,
      ),
    );
    return watch;
  }

  function keep(work: Promise<void>): void {
    const kept: Promise<void> = work
      .catch((error: unknown) => say(...failed('sync', error)))
      .finally(() => running.delete(kept));
    running.add(kept);
  }

  async function lookForQueues(connection: SyncedConnection, since: Since): Promise<boolean> {
    const { name, kind, address } = connection;
    const note = (health: ConnectionHealth) =>
      store.index.saveConnections([{ name, kind, address, health, checkedAt: clock.now() }]);
    try {
      const info = await connection.driver.check(signal);
      const found = await connection.driver.discover(signal);
      await store.index.saveQueues(
        name,
        found.map((queue) => ({ ...queue, kind })),
      );
      const isBack = since.failing !== null;
      since.live ??= clock.now();
      since.failing = null;
      await note({ kind: 'live', ...info, since: since.live });
      for (const queue of found) watchOf(connection, queueId(name, queue.name));
      if (isBack) say(`connection ${name}: it is reached`, { connection: name });
      return true;
    } catch (error) {
      const record = toErrorRecord(error);
      if (record.code === 'cancelled') return false;
      const isNew = since.failing === null;
      since.failing ??= clock.now();
      since.live = null;
      // Where the store takes nothing, this loop is all that can still tell of it, and it must go on.
      await note(explanations.get(name) ?? { kind: 'failing', error: record, since: since.failing }).catch(
        (refused: unknown) => say(...failed(`sync of ${name}`, refused, { connection: name })),
      );
      // Said once, and not of a broker of the sandbox that is just coming up.
      if (isNew && !explanations.has(name)) say(...failed(`connection ${name}`, error, { connection: name }));
      return false;
    }
  }

  /** What the last run said of a connection and its readers is true no longer, until they have been looked at. */
  async function beginAnew({ name, kind, address }: SyncedConnection): Promise<void> {
    const health = explanations.get(name) ?? { kind: 'starting', step: 'Connecting' };
    await store.index.saveConnections([{ name, kind, address, health, checkedAt: null }]);
    for (const queue of await store.index.listQueues()) {
      if (queue.connection === name) await store.index.saveQueueStatus(queue.id, { reader: { kind: 'waiting' } });
    }
  }

  for (const connection of dependencies.connections) {
    const since: Since = { live: null, failing: null };
    let wasReached = false;
    // A broker that is not there yet is asked every second, so that it appears as soon as it is up.
    const every = () => (wasReached ? settings.discoverEveryMs : 1_000);
    keep(
      (async () => {
        await beginAnew(connection).catch((error: unknown) =>
          say(...failed(`sync of ${connection.name}`, error, { connection: connection.name })),
        );
        while (!signal.aborted) {
          wasReached = await lookForQueues(connection, since);
          const waker = new AbortController();
          wakers.set(connection.name, waker);
          await pause(every(), AbortSignal.any([signal, waker.signal]));
        }
      })(),
    );
  }

  return {
    async readNow(id, insist, callerSignal) {
      const parts = splitQueueId(id);
      const connection = dependencies.connections.find((candidate) => candidate.name === parts?.connection);
      if (!connection)
        throw new AppError(
          'not_found',
          `There is no connection for the queue ${id}. The overview lists those that are configured.`,
        );
      turns.prefer(id);
      await watchOf(connection, id).readNow(insist, AbortSignal.any([signal, callerSignal]));
    },
    explain(name, health) {
      if (health === null) explanations.delete(name);
      else explanations.set(name, health);
      wakers.get(name)?.abort();
    },
    get stopped() {
      return Promise.allSettled(running).then(() => undefined);
    },
  };
}
