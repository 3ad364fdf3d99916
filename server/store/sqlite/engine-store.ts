import { ingestBy } from '#server/store/sqlite/remote-store.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { indexMethods, type MethodKind, watchMethods } from '#server/store/sqlite/store-calls.ts';
import { startStoreWorker } from '#server/store/sqlite/store-worker.ts';
import type { Store } from '#server/store/store.ts';

/**
 * The engine's store: reads and the ledger in the calling thread, what is written to the index and to what is watched in a thread of its own, so that messages
 * are understood on one core while those before them are written on the other. All writes to a file go that one way: two writers in one process would
 * wait for each other's lock, and the engine's thread would stand still meanwhile.
 */
export async function openEngineStore(folder: string): Promise<Store> {
  const here = openSqliteStore({ folder, role: 'writer', writesElsewhere: true });
  const writer = await startStoreWorker({ folder, role: 'writer' }).catch(async (error: unknown) => {
    await here.close();
    throw error;
  });
  // One forwarding function for each method that writes; the other end calls the real one.
  const away = (section: string, methods: Readonly<Record<string, MethodKind>>): object =>
    Object.fromEntries(
      Object.entries(methods)
        .filter(([, kind]) => kind === 'write')
        .map(([name]) => [name, (...args: readonly unknown[]) => writer.call(`${section}.${name}`, args)]),
    );

  return {
    index: { ...here.index, ...away('index', indexMethods), ingest: ingestBy(writer) },
    ledger: here.ledger,
    watch: { ...here.watch, ...away('watch', watchMethods) },
    waitForChange: here.waitForChange,
    async close() {
      await writer.close();
      await here.close();
    },
  };
}
