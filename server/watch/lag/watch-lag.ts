import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import { failed, type Say } from '#server/log/log.ts';
import type { Store } from '#server/store/store.ts';
import { pause } from '#server/sync/repeat.ts';

export interface LagWatch {
  readonly store: Pick<Store, 'index' | 'watch'>;
  readonly clock: Clock;
  readonly connections: readonly { readonly name: string; readonly driver: Pick<BrokerDriver, 'readLag'> }[];
  /** How often a connection is asked; `null`: never. */
  everyMs(connection: string): number | null;
  /** Takes what cannot be shown, because the store itself refused it. */
  readonly say: Say;
}

/** What failed is soon tried again, and then less and less often. */
const firstRetryMs = 2_000;
/** After a reading that took longer than its interval. */
const leastPauseMs = 1_000;

/**
 * Reads how far everyone is behind, connection by connection, until the signal is aborted: none waits for another, and a reading that takes long delays the next one of its
 * connection only. Settles when the last reading has ended.
 */
export async function watchLag(watch: LagWatch, signal: AbortSignal): Promise<void> {
  const { store, connections, say } = watch;
  const watched = connections.flatMap((connection) => {
    const everyMs = watch.everyMs(connection.name);
    return everyMs === null ? [] : [{ ...connection, everyMs }];
  });
  try {
    await store.watch.keepLagOf(watched.map(({ name }) => name));
  } catch (error) {
    say(...failed('lag', error));
  }
  await Promise.all(watched.map((connection) => readAgain(watch, connection, signal)));
}

async function readAgain(
  { store, clock, say }: LagWatch,
  { name, driver, everyMs }: LagWatch['connections'][number] & { readonly everyMs: number },
  signal: AbortSignal,
): Promise<void> {
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    const at = clock.now();
    const startedAt = performance.now();
    let waitMs: number;
    try {
      const reading = await driver.readLag(await knownOf(store, name), signal);
      const tookMs = performance.now() - startedAt;
      await store.watch.saveLag(name, reading, { at, tookMs });
      retryMs = firstRetryMs;
      waitMs = Math.max(leastPauseMs, everyMs - (performance.now() - startedAt));
    } catch (error) {
      if (signal.aborted || (error instanceof AppError && error.code === 'cancelled')) return;
      await store.watch
        .saveLagFailure(name, toErrorRecord(error), clock.now())
        .catch((refused: unknown) => say(...failed(`lag of ${name}`, refused)));
      waitMs = Math.min(everyMs, retryMs);
      retryMs *= 2;
    }
    await pause(waitMs, signal);
  }
}

/** The dead-letter queues of a connection, and where their messages come from. */
async function knownOf(store: LagWatch['store'], connection: string): Promise<string[]> {
  const queues = await store.index.listQueues();
  const mine = queues.filter((queue) => queue.connection === connection && queue.reader.kind !== 'missing');
  return [...new Set(mine.flatMap((queue) => [queue.name, ...queue.origins]))];
}
