import type { ConventionChain } from '#lib/conventions/chain.ts';
import { AppError, toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import type { ItemState, Replay, ReplayItem } from '#lib/domain/replay.ts';
import { putRight, type PutRightDependencies } from '#server/replay/put-right.ts';
import { queueOf } from '#server/replay/replay-queues.ts';
import type { Store } from '#server/store/store.ts';
import { sendItems, type PassEnd, type SendDependencies } from '#server/replay/send-items.ts';
import { type TooBad, watchCanary } from '#server/replay/watch-canary.ts';
import { createThrottle } from '#server/replay/throttle.ts';
import { pause } from '#server/sync/repeat.ts';

export interface RunReplayDependencies extends PutRightDependencies {
  /** Whose headers are failure headers; the built-in ones where absent. */
  readonly conventions?: ConventionChain | undefined;
  /** How long returns are looked for after the last send. */
  readonly watchMs: number;
}

/** Items that are looked at in one pass over a queue. */
const passItems = 10_000;

/** With a rate, a pass holds a queue no longer than this. */
const passSeconds = 30;

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
  if (replay.state === 'queued') {
    replay = await store.ledger.setReplayState(replayId, { state: 'sending', at: clock.now() });
  }
  try {
    await withRetries(() => putRight(dependencies, replay, signal), signal);
    const end = await sendAll(dependencies, replay, signal);
    await withRetries(() => putRight(dependencies, replay, signal), signal);
    if (end.kind === 'trouble') throw end.error;
    if (end.kind === 'too-bad') {
      const paused = { state: 'paused', at: clock.now(), error: toErrorRecord(end.error) } as const;
      await store.ledger.setReplayState(replayId, paused);
    }
    if (end.kind === 'finished' && !signal.aborted) {
      const at = clock.now();
      await store.ledger.setReplayState(replayId, { state: 'watching', at, watchUntil: at + dependencies.watchMs });
    }
  } catch (error) {
    if (signal.aborted) return;
    // The operator may have paused or cancelled at the same moment: then that stands.
    const now = await store.ledger.getReplay(replayId);
    if (now.state !== 'sending') return;
    await store.ledger.setReplayState(replayId, { state: 'stopped', at: clock.now(), error: toErrorRecord(error) });
  }
}

/** So many queues are worked on side by side: one that is slow or in trouble does not keep the others waiting. */
const queuesAtOnce = 4;

type ReplayEnd = PassEnd | TooBad;

/** Sends what is planned. A queue whose broker is in trouble keeps its items planned, and the others go on; the trouble is told at the end. */
async function sendAll(dependencies: RunReplayDependencies, replay: Replay, signal: AbortSignal): Promise<ReplayEnd> {
  const { store, clock } = dependencies;
  const { ratePerSecond } = replay.options;
  const throttle = createThrottle(ratePerSecond, clock);
  const mayGoOn = async () => (await store.ledger.getReplay(replay.id)).state === 'sending';
  const limit =
    ratePerSecond === null ? passItems : Math.max(1, Math.min(passItems, Math.floor(ratePerSecond * passSeconds)));
  const canary = watchCanary(dependencies, replay, mayGoOn);
  const brokenLanes = await lanesLeftBehind(store, replay);
  const troubles = new Map<string, AppError>();
  for (let after: number | null = null; ;) {
    if (signal.aborted || !(await mayGoOn())) return { kind: 'halted' };
    const step = await canary.next(limit, signal);
    if (step.kind === 'too-bad') return step;
    const page: readonly ReplayItem[] = await store.ledger.listItems(replay.id, { states: ['planned'], after, limit });
    const last = page.at(-1);
    if (!last) {
      const [trouble] = troubles.values();
      return trouble === undefined ? { kind: 'finished' } : { kind: 'trouble', error: trouble };
    }
    const items = page.filter((item) => !troubles.has(item.queueId)).slice(0, step.size);
    after = (items.length === step.size ? items.at(-1) : last)?.ordinal ?? last.ordinal;
    const passes = Map.groupBy(items, (item) => item.queueId).entries();
    let halted = false;
    const workOn = async (): Promise<void> => {
      for (const [queueId, ofQueue] of passes) {
        const pass = { queueId, items: ofQueue, throttle, mayGoOn: canary.mayGoOn, brokenLanes: brokenLanes(queueId) };
        const end = await passOverQueue(dependencies, replay, pass, signal);
        if (end.kind === 'trouble') troubles.set(queueId, end.error);
        if (end.kind === 'halted') halted = true;
      }
    };
    // All of them are waited for, also when one ends early: what another is sending has to be written down.
    const ends = await Promise.allSettled(Array.from({ length: queuesAtOnce }, workOn));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    const watched = await canary.watch(step, signal);
    if (watched) return watched;
    // Its items are still planned, and this walk is past them: only the next one meets them again.
    if (halted) return { kind: 'halted' };
  }
}

