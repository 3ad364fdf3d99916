import { ingestBy, intendBy, recordItemsBy, setStatesBy } from '#server/store/sqlite/remote-store.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { indexMethods, ledgerMethods, type MethodKind, watchMethods } from '#server/store/sqlite/store-calls.ts';
import { startStoreWorker, type StoreWorker } from '#server/store/sqlite/store-worker.ts';
import type { Store } from '#server/store/store.ts';

/**
 * The engine's store: reads in the calling thread; what is written to the index and to what is watched in a thread of its own, so that messages
 * are understood on one core while those before them are written on the other; and what is written to the ledger in another one, because a batch that is
 * to be sent waits for its intent, and must not wait for the index. All writes of the engine to a file go one way: two writers would wait for each other's
 * lock, and the engine's thread would stand still meanwhile.
 *
 * `ledgerCrashed` is called when the ledger's thread has ended by itself, before any of its calls is rejected: what it was writing may be on disk, and an engine that took
 * the rejection for "not written" would be wrong about its items.
 */
export async function openEngineStore(folder: string, ledgerCrashed?: () => void): Promise<Store> {
  const here = openSqliteStore({ folder, role: 'writer', writesElsewhere: true });
  const started: StoreWorker[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(started.map((worker) => worker.close()));
    await here.close();
  };
  try {
    // One after the other: what is to be migrated is migrated by the first that comes.
    const indexWriter = await startStoreWorker({ folder, role: 'writer' });
    started.push(indexWriter);
    const ledgerWriter = await startStoreWorker({ folder, role: 'writer' }, undefined, ledgerCrashed);
    started.push(ledgerWriter);
    return {
      index: {
        ...here.index,
        ...away(indexWriter, 'index', indexMethods),
        ingest: ingestBy(indexWriter),
        setStates: setStatesBy(indexWriter),
      },
      ledger: {
        ...here.ledger,
        ...away(ledgerWriter, 'ledger', ledgerMethods),
        intend: intendBy(ledgerWriter),
        recordItems: recordItemsBy(ledgerWriter),
      },
      watch: { ...here.watch, ...away(indexWriter, 'watch', watchMethods) },
      waitForChange: here.waitForChange,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** One forwarding function for each method that writes; the other end calls the real one. */
function away(writer: StoreWorker, section: string, methods: Readonly<Record<string, MethodKind>>): object {
  return Object.fromEntries(
    Object.entries(methods)
      .filter(([, kind]) => kind === 'write')
      .map(([name]) => [name, (...args: readonly unknown[]) => writer.call(`${section}.${name}`, args)]),
  );
}
