import type { z } from 'zod';
import type { moveAllBody, MoveAllView } from '#lib/api/move-all.ts';
import { AppError } from '#lib/domain/errors.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Caller } from '#server/http/caller.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { engineSilenceMaxMs } from '#server/http/engine-health.ts';
import { audited } from '#server/http/replay-actions.ts';
import type { Runtime } from '#server/http/runtime.ts';
import type { EngineRequest } from '#server/store/engine-request.ts';

const timeoutMs = 60_000;

type Asked = Pick<Extract<EngineRequest, { readonly kind: 'move-all' }>, 'what' | 'ratePerSecond' | 'to'>;

export function readMoveAll(runtime: Runtime, queueId: string, caller: Caller): Promise<MoveAllView> {
  return ask(runtime, queueId, { what: 'look', ratePerSecond: null, to: null }, caller);
}

/** Has the broker move everything; what it does from then on is its own. */
export function startMoveAll(
  runtime: Runtime,
  queueId: string,
  { ratePerSecond, to, confirm }: z.output<typeof moveAllBody>,
  caller: Caller,
): Promise<MoveAllView> {
  const start = async () => {
    const name = splitQueueId(queueId)?.name ?? queueId;
    if (confirm !== name)
      throw new AppError(
        'conflict',
        `Moving everything cannot be taken back. Nothing was moved: confirm it with "confirm": ${JSON.stringify(name)}, the queue's name.`,
      );
    return ask(runtime, queueId, { what: 'start', ratePerSecond, to }, caller);
  };
  const extent = () =>
    [
      ratePerSecond === null ? 'without a rate' : `${ratePerSecond} messages a second`,
      ...(to === null ? [] : [`to ${to}`]),
    ].join(', ');
  return audited(runtime, caller, 'queue.move-all', queueId, start, { isLong: true, extent });
}

export function cancelMoveAll(runtime: Runtime, queueId: string, caller: Caller): Promise<MoveAllView> {
  return audited(runtime, caller, 'queue.move-all.cancel', queueId, () =>
    ask(runtime, queueId, { what: 'cancel', ratePerSecond: null, to: null }, caller),
  );
}

async function ask(runtime: Runtime, queueId: string, asked: Asked, caller: Caller): Promise<MoveAllView> {
  // `not_found` before the engine is bothered.
  await runtime.store.index.getQueue(queueId);
  if (isEngineSilent(runtime))
    throw new AppError(
      'unreachable',
      'The engine of this console does not run, and only it asks brokers. Nothing was moved; start the console anew, and look into its log.',
    );
  const { moveAll } = await askEngine(runtime, { kind: 'move-all', queueId, ...asked }, caller.actor, timeoutMs);
  if (!moveAll) throw new AppError('internal', 'The engine answered without what it was asked for.');
  return moveAll;
}

/** Nobody would answer; a process that has just begun has no engine yet, and is waited for. */
function isEngineSilent({ clock, engineSeenAt, startedAt = 0 }: Runtime): boolean {
  return clock.now() - (engineSeenAt() ?? startedAt) > engineSilenceMaxMs;
}