/** By queue, the lanes of which this replay has left a message unsent: in a FIFO group nothing may overtake it, also after a restart. */
async function lanesLeftBehind(store: Store, replay: Replay): Promise<(queueId: string) => Set<string>> {
  const lanes = new Map<string, Set<string>>();
  const of = (queueId: string): Set<string> => {
    const found = lanes.get(queueId) ?? new Set();
    lanes.set(queueId, found);
    return found;
  };
  for (let after: number | null = null; ;) {
    const query = { states: ['failed', 'unknown'] as const, after, limit: passItems };
    const items: readonly ReplayItem[] = await store.ledger.listItems(replay.id, query);
    for (const { queueId, lane } of items) of(queueId).add(lane);
    after = items.at(-1)?.ordinal ?? null;
    if (after === null) return of;
  }
}

interface QueuePass extends Pick<SendDependencies, 'throttle' | 'mayGoOn' | 'brokenLanes'> {
  readonly queueId: string;
  readonly items: readonly ReplayItem[];
}

/** Never throws for what a broker does. */
async function passOverQueue(
  dependencies: RunReplayDependencies,
  replay: Replay,
  { queueId, items, throttle, mayGoOn, brokenLanes }: QueuePass,
  signal: AbortSignal,
): Promise<PassEnd> {
  const { store, clock, gate, publishTimeoutMs, conventions } = dependencies;
  const pass = async (): Promise<PassEnd> => {
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
      mayGoOn,
      brokenLanes: order === 'group' ? brokenLanes : new Set<string>(),
    };
    return gate.alone(queueId, async () => {
      const waiting = await withoutOvertaken(dependencies, replay, await stillPlanned(dependencies, replay, items));
      return waiting.length === 0 ? { kind: 'finished' } : sendItems(sending, replay, name, waiting, signal);
    });
  };
  try {
    return await withRetries(pass, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const { code, message } = toErrorRecord(error);
    return { kind: 'trouble', error: new AppError(code, message) };
  }
}

/** After an interruption a pass begins again with what the ledger says is left. */
async function stillPlanned(
  { store }: RunReplayDependencies,
  replay: Replay,
  items: readonly ReplayItem[],
): Promise<readonly ReplayItem[]> {
  const ids = items.map((item) => item.id);
  const found = await store.ledger.findItems(replay.id, ids);
  const planned = new Set(found.filter((item) => item.state === 'planned').map((item) => item.id));
  return items.filter((item) => planned.has(item.id));
}

/** Another replay's item in one of these has left, or may have. */
const perhapsSent: ReadonlySet<ItemState> = new Set(['intended', 'sent', 'settled', 'unknown']);

const overtakenReason: ErrorRecord = {
  code: 'stale_plan',
  message:
    'Another replay sent it, or may have, after this plan was made. It was not sent again; plan again if it should be.',
};

/** What another replay has sent since this plan was made is not sent twice. Asked of the ledger, and with the queue to ourselves. */
async function withoutOvertaken(
  { store, clock }: RunReplayDependencies,
  replay: Replay,
  items: readonly ReplayItem[],
): Promise<readonly ReplayItem[]> {
  if (items.length === 0) return items;
  const others = await store.ledger.listItemsOfMessages(items.map((item) => item.messageId));
  const overtaken = new Set(
    others
      .filter(
        (other) =>
          other.replayId !== replay.id && perhapsSent.has(other.state) && (other.intendedAt ?? 0) > replay.plan.asOf,
      )
      .map((other) => other.messageId),
  );
  const skipped = items.filter((item) => overtaken.has(item.messageId));
  if (skipped.length === 0) return items;
  await store.ledger.recordItems(
    skipped.map((item) => ({ itemId: item.id, state: 'skipped', reason: overtakenReason })),
    clock.now(),
  );
  return items.filter((item) => !overtaken.has(item.messageId));
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
