import { AppError } from '#lib/domain/errors.ts';
import { queueId, splitQueueId, type Connection, type ConnectionHealth } from '#lib/domain/queue.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import { failed, type Say } from '#server/log/log.ts';
import type { Store } from '#server/store/store.ts';
import { type ConnectionWatch, createConnectionWatch } from '#server/sync/watch-connection.ts';
import { createQueueWatch, type QueueWatch } from '#server/sync/watch-queue.ts';
import type { QueueGate } from '#server/sync/queue-gate.ts';
import type { ReadLetterOptions } from '#server/sync/read-letter.ts';
import { createTurns } from '#server/sync/turns.ts';
import { pause } from '#server/sync/repeat.ts';

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

export interface Sync {
  /** Reads one queue because a person asked. `not_found` for an unknown connection. */
  readNow(id: string, insist: boolean, signal: AbortSignal): Promise<void>;
  /**
   * Whether all that a queue held at that instant was seen since, as far as it can be: of one that may not be read, is gone, or whose connection is no longer
   * configured nothing can. Where it was not, the queue is looked at soon, and scanned where its counts do not tell. Cheap.
   */
  lookedSince(id: string, at: number): boolean;
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
  /** Connections whose queues were listed since the start: before, nobody knows what there is to be looked at. */
  const discovered = new Set<string>();
  const alarms = new Map<string, AbortController>();
  const turns = createTurns();
  const running = new Set<Promise<void>>();
  const connectionWatches = new Map<string, ConnectionWatch>();

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
      (async () => {
        while (!signal.aborted) {
          const alarm = new AbortController();
          alarms.set(id, alarm);
          await watch.look(signal);
          // Its scan may have had to wait for the pause after the last one.
          const everyMs = watch.isWaitedFor ? Math.min(settings.lookEveryMs, scanEveryMs) : settings.lookEveryMs;
          await pause(everyMs, AbortSignal.any([signal, alarm.signal]));
        }
      })(),
    );
    return watch;
  }

  function connectionOf(id: string): SyncedConnection | undefined {
    const parts = splitQueueId(id);
    return dependencies.connections.find(({ name }) => name === parts?.connection);
  }

  function keep(work: Promise<void>): void {
    const kept: Promise<void> = work
      .catch((error: unknown) => say(...failed('sync', error)))
      .finally(() => running.delete(kept));
    running.add(kept);
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
    const { name } = connection;
    const watch = createConnectionWatch({
      store,
      clock,
      connection,
      discoverEveryMs: settings.discoverEveryMs,
      explanation: () => explanations.get(name) ?? null,
      found: (queues) => {
        for (const queue of queues) watchOf(connection, queueId(name, queue.name));
        discovered.add(name);
      },
      say,
    });
    connectionWatches.set(name, watch);
    keep(
      (async () => {
        await beginAnew(connection).catch((error: unknown) =>
          say(...failed(`sync of ${name}`, error, { connection: name })),
        );
        await watch.run(signal);
      })(),
    );
  }

  return {
    async readNow(id, insist, callerSignal) {
      const connection = connectionOf(id);
      if (!connection)
        throw new AppError(
          'not_found',
          `There is no connection for the queue ${id}. The overview lists those that are configured.`,
        );
      turns.prefer(id);
      await watchOf(connection, id).readNow(insist, AbortSignal.any([signal, callerSignal]));
    },
    lookedSince(id, at) {
      const connection = connectionOf(id);
      if (!connection) return true;
      if (!discovered.has(connection.name)) return false;
      const watch = watches.get(id);
      // Looked for, and not there.
      if (!watch) return true;
      const { isWaitedFor } = watch;
      const isSeen = watch.lookedSince(at);
      // Whoever waits asks often: who is waited for already is looked at in its own time.
      if (!isSeen && !isWaitedFor) alarms.get(id)?.abort();
      return isSeen;
    },
    explain(name, health) {
      if (health === null) explanations.delete(name);
      else explanations.set(name, health);
      connectionWatches.get(name)?.wake();
    },
    get stopped() {
      return Promise.allSettled(running).then(() => undefined);
    },
  };
}
