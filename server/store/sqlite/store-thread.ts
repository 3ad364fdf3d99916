import { parentPort, workerData } from 'node:worker_threads';
import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import {
  type StoreCall,
  type StoreReply,
  type StoreThreadData,
  storeMethods,
} from '#server/store/sqlite/store-calls.ts';

/** A worker thread with a store of its own: takes calls from its port, one message in and one out for each. */
const port = parentPort;
if (!port) throw new Error('store-thread.ts runs as a worker thread only');

// `remote-store.ts` is the only one that starts this file.
const { folder, role } = workerData as StoreThreadData;

try {
  const store = openSqliteStore({ folder, role });
  const answer = async ({ id, path, args }: StoreCall): Promise<StoreReply> => {
    try {
      return { kind: 'answer', id, value: await storeMethods(store, path)(...args) };
    } catch (error) {
      return { kind: 'failure', id, error: toErrorRecord(error) };
    }
  };
  port.on('message', (call: StoreCall) => {
    void answer(call).then((reply) => {
      port.postMessage(reply);
      if (call.path === 'close') port.close();
    });
  });
  port.postMessage({ kind: 'ready' } satisfies StoreReply);
} catch (error) {
  const record =
    error instanceof AppError
      ? toErrorRecord(error)
      : { code: 'internal' as const, message: 'The store could not be opened.' };
  port.postMessage({ kind: 'refused', error: record } satisfies StoreReply);
  port.close();
}
