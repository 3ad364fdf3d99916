import { AppError } from '#lib/domain/errors.ts';
import type { Caller } from '#server/http/caller.ts';
import { audited } from '#server/http/replay-actions.ts';
import type { Runtime } from '#server/http/runtime.ts';

/** Asks the engine to read a queue now; `not_found` for an unknown one. Answers at once: the reader's state tells how it goes. */
export async function syncQueue(
  runtime: Runtime,
  queueId: string,
  insist: boolean,
  caller: Caller,
): Promise<{ requestId: string }> {
  return audited(runtime, caller, insist ? 'queue.sync.insist' : 'queue.sync', queueId, async () => {
    await runtime.store.index.getQueue(queueId);
    return {
      requestId: await runtime.store.ledger.submitRequest(
        { kind: 'sync', queueId, insist },
        caller.actor,
        runtime.clock.now(),
      ),
    };
  });
}

/** Flips a service of the sandbox between broken and mended. */
export async function mendService(runtime: Runtime, serviceId: string, mended: boolean, caller: Caller) {
  return audited(runtime, caller, mended ? 'sandbox.mend' : 'sandbox.break', serviceId, async () => {
    if (!runtime.sandbox)
      throw new AppError('unsupported', 'This console runs on brokers of your own: there is no sandbox to mend.');
    return { sandbox: await runtime.sandbox.setMended(serviceId, mended) };
  });
}
