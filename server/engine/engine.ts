import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/domain/errors.ts';
import { usualArchiveMs } from '#lib/replay/archive-time.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { AlertSettings } from '#server/config/alert-settings.ts';
import { takeRequests } from '#server/engine/answer-requests.ts';
import { createRegrouping } from '#server/engine/regrouping.ts';
import { failed, type Say } from '#server/log/log.ts';
import { createMessageEditor, type MessageEditor } from '#server/payload/message-editor.ts';
import type { SchemaRegistry } from '#server/payload/schema-registry.ts';
import { createOrderedIds } from '#server/replay/ordered-ids.ts';
import { createReplayEngine } from '#server/replay/replay-engine.ts';
import type { Store } from '#server/store/store.ts';
import { createQueueGate, forgettingMarks } from '#server/sync/queue-gate.ts';
import { pause } from '#server/sync/repeat.ts';
import { repeat } from '#server/sync/repeat.ts';
import { startSync, type Sync, type SyncedConnection, type SyncSettings } from '#server/sync/sync.ts';
import type { Tracing } from '#server/tracing/tracing.ts';
import { watchAlerts } from '#server/watch/alerts/watch-alerts.ts';
import { watchLag } from '#server/watch/lag/watch-lag.ts';
import { watchRisks } from '#server/watch/risks/watch-risks.ts';

export interface EngineOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly connections: readonly SyncedConnection[];
  readonly sync: SyncSettings;
  /** Schema registries by connection, for plans; those without one are not in it. */
  readonly registries?: ReadonlyMap<string, SchemaRegistry>;
  readonly watchMs: number;
  /** See `PlanDependencies`. */
  readonly quarantineAfter?: number;
  readonly publishTimeoutMs: number;
  /** How often the lag of a connection is read, `null`: never; of none where absent. */
  readonly lagEveryMs?: (connection: string) => number | null;
  /** How long discarded messages are kept; as usual where absent. */
  readonly archiveMs?: number | undefined;
  /** One that knows no schema registry where absent. */
  readonly editor?: MessageEditor;
  /** Exports spans of replays; absent where none are. */
  readonly tracing?: Tracing | undefined;
  /** What is watched, and who is told; nothing and nobody where absent. */
  readonly alerts?: (AlertSettings & { readonly consoleUrl: string }) | undefined;
  readonly say: Say;
}

export interface Engine {
  readonly sync: Sync;
  /** Gives back everything that is held and stops; what was sent is written down first. */
  stop(): Promise<void>;
}

const leastPauseMs = 50;

/** Each change of an option makes a plan, and most of them are never sent. */
const forgetAfterMs = 24 * 3_600_000;
const forgetEveryMs = 3_600_000;

/** The half that speaks to brokers: follows the dead-letter queues, answers the web's requests and runs replays, until it is stopped. */
export function startEngine(options: EngineOptions): Engine {
  const { store, clock } = options;
  const stopping = new AbortController();
  const worker = randomUUID();
  const gate = createQueueGate();
  const drivers = new Map(options.connections.map((connection) => [connection.name, connection.driver]));
  const driverOf = (name: string): BrokerDriver => {
    const driver = drivers.get(name);
    if (!driver)
      throw new AppError(
        'not_found',
        `There is no connection called ${name} any more. Add it to the configuration again.`,
      );
    return driver;
  };

  const sync = startSync(
    { store, clock, gate, connections: options.connections, settings: options.sync, say: options.say },
    stopping.signal,
  );
  const conventions = options.sync.reading?.conventions;
  const editor = options.editor ?? createMessageEditor({ registries: new Map() });
  const masking = options.sync.reading?.masking;
  const alerts =
    options.alerts &&
    watchAlerts(
      {
        store,
        clock,
        settings: options.alerts,
        connections: options.connections.map(({ name }) => name),
        lagEveryMs: options.lagEveryMs,
        text: (said) => masking?.text(said) ?? said,
        say: options.say,
      },
      stopping.signal,
    );
  const shared = {
    alerts,
    store,
    clock,
    gate: forgettingMarks(gate, store),
    driverOf,
    conventions,
    registries: options.registries,
    editor,
    quarantineAfter: options.quarantineAfter,
    archiveMs: options.archiveMs,
    newId: createOrderedIds(clock),
    worker,
    sync,
    say: options.say,
  };
  const replays = createReplayEngine(
    { ...shared, publishTimeoutMs: options.publishTimeoutMs, watchMs: options.watchMs, tracing: options.tracing },
    stopping.signal,
  );
  const regrouping = createRegrouping(store, clock);
  const requests = new Set<Promise<void>>();
  const forgetting = repeat(() => forgetEveryMs, forgetOld, stopping.signal);

  async function forgetOld(): Promise<void> {
    try {
      let forgotten = 0;
      do forgotten = await store.ledger.forgetOld(clock.now() - forgetAfterMs);
      while (forgotten > 0 && !stopping.signal.aborted);
      do forgotten = await store.ledger.forgetArchived(clock.now() - (options.archiveMs ?? usualArchiveMs));
      while (forgotten > 0 && !stopping.signal.aborted);
    } catch (error) {
      options.say(...failed('engine', error));
    }
  }

  const lag =
    options.lagEveryMs &&
    watchLag(
      { store, clock, connections: options.connections, everyMs: options.lagEveryMs, say: options.say },
      stopping.signal,
    );

  const risks =
    options.alerts &&
    watchRisks(
      { store, clock, connections: options.connections, alerts: options.alerts, say: options.say },
      stopping.signal,
    );

  const loop = (async () => {
    let seen = 0;
    while (!stopping.signal.aborted) {
      try {
        await takeRequests(shared, requests, stopping.signal);
        await replays.look();
        await regrouping.look();
        // A watch ends by the clock, so the wait is bounded; a busy reader commits all the time, so it is no shorter than this.
        await pause(leastPauseMs, stopping.signal);
        seen = await store.waitForChange(seen, 1_000);
      } catch (error) {
        options.say(...failed('engine', error));
        seen = await store.waitForChange(seen, 1_000).catch(() => seen);
      }
    }
  })();

  return {
    sync,
    async stop() {
      stopping.abort();
      // First, because what it has in hand becomes one of those that are waited for next.
      await Promise.allSettled([loop]);
      await Promise.allSettled([forgetting, lag, risks, sync.stopped, replays.stopped, alerts?.stopped, ...requests]);
      await Promise.allSettled([
        options.tracing?.close(),
        editor.close(),
        ...[...drivers.values()].map((driver) => driver.close()),
      ]);
    },
  };
}
