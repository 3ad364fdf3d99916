import { toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import { removeSent, sendItems } from '#server/replay/send-items.ts';
import { createThrottle } from '#server/replay/throttle.ts';
import type { Store } from '#server/store/store.ts';
import { pause } from '#server/sync/repeat.ts';
import type { QueueGate } from '#server/sync/queue-gate.ts';

export interface RunReplayDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly gate: QueueGate;
  driverOf(connection: string): BrokerDriver;
  readonly publishTimeoutMs: number;
  /** How long returns are looked for after the last send. */
  readonly watchMs: number;
}

/** Items that are looked at in one pass over a queue. */
const passItems = 5_000;
const retryDelaysMs = [500, 1_000, 2_000, 4_000, 8_000];

/** Errors that pass by themselves: the pass is tried again, and the ledger says where it stood. */
const passing: ReadonlySet<ErrorRecord['code']> = new Set(['unreachable', 'timed_out', 'interrupted']);

/**
 * Works on one confirmed replay until it is sent, paused, cancelled or stopped; what an earlier worker left half-done is put right first.
 * Never throws for what a broker does: that is the replay's state. The caller holds the replay's lease.
 */
export async function runReplay(
  dependencies: RunReplayDependencies,
  replayId: string,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock } = dependencies;
  let replay = await store.ledger.getReplay(replayId);
  if (replay.state === 'queued')
    replay = await store.ledger.setReplayState(replayId, { state: 'sending', at: clock.now() });
  try {
    await withRetries(() => putRight(dependencies, replay, signal), signal);
    const finished = await sendAll(dependencies, replay, signal);
    await withRetries(() => putRight(dependencies, replay, signal), signal);
    if (finished && !signal.aborted) {
      await store.ledger.setReplayState(replayId, {
        state: 'watching',
        at: clock.now(),
        watchUntil: clock.now() + dependencies.watchMs,
      });
    }
  } catch (error) {
    const record = toErrorRecord(error);
    if (signal.aborted || record.code === 'cancelled') return;
    // The operator may have paused or cancelled at the same moment: then that stands.
    const now = await store.ledger.getReplay(replayId);
    if (now.state === 'sending')
      await store.ledger.setReplayState(replayId, { state: 'stopped', at: clock.now(), error: record });
  }
}

async function sendAll(dependencies: RunReplayDependencies, replay: Replay, signal: AbortSignal): Promise<boolean> {
  const { store, clock, gate } = dependencies;
  const throttle = createThrottle(replay.options.ratePerSecond, clock);
  const mayGoOn = async () => (await store.ledger.getReplay(replay.id)).state === 'sending';
  for (;;) {
    if (signal.aborted || !(await mayGoOn())) return false;
    const items = await store.ledger.listItems(replay.id, { states: ['planned'], after: null, limit: passItems });
    if (items.length === 0) return true;
    const current = await skipOvertaken(dependencies, replay, items);
    for (const [queueId, ofQueue] of groupByQueue(current)) {
      const { driver, name, canRemove } = await queueOf(dependencies, queueId);
      const sending = {
        store,
        clock,
        driver,
        throttle,
        canRemove,
        publishTimeoutMs: dependencies.publishTimeoutMs,
        mayGoOn,
      };
      const pass = () =>
        gate.alone(queueId, async () => {
          const waiting = await stillPlanned(store, replay.id, ofQueue);
          return sendItems(sending, replay, name, waiting, signal);
        });
      if (!(await withRetries(pass, signal))) return false;
    }
  }
}

/** What another replay has sent since this plan was made is not sent twice. */
async function skipOvertaken(
  { store, clock }: RunReplayDependencies,
  replay: Replay,
  items: readonly ReplayItem[],
): Promise<readonly ReplayItem[]> {
  const letters = new Map(
    (await store.index.getMessages(items.map((item) => item.messageId))).map((letter) => [letter.id, letter]),
  );
  const overtaken = items.filter((item) => {
    const letter = letters.get(item.messageId);
    return (
      letter !== undefined &&
      letter.state === 'replayed' &&
      letter.stateAt > replay.plan.asOf &&
      letter.lastReplayId !== replay.id
    );
  });
  if (overtaken.length === 0) return items;
  const reason: ErrorRecord = {
    code: 'stale_plan',
    message: 'Another replay sent it after this plan was made. It was not sent again; plan again if it should be.',
  };
  await store.ledger.recordItems(
    overtaken.map((item) => ({ itemId: item.id, state: 'skipped', reason })),
    clock.now(),
  );
  const skipped = new Set(overtaken.map((item) => item.id));
  return items.filter((item) => !skipped.has(item.id));
}

/** After an interruption a pass begins again with what the ledger says is left. */
async function stillPlanned(
  store: Store,
  replayId: string,
  items: readonly ReplayItem[],
): Promise<readonly ReplayItem[]> {
  const found = await store.ledger.findItems(
    replayId,
    items.map((item) => item.id),
  );
  const planned = new Set(found.filter((item) => item.state === 'planned').map((item) => item.id));
  return items.filter((item) => planned.has(item.id));
}

/** What a worker that died left behind: `sent` is removed and never sent again; of `intended` nobody knows, and that is what is said. */
async function putRight(dependencies: RunReplayDependencies, replay: Replay, signal: AbortSignal): Promise<void> {
  const { store, clock, gate } = dependencies;
  const sent = await store.ledger.listItems(replay.id, { states: ['sent'], after: null, limit: passItems });
  for (const [queueId, items] of groupByQueue(sent)) {
    const { driver, name, canRemove } = await queueOf(dependencies, queueId);
    // Insists only where the operator did: what may not be read once more to remove it stays, and the replay stops with the reason.
    const { insist } = replay.options;
    await gate.alone(queueId, () => removeSent({ store, clock, driver, canRemove }, name, items, insist, signal));
    await store.index.setStates(
      items.map((item) => ({ messageId: item.messageId, state: 'replayed', at: clock.now(), replayId: replay.id })),
    );
  }
  const intended = await store.ledger.listItems(replay.id, { states: ['intended'], after: null, limit: passItems });
  if (intended.length === 0) return;
  const reason: ErrorRecord = {
    code: 'interrupted',
    message:
      'The console stopped between the intent and the answer: it may have been sent. Look at the destination before you send it again.',
  };
  await store.ledger.recordItems(
    intended.map((item) => ({ itemId: item.id, state: 'unknown', reason })),
    clock.now(),
  );
  await store.index.setStates(
    intended.map((item) => ({ messageId: item.messageId, state: 'unknown', at: clock.now(), replayId: replay.id })),
  );
}

async function withRetries<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (const delayMs of retryDelaysMs) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !passing.has(toErrorRecord(error).code)) throw error;
      await pause(delayMs, signal);
    }
  }
  return work();
}

function groupByQueue(items: readonly ReplayItem[]): ReadonlyMap<string, readonly ReplayItem[]> {
  return Map.groupBy(items, (item) => item.queueId);
}

async function queueOf(
  { store, driverOf }: RunReplayDependencies,
  queueId: string,
): Promise<{ driver: BrokerDriver; name: string; canRemove: boolean }> {
  const { connection, name, capabilities } = await store.index.getQueue(queueId);
  return { driver: driverOf(connection), name, canRemove: capabilities.remove };
}
