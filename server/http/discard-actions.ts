import type { z } from 'zod';
import type { discardBody, restoreBody } from '#lib/api/discards.ts';
import type { ReplayView } from '#lib/api/replays.ts';
import { AppError } from '#lib/domain/errors.ts';
import { type ReplayOptions, usualOptions } from '#lib/domain/replay.ts';
import type { Caller } from '#server/http/caller.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { selectionOf } from '#server/http/replay-actions.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { toReplayView } from '#server/queries/to-view.ts';
import type { EngineRequest, RestoreSelection } from '#server/store/engine-request.ts';

/** A filter may meet a million messages. */
const planTimeoutMs = 10 * 60_000;

/** Has the engine say what discarding would do; nothing moves. */
export async function planDiscard(
  runtime: Runtime,
  body: z.output<typeof discardBody>,
  caller: Caller,
): Promise<ReplayView> {
  const options = optionsOf('discard', body.options);
  return planned(runtime, { kind: 'plan', selection: await selectionOf(body, runtime), options }, caller);
}

/** Has the engine say what restoring would do; nothing moves. */
export async function planRestore(
  runtime: Runtime,
  body: z.output<typeof restoreBody>,
  caller: Caller,
): Promise<ReplayView> {
  const options = optionsOf('restore', body.options);
  return planned(
    runtime,
    { kind: 'plan-restore', selection: await restoreSelectionOf(body, runtime), options },
    caller,
  );
}

async function restoreSelectionOf(
  { discardId, ...body }: z.output<typeof restoreBody>,
  runtime: Runtime,
): Promise<RestoreSelection> {
  if (discardId === undefined) {
    const selection = await selectionOf(body, runtime);
    return selection.kind === 'messages' ? { messageIds: selection.messageIds } : { matching: selection };
  }
  const discard = await runtime.store.ledger.getReplay(discardId);
  if (discard.options.action !== 'discard')
    throw new AppError(
      'invalid_request',
      `Number ${discard.number} is no discard: there is nothing to restore. Name the id or number of a discard.`,
    );
  return { discardId: discard.id };
}

function optionsOf(action: 'discard' | 'restore', given: z.output<typeof discardBody>['options']): ReplayOptions {
  return {
    ...usualOptions,
    action,
    ratePerSecond: given?.ratePerSecond ?? usualOptions.ratePerSecond,
    insist: given?.insist ?? usualOptions.insist,
  };
}

async function planned(runtime: Runtime, request: EngineRequest, caller: Caller): Promise<ReplayView> {
  const { replayId } = await askEngine(runtime, request, caller.actor, planTimeoutMs);
  if (replayId === null) throw new AppError('internal', 'The engine answered without a plan.');
  return toReplayView(await runtime.store.ledger.getReplay(replayId), runtime.masking);
}
