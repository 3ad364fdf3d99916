import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import { accountLine, replayName } from '#lib/domain/replay-line.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import { failed, type Say } from '#server/log/log.ts';
import { lanesLeftBehind } from '#server/replay/left-behind.ts';
import { type PassDependencies, passOverQueue, type QueuePass } from '#server/replay/pass-over-queue.ts';
import { putRight, type PutRightDependencies } from '#server/replay/put-right.ts';
import { removeAgain } from '#server/replay/remove-again.ts';
import type { PassEnd, SendDependencies } from '#server/replay/send-items.ts';
import { standStill } from '#server/replay/stand-still.ts';
import { createThrottle } from '#server/replay/throttle.ts';
import { createTrailing } from '#server/replay/trailing.ts';
import { type TooBad, watchCanary } from '#server/replay/watch-canary.ts';
import { passesByItself, withRetries } from '#server/replay/with-retries.ts';

export interface RunReplayDependencies extends PutRightDependencies, PassDependencies {
  /** How long returns are looked for after the last send. */
  readonly watchMs: number;
  /** What the log has of it; nothing where absent. */
  readonly say?: Say;
}

/** Items that are looked at in one pass over a log. */
const passItems = 10_000;

/** A pass over a queue meets all of its messages, wanted or not; RabbitMQ lets nobody hold more than 65,535. */
const passItemsOfQueue = 50_000;

/** With a rate, a pass holds a queue no longer than this. */
const passSeconds = 30;

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
  // A canary stops for what came back: that may read like what was sent, and its broker has forgotten nothing.
  const hadTrouble = replay.error !== null && replay.error.code !== 'canary_failed';
  if (replay.state === 'queued') {
    replay = await store.ledger.setReplayState(replayId, { state: 'sending', at: clock.now() });
  }
  try {
    await withRetries(() => putRight(dependencies, replay, signal), signal);
    if (hadTrouble) await withRetries(() => removeAgainFromAll(dependencies, replay, signal), signal);
    const end = await sendAll(dependencies, replay, signal);
    await withRetries(() => putRight(dependencies, replay, signal), signal);
    if (end.kind === 'trouble') throw end.error;
    if (end.kind === 'too-bad') {
      await standStill(dependencies, replay, 'paused', end.error);
      dependencies.say?.(...failed(`${replayName(replay)} paused by itself`, end.error, { replayId }));
    }
    if (end.kind === 'finished' && !signal.aborted) {
      const at = clock.now();
      const watching = { state: 'watching', at, watchUntil: at + dependencies.watchMs } as const;
      const isReplay = replay.options.action === 'replay';
      const done = await store.ledger.setReplayState(replayId, isReplay ? watching : { state: 'settled', at });
      dependencies.tracing?.finished(done);
      const became = isReplay ? 'sent, its returns are looked for' : 'settled';
      dependencies.say?.(`${replayName(done)} ${became}: ${accountLine(done)}`, { replayId });
    }
  } catch (error) {
    if (signal.aborted) return;
    // The operator may have paused or cancelled at the same moment: then that stands.
    const now = await store.ledger.getReplay(replayId);
    if (now.state !== 'sending') return;
    await standStill(dependencies, replay, 'stopped', error);
    dependencies.say?.(...failed(`${replayName(replay)} stopped`, error, { replayId }));
  }
}

async function removeAgainFromAll(
  dependencies: RunReplayDependencies,
  replay: Replay,
  signal: AbortSignal,
): Promise<void> {
  for (const queueId of replay.queueIds)
    await dependencies.gate.alone(queueId, () => removeAgain(dependencies, replay, queueId, signal));
}

type ReplayEnd = PassEnd | TooBad;

/** What the passes of a replay share. */
interface Sending extends Pick<SendDependencies, 'throttle' | 'mayGoOn'> {
  brokenLanes(queueId: string): Set<string>;
  /** By queue. One whose broker is in trouble keeps its items planned, and the others go on; the trouble is told at the end. */
  readonly troubles: Map<string, AppError>;
  halted: boolean;
}

