import { Worker } from 'node:worker_threads';
import { AppError, fromErrorRecord } from '#lib/domain/errors.ts';
import type { Say } from '#server/log/log.ts';
import { captured, sayPrints } from '#server/log/printed-lines.ts';
import type { StoreReply, StoreThreadData } from '#server/store/sqlite/store-calls.ts';
import { maxOldGenerationSizeMb } from '#server/thread-memory.ts';

/** One store thread as seen from outside. */
export interface StoreWorker {
  /** Buffers that are handed over need not be copied, and are empty here afterwards. */
  call(path: string, args: readonly unknown[], handOver?: readonly ArrayBuffer[]): Promise<unknown>;
  /** Calls that wait for their answer. */
  readonly pending: number;
  /** How often the thread was started: rises after a crash. */
  readonly starts: number;
  /** Ends the thread at once, as a crash would; for tests of what follows. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** Rows live for the length of an answer: a larger nursery would only be memory that is touched, once a thread. */
const maxYoungGenerationSizeMb = 24;

const endedUnexpectedly: Readonly<Record<StoreThreadData['role'], string>> = {
  reader: "The store's reader thread ended unexpectedly. It is started again; try again.",
  writer:
    "The store's writer thread ended unexpectedly. What it has written stands, and the last of it may be among that. It is started again; look before you try again.",
};

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * Starts the thread and resolves when its store is open; rejects with what the store said when it could not be.
 * What it prints goes to `say`, or where this thread prints. When the thread crashes, `crashed` is called, then its calls are rejected with `interrupted` (a write among them may or may not have been made), and the next call starts it anew.
 */
export async function startStoreWorker(data: StoreThreadData, say?: Say, crashed?: () => void): Promise<StoreWorker> {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let starts = 0;
  let closed = false;
  let current: Promise<Worker> | null = null;

  const fail = (error: AppError): void => {
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };

  const start = (): Promise<Worker> => {
    starts += 1;
    const worker = new Worker(new URL('./store-thread.ts', import.meta.url), {
      workerData: data,
      name: `store ${data.role}`,
      resourceLimits: { maxYoungGenerationSizeMb, maxOldGenerationSizeMb },
      ...(say && captured),
    });
    if (say) sayPrints(worker, 'store', say);
    const { promise, resolve, reject } = Promise.withResolvers<Worker>();
    let isReady = false;
    const ended = (cause: unknown): void => {
      if (current === promise) current = null;
      const error = new AppError('interrupted', endedUnexpectedly[data.role], { cause });
      if (!closed && isReady) crashed?.();
      isReady = false;
      reject(error);
      if (!closed) fail(error);
    };
    worker.on('message', (reply: StoreReply) => {
      switch (reply.kind) {
        case 'ready':
          isReady = true;
          return resolve(worker);
        case 'refused':
          return reject(fromErrorRecord(reply.error));
        case 'answer':
          pending.get(reply.id)?.resolve(reply.value);
          return pending.delete(reply.id);
        case 'failure':
          pending.get(reply.id)?.reject(fromErrorRecord(reply.error));
          return pending.delete(reply.id);
      }
    });
    worker.on('error', ended);
    worker.on('exit', () => ended(undefined));
    current = promise;
    return promise;
  };

  const call: StoreWorker['call'] = async (path, args, handOver = []) => {
    if (closed) throw new AppError('cancelled', 'The store is closed.');
    const worker = await (current ?? start());
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = (lastId += 1);
    pending.set(id, { resolve, reject });
    worker.postMessage({ id, path, args }, handOver);
    return promise;
  };

  await start();
  return {
    call,
    get pending() {
      return pending.size;
    },
    get starts() {
      return starts;
    },
    async crash() {
      await (await current)?.terminate();
    },
    async close() {
      if (closed) return;
      const running = current;
      const bye = running ? call('close', []).catch(() => undefined) : undefined;
      closed = true;
      await bye;
      // A thread that still holds a long read is not waited for: reads leave nothing behind.
      await (await running?.catch(() => null))?.terminate();
      fail(new AppError('cancelled', 'The store is closed.'));
    },
  };
}
