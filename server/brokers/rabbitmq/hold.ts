import { setTimeout as delay } from 'node:timers/promises';
import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import type { HeldBatch, HoldOptions, QueueFacts, RemoveOutcome, WantedMessage } from '#server/brokers/driver.ts';
import { asDeadLetter, wouldDestroy } from '#server/brokers/rabbitmq/browse.ts';
import { contentHashOfIdentity, createIdentities, type Delivery } from '#server/brokers/rabbitmq/delivery.ts';
import type { HeldPass, PassEnd } from '#server/brokers/rabbitmq/held-pass.ts';
import type { QueueTraits } from '#server/brokers/rabbitmq/queue-policy.ts';
import { inspectQueue, openReading, type ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';
import { cancelled } from '#server/brokers/rabbitmq/rabbitmq-errors.ts';
import { holdStream } from '#server/brokers/rabbitmq/stream.ts';

const batchMax = 500;
/** Longer than the server's counts lag. */
const patienceMs = 20_000;
const askAgainMs = 500;

interface Found {
  readonly identity: string;
  readonly delivery: Delivery;
  /** Messages of this content in the queue; `null` where not all of it was met. */
  readonly equals: number | null;
}

/**
 * One pass from the head of the queue: everything that is met is held, wanted or not, and what was not removed is given back in its order at the
 * end. It goes to the end of the queue before anything is handed out: only then is it known how many equal messages there are.
 * Ends with an error where wanted messages may still be there and were not met: silence would call them gone.
 */
export async function* holdMessages(
  context: ReadContext,
  queue: string,
  wanted: readonly WantedMessage[],
  options: HoldOptions,
  signal: AbortSignal,
): AsyncGenerator<HeldBatch, void, undefined> {
  if (wanted.length === 0) return;
  const { facts, traits } = await inspectQueue(context, queue, signal);
  if (traits?.type === 'stream') return yield* holdStream(context, queue, wanted, signal);
  if (facts.refusal !== null && !(options.insist && facts.refusal.canInsist)) throw wouldDestroy(queue, facts.refusal);

  const { missing, left } = yield* holdOnce(context, queue, traits, wanted, signal);
  if (missing.length === 0) return;
  const ready = await refuseWhileHeldElsewhere(context, queue, missing.length, signal);
  if (ready <= left) return;
  // There is more than was given back: what a process held that died, or what came only now.
  const again = yield* holdOnce(context, queue, traits, missing, signal);
  if (again.missing.length > 0) await refuseWhileHeldElsewhere(context, queue, again.missing.length, signal);
}

interface HeldOnce {
  /** Of the wanted ones those that were not met, though the end of the queue was reached. */
  readonly missing: readonly WantedMessage[];
  /** So many messages were given back in the end. */
  readonly left: number;
}

async function* holdOnce(
  context: ReadContext,
  queue: string,
  traits: QueueTraits | null,
  wanted: readonly WantedMessage[],
  signal: AbortSignal,
): AsyncGenerator<HeldBatch, HeldOnce, undefined> {
  const pass = await openReading(context, queue, traits, {}, signal);
  try {
    const hashes = new Set(wanted.map(({ identity }) => contentHashOfIdentity(identity)));
    const met: Delivery[] = [];
    let end: PassEnd['end'] | null = null;
    while (end === null) {
      const result = await pass.next(batchMax);
      if ('end' in result) ({ end } = result);
      else met.push(...result.filter((delivery) => hashes.has(delivery.contentHash)));
    }
    const found = match(wanted, met, end.complete);
    for (let at = 0; at < found.length; at += batchMax) yield heldBatch(queue, pass, found.slice(at, at + batchMax));
    if (found.length > 0) yield heldBatch(queue, pass, []);
    const identities = new Set(found.map(({ identity }) => identity));
    const missing = wanted.filter(({ identity }) => !identities.has(identity));
    if (missing.length > 0 && !end.complete) throw notReached(queue, missing.length, end.reason);
    return { missing, left: pass.left() };
  } finally {
    await pass.release();
  }
}

/**
 * The wanted messages among those that were met, in the order of the queue. When the first of two equal messages is gone, the second has become
 * the first; nobody can tell them apart, so it stands in, but only where the whole queue was met.
 */
function match(wanted: readonly WantedMessage[], met: readonly Delivery[], complete: boolean): readonly Found[] {
  const open = new Set(wanted.map(({ identity }) => identity));
  const identify = createIdentities();
  const identities = met.map(({ contentHash }) => {
    const identity = identify(contentHash);
    return open.delete(identity) ? identity : null;
  });
  const substitutes = complete ? Map.groupBy(open, contentHashOfIdentity) : new Map<string, string[]>();
  const equals = Map.groupBy(met, ({ contentHash }) => contentHash);
  return met.flatMap((delivery, index): readonly Found[] => {
    const { contentHash } = delivery;
    const identity = identities[index] ?? substitutes.get(contentHash)?.shift();
    if (identity === undefined) return [];
    return [{ identity, delivery, equals: complete ? (equals.get(contentHash)?.length ?? 0) : null }];
  });
}

function notReached(queue: string, missing: number, reason: PassEnd['end']['reason']): AppError {
  const details = { queue, missing };
  if (reason === 'sampled') {
    return new AppError(
      'interrupted',
      `The queue "${queue}" stopped delivering before ${missing} of the wanted messages were met. Try again; where it stops again, look at the state of the queue.`,
      { details },
    );
  }
  return new AppError(
    'timed_out',
    `${missing} of the wanted messages were not among those at the head of the queue "${queue}" that can be held at once. Replay or remove some of those first, then try again.`,
    { details },
  );
}

/**
 * Looks when the server's counts, which are some seconds old, know of what was held and given back: a process that died a moment ago may have held what is
 * missing without ever being counted. Answers how many messages are ready then.
 */
async function refuseWhileHeldElsewhere(
  context: ReadContext,
  queue: string,
  missing: number,
  signal: AbortSignal,
): Promise<number> {
  const patienceEnds = performance.now() + patienceMs;
  const isLate = ({ heldByOthers }: QueueFacts) => heldByOthers === 'not yet' || context.memory.countsLag(queue);
  let { facts } = await inspectQueue(context, queue, signal);
  while (isLate(facts) && performance.now() < patienceEnds) {
    await pause(askAgainMs, signal);
    ({ facts } = await inspectQueue(context, queue, signal));
  }
  const { heldByOthers, depth } = facts;
  if (heldByOthers === 0) return depth.count;
  const who =
    heldByOthers === 'untold'
      ? 'it has other consumers, and without the management API nobody tells what they hold. Stop those consumers'
      : 'others hold messages of it at the moment. Wait until they have given them back';
  throw new AppError(
    'interrupted',
    `${missing} of the wanted messages were not met in the queue "${queue}", and ${who}, then try again.`,
    { details: { queue, missing } },
  );
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {
    throw cancelled();
  });
}

