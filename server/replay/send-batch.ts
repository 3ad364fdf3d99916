import { createHash } from 'node:crypto';
import type { ConventionChain } from '#lib/conventions/chain.ts';
import { AppError, toErrorRecord, type ErrorCode, type ErrorRecord } from '#lib/domain/errors.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Destination, RawDeadLetter } from '#lib/domain/message.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import { makeOutgoing } from '#lib/replay/outgoing.ts';
import type { TraceContext } from '#lib/trace/trace-context.ts';
import { isHeldBack } from '#server/brokers/backpressure.ts';
import type { BrokerDriver, HeldBatch, OutgoingMessage, PublishOutcome } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import { type EqualsLeft, intentMark } from '#server/replay/intent-mark.ts';
import type { ItemChange, ItemIntent, Store } from '#server/store/store.ts';
import { pause } from '#server/sync/repeat.ts';
import { itemTrace, replayTrace } from '#server/tracing/replay-trace.ts';
import type { Tracing } from '#server/tracing/tracing.ts';

export interface SendBatchDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly driver: BrokerDriver;
  readonly publishTimeoutMs: number;
  /** Whose headers are failure headers; the built-in ones where absent. */
  readonly conventions?: ConventionChain | undefined;
  /** Whether what was sent can be removed from its queue; a log keeps it. */
  readonly canRemove: boolean;
  /** Where a destination ended when this pass began; see `readWatermark`. */
  watermarkOf(destination: Destination): Promise<string | null>;
  /** Whether the operator still wants it: asked before each send, and while a broker holds messages back. */
  mayGoOn(): Promise<boolean>;
  /** The engine's end. */
  readonly signal: AbortSignal;
  /** Absent where no spans are exported. */
  readonly tracing?: Tracing | undefined;
}

export interface HeldItem {
  readonly item: ReplayItem;
  readonly raw: RawDeadLetter;
  /** Only where the options need it. */
  readonly letter: DeadLetter | undefined;
  /** How often it was replayed before. */
  readonly replays: number;
}

/** What is ready to be sent by one call, in order. */
export interface ReadyBatch {
  readonly held: HeldBatch;
  readonly pairs: readonly HeldItem[];
  readonly outgoing: readonly OutgoingMessage[];
}

/** Outcomes that speak of the broker rather than of the message. */
const troubles: ReadonlySet<ErrorCode> = new Set([
  'unreachable',
  'timed_out',
  'interrupted',
  'unauthenticated',
  'cancelled',
]);

/** How long a confirmed outcome waits for a ledger that is busy or whose disk is full, before it is given up as unknown. */
const recordWithinMs = 60_000;
const recordAgainMs = 250;

export function makeReady(
  dependencies: SendBatchDependencies,
  replay: Replay,
  held: HeldBatch,
  pairs: readonly HeldItem[],
): ReadyBatch {
  const sendable = pairs.filter(({ item }) => item.destination !== null);
  const trace = replay.options.traceContext === 'replace' ? replayTrace(replay) : null;
  const at = dependencies.clock.now();
  return {
    held,
    pairs: sendable,
    outgoing: sendable.flatMap((pair) => toOutgoing(dependencies, replay, pair, { at, trace })),
  };
}

function toOutgoing(
  { driver, conventions }: SendBatchDependencies,
  replay: Replay,
  { item, raw, letter, replays }: HeldItem,
  { at, trace }: { readonly at: number; readonly trace: TraceContext | null },
): readonly OutgoingMessage[] {
  if (item.destination === null) return [];
  const { timestamp, failureHeaders } = replay.options;
  const originalAt = letter?.originalAt ?? null;
  const mark = {
    replayId: replay.id,
    itemId: item.id,
    count: replays + 1,
    at,
    ...(timestamp === 'header' && originalAt !== null && { originalAt }),
    ...(trace && { trace: itemTrace(trace, item.id) }),
  };
  const message = makeOutgoing(raw, driver.kind, mark, failureHeaders, conventions);
  const kept = timestamp === 'original' && originalAt !== null ? { timestamp: originalAt } : {};
  const base = { ref: item.id, destination: item.destination, message, ...kept };
  if (driver.kind !== 'sqs') return [base];
  // The same within a replay, so that a repeated send is recognised; another in each replay, or SQS would swallow it for five minutes.
  return [{ ...base, deduplicationId: createHash('sha256').update(item.identity).update(replay.id).digest('hex') }];
}

export async function toIntents(
  { watermarkOf }: Pick<SendBatchDependencies, 'watermarkOf'>,
  pairs: readonly HeldItem[],
  equalsLeft: EqualsLeft,
): Promise<readonly ItemIntent[]> {
  // The items of a batch mostly share their destination.
  const destinations = new Set(pairs.flatMap(({ item }) => item.destination ?? []));
  const watermarks = new Map(
    await Promise.all(
      [...destinations].map(async (destination) => [destination, await watermarkOf(destination)] as const),
    ),
  );
  return pairs.flatMap(({ item, raw }) =>
    item.destination === null
      ? []
      : {
          itemId: item.id,
          watermark: intentMark({ watermark: watermarks.get(item.destination) ?? null, equals: equalsLeft.of(raw) }),
        },
  );
}

interface Published {
  readonly outcomes: readonly PublishOutcome[];
  readonly thrown: AppError | null;
}