/** Sends what is planned: step by step where it was asked to, and then queue by queue. */
async function sendAll(dependencies: RunReplayDependencies, replay: Replay, signal: AbortSignal): Promise<ReplayEnd> {
  const { store, clock } = dependencies;
  const isWanted = async () => (await store.ledger.getReplay(replay.id)).state === 'sending';
  const canary = watchCanary(dependencies, replay, isWanted);
  const sending: Sending = {
    throttle: createThrottle(replay.options, clock),
    mayGoOn: canary.mayGoOn,
    brokenLanes: await lanesLeftBehind(store, replay),
    troubles: new Map(),
    halted: false,
  };
  for (let after: number | null = null; ;) {
    if (signal.aborted || !(await isWanted())) return { kind: 'halted' };
    const step = await canary.next(passItems, signal);
    if (step.kind === 'too-bad') return step;
    const next: number | null = step.watched
      ? await sendStep(dependencies, replay, sending, { size: step.size, after }, signal)
      : null;
    if (!step.watched) await sendRest(dependencies, replay, sending, signal);
    const tooBad = await canary.watch(step, signal);
    if (tooBad) return tooBad;
    // What was not sent is still planned, and this walk is past it: only the next one meets it again.
    if (sending.halted) return { kind: 'halted' };
    if (next === null) break;
    after = next;
  }
  const [trouble] = sending.troubles.values();
  return trouble === undefined ? { kind: 'finished' } : { kind: 'trouble', error: trouble };
}

/** The next messages of any queue, in their order. Answers how far it came, or `null` where nothing was left. */
async function sendStep(
  dependencies: RunReplayDependencies,
  replay: Replay,
  sending: Sending,
  { size, after }: { readonly size: number; readonly after: number | null },
  signal: AbortSignal,
): Promise<number | null> {
  const query = { states: ['planned'] as const, after, limit: passItems };
  const page = await dependencies.store.ledger.listItems(replay.id, query);
  const last = page.at(-1);
  if (!last) return null;
  const items = page.filter((item) => !sending.troubles.has(item.queueId)).slice(0, size);
  const passes = Map.groupBy(items, (item) => item.queueId).entries();
  await sideBySide(replay, async () => {
    for (const [queueId, ofQueue] of passes)
      await onePass(dependencies, replay, sending, { queueId, items: ofQueue }, signal);
  });
  return ((items.length === size ? items.at(-1) : last) ?? last).ordinal;
}

/** Everything else: each queue by itself from its first message to its last, so that one that is slow does not keep the others waiting. */
async function sendRest(
  dependencies: RunReplayDependencies,
  replay: Replay,
  sending: Sending,
  signal: AbortSignal,
): Promise<void> {
  const queueIds = replay.queueIds.filter((queueId) => !sending.troubles.has(queueId)).values();
  await sideBySide(replay, async () => {
    for (const queueId of queueIds) {
      const trailing = createTrailing();
      const limit = await itemsInPass(dependencies, replay, queueId);
      try {
        for (let after: number | null = null; !sending.halted && !sending.troubles.has(queueId);) {
          const query = { states: ['planned'] as const, queueId, after, limit };
          const items: readonly ReplayItem[] = await dependencies.store.ledger.listItems(replay.id, query);
          const last = items.at(-1);
          if (!last) break;
          after = last.ordinal;
          await onePass(dependencies, replay, sending, { queueId, items, trailing }, signal);
        }
      } finally {
        await trailing.ended().catch((error: unknown) => {
          // All of it was sent: what is left of that is put right at the end, as after a pass that had to begin again.
          if (passesByItself(error)) return;
          const { code, message } = toErrorRecord(error);
          sending.troubles.set(queueId, new AppError(code, message));
        });
      }
    }
  });
}

async function onePass(
  dependencies: RunReplayDependencies,
  replay: Replay,
  sending: Sending,
  { queueId, items, trailing }: Pick<QueuePass, 'queueId' | 'items' | 'trailing'>,
  signal: AbortSignal,
): Promise<void> {
  const { throttle, mayGoOn, brokenLanes, troubles } = sending;
  const pass = { queueId, items, throttle, mayGoOn, brokenLanes: brokenLanes(queueId), trailing };
  const end = await passOverQueue(dependencies, replay, pass, signal);
  if (end.kind === 'trouble') troubles.set(queueId, end.error);
  if (end.kind === 'halted') sending.halted = true;
}

/** All of them are waited for, also when one ends early: what another is sending has to be written down. */
async function sideBySide({ options }: Replay, work: () => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(Array.from({ length: options.concurrency }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** A queue is read again for each pass, and a log is not; with a rate, a pass holds a queue no longer than half a minute. */
async function itemsInPass({ store }: RunReplayDependencies, { options }: Replay, queueId: string): Promise<number> {
  const { ratePerSecond } = options;
  // A queue that is no longer known is told by its pass.
  const removes = await store.index.getQueue(queueId).then(
    ({ capabilities }) => capabilities.remove,
    () => false,
  );
  const most = removes ? passItemsOfQueue : passItems;
  return ratePerSecond === null ? most : Math.max(1, Math.min(most, Math.floor(ratePerSecond * passSeconds)));
}