function heldBatch(queue: string, pass: HeldPass, found: readonly Found[]): HeldBatch {
  const held = new Map(found.map(({ identity, delivery }) => [identity, delivery]));
  return {
    messages: found.map(({ identity, delivery, equals }) => ({ ...asDeadLetter(delivery, identity), equals })),
    async remove(identities) {
      const removable = new Map<string, Delivery>();
      for (const identity of identities) {
        const delivery = held.get(identity);
        if (delivery !== undefined && held.delete(identity)) removable.set(identity, delivery);
      }
      let outcome: { kind: 'removed' } | { kind: 'unknown'; error: ReturnType<typeof toErrorRecord> } = {
        kind: 'removed',
      };
      try {
        if (removable.size > 0) await pass.remove([...removable.values()]);
      } catch (error) {
        outcome = { kind: 'unknown', error: toErrorRecord(error) };
      }
      return identities.map((identity): RemoveOutcome =>
        removable.has(identity) ? { ...outcome, identity } : notHeld(queue, identity),
      );
    },
  };
}

function notHeld(queue: string, identity: string): RemoveOutcome {
  const error = new AppError(
    'conflict',
    `The message is not held (any more) in the queue "${queue}". Hold it again to remove it.`,
  );
  return { kind: 'failed', identity, error: toErrorRecord(error) };
}
