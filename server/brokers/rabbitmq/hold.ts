import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import type { HeldBatch, HoldOptions, RemoveOutcome, WantedMessage } from '#server/brokers/driver.ts';
import { asDeadLetter, wouldDestroy } from '#server/brokers/rabbitmq/browse.ts';
import { contentHashOfIdentity, createIdentities, type Delivery } from '#server/brokers/rabbitmq/delivery.ts';
import type { HeldPass } from '#server/brokers/rabbitmq/held-pass.ts';
import { inspectQueue, openReading, type ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';
import { holdStream } from '#server/brokers/rabbitmq/stream.ts';

const batchMax = 500;

interface Found {
  readonly identity: string;
  readonly delivery: Delivery;
}

/** One pass from the head of the queue: everything that is met is held, wanted or not, and what was not removed is given back in its order at the end. */
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

  const pass = await openReading(context, queue, traits, {}, signal);
  const matching = createMatching(wanted);
  try {
    let ended = false;
    while (!ended) {
      const found: Found[] = [];
      while (found.length < batchMax && !ended && !matching.complete()) {
        const result = await pass.next(batchMax - found.length);
        if ('end' in result) {
          ended = true;
          found.push(...matching.equals());
        } else {
          found.push(...matching.match(result));
        }
      }
      if (found.length > 0) yield* leave(heldBatch(queue, pass, found));
      if (matching.complete()) ended = true;
    }
  } finally {
    await pass.release();
  }
}

interface Matching {
  match(deliveries: readonly Delivery[]): readonly Found[];
  complete(): boolean;
  /**
   * After the whole queue was met: equal messages for those wanted ones that were not. When the first of two equal messages is gone, the
   * second has become the first; nobody can tell them apart, so it stands in.
   */
  equals(): readonly Found[];
}

function createMatching(wanted: readonly WantedMessage[]): Matching {
  const open = new Set(wanted.map(({ identity }) => identity));
  const hashes = new Set([...open].map(contentHashOfIdentity));
  const identify = createIdentities();
  const spare: Delivery[] = [];

  return {
    match(deliveries) {
      const found: Found[] = [];
      for (const delivery of deliveries) {
        if (!hashes.has(delivery.contentHash)) continue;
        const identity = identify(delivery.contentHash);
        if (open.delete(identity)) found.push({ identity, delivery });
        else spare.push(delivery);
      }
      return found;
    },
    complete: () => open.size === 0,
    equals() {
      const found: Found[] = [];
      for (const delivery of spare) {
        const identity = [...open].find((candidate) => contentHashOfIdentity(candidate) === delivery.contentHash);
        if (identity === undefined) continue;
        open.delete(identity);
        found.push({ identity, delivery });
      }
      return found;
    },
  };
}

interface LeavableBatch extends HeldBatch {
  leave(): void;
}

/** Once the caller asks for the next batch, this one's messages can no longer be removed. */
function* leave(batch: LeavableBatch): Generator<HeldBatch, void, undefined> {
  try {
    yield batch;
  } finally {
    batch.leave();
  }
}

function heldBatch(queue: string, pass: HeldPass, found: readonly Found[]): LeavableBatch {
  const held = new Map(found.map(({ identity, delivery }) => [identity, delivery]));
  return {
    messages: found.map(({ identity, delivery }) => asDeadLetter(delivery, identity)),
    leave: () => held.clear(),
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
