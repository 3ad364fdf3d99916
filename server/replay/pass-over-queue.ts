import type { ConventionChain } from '#lib/conventions/chain.ts';
import { AppError, toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import type { Clock } from '#server/clock.ts';
import type { MessageEditor } from '#server/payload/message-editor.ts';
import { discardItems } from '#server/replay/discard-items.ts';
import { removeAgain } from '#server/replay/remove-again.ts';
import { queueOf, type ReplayQueues } from '#server/replay/replay-queues.ts';
import { restoreItems } from '#server/replay/restore-items.ts';
import { sendItems, type PassEnd, type SendDependencies } from '#server/replay/send-items.ts';
import { withRetries } from '#server/replay/with-retries.ts';
import type { QueueGate } from '#server/sync/queue-gate.ts';
import type { Tracing } from '#server/tracing/tracing.ts';

export interface PassDependencies extends ReplayQueues {
  readonly clock: Clock;
  readonly gate: QueueGate;
  /** A send whose answer took longer is not waited for. */
  readonly publishTimeoutMs: number;
  /** Whose headers are failure headers; the built-in ones where absent. */
  readonly conventions?: ConventionChain | undefined;
  /** Makes the edited copies of a replay with an edit. */
  readonly editor: MessageEditor;
  /** Absent where no spans are exported. */
  readonly tracing?: Tracing | undefined;
}

export interface QueuePass extends Pick<SendDependencies, 'throttle' | 'mayGoOn' | 'brokenLanes' | 'trailing'> {
  readonly queueId: string;
  readonly items: readonly ReplayItem[];
}

/** Never throws for what a broker does. */
export async function passOverQueue(
  dependencies: PassDependencies,
  replay: Replay,
  { queueId, items, throttle, mayGoOn, brokenLanes, trailing }: QueuePass,
  signal: AbortSignal,
): Promise<PassEnd> {
  const { store, clock, gate, publishTimeoutMs, conventions, editor, tracing } = dependencies;
  let mayHaveForgotten = false;
  const pass = async (again: boolean): Promise<PassEnd> => {
    const { driver, name, canRemove, order } = await queueOf(dependencies, queueId);
    const sending = {
      store,
      clock,
      driver,
      throttle,
      canRemove,
      order,
      publishTimeoutMs,
      conventions,
      editor,
      tracing,
      mayGoOn,
      signal,
      brokenLanes: order === 'group' ? brokenLanes : new Set<string>(),
      trailing,
    };
    return gate.alone(queueId, async () => {
      if (mayHaveForgotten) await removeAgain(dependencies, replay, queueId, signal);
      mayHaveForgotten = false;
      const waiting = await withoutOvertaken(
        dependencies,
        replay,
        again ? await stillPlanned(dependencies, replay, items) : items,
      );
      if (waiting.length === 0) return { kind: 'finished' };
      switch (replay.options.action) {
        case 'replay':
          return sendItems(sending, replay, name, waiting, signal);
        case 'discard':
          return discardItems(sending, replay, name, waiting, signal);
        case 'restore':
          return restoreItems(sending, replay, waiting, signal);
      }
    });
  };
  const noticing = async (again: boolean): Promise<PassEnd> => {
    try {
      return await pass(again);
    } catch (error) {
      mayHaveForgotten ||= !isOfOthers(error);
      throw error;
    }
  };
  try {
    return await withRetries(noticing, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const { code, message } = toErrorRecord(error);
    return { kind: 'trouble', error: new AppError(code, message) };
  }
}

/** A hold that did not meet all that it looked for, on a broker that is well. */
function isOfOthers(error: unknown): boolean {
  return error instanceof AppError && error.details['missing'] !== undefined;
}

/** After an interruption a pass begins again with what the ledger says is left. */
async function stillPlanned(
  { store }: PassDependencies,
  replay: Replay,
  items: readonly ReplayItem[],
): Promise<readonly ReplayItem[]> {
  const ids = items.map((item) => item.id);
  const found = await store.ledger.findItems(replay.id, ids);
  const planned = new Set(found.filter((item) => item.state === 'planned').map((item) => item.id));
  return items.filter((item) => planned.has(item.id));
}

const overtakenReason: ErrorRecord = {
  code: 'stale_plan',
  message:
    'After this plan was made, another replay, discard or restore took it, or may have. Nothing was done with it again; plan again if it should be.',
};

/** What another replay has sent since this plan was made is not sent twice. Asked of the ledger, and with the queue to ourselves. */
async function withoutOvertaken(
  { store, clock }: PassDependencies,
  replay: Replay,
  items: readonly ReplayItem[],
): Promise<readonly ReplayItem[]> {
  if (items.length === 0) return items;
  const ids = items.map((item) => item.messageId);
  const overtaken = new Set(await store.ledger.findOvertaken(replay.id, ids, replay.plan.asOf));
  const skipped = items.filter((item) => overtaken.has(item.messageId));
  if (skipped.length === 0) return items;
  await store.ledger.recordItems(
    skipped.map((item) => ({ itemId: item.id, state: 'skipped', reason: overtakenReason })),
    clock.now(),
  );
  return items.filter((item) => !overtaken.has(item.messageId));
}
