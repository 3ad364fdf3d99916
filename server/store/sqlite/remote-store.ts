import { alikeChanges } from '#server/store/sqlite/index/alike-changes.ts';
import { buffersOf, prepare } from '#server/store/sqlite/index/prepare.ts';
import { alikeIntents, alikeItems } from '#server/store/sqlite/ledger/alike-items.ts';
import type { Say } from '#server/log/log.ts';
import type { MethodKind } from '#server/store/sqlite/store-calls.ts';
import { indexMethods, ledgerMethods, watchMethods } from '#server/store/sqlite/store-calls.ts';
import { startStoreWorker, type StoreWorker } from '#server/store/sqlite/store-worker.ts';
import type { Ledger, MessageIndex, Store } from '#server/store/store.ts';
import type { WatchStore } from '#server/store/watch-store.ts';

export interface StoreThreadsOptions {
  readonly folder: string;
  readonly readers: number;
  /** Takes what the threads print; they print as they are where absent. */
  readonly say?: Say;
}

/**
 * The SQLite store in threads of its own, so that no query holds up the caller's event loop: writes go to one writer, each read goes to the
 * reader with the least to do. Errors arrive as the AppErrors that they were. The engine writes by a store of its own at the same time.
 */
export async function connectStoreThreads({ folder, readers: count, say }: StoreThreadsOptions): Promise<Store> {
  // The writer first: it makes the files that readers need.
  const writer = await startStoreWorker({ folder, role: 'writer' }, say);
  const readers = await startReaders(folder, count, say).catch(async (error: unknown) => {
    await writer.close();
    throw error;
  });
  const [watcher = writer] = readers;

  const workerFor = (kind: MethodKind): StoreWorker =>
    kind === 'write'
      ? writer
      : readers.reduce((least, reader) => (reader.pending < least.pending ? reader : least), watcher);

  return {
    index: {
      ...proxy<MessageIndex>('index', indexMethods, workerFor),
      ingest: ingestBy(writer),
      setStates: setStatesBy(writer),
    },
    ledger: proxy<Ledger>('ledger', ledgerMethods, workerFor),
    watch: proxy<WatchStore>('watch', watchMethods, workerFor),
    waitForChange: createWatch(watcher),
    async close() {
      await Promise.all([writer, ...readers].map((worker) => worker.close()));
    },
  };
}

/** What needs no database is done here, and beside the writer's work on the batch before. */
export function ingestBy(writer: StoreWorker): MessageIndex['ingest'] {
  return async (batch) => {
    const prepared = prepare(batch);
    // The other end calls the method of that name.
    return (await writer.call('index.ingestPrepared', [prepared], buffersOf(prepared))) as Awaited<
      ReturnType<MessageIndex['ingest']>
    >;
  };
}

/** By the thousand: what they have in common is handed over once. */
export function setStatesBy(writer: StoreWorker): MessageIndex['setStates'] {
  return async (changes) => {
    if (changes.length > 0) await writer.call('index.setAlikeStates', [alikeChanges(changes)]);
  };
}

export function intendBy(writer: StoreWorker): Ledger['intend'] {
  return async (items, at) => void (await writer.call('ledger.intendAlike', [alikeIntents(items), at]));
}

export function recordItemsBy(writer: StoreWorker): Ledger['recordItems'] {
  return async (changes, at) => void (await writer.call('ledger.recordAlike', [alikeItems(changes), at]));
}

async function startReaders(folder: string, count: number, say: Say | undefined): Promise<StoreWorker[]> {
  const started = await Promise.allSettled(
    Array.from({ length: Math.max(1, count) }, () => startStoreWorker({ folder, role: 'reader' }, say)),
  );
  const readers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (!failed) return readers;
  await Promise.all(readers.map((reader) => reader.close()));
  throw failed.reason;
}

function proxy<Section extends MessageIndex | Ledger | WatchStore>(
  section: string,
  methods: Readonly<Record<keyof Section, MethodKind>>,
  workerFor: (kind: MethodKind) => StoreWorker,
): Section {
  const calls = Object.entries<MethodKind>(methods).map(([name, kind]) => [
    name,
    (...args: readonly unknown[]) => workerFor(kind).call(`${section}.${name}`, args),
  ]);
  // One forwarding function for each method of the section, by the type of `methods`; the other end calls the real one.
  return Object.fromEntries(calls) as Section;
}

/** A thread that was started again counts from one again: what it counts goes on top of all that was told before. */
function createWatch(watcher: StoreWorker): Store['waitForChange'] {
  let starts = watcher.starts;
  let base = 0;
  let told = 0;
  return async (seen, timeoutMs) => {
    if (watcher.starts !== starts) {
      starts = watcher.starts;
      base = told;
    }
    const count = await watcher.call('waitForChange', [seen - base, timeoutMs]);
    told = Math.max(told, base + Number(count));
    return told;
  };
}