/** How long a broker that asks for fewer messages is waited for, and how long between two tries. */
const heldBackMsMax = 5 * 60_000;
const againMsMin = 250;
const againMsMax = 10_000;
/** So often a long wait asks whether it is still wanted. */
const askEveryMs = 1_000;

const leftWaiting: ErrorRecord = {
  code: 'cancelled',
  message:
    'The broker asked for patience, and the replay was paused, cancelled or interrupted meanwhile. It was not sent: it is safe to replay it again.',
};

/**
 * Sends what is ready. What a broker holds back is sent again, each time after a longer pause: it has promised to have done nothing with it. That ends
 * when the operator or the engine ends the replay: an item never goes back to `planned`, so what is held back then has failed, and says that it may be replayed.
 * A send is never cut short by a shutdown: an answer that was not waited for would be unknown for no reason.
 */
export async function publish(
  dependencies: Pick<SendBatchDependencies, 'driver' | 'clock' | 'publishTimeoutMs' | 'mayGoOn' | 'signal'>,
  outgoing: readonly OutgoingMessage[],
): Promise<Published> {
  const until = dependencies.clock.now() + heldBackMsMax;
  const told = new Map<string, PublishOutcome>();
  let left = outgoing;
  for (let againMs = againMsMin; ; againMs = Math.min(2 * againMs, againMsMax)) {
    const { outcomes, thrown } = await publishOnce(dependencies, left);
    if (left === outgoing && outcomes.every(({ kind }) => kind === 'sent')) return { outcomes, thrown };
    for (const outcome of outcomes) told.set(outcome.ref, outcome);
    left = left.filter(({ ref }) => {
      const outcome = told.get(ref);
      return outcome?.kind === 'failed' && isHeldBack(outcome.error);
    });
    const isOver = left.length === 0 || dependencies.clock.now() >= until;
    if (!isOver && (await waitWanted(dependencies, againMs))) continue;
    if (!isOver) for (const { ref } of left) told.set(ref, { kind: 'failed', ref, error: leftWaiting });
    return { outcomes: outgoing.flatMap(({ ref }) => told.get(ref) ?? []), thrown };
  }
}

/** False as soon as nobody wants it any more. A ledger that cannot be asked must not lose the outcomes that are known: then it is waited for. */
async function waitWanted(
  { clock, mayGoOn, signal }: Pick<SendBatchDependencies, 'clock' | 'mayGoOn' | 'signal'>,
  ms: number,
): Promise<boolean> {
  const until = clock.now() + ms;
  for (let left = ms; left > 0; left = until - clock.now()) {
    await pause(Math.min(left, askEveryMs), signal);
    if (signal.aborted || !(await mayGoOn().catch(() => true))) return false;
  }
  return true;
}

async function publishOnce(
  { driver, publishTimeoutMs: timeoutMs }: Pick<SendBatchDependencies, 'driver' | 'publishTimeoutMs'>,
  outgoing: readonly OutgoingMessage[],
): Promise<Published> {
  try {
    return {
      outcomes: await driver.publish(outgoing, { timeoutMs, signal: new AbortController().signal }),
      thrown: null,
    };
  } catch (error) {
    // By the contract nothing at all was sent.
    const record = toErrorRecord(error);
    const outcomes = outgoing.map(({ ref }) => ({ kind: 'failed' as const, ref, error: record }));
    return { outcomes, thrown: new AppError(record.code, record.message) };
  }
}

/** The first outcome that speaks of the broker. */
export function troubleIn(outcomes: readonly PublishOutcome[]): AppError | null {
  for (const outcome of outcomes) {
    if (outcome.kind !== 'sent' && troubles.has(outcome.error.code))
      return new AppError(outcome.error.code, outcome.error.message);
  }
  return null;
}

export function toChange(outcome: PublishOutcome): ItemChange {
  switch (outcome.kind) {
    case 'sent':
      return { itemId: outcome.ref, state: 'sent', sentPosition: outcome.position };
    case 'failed':
      return { itemId: outcome.ref, state: 'failed', reason: outcome.error };
    case 'unknown':
      return { itemId: outcome.ref, state: 'unknown', reason: outcome.error };
  }
}

/** What the broker has confirmed is known, and must not become unknown because somebody else writes to the ledger. */
export async function recordOutcomes(
  { store, clock }: Pick<SendBatchDependencies, 'store' | 'clock'>,
  changes: readonly ItemChange[],
): Promise<void> {
  const until = clock.now() + recordWithinMs;
  for (;;) {
    try {
      return await store.ledger.recordItems(changes, clock.now());
    } catch (error) {
      const code: ErrorRecord['code'] = toErrorRecord(error).code;
      if (code === 'conflict' || code === 'cancelled' || clock.now() >= until) throw error;
      await pause(recordAgainMs, new AbortController().signal);
    }
  }
}

/** Where a destination ends now: what comes later can be searched for our item after a crash. `null` where that cannot be told. */
export async function readWatermark(
  driver: BrokerDriver,
  destination: Destination,
  signal: AbortSignal,
): Promise<string | null> {
  if (driver.kind !== 'kafka') return null;
  try {
    return (await driver.describeDestination(destination, signal)).watermark;
  } catch (error) {
    // Without it a crash leaves an unknown item to a person; that is no reason not to send.
    if (signal.aborted) throw error;
    return null;
  }
}
