import { Worker } from 'node:worker_threads';
import type { ConnectionHealth } from '#lib/domain/queue.ts';
import { failed, type Say } from '#server/log/log.ts';
import { captured, sayPrints } from '#server/log/printed-lines.ts';
import type { EngineThreadData, FromEngine, ToEngine } from '#server/engine/engine-thread-contract.ts';
import { maxOldGenerationSizeMb } from '#server/thread-memory.ts';

export interface EngineThread {
  /** Shown for a connection that cannot be reached yet; `null` ends that. Kept over a restart of the thread. */
  explain(connection: string, health: ConnectionHealth | null): void;
  /** Epoch milliseconds of the last sign of life. */
  seenAt(): number | null;
  stop(): Promise<void>;
}

export interface EngineListener {
  readonly say: Say;
  /** How late the thread's timers were, in seconds. */
  loopDelays(seconds: readonly number[]): void;
}

const restartAfterMs = 1_000;
const stopWithinMs = 20_000;

/** A batch is understood and handed on: a larger nursery was measured to be no faster, and is memory that is touched. */
const maxYoungGenerationSizeMb = 48;

/** Runs the engine in a thread of its own, and again when it dies: the ledger says where it stood. */
export function startEngineThread(data: EngineThreadData, listener: EngineListener): EngineThread {
  const { say } = listener;
  const explanations = new Map<string, ConnectionHealth>();
  let seenAt: number | null = null;
  let stopping: PromiseWithResolvers<void> | null = null;
  let thread = start();

  function start(): Worker {
    const worker = new Worker(new URL('./engine/engine-thread.ts', import.meta.url), {
      name: 'engine',
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb, maxOldGenerationSizeMb },
      ...captured,
    });
    sayPrints(worker, 'engine', say);
    worker.on('message', (message: FromEngine) => {
      switch (message.kind) {
        case 'alive':
          seenAt = Date.now();
          return listener.loopDelays(message.loopDelays);
        case 'say':
          return say(message.line, message.about);
        case 'stopped':
          return stopping?.resolve();
      }
    });
    worker.on('error', (error) => say(...failed('The engine failed', error)));
    worker.on('exit', () => {
      if (stopping) return stopping.resolve();
      say('The engine ended unexpectedly; it is started again.', { code: 'internal' });
      setTimeout(() => {
        if (!stopping) thread = start();
      }, restartAfterMs);
    });
    for (const [connection, health] of explanations) post(worker, { kind: 'explain', connection, health });
    return worker;
  }

  return {
    explain(connection, health) {
      if (health === null) explanations.delete(connection);
      else explanations.set(connection, health);
      post(thread, { kind: 'explain', connection, health });
    },
    seenAt: () => seenAt,
    async stop() {
      if (stopping) return stopping.promise;
      stopping = Promise.withResolvers<void>();
      post(thread, { kind: 'stop' });
      const late = setTimeout(() => stopping?.resolve(), stopWithinMs);
      await stopping.promise;
      clearTimeout(late);
      await thread.terminate();
    },
  };
}

function post(worker: Worker, message: ToEngine): void {
  worker.postMessage(message);
}
